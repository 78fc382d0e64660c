"""What other tools said, as JSON values and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import Severity, Verdict
from asbuilt.results import Dispute, ExternalFinding, ExternalRun
from asbuilt_reports.json_nodes import Node, location_at

if TYPE_CHECKING:
    from asbuilt.model import Location


def external_dict(run: ExternalRun) -> dict[str, Any]:
    """Return what a tool said as JSON values."""
    return {
        "tool": run.tool,
        "version": run.version,
        "passes": run.passes,
        "gates": run.gates,
        "findings": [_finding(finding) for finding in run.findings],
        "disputes": [_dispute(dispute) for dispute in run.disputes],
    }


def _finding(finding: ExternalFinding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "check": finding.check,
        "title": finding.title,
        "status": finding.status,
        "address": finding.address,
        "location": _location(finding.location),
        "called": _location(finding.called),
        "severity": finding.severity.value if finding.severity else None,
        "guideline": finding.guideline,
        "reason": finding.reason,
        "rules": list(finding.rules),
        "requirements": list(finding.requirements),
        "baseline": finding.baseline,
    }


def _dispute(dispute: Dispute) -> dict[str, Any]:
    return {
        "check": dispute.check,
        "title": dispute.title,
        "theirs": dispute.theirs,
        "ours": dispute.ours.value,
        "rule": dispute.rule,
        "requirement": dispute.requirement,
        "address": dispute.address,
        "why": dispute.why,
        "found": dispute.found,
        "location": _location(dispute.location),
    }


def _location(location: Location | None) -> dict[str, Any] | None:
    if location is None:
        return None
    return {
        "file": location.file,
        "start_line": location.start_line,
        "start_column": location.start_column,
        "end_line": location.end_line,
        "end_column": location.end_column,
    }


def read_external(node: Node) -> ExternalRun:
    """Read what a tool said back. Raises ResultsError."""
    return ExternalRun(
        tool=node.text("tool"),
        version=node.text("version"),
        passes=node.integer("passes"),
        gates=node.flag("gates"),
        findings=tuple(_read_finding(item) for item in node.nodes("findings")),
        disputes=tuple(_read_dispute(item) for item in node.nodes("disputes")),
    )


def _read_finding(node: Node) -> ExternalFinding:
    link = node.text("guideline")
    return ExternalFinding(
        id=node.text("id"),
        check=node.text("check"),
        title=node.text("title"),
        status=node.text("status"),
        address=node.text("address"),
        location=location_at(node),
        called=location_at(node, "called"),
        severity=None if node.raw("severity") is None else node.word("severity", Severity),
        guideline=link if link.startswith("https://") else "",
        reason=node.text("reason"),
        rules=node.texts("rules"),
        requirements=node.texts("requirements"),
        baseline=node.text_or_none("baseline"),
    )


def _read_dispute(node: Node) -> Dispute:
    return Dispute(
        check=node.text("check"),
        title=node.text("title"),
        theirs=node.text("theirs"),
        ours=node.word("ours", Verdict),
        rule=node.text("rule"),
        requirement=node.text("requirement"),
        address=node.text("address"),
        why=node.text("why"),
        found=node.text("found"),
        location=location_at(node),
    )
