"""CSV: a row per finding, one per failure of the baseline that is fixed, and one per finding of another tool.

Text that a spreadsheet would take for a formula gets a `'` in front (OWASP, "CSV Injection"); numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from asbuilt_reports import digest
from asbuilt_reports.escape import value, visible

if TYPE_CHECKING:
    from asbuilt.results import ExternalFinding, Finding, Fixed, Results

# The full-width forms are formulas too for spreadsheets in East Asian locales.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001 - meant
COLUMNS = (
    "verdict",
    "severity",
    "requirement",
    "section",
    "rule",
    "title",
    "resource",
    "type",
    "service",
    "environment",
    "message",
    "property",
    "expected",
    "actual",
    "file",
    "line",
    "column",
    "change_file",
    "change_line",
    "fix",
    "reason",
    "waiver_owner",
    "waiver_reason",
    "waiver_expires",
    "waiver_ticket",
    "baseline",
    "statement",
    "id",
    "tool",
)


def render(results: Results) -> str:
    """Return the table, with a header and CRLF line ends (RFC 4180)."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for finding in results.findings:
        writer.writerow([cell(field) for field in _row(finding)])
    for gone in results.fixed:
        writer.writerow([cell(field) for field in _fixed(gone, results.run.environment)])
    for run in results.external:
        for other in run.findings:
            writer.writerow([cell(field) for field in _external(other, run.tool, results.run.environment)])
    return stream.getvalue()


def cell(data: Any) -> str | int | float:
    """Return a value as a spreadsheet may see it."""
    if data is None:
        return ""
    if isinstance(data, int | float) and not isinstance(data, bool):
        return data
    raw = data if isinstance(data, str) else value(data)
    text = visible(raw)
    return f"'{text}" if raw.strip().startswith(_FORMULA) or "\t" in raw or "\r" in raw else text


def _fixed(gone: Fixed, environment: str) -> list[Any]:
    """Return the row of a failure of the baseline that is gone."""
    row = {
        "verdict": "pass" if gone.how == "passes" else "gone",
        "severity": gone.severity.value,
        "requirement": gone.requirement,
        "section": gone.section,
        "rule": gone.rule,
        "title": gone.title,
        "resource": gone.address,
        "service": gone.service,
        "environment": environment,
        "baseline": "fixed",
        "id": gone.id,
        "tool": "asbuilt",
    }
    return [row.get(column) for column in COLUMNS]


def _external(found: ExternalFinding, tool: str, environment: str) -> list[Any]:
    """Return the row of another tool's finding; its verdict is never one of ours: `other: fail`."""
    where = found.location
    row = {
        "verdict": f"other: {found.status}",
        "severity": found.severity.value if found.severity else None,
        "requirement": " ".join(found.requirements),
        "rule": found.check,
        "title": found.title,
        "resource": found.address,
        "environment": environment,
        "message": found.title,
        "file": where.file if where else None,
        "line": where.start_line if where else None,
        "reason": found.reason,
        "baseline": found.baseline,
        "id": found.id,
        "tool": tool,
    }
    return [row.get(column) for column in COLUMNS]


def _row(finding: Finding) -> list[Any]:
    item = digest.main_evidence(finding) if finding.evidence else None
    where = digest.place_of(finding)
    origin = item.origin if item else where
    waiver = finding.waiver or {}
    resource, requirement = finding.resource, finding.requirement
    row = {
        "verdict": finding.verdict.value,
        "severity": finding.severity.value,
        "requirement": requirement.id,
        "section": requirement.section,
        "rule": finding.rule,
        "title": finding.title,
        "resource": resource.address or resource.name,
        "type": resource.type,
        "service": resource.service,
        "environment": resource.environment,
        "message": finding.message,
        "property": item.path if item else None,
        "expected": item.expected if item else None,
        "actual": ("(not set)" if item.absent else item.actual) if item else None,
        "file": where.file if where else None,
        "line": where.start_line if where else None,
        "column": where.start_column if where else None,
        "change_file": origin.file if origin else None,
        "change_line": origin.start_line if origin else None,
        "fix": finding.fix,
        "reason": finding.reason,
        "waiver_owner": waiver.get("owner"),
        "waiver_reason": waiver.get("reason"),
        "waiver_expires": waiver.get("expires"),
        "waiver_ticket": waiver.get("ticket"),
        "baseline": finding.baseline,
        "statement": requirement.statement,
        "id": finding.id,
        "tool": "asbuilt",
    }
    return [row[column] for column in COLUMNS]
