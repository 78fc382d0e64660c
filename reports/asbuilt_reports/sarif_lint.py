"""GitHub's own rules for SARIF, which the OASIS schema does not hold.

Source: docs.github.com, "SARIF support for code scanning" and "SARIF results exceed one or more limits" (2026-11).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_RUNS = 20
MAX_RESULTS = 25_000
MAX_RULES = 25_000
MAX_DESCRIPTION = 1024
MAX_TAGS = 20
MAX_LOCATIONS = 1000
_LEVELS = ("none", "note", "warning", "error")
_URI = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})+")
_REGION = ("startLine", "startColumn", "endLine", "endColumn")


def lint_github(sarif: dict[str, Any]) -> list[str]:
    """Return what GitHub would reject, ignore or show wrongly, with where; empty means fine."""
    return list(_log(sarif))


def _log(sarif: dict[str, Any]) -> Iterator[str]:
    if sarif.get("version") != "2.1.0":
        yield "version: has to be 2.1.0"
    if not str(sarif.get("$schema", "")).startswith("https://"):
        yield "$schema: is missing"
    runs = sarif.get("runs")
    if not isinstance(runs, list):
        yield "runs: is missing"
        return
    if len(runs) > MAX_RUNS:
        yield f"runs: more than {MAX_RUNS}"
    yield from _empty_strings(sarif, "")
    for number, run in enumerate(runs):
        yield from _run(run, f"runs[{number}]")


def _run(run: dict[str, Any], where: str) -> Iterator[str]:
    driver = run.get("tool", {}).get("driver", {})
    if not driver.get("name"):
        yield f"{where}.tool.driver.name: is missing"
    if "originalUriBaseIds" in run:
        yield f"{where}.originalUriBaseIds: URIs have to be relative to the repository"
    if not str(run.get("automationDetails", {}).get("id", "/")).endswith("/"):
        yield f"{where}.automationDetails.id: what follows the last slash is taken for a run id"
    rules, results = driver.get("rules", []), run.get("results")
    if results is None:
        yield f"{where}.results: is missing (an empty list closes alerts)"
        results = []
    if len(rules) > MAX_RULES or len(results) > MAX_RESULTS:
        yield f"{where}: more than {MAX_RESULTS} results or {MAX_RULES} rules"
    ids = [rule.get("id") for rule in rules]
    if len(set(ids)) != len(ids):
        yield f"{where}.tool.driver.rules: an id occurs twice"
    for number, rule in enumerate(rules):
        yield from _rule(rule, f"{where}.tool.driver.rules[{number}]")
    prints: set[tuple[Any, Any]] = set()
    for number, result in enumerate(results):
        yield from _result(result, ids, f"{where}.results[{number}]")
        key = (result.get("ruleId"), result.get("partialFingerprints", {}).get("primaryLocationLineHash"))
        if key in prints:
            yield f"{where}.results[{number}]: the same fingerprint twice makes one alert of two"
        prints.add(key)


def _rule(rule: dict[str, Any], where: str) -> Iterator[str]:
    if not rule.get("id"):
        yield f"{where}.id: is missing"
    for key in ("shortDescription", "fullDescription", "help"):
        text = rule.get(key, {}).get("text")
        if not text:
            yield f"{where}.{key}.text: is missing"
        elif key != "help" and len(text) > MAX_DESCRIPTION:
            yield f"{where}.{key}.text: longer than {MAX_DESCRIPTION}"
    properties = rule.get("properties", {})
    if len(properties.get("tags", [])) > MAX_TAGS:
        yield f"{where}.properties.tags: more than {MAX_TAGS}"
    severity = properties.get("security-severity")
    if severity is not None and not _is_score(severity):
        yield f"{where}.properties.security-severity: has to be a string over 0.0 up to 10.0"


def _is_score(severity: Any) -> bool:
    if not isinstance(severity, str) or not re.fullmatch(r"\d+(\.\d+)?", severity):
        return False
    return 0 < float(severity) <= 10


def _result(result: dict[str, Any], ids: list[Any], where: str) -> Iterator[str]:
    if result.get("ruleId") not in ids:
        yield f"{where}.ruleId: no such rule"
    elif "ruleIndex" in result and ids[result["ruleIndex"]] != result["ruleId"]:
        yield f"{where}.ruleIndex: points at another rule"
    if not result.get("message", {}).get("text"):
        yield f"{where}.message.text: is missing"
    if result.get("level", "warning") not in _LEVELS:
        yield f"{where}.level: is none of {', '.join(_LEVELS)}"
    if result.get("suppressions") or result.get("kind", "fail") != "fail":
        yield f"{where}: GitHub ignores suppressions and kind, and shows the result as open"
    if not result.get("partialFingerprints", {}).get("primaryLocationLineHash"):
        yield f"{where}.partialFingerprints.primaryLocationLineHash: is missing"
    locations = result.get("locations", [])
    if not 1 <= len(locations) <= MAX_LOCATIONS:
        yield f"{where}.locations: one to {MAX_LOCATIONS} are needed; without one the whole file is rejected"
    for number, location in enumerate(locations):
        yield from _location(location, f"{where}.locations[{number}]")
    for number, location in enumerate(result.get("relatedLocations", [])):
        yield from _location(location, f"{where}.relatedLocations[{number}]")
        if not location.get("message", {}).get("text"):
            yield f"{where}.relatedLocations[{number}].message.text: is missing"


def _location(location: dict[str, Any], where: str) -> Iterator[str]:
    physical = location.get("physicalLocation", {})
    uri = physical.get("artifactLocation", {}).get("uri", "")
    first = uri.split("/", 1)[0]
    if not uri or uri.startswith("/") or ":" in first or ".." in uri.split("/"):
        yield f"{where}: uri {uri!r} has to be relative to the repository"
    elif not _URI.fullmatch(uri):
        yield f"{where}: uri {uri!r} has to be percent-encoded"
    region = physical.get("region", {})
    numbers = [region.get(key) for key in _REGION]
    if not all(isinstance(number, int) and number >= 1 for number in numbers):
        yield f"{where}.region: needs all of {', '.join(_REGION)}, from 1"
    elif (region["endLine"], region["endColumn"]) < (region["startLine"], region["startColumn"]):
        yield f"{where}.region: ends before it starts"


def _empty_strings(node: Any, where: str) -> Iterator[str]:
    if node == "" and isinstance(node, str):
        yield f"{where.lstrip('.')}: an empty string"
    elif isinstance(node, dict):
        for key, child in node.items():
            yield from _empty_strings(child, f"{where}.{key}")
    elif isinstance(node, list):
        for number, child in enumerate(node):
            yield from _empty_strings(child, f"{where}[{number}]")
