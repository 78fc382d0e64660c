"""Hold findings against waivers: what is waived, what has expired, what waives nothing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, Final

from asbuilt.digests import sha256_of
from asbuilt.model import Severity, Verdict
from asbuilt.records import dataclass
from asbuilt.results import EvidenceItem, Finding, Requirement, RuleInfo, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import date

    from asbuilt.waivers.waiver import Waiver

SECTION: Final = "Waivers"
_WHY: Final = "An exception without an end, or without a cause, hides the next failure at the same place."
RULES: Final = {
    "waiver-expired": RuleInfo(
        "waiver-expired",
        "A waiver has expired.",
        Severity.MEDIUM,
        "",
        _WHY,
        "mend what it excused and delete the waiver, or have its owner renew it with a new date",
        "",
    ),
    "waiver-unused": RuleInfo(
        "waiver-unused",
        "A waiver waives nothing.",
        Severity.LOW,
        "",
        _WHY,
        "delete the waiver, or correct what it names",
        "",
    ),
}


@dataclass(frozen=True, slots=True)
class Applied:
    """Findings after waivers, those about waivers at the end; `waivers` are rows for `Results.waivers`."""

    findings: list[Finding]
    waivers: tuple[dict[str, Any], ...]
    rules: tuple[RuleInfo, ...]


@dataclass(slots=True)
class _Use:
    """What a waiver did in this run."""

    waived: list[str] = field(default_factory=list)
    failing: list[str] = field(default_factory=list)  # failures that it would waive had it not expired
    undecided: bool = False


def apply(
    findings: Iterable[Finding],
    waivers: Sequence[Waiver],
    today: date,
    *,
    roots: Callable[[str], set[str]],
    in_scope: Callable[[Waiver], bool] = lambda _: True,
    ignored: Collection[Waiver] = (),
    unreported: Collection[str] = (),
) -> Applied:
    """Apply waivers to findings.

    `roots` gives the roots in which an address exists; `in_scope` says whether this run would have found what a waiver
    excuses; `ignored` are listed and waive nothing; `unreported` are rules of `RULES` that were not asked for.
    """
    index: dict[str, list[Waiver]] = defaultdict(list)
    for waiver in waivers:
        index[waiver.rule or waiver.requirement].append(waiver)
    uses = {id(waiver): _Use() for waiver in waivers}
    found: list[Finding] = []
    for finding in findings:
        names = dict.fromkeys((finding.rule, finding.requirement.id))
        hits = [w for name in names for w in index.get(name, ()) if w.holds_for(finding, roots)]
        found.append(_held(finding, hits, uses, today) if hits else finding)
    rows: list[dict[str, Any]] = []
    remarks: list[Finding] = []
    for waiver in waivers:
        use = uses[id(waiver)]
        state = _state(waiver, use, today, in_scope)
        rows.append(_row(waiver, state, use, today))
        remarks += _remark(waiver, state, use, judged=not use.undecided and in_scope(waiver))
    rows += [_row(waiver, "ignored", _Use(), today) for waiver in ignored]
    remarks = _told_apart(remark for remark in remarks if remark.rule not in unreported)
    present = {remark.rule for remark in remarks}
    return Applied([*found, *remarks], tuple(rows), tuple(RULES[name] for name in RULES if name in present))


def _held(finding: Finding, hits: list[Waiver], uses: dict[int, _Use], today: date) -> Finding:
    live = [waiver for waiver in hits if waiver.expires >= today]
    if finding.verdict in (Verdict.UNKNOWN, Verdict.ERROR):
        for waiver in hits:
            uses[id(waiver)].undecided = True
        return finding
    if finding.verdict is not Verdict.FAIL:
        return finding
    for waiver in hits:
        use = uses[id(waiver)]
        (use.waived if waiver.expires >= today else use.failing).append(finding.id)
    if live:
        return replace(finding, verdict=Verdict.WAIVED, waiver=live[0].as_dict(today))
    return replace(finding, waiver=max(hits, key=lambda waiver: waiver.expires).as_dict(today))


def _state(waiver: Waiver, use: _Use, today: date, in_scope: Callable[[Waiver], bool]) -> str:
    if waiver.expires < today:
        return "expired"
    if use.waived:
        return "live"
    return "idle" if use.undecided or not in_scope(waiver) else "unused"


def _row(waiver: Waiver, state: str, use: _Use, today: date) -> dict[str, Any]:
    return {**waiver.as_dict(today), "state": state, "waived": len(use.waived), "findings": [*use.waived, *use.failing]}


def _remark(waiver: Waiver, state: str, use: _Use, *, judged: bool) -> list[Finding]:
    """Return what there is to say about a waiver; `judged` says that what it excuses was looked at and decided."""
    if state == "unused":
        message = f"nothing fails that the waiver of {waiver.what} (owner {waiver.owner}) holds for"
        return [_finding(waiver, "waiver-unused", Severity.LOW, message)]
    if state == "expired" and (judged or use.failing):
        count = len(use.failing)
        again = "one finding fails" if count == 1 else f"{count} findings fail"
        rest = f"{again} again" if count else "nothing fails that it held for"
        day = waiver.expires.isoformat()
        message = f"the waiver of {waiver.what} (owner {waiver.owner}) expired after {day}; {rest}"
        return [_finding(waiver, "waiver-expired", Severity.MEDIUM if count else Severity.LOW, message)]
    return []


def _finding(waiver: Waiver, rule: str, severity: Severity, message: str) -> Finding:
    name = f"waiver of {waiver.what}"
    if waiver.comment is not None:
        name += f" at {waiver.location.file}"
    info = RULES[rule]
    fix = "delete the waiver" if severity is Severity.LOW and rule == "waiver-expired" else info.fix
    return Finding(
        id=sha256_of(f"{rule}\0{waiver.what}\0{waiver.owner}".encode())[:16],
        rule=rule,
        title=info.title,
        verdict=Verdict.FAIL,
        severity=severity,
        message=message,
        fix=fix,
        requirement=Requirement("", SECTION, ""),
        resource=Subject("", name, service=waiver.service, location=waiver.location, source="waivers"),
        evidence=(EvidenceItem("violation", message, location=waiver.location, fix=fix),),
    )


def _told_apart(findings: Iterable[Finding]) -> list[Finding]:
    """Give waivers that say the same fingerprints of their own."""
    seen: dict[str, int] = defaultdict(int)
    found = []
    for finding in findings:
        nth, seen[finding.id] = seen[finding.id], seen[finding.id] + 1
        own = sha256_of(f"{finding.id}\0{nth}".encode())[:16] if nth else finding.id
        found.append(replace(finding, id=own))
    return found
