"""A comparison of code and account as JSON, by `drift.schema.json`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from asbuilt.drift.model import SCHEMA_VERSION
from asbuilt_reports import drift_words as words

if TYPE_CHECKING:
    from asbuilt.drift.model import Drift, Row, Side, Standing
    from asbuilt.model import Gap, Location
    from asbuilt.results import Requirement, Run


def render(drift: Drift) -> str:
    """Return the comparison as JSON, ASCII only."""
    compared = drift.compared
    body = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": drift.tool, "version": drift.version},
        "run": {
            "environment": drift.code.environment,
            "spec": {
                "name": drift.code.spec.name,
                "title": drift.code.spec.title,
                "path": drift.code.spec.path,
                "sha256": drift.code.spec.sha256,
            },
            "code": _run(drift.code),
            "account": _run(drift.account),
            "exit_code": drift.exit_code,
        },
        "summary": {
            **drift.counts,
            "pairs": compared.pairs,
            "agreeing_properties": compared.properties,
            "agreeing_verdicts": compared.verdicts,
        },
        "with_properties": drift.with_properties,
        "rows": [_row(row) for row in drift.rows],
        "statements": [_standing(standing) for standing in drift.standings],
        "left_out": compared.left_out,
        "gaps": [_gap(side, gap) for side, gap in drift.gaps],
        "remarks": words.remarks(drift),
    }
    return json.dumps(body, indent=1, allow_nan=False) + "\n"


def _run(run: Run) -> dict[str, Any]:
    return {
        "started_at": run.started_at,
        "commit": run.commit,
        "account": run.account,
        "regions": list(run.regions),
        "sources": [{"kind": one.kind, "path": one.path, "resources": one.resources} for one in run.sources],
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "state": row.state.value,
        "subject": row.subject,
        "type": row.type,
        "service": row.service,
        "requirement": _requirement(row.requirement),
        "rule": row.rule,
        "severity": row.severity.value if row.severity else None,
        "property": row.property,
        "expected": row.expected,
        "code": _side(row.code),
        "account": _side(row.account),
        "why": row.why,
        "do": row.do,
        "broken": list(row.broken),
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "verdict": side.verdict or None,
        "address": side.address,
        "value": side.value,
        "absent": side.absent,
        "partly": side.partly,
        "field": side.field,
        "location": _location(side.location),
        "via": [{"what": step.what, "location": _location(step.location)} for step in side.via],
        "says": side.says,
    }


def _standing(standing: Standing) -> dict[str, Any]:
    return {
        "requirement": standing.requirement.id,
        "code": standing.code or None,
        "account": standing.account or None,
        "state": standing.state.value if standing.state else None,
        "rows": standing.rows,
    }


def _requirement(requirement: Requirement) -> dict[str, Any] | None:
    if not requirement.id:
        return None
    return {"id": requirement.id, "section": requirement.section, "statement": requirement.statement}


def _gap(side: str, gap: Gap) -> dict[str, Any]:
    return {
        "side": side,
        "source": gap.source,
        "what": gap.what,
        "reason": gap.reason,
        "action": gap.action,
        "incomplete": gap.incomplete,
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
