"""What a run is in rows: from results to the columns, without a database."""

from __future__ import annotations

import hashlib
import json
import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from asbuilt.model import Verdict
from asbuilt.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asbuilt.results import Results

Row = dict[str, Any]


def run_id(document: str) -> str:
    """Return the identity of a run: the SHA-256 of its canonical JSON."""
    return hashlib.sha256(document.encode()).hexdigest()


def run_row(results: Results, document: str, selection: str) -> Row:
    """Return the row of `runs`. Raises StoreError where the run has no readable time."""
    run, counts = results.run, results.summary.counts
    return {
        "id": run_id(document),
        "tool_version": results.version,
        "command": run.command,
        "started_at": moment(run.started_at),
        "duration_s": run.duration_s,
        "environment": storable(run.environment),
        "spec_name": storable(run.spec.name),
        "spec_title": storable(run.spec.title),
        "spec_sha256": run.spec.sha256,
        "commit": None if run.commit is None else storable(run.commit),
        "sources": sorted(storable(f"{s.kind} {s.path}".strip()) for s in run.sources),
        "exit_code": run.exit_code,
        "score": results.summary.score,
        **{verdict.value: counts.get(verdict.value, 0) for verdict in Verdict},
        "document": zlib.compress(document.encode()),
        "selection": storable(selection),
        "rules": sorted(rule.id for rule in results.rules),
        "requirements": sorted(storable(requirement.id) for requirement in results.requirements),
        "gaps": gaps(results),
    }


def gaps(results: Results) -> list[tuple[str, list[str]]]:
    """Return what was not read, and the resource types that may hide there (none named: any)."""
    found = [(storable(f"{g.source} {g.kind.value} {g.what}"), sorted(g.types)) for g in results.gaps]
    for remark in results.diagnostics:
        if remark.severity == "error":
            where = remark.location.file if remark.location else ""
            found.append((storable(f"{remark.code} {where}"), []))
    return sorted(found)


def section_rows(results: Results) -> list[Row]:
    """Return the rows of `sections`, in the order of the spec."""
    return [
        {"position": at, "section": storable(name), **{v.value: counts.get(v.value, 0) for v in Verdict}}
        for at, (name, counts) in enumerate(results.summary.by_section.items())
    ]


def finding_rows(results: Results) -> list[Row]:
    """Return the rows of `findings`; of two findings with one fingerprint the worse verdict is kept."""
    by_id: dict[str, Row] = {}
    for finding in results.findings:
        row = {
            "id": _fingerprint(finding.id),
            "rule": storable(finding.rule),
            "requirement": storable(finding.requirement.id),
            "section": storable(finding.requirement.section),
            "severity": finding.severity.value,
            "verdict": finding.verdict.value,
            "type": storable(finding.resource.type),
            "address": storable(finding.resource.address),
            "service": storable(finding.resource.service),
        }
        known = by_id.get(row["id"])
        if known is None or _BADNESS.index(row["verdict"]) < _BADNESS.index(known["verdict"]):
            by_id[row["id"]] = row
    return list(by_id.values())


_WAIVER = ("rule", "requirement", "resource", "service", "environment", "owner", "reason", "ticket", "expires")
_BADNESS = ("fail", "error", "unknown", "waived", "not_applicable", "pass")


def _fingerprint(text: str) -> str:
    """Return the fingerprint, or the hash of one that is longer than any of ours and than the column."""
    key = storable(text)
    return key if len(key) <= 64 else hashlib.sha256(key.encode()).hexdigest()


def waiver_rows(waivers: tuple[Mapping[str, Any], ...]) -> list[Row]:
    """Return the rows of `waivers`. A waiver is a mapping; what it does not say is empty."""
    return [
        {
            "position": at,
            **{key: _text(waiver.get(key)) for key in _WAIVER},
            "file": _text((waiver.get("location") or {}).get("file")),
            "expired": bool(waiver.get("expired")),
        }
        for at, waiver in enumerate(waivers)
    ]


def passed(document: bytes) -> frozenset[tuple[str, str]]:
    """Return which rule passed on which address, from a stored document."""
    passes = json.loads(zlib.decompress(document))["passes"]
    return frozenset((rule, storable(address)) for rule, addresses in passes.items() for address in addresses)


def statements(document: str) -> dict[str, tuple[str, str]]:
    """Return section and sentence of each requirement, from a canonical JSON."""
    return {
        storable(found["id"]): (found["section"], found["statement"]) for found in json.loads(document)["requirements"]
    }


def moment(text: str) -> datetime:
    """Read a time; one without a zone is UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise StoreError(f"the run cannot be stored: started_at {text!r} is not a time in ISO 8601") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def storable(text: str) -> str:
    """Return the text without what a database refuses: NUL (PostgreSQL) and lone surrogates (no UTF-8)."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def _text(value: Any) -> str:
    if value is None:
        return ""
    return storable(value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str))
