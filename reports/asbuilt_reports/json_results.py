"""JSON, the canonical form of results: every other format can be rendered again from it.

The text is ASCII (so no control character survives in it), has one finding a line and a fixed order of keys. Its
schema is `results.schema.json` (JSON Schema draft 2020-12).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from asbuilt.model import Verdict
from asbuilt.results import SCHEMA_VERSION
from asbuilt_reports.json_external import external_dict
from asbuilt_reports.json_reading import ResultsError, read_results

if TYPE_CHECKING:
    from asbuilt.model import Diagnostic, Gap, Location
    from asbuilt.results import (
        BaselineInfo,
        Covered,
        Earlier,
        Edit,
        EvidenceItem,
        Finding,
        Fixed,
        Frame,
        Reach,
        Requirement,
        Results,
        RuleInfo,
        Run,
        Subject,
    )

__all__ = ["ResultsError", "finding_dict", "fixed_dict", "from_json", "render", "to_json"]


def render(results: Results) -> str:
    """Return the results as JSON."""
    return to_json(results)


def to_json(results: Results) -> str:
    """Return the results as JSON, ASCII only, one list element a line."""
    body = as_dict(results)
    parts = [f"{json.dumps(key)}: {_laid_out(value)}" for key, value in body.items()]
    return "{" + ",\n ".join(parts) + "}\n"


def from_json(text: str | bytes) -> Results:
    """Read results back.

    Raises:
        ResultsError: not JSON, another schema version, or not results; the message says which and where.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ResultsError(f"not JSON: {error}") from error
    return read_results(data)


def as_dict(results: Results) -> dict[str, Any]:
    """Return the results as JSON values, in the order of the schema."""
    summary = results.summary
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": results.tool, "version": results.version},
        "run": _run(results.run),
        "summary": {
            **{verdict.value: summary.counts.get(verdict.value, 0) for verdict in Verdict},
            "score": summary.score,
            "by_section": summary.by_section,
            "by_severity": summary.by_severity,
        },
        "findings": [finding_dict(finding) for finding in results.findings],
        "passes": {rule: list(addresses) for rule, addresses in results.passes.items()},
        "gaps": [_gap(gap) for gap in results.gaps],
        "diagnostics": [_diagnostic(remark) for remark in results.diagnostics],
        "waivers": list(results.waivers),
        "rules": [_rule(rule) for rule in results.rules],
        "sections": list(results.sections),
        "requirements": [_requirement(requirement) for requirement in results.requirements],
        "fixed": [fixed_dict(row) for row in results.fixed],
        "coverage": [_reach(reach) for reach in results.coverage],
        "external": [external_dict(run) for run in results.external],
        **({"accounts": [covered_dict(row) for row in results.accounts]} if results.accounts else {}),
    }


def _laid_out(value: Any) -> str:
    if isinstance(value, list) and value:
        return "[\n  " + ",\n  ".join(_line(item) for item in value) + "]"
    if isinstance(value, dict) and value:
        return "{\n  " + ",\n  ".join(f"{json.dumps(key)}: {_line(item)}" for key, item in value.items()) + "}"
    return _line(value)


_line = json.JSONEncoder(allow_nan=False).encode  # `json.dumps` would make an encoder for each line


def _run(run: Run) -> dict[str, Any]:
    return {
        "command": run.command,
        "started_at": run.started_at,
        "duration_s": run.duration_s,
        "environment": run.environment,
        "spec": {
            "name": run.spec.name,
            "title": run.spec.title,
            "path": run.spec.path,
            "sha256": run.spec.sha256,
        },
        "sources": [
            {
                "kind": source.kind,
                "path": source.path,
                "resources": source.resources,
                "environment": source.environment,
            }
            for source in run.sources
        ],
        "commit": run.commit,
        "account": run.account,
        "regions": list(run.regions),
        "fail_on": run.fail_on,
        "on_unknown": run.on_unknown,
        "exit_code": run.exit_code,
        "baseline": _baseline(run.baseline),
        **({"earlier": _earlier(run.earlier)} if run.earlier else {}),
    }


