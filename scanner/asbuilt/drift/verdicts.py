"""What the rules said on each side, by rule and subject, and what that means for the two together."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from asbuilt.drift.model import Side, State
from asbuilt.model import Verdict
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from asbuilt.results import EvidenceItem, Finding, Results

Key = tuple[Any, ...]
SPEC: Final = "spec"  # the first part of the key of what is no resource
_WORST: Final = (
    Verdict.FAIL,
    Verdict.ERROR,
    Verdict.UNKNOWN,
    Verdict.WAIVED,
    Verdict.PASS,
    Verdict.NOT_APPLICABLE,
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict on one subject; `finding` is None for a pass. `inferred` says that it is of the rule as a whole."""

    verdict: Verdict
    address: str
    finding: Finding | None = None
    inferred: bool = False

    @property
    def side(self) -> Side:
        """What a row shows of it."""
        finding = self.finding
        if finding is None:
            return Side(self.verdict.value, "" if self.inferred else self.address)
        item = _main(finding)
        says = finding.reason or finding.message
        about = finding.resource
        if item is None:
            return Side(finding.verdict.value, about.address, location=about.location, says=says, fix=finding.fix)
        place = item.location or about.location
        field_ = item.native or item.path
        fix = finding.fix or item.fix
        return Side(
            finding.verdict.value, about.address, item.actual, item.absent, False, field_, place, item.via, says, fix
        )


def _main(finding: Finding) -> EvidenceItem | None:
    wanted = "violation" if finding.verdict in (Verdict.FAIL, Verdict.WAIVED) else finding.verdict.value
    return next((item for item in finding.evidence if item.outcome == wanted), None) or next(
        iter(finding.evidence), None
    )


def expected_of(finding: Finding | None) -> tuple[str, Any]:
    """Return the property that a finding is about, and what the spec wants there."""
    item = _main(finding) if finding is not None else None
    return ("", None) if item is None else (item.path, item.expected)


@dataclass(slots=True)
class Verdicts:
    """The verdicts of one side: by rule, by subject."""

    by_rule: dict[str, dict[Key, Judged]] = field(default_factory=lambda: defaultdict(dict))
    ran: set[str] = field(default_factory=set)

    def put(self, rule: str, key: Key, judged: Judged) -> None:
        """Note a verdict; of several on one subject, the worst."""
        known = self.by_rule[rule].get(key)
        if known is None or _WORST.index(judged.verdict) < _WORST.index(known.verdict):
            self.by_rule[rule][key] = judged

    def as_a_whole(self, rule: str) -> Judged | None:
        """Return what the rule said of everything that has no counterpart: unknown before pass before nothing."""
        said = self.by_rule.get(rule, {})
        if rule not in self.ran or not said:
            return None
        for verdict in (Verdict.ERROR, Verdict.UNKNOWN):
            for key, judged in said.items():
                if judged.verdict is verdict and key[0] == SPEC:
                    return Judged(verdict, judged.address, judged.finding, True)
        if any(judged.verdict is not Verdict.NOT_APPLICABLE for judged in said.values()):
            return Judged(Verdict.PASS, "", None, True)
        first = next(iter(said.values()))
        return Judged(Verdict.NOT_APPLICABLE, first.address, first.finding, True)


def verdicts(results: Results, key_of: Callable[[str, str, bool, str], Key]) -> Verdicts:
    """Read the verdicts of a run; `key_of` is given rule, address, whether it is no resource, and its name."""
    found = Verdicts(ran={rule.id for rule in results.rules})
    for finding in results.findings:
        about = finding.resource
        if about.source == "waivers":
            continue
        key = key_of(finding.rule, about.address, about.source == "spec", about.canonical)
        found.put(finding.rule, key, Judged(finding.verdict, about.address, finding))
    for rule, addresses in results.passes.items():
        for address in addresses:
            found.put(rule, key_of(rule, address, False, ""), Judged(Verdict.PASS, address))
    return found


@dataclass(frozen=True, slots=True)
class Both:
    """What a rule said of one subject on both sides; None where it said nothing."""

    rule: str
    key: Key
    code: Judged | None
    account: Judged | None


def both(code: Verdicts, account: Verdicts) -> Iterator[Both]:
    """Yield every rule and subject; a failure of one side without a counterpart meets a failure of the other."""
    for rule in dict.fromkeys((*code.by_rule, *account.by_rule)):
        ours, theirs = code.by_rule.get(rule, {}), account.by_rule.get(rule, {})
        mine, other = _loose(ours, theirs), _loose(theirs, ours)
        met: set[Key] = set()
        for key in mine:
            service = _service(ours[key])
            counterpart = next((one for one in other if one not in met and _service(theirs[one]) == service), None)
            if counterpart is not None:
                met |= {key, counterpart}
                yield Both(rule, key, ours[key], theirs[counterpart])
        for key in dict.fromkeys((*ours, *theirs)):
            if key not in met:
                yield Both(rule, key, ours.get(key), theirs.get(key))


def _loose(ours: dict[Key, Judged], theirs: dict[Key, Judged]) -> list[Key]:
    """Return the failures about what the other side has no resource for, and which is paired with nothing."""
    return [k for k, judged in ours.items() if judged.verdict is Verdict.FAIL and k not in theirs and k[0] != "pair"]


def _service(judged: Judged) -> str:
    return judged.finding.resource.service if judged.finding is not None else ""


def state_of(code: Verdict | None, account: Verdict | None) -> State | None:
    """Return what two verdicts mean together; None where neither says anything."""
    undecided = (Verdict.UNKNOWN, Verdict.ERROR)
    found = (code, account)
    if code in undecided or account in undecided:
        return State.UNKNOWN
    if Verdict.FAIL in found:
        if code in (Verdict.FAIL, Verdict.WAIVED) and account in (Verdict.FAIL, Verdict.WAIVED):
            return State.BOTH_BREAK
        return State.CODE_BEHIND if code is Verdict.FAIL else State.ACCOUNT_BREAKS
    if Verdict.WAIVED in found:
        return State.WAIVED
    return State.IN_SYNC if Verdict.PASS in found else None


__all__ = ["SPEC", "Both", "Judged", "Key", "Verdicts", "both", "expected_of", "state_of", "verdicts"]
