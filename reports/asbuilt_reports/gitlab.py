"""GitLab's code quality report, which merge requests show beside the code.

GitLab compares the report of a merge request with that of its target branch by fingerprint, so every finding is in it,
known ones too; waived ones are not. What could not be decided is `info`: it must be seen, and is no violation. What
could not be read is `major`.
Source: docs.gitlab.com, "Code Quality", "Code Quality report format" (2026-11).
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from asbuilt.model import Location, Severity, Verdict
from asbuilt_reports import digest, exceptions
from asbuilt_reports.escape import value, visible

if TYPE_CHECKING:
    from asbuilt.results import Finding, Gap, Results

_SEVERITY = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}


def render(results: Results) -> str:
    """Return the report: a list of issues, an empty one where there is nothing to say."""
    anchor = results.run.spec.path or "asbuilt-spec"
    found = [_issue(finding, anchor) for finding in digest.of(results.findings, Verdict.FAIL, *digest.UNDECIDED)]
    found += [_unread(gap, anchor) for gap in results.gaps if gap.incomplete]
    return json.dumps(found, indent=1) + "\n"


def _issue(finding: Finding, anchor: str) -> dict[str, Any]:
    undecided = finding.verdict in digest.UNDECIDED
    subject = finding.resource.address or finding.resource.name
    text = (finding.reason or finding.message) if undecided else finding.message
    parts = [f"Could not be decided: {finding.title}" if undecided else finding.title, f"{subject}: {text}"]
    if finding.evidence and not undecided:
        item = digest.main_evidence(finding)
        if item.path and item.expected is not None:
            parts.append(f"expected {value(item.expected)}, found {value(item.actual, absent=item.absent)}")
    if said := exceptions.says(finding.requirement):
        parts.append(f"the architecture says: {said}")
    if finding.fix and not undecided:
        parts.append(f"fix: {finding.fix}")
    return {
        "description": visible(". ".join(part.rstrip(". ") for part in parts if part) + "."),
        "check_name": finding.rule,
        "fingerprint": _hash(finding.id, finding.verdict.value if undecided else ""),
        "severity": "info" if undecided else _SEVERITY[finding.severity],
        "location": _location(digest.location_of(finding), anchor),
    }


def _unread(gap: Gap, anchor: str) -> dict[str, Any]:
    return {
        "description": visible(f"Not evaluated: {gap.what}: {gap.reason}. {gap.action}".rstrip()),
        "check_name": "not-evaluated",
        "fingerprint": _hash(gap.what, gap.reason),
        "severity": "major",
        "location": _location(gap.location, anchor),
    }


def _location(where: Location | None, anchor: str) -> dict[str, Any]:
    """Return a place in GitLab's words: a path from the top of the repository, without `./` in front."""
    if where is None or not where.file:
        where = Location(anchor, 1)
    first = max(1, where.start_line)
    path = "/".join(part for part in visible(where.file).split("/") if part not in ("", ".", ".."))
    return {"path": path or "unnamed", "lines": {"begin": first, "end": max(first, where.end_line)}}


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()
