"""Every verdict of a run, passes included, one record each: what inventories of findings elsewhere are fed with.

A record's `id` names the question, not the answer: spec, environment, rule, address. So what failed and passes now has
the same id, and closes what it opened.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from asbuilt.model import Severity, Verdict
from asbuilt.results import Requirement
from asbuilt_reports import digest
from asbuilt_reports.escape import value, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.results import EvidenceItem, Finding, Results, RuleInfo

_LINK = re.compile(r"https://[^\s\"<>`)\]]+")


@dataclass(frozen=True, slots=True)
class Record:
    """One subject under one rule. Texts are printable and never empty where `str` has no default."""

    id: str
    rule: str
    title: str
    verdict: Verdict
    severity: Severity
    text: str
    requirement: Requirement
    address: str
    type: str = ""
    name: str = ""
    service: str = ""
    reason: str = ""
    fix: str = ""
    link: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    waiver: tuple[tuple[str, str], ...] = ()


def records(results: Results) -> Iterator[Record]:
    """Yield findings in their order, then passes by rule and address."""
    rules = digest.rule_info(results)
    seen: Counter[str] = Counter()
    for finding in results.findings:
        yield _found(finding, _identity(results, finding.rule, _address(finding), seen), rules.get(finding.rule))
    requirements = {requirement.id: requirement for requirement in results.requirements}
    for rule, addresses in results.passes.items():
        info = rules.get(rule)
        requirement = requirements.get(info.requirement if info else "", Requirement("", "", ""))
        for address in addresses:
            shown = line(address) or "(platform)"
            yield Record(
                id=_identity(results, rule, address, seen),
                rule=line(rule),
                title=f"Holds: {says(requirement) or line(rule)}",
                verdict=Verdict.PASS,
                severity=Severity.INFO,
                text=f"{shown} is as the architecture says.",
                requirement=requirement,
                address=shown,
            )


def _found(finding: Finding, id_: str, info: RuleInfo | None) -> Record:
    subject = finding.resource
    link = _LINK.search(info.source) if info else None
    item = digest.main_evidence(finding) if finding.evidence else None
    return Record(
        id=id_,
        rule=line(finding.rule),
        title=line(finding.title or finding.rule),
        verdict=finding.verdict,
        severity=finding.severity,
        text=line(finding.message or finding.title or finding.rule),
        requirement=finding.requirement,
        address=line(_address(finding)) or "(platform)",
        type=line(subject.type),
        name=line(subject.name),
        service=line(subject.service),
        reason=line(finding.reason or ""),
        fix=line(finding.fix),
        link=link.group().rstrip(".,;") if link else "",
        facts=tuple(_facts(item)) if item else (),
        waiver=tuple(_granted(finding.waiver or {})) if finding.verdict is Verdict.WAIVED else (),
    )


def _granted(waiver: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key in ("owner", "reason", "expires", "ticket"):
        if shown := line(str(waiver.get(key) or "")):
            yield key, shown


def _facts(item: EvidenceItem) -> Iterator[tuple[str, str]]:
    if item.path:
        yield "property", line(item.path)
        yield "found", value(item.actual, absent=item.absent)
    if item.expected is not None:
        yield "expected", value(item.expected)
    if item.origin is not None and item.origin.file:
        yield "file", visible(f"{item.origin.file}:{item.origin.start_line}")


def says(requirement: Requirement) -> str:
    """Return a requirement as one line: its id and its statement."""
    return line(": ".join(part for part in (requirement.id, requirement.statement) if part))


def started(results: Results) -> datetime:
    """Return when the run started, in UTC; the epoch where the results do not say."""
    try:
        found = datetime.fromisoformat(results.run.started_at)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _address(finding: Finding) -> str:
    return finding.resource.address or finding.resource.name


def _identity(results: Results, rule: str, address: str, seen: Counter[str]) -> str:
    run = results.run
    parts = "\0".join((run.spec.name, run.environment, rule, address))
    seen[parts] += 1
    parts += f"\0{seen[parts]}" if seen[parts] > 1 else ""
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def line(text: str) -> str:
    """Return text on one printable line; nothing but blanks is said to be that, since an empty text says "none"."""
    return visible(" ".join(text.split())) or ("(blank)" if text else "")


def cut(text: str, most: int) -> str:
    """Return at most so many characters, the last one an ellipsis where some are missing."""
    return text if len(text) <= most else text[: most - 1] + "…"


def jsonable(rows: list[dict[str, Any]]) -> str:
    """Return a JSON array, ASCII, one element a line."""
    import json

    if not rows:
        return "[]\n"
    return "[\n" + ",\n".join(json.dumps(row, allow_nan=False) for row in rows) + "\n]\n"


__all__ = ["Record", "cut", "jsonable", "line", "records", "says", "started"]