def finding_dict(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON values."""
    return {
        "id": finding.id,
        "rule": finding.rule,
        "title": finding.title,
        "verdict": finding.verdict.value,
        "severity": finding.severity.value,
        "message": finding.message,
        "fix": finding.fix,
        "requirement": _requirement(finding.requirement),
        "resource": _subject(finding.resource),
        "evidence": [_evidence(item) for item in finding.evidence],
        "reason": finding.reason,
        "waiver": finding.waiver,
        "baseline": finding.baseline,
    }


def fixed_dict(row: Fixed) -> dict[str, Any]:
    """Return a row about a failure that is gone as JSON values."""
    return {
        "id": row.id,
        "rule": row.rule,
        "title": row.title,
        "severity": row.severity.value,
        "requirement": row.requirement,
        "section": row.section,
        "address": row.address,
        "service": row.service,
        "how": row.how,
    }


def _baseline(info: BaselineInfo | None) -> dict[str, Any] | None:
    return None if info is None else {"path": info.path, "started_at": info.started_at, "commit": info.commit}


def _earlier(info: Earlier) -> dict[str, Any]:
    return {
        "runs": info.runs,
        "since": info.since,
        "alike": info.alike,
        "started_at": info.started_at,
        "score": info.score,
        "fail": info.fail,
    }


def _requirement(requirement: Requirement) -> dict[str, Any]:
    return {
        "id": requirement.id,
        "section": requirement.section,
        "statement": requirement.statement,
        "location": _location(requirement.location),
    }


def _subject(subject: Subject) -> dict[str, Any]:
    return {
        "type": subject.type,
        "address": subject.address,
        "name": subject.name,
        "service": subject.service,
        "location": _location(subject.location),
        "source": subject.source,
        "environment": subject.environment,
        **({"canonical": subject.canonical} if subject.canonical else {}),
        **({"construct": subject.construct} if subject.construct else {}),
    }


def _evidence(item: EvidenceItem) -> dict[str, Any]:
    return {
        "outcome": item.outcome,
        "message": item.message,
        "property": item.path,
        "native": item.native,
        "expected": item.expected,
        "actual": item.actual,
        "absent": item.absent,
        "location": _location(item.location),
        "via": [{"what": step.what, **_place(step.location)} for step in item.via],
        "frame": _frame(item.frame),
        "fix": item.fix,
        "edit": _edit(item.edit),
    }


def _edit(edit: Edit | None) -> dict[str, Any] | None:
    return None if edit is None else {"location": _place(edit.location), "text": edit.text}


def _frame(frame: Frame | None) -> dict[str, Any] | None:
    return None if frame is None else {"first_line": frame.first_line, "lines": list(frame.lines)}


def _rule(rule: RuleInfo) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity.value,
        "requirement": rule.requirement,
        "why": rule.why,
        "fix": rule.fix,
        "source": rule.source,
        **({"page": rule.page} if rule.page else {}),
    }


def covered_dict(row: Covered) -> dict[str, Any]:
    """Return what was covered of a region of an account as JSON values."""
    return {
        "account": row.account,
        "name": row.name,
        "region": row.region,
        "environment": row.environment,
        "outcome": row.outcome,
        "reason": row.reason,
        "action": row.action,
        "exit_code": row.exit_code,
        "counts": row.counts,
        "resources": row.resources,
        "file": row.file,
    }


def _reach(reach: Reach) -> dict[str, Any]:
    return {
        "requirement": reach.requirement,
        "rules": list(reach.rules),
        "environments": list(reach.environments),
        "open": list(reach.open),
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "source": gap.source,
        "what": gap.what,
        "reason": gap.reason,
        "action": gap.action,
        "kind": gap.kind.value,
        "incomplete": gap.incomplete,
        "types": sorted(gap.types),
        "location": _location(gap.location),
    }


def _diagnostic(remark: Diagnostic) -> dict[str, Any]:
    return {
        "severity": remark.severity,
        "code": remark.code,
        "message": remark.message,
        "location": _location(remark.location),
    }


def _location(location: Location | None) -> dict[str, Any] | None:
    return None if location is None else _place(location)


def _place(location: Location) -> dict[str, Any]:
    return {
        "file": location.file,
        "start_line": location.start_line,
        "start_column": location.start_column,
        "end_line": location.end_line,
        "end_column": location.end_column,
    }
