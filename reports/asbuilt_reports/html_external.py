"""The results of other tools, as the HTML page shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asbuilt_reports import external

if TYPE_CHECKING:
    from asbuilt.results import Dispute, ExternalFinding, ExternalRun, Results

ROWS: Final = 1000  # of each list
_LOOKS: Final = {"pass": "pass", "fail": "fail", "unknown": "unknown", "error": "error", "waived": "waived"}


def others(results: Results) -> list[dict[str, Any]]:
    """Return what the template shows of each tool."""
    return [_run(run, number) for number, run in enumerate(results.external)]


def _run(run: ExternalRun, number: int) -> dict[str, Any]:
    same, hidden, checks = external.agreeing(run), external.suppressed(run), external.by_check(run.own)
    return {
        "id": f"other-{number}",
        "tool": run.tool,
        "version": run.version,
        "headline": external.headline(run),
        "gate": external.gate(run),
        "failures": len(run.failures),
        "differences": [_difference(difference) for difference in external.differences(run)],
        "same": [_row(finding) for finding in same[:ROWS]],
        "checks": [_check(check) for check in checks[:ROWS]],
        "alone": len(run.own),
        "hidden": [_row(finding) for finding in hidden[:ROWS]],
        "left": max(0, len(same) - ROWS) + max(0, len(hidden) - ROWS) + max(0, len(checks) - ROWS),
    }


def _difference(difference: external.Difference) -> dict[str, Any]:
    first = difference.first
    return {
        "check": first.check,
        "title": first.title,
        "theirs": first.theirs,
        "ours": first.ours.value.replace("_", " "),
        "looks": _LOOKS.get(first.ours.value, "not_applicable"),
        "says": first.requirement,
        "rule": first.rule,
        "why": first.why,
        "rows": [
            {"name": dispute.address, "where": _place(dispute), "found": dispute.found}
            for dispute in difference.disputes[:ROWS]
        ],
    }


def _check(check: external.Check) -> dict[str, Any]:
    return {
        "check": check.check,
        "title": check.title,
        "link": check.guideline,
        "count": len(check.findings),
        "rows": [_row(finding) for finding in check.findings[:ROWS]],
    }


def _row(finding: ExternalFinding) -> dict[str, str]:
    return {
        "check": finding.check,
        "title": finding.title,
        "name": finding.address,
        "where": _place(finding),
        "called": f"{finding.called.file}:{finding.called.start_line}" if finding.called else "",
        "cites": external.cites(finding),
        "reason": finding.reason,
        "baseline": finding.baseline or "",
    }


def _place(item: Dispute | ExternalFinding) -> str:
    return f"{item.location.file}:{item.location.start_line}" if item.location else ""
