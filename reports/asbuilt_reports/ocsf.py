"""OCSF Compliance Findings (class 2003 of https://schema.ocsf.io/1.5.0), a JSON array with one event a line.

Every verdict is an event, passes too. What could not be decided, or crashed, has the compliance status Unknown and an
unknown severity: it is no pass, and nobody knows how bad it is. A waived failure is a Fail that is Suppressed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asbuilt.model import Severity, Verdict
from asbuilt_reports.records import Record, jsonable, line, records, says, started

if TYPE_CHECKING:
    from asbuilt.results import Results

VERSION: Final = "1.5.0"
_SEVERITY: Final = {
    Severity.CRITICAL: (5, "Critical"),
    Severity.HIGH: (4, "High"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.LOW: (2, "Low"),
    Severity.INFO: (1, "Informational"),
}
_COMPLIANCE: Final = {
    Verdict.PASS: (1, "Pass"),
    Verdict.FAIL: (3, "Fail"),
    Verdict.WAIVED: (3, "Fail"),
    Verdict.UNKNOWN: (0, "Unknown"),
    Verdict.ERROR: (0, "Unknown"),
    Verdict.NOT_APPLICABLE: (99, "Not Applicable"),
}


def render(results: Results) -> str:
    """Return the events as JSON."""
    return jsonable([_event(record, results) for record in records(results)])


def _event(record: Record, results: Results) -> dict[str, Any]:
    severity, severity_name = _SEVERITY[record.severity]
    if record.verdict in (Verdict.UNKNOWN, Verdict.ERROR):
        severity, severity_name = 0, "Unknown"
    time = int(started(results).timestamp() * 1000)
    event: dict[str, Any] = {
        "activity_id": 1,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "type_uid": 200301,
        "type_name": "Compliance Finding: Create",
        "time": time,
        "severity_id": severity,
        "severity": severity_name,
        "message": record.text,
        "metadata": _metadata(results),
        "finding_info": {
            "uid": record.id,
            "title": record.title,
            "desc": record.text,
            "types": ["Architecture"],
            "analytic": {"uid": record.rule, "name": record.rule, "type_id": 1, "type": "Rule"},
        },
        "compliance": _compliance(record, results),
        "resources": [_resource(record)],
        "unmapped": _unmapped(record, results),
    }
    if record.verdict in (Verdict.FAIL, Verdict.UNKNOWN, Verdict.ERROR):
        event |= {"status_id": 1, "status": "New"}
    elif record.verdict is Verdict.WAIVED:
        event |= {"status_id": 3, "status": "Suppressed"}
    if record.fix:
        event["remediation"] = {"desc": record.fix, **({"references": [record.link]} if record.link else {})}
    if results.run.account:
        event["metadata"]["profiles"] = ["cloud"]
        event["cloud"] = {"provider": "AWS", "account": {"uid": results.run.account, "type_id": 10}}
    return event


def _metadata(results: Results) -> dict[str, Any]:
    product = {"name": results.tool, "vendor_name": results.tool, "version": results.version}
    return {"version": VERSION, "product": product}


def _compliance(record: Record, results: Results) -> dict[str, Any]:
    status, status_name = _COMPLIANCE[record.verdict]
    spec = results.run.spec
    found: dict[str, Any] = {
        "control": record.rule,
        "standards": [line(spec.title or spec.name or "architecture")],
        "status_id": status,
        "status": status_name,
    }
    if shown := says(record.requirement):
        found["requirements"] = [shown]
    if record.reason:
        found["status_details"] = [record.reason]
    return found


def _resource(record: Record) -> dict[str, Any]:
    found: dict[str, Any] = {"uid": record.address, "name": record.name or record.address}
    if record.type:
        found["type"] = record.type
    return found


def _unmapped(record: Record, results: Results) -> dict[str, Any]:
    found: dict[str, Any] = {"verdict": record.verdict.value, **dict(record.facts)}
    extra = {"service": record.service, "environment": results.run.environment, "commit": results.run.commit}
    found |= {key: line(what) for key, what in extra.items() if what}
    if record.waiver:
        found["waiver"] = dict(record.waiver)
    return found
