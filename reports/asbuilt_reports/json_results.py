"""JSON, the canonical form of results: every other format can be rendered again from it.

The text is ASCII (so no control character survives in it), has one finding a line and a fixed order of keys. Its
schema is `results.schema.json` (JSON Schema draft 2020-12).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from asbuilt.model import Verdict
from asbuilt.results import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asbuilt.model import Diagnostic, Gap, Location
    from asbuilt.results import (
        BaselineInfo,
        Covered,
        Earlier,
        Edit,
        EvidenceItem,
        ExternalRun,
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

__all__ = ["finding_dict", "fixed_dict", "from_json", "pieces", "render", "to_json"]


def render(results: Results) -> str:
    """Return the results as JSON."""
    return to_json(results)


def to_json(results: Results) -> str:
    """Return the results as JSON, ASCII only, one list element a line."""
    return "".join(pieces(results))


def pieces(results: Results) -> Iterator[str]:
    """Yield the text of `to_json` from its beginning to its end: of many findings one is made at a time."""
    before = "{"
    for key, value in _body(results).items():
        yield f"{before}{_line(key)}: "
        yield from _laid_out(value)
        before = ",\n "
    yield "}\n"


def from_json(text: str | bytes) -> Results:
    """Read results back.

    Raises:
        json_reading.ResultsError: not JSON, another schema version, or not results; the message says which and where.
    """
    from asbuilt_reports.json_reading import ResultsError, read_results

    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ResultsError(f"not JSON: {error}") from error
    return read_results(data)


def _body(results: Results) -> dict[str, Any]:
    """Return the results as JSON values, in the order of the schema. The elements of its lists are made one by one."""
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
        "findings": map(finding_dict, results.findings),
        "passes": {rule: list(addresses) for rule, addresses in results.passes.items()},
        "gaps": map(_gap, results.gaps),
        "diagnostics": map(_diagnostic, results.diagnostics),
        "waivers": iter(results.waivers),
        "rules": map(_rule, results.rules),
        "sections": iter(results.sections),
        "requirements": map(_requirement, results.requirements),
        "fixed": map(fixed_dict, results.fixed),
        "coverage": map(_reach, results.coverage),
        "external": map(_external, results.external),
        **({"accounts": map(covered_dict, results.accounts)} if results.accounts else {}),
    }


def _laid_out(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _between("{", (f"{_line(key)}: {_line(item)}" for key, item in value.items()), "}")
    elif isinstance(value, str):
        yield _line(value)
    else:
        yield from _between("[", map(_line, value), "]")


def _between(opening: str, lines: Iterable[str], closing: str) -> Iterator[str]:
    before = f"{opening}\n  "
    for line in lines:
        yield before
        yield line
        before = ",\n  "
    yield closing if before.startswith(",") else opening + closing


# `json.dumps` would make an encoder for each line. What is written is made for it, and not in itself.
_line = json.JSONEncoder(allow_nan=False, check_circular=False).encode


def _external(run: ExternalRun) -> dict[str, Any]:
    from asbuilt_reports.json_external import external_dict

    return external_dict(run)


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
        "verdict": finding.verdict,
        "severity": finding.severity,
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
