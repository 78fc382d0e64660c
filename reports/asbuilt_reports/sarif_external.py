"""Other tools' findings in SARIF: a run of its own for each, with that tool as driver.

GitHub shows the tool of a run and keeps its alerts apart, by the category in `automationDetails.id`. The `github`
profile leaves out what a rule of ours reports for the same resource, since one defect would be two alerts, and what a
comment suppresses, which GitHub would show as open; the `full` profile keeps both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import Location, Severity
from asbuilt_reports import external
from asbuilt_reports.escape import visible
from asbuilt_reports.sarif_lint import MAX_RESULTS, MAX_RULES
from asbuilt_reports.sarif_parts import cut, markdown, physical, said

if TYPE_CHECKING:
    from asbuilt.results import ExternalFinding, ExternalRun, Results

_LEVEL = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}


def external_runs(results: Results, profile: str) -> list[dict[str, Any]]:
    """Return a run for each other tool."""
    return [_run(run, results, profile) for run in results.external]


def _run(run: ExternalRun, results: Results, profile: str) -> dict[str, Any]:
    chosen = run.findings if profile == "full" else run.own
    kept = chosen[: min(MAX_RESULTS, MAX_RULES)]
    rules = [_rule(check, run.tool) for check in sorted(external.by_check(kept), key=lambda check: check.check)]
    index = {rule["id"]: position for position, rule in enumerate(rules)}
    driver: dict[str, Any] = {"name": said(run.tool) or "other", "rules": rules}
    if version := said(run.version):
        driver["version"] = version
    notes = [said(external.headline(run))]
    if len(kept) < len(chosen):
        notes.append(f"{len(chosen) - len(kept):,} more results are in the JSON: GitHub's limit")
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"{results.tool}-{run.tool}/{visible(results.run.environment) or 'default'}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [{"level": "note", "message": {"text": text}} for text in notes],
            }
        ],
        "results": [_result(finding, index) for finding in kept],
    }


def _rule(check: external.Check, tool: str) -> dict[str, Any]:
    title = said(check.title)
    rule: dict[str, Any] = {
        "id": check.check,
        "shortDescription": {"text": cut(title)},
        "fullDescription": {"text": cut(title)},
        "help": {"text": cut(f"{title} ({tool} {check.check})"), "markdown": cut(f"{markdown(title)} ({tool})")},
        "defaultConfiguration": {"level": _level(check.findings[0])},
        "properties": {"tags": ["infrastructure-as-code", tool]},
    }
    if check.guideline:
        rule["helpUri"] = check.guideline
    return rule


def _result(finding: ExternalFinding, index: dict[str, int]) -> dict[str, Any]:
    place = finding.location if finding.location and finding.location.file else Location("unnamed", 1)
    name = said(finding.address) or finding.check
    result: dict[str, Any] = {
        "ruleId": finding.check,
        "ruleIndex": index[finding.check],
        "level": _level(finding),
        "message": {"text": f"{name}: {said(finding.title).rstrip('. ')}."},
        "locations": [
            {
                "physicalLocation": physical(place),
                "logicalLocations": [{"fullyQualifiedName": name, "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"primaryLocationLineHash": f"{finding.id}:1"},
    }
    if finding.called and finding.called.file:
        message = {"text": "the module is called here"}
        result["relatedLocations"] = [{"id": 1, "physicalLocation": physical(finding.called), "message": message}]
    if finding.rules:
        result["properties"] = {"reportedBy": [said(rule) for rule in finding.rules]}
    if finding.status != "fail":
        suppression = {"kind": "inSource", "status": "accepted"}
        result["suppressions"] = [suppression | ({"justification": said(finding.reason)} if finding.reason else {})]
    return result


def _logical(name: str) -> list[dict[str, str]]:
    return [{"fullyQualifiedName": name, "kind": "resource"}]


def _level(finding: ExternalFinding) -> str:
    return _LEVEL[finding.severity] if finding.severity else "warning"
