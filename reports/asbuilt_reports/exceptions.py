"""What every report says in the same words about waivers, and about what is new, known and fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import Location, Verdict
from asbuilt_reports.escape import value

if TYPE_CHECKING:
    from asbuilt.results import Finding, Requirement, Results

STATES = ("expired", "unused", "live", "idle", "ignored")


def says(requirement: Requirement) -> str:
    """Quote a statement of the architecture; nothing where a finding breaks none (one about a waiver)."""
    return f"{requirement.id} “{requirement.statement}”" if requirement.statement or requirement.id else ""


def state(waiver: dict[str, Any]) -> str:
    """Return what became of a waiver, one of STATES."""
    found = waiver.get("state")
    return found if found in STATES else "expired" if waiver.get("expired") else "live"


def listed(results: Results) -> list[dict[str, Any]]:
    """Return the waivers: the expired first, then the unused, then by the day they expire."""
    return sorted(results.waivers, key=lambda w: (STATES.index(state(w)), str(w.get("expires") or "9999")))


def excused(waiver: dict[str, Any]) -> str:
    """Say which rule and requirement a waiver is about."""
    return " and ".join(value(waiver[key]) for key in ("rule", "requirement") if waiver.get(key))


def subject(waiver: dict[str, Any]) -> str:
    """Say what a waiver holds for."""
    parts = [value(waiver["resource"])] if waiver.get("resource") else []
    if waiver.get("service"):
        parts.append(f"service {value(waiver['service'])}")
    if waiver.get("inline"):
        parts.append("its block")
    found = " of ".join(parts)
    return found + (f" in {value(waiver['environment'])}" if waiver.get("environment") else "")


def location(waiver: dict[str, Any]) -> Location | None:
    """Return where a waiver stands, if it says so."""
    where = waiver.get("location")
    if not isinstance(where, dict) or not isinstance(where.get("file"), str) or not where["file"]:
        return None
    numbers = [where.get(key) for key in ("start_line", "start_column", "end_line", "end_column")]
    return Location(where["file"], *(number if isinstance(number, int) else 0 for number in numbers))


def place(waiver: dict[str, Any]) -> str:
    """Return the file and line of a waiver."""
    where = location(waiver)
    return f"{value(where.file)}:{where.start_line}" if where else ""


def facts(waiver: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what a reader wants to know of a finding's waiver, as labels and texts."""
    until = "expired after" if waiver.get("expired") else "until"
    found = [("reason", "reason"), ("owner", "owner"), (until, "expires"), ("ticket", "ticket")]
    rows = [(label, value(waiver[key])) for label, key in found if waiver.get(key)]
    return [*rows, ("granted at", place(waiver))] if place(waiver) else rows


def granted(waiver: dict[str, Any]) -> str:
    """Say in one line why, by whom and until when."""
    reason = value(waiver["reason"]) if waiver.get("reason") else "no reason given"
    rest = "; ".join(f"{label} {text}" for label, text in facts(waiver) if label != "reason")
    return f"{reason} ({rest})" if rest else reason


def failures(results: Results, baseline: str) -> list[Finding]:
    """Return the failures that are `new`, or `known`."""
    return [f for f in results.findings if f.verdict is Verdict.FAIL and f.baseline == baseline]


def against(results: Results) -> str:
    """Say how the failures compare with the baseline, if there is one."""
    info = results.run.baseline
    if info is None:
        return ""
    counts = f"{len(failures(results, 'new')):,} new, {len(failures(results, 'known')):,} known"
    day = info.started_at[:10]
    commit = f", commit {info.commit[:12]}" if info.commit else ""
    return f"{counts}, {len(results.fixed):,} fixed since the baseline ({value(info.path)} of {value(day)}{commit})"
