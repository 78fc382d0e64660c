"""The proof of changes: the code is checked with them made, and only those stay that mend and break nothing.

A set of changes holds when every violation it is to mend is gone and nothing else is worse than before: no new
violation, unknown, error, gap or diagnostic, no other value of another finding, nothing judged no longer that passed.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import field
from typing import TYPE_CHECKING

from asbuilt.fixes.changes import Change, Edited, edited
from asbuilt.fixes.propose import Refusal
from asbuilt.model import Verdict
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from asbuilt.results import EvidenceItem, Finding, Results

Mark = tuple[str, ...]
_VERDICTS = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.ERROR, Verdict.WAIVED, Verdict.NOT_APPLICABLE)
_OUTCOMES = ("violation", "unknown", "error")


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Something that is worse than before: said in words, and the line (from 1) its value comes from, if it has one."""

    text: str
    file: str = ""
    line: int = 0


@dataclass(slots=True)
class _Marks:
    """Everything a result says that a change must not make worse, countable."""

    counts: Counter[Mark] = field(default_factory=Counter)
    passes: Counter[Mark] = field(default_factory=Counter)
    about: dict[Mark, _Trouble] = field(default_factory=dict)


class Verifier:
    """Checks sets of changes, at most `limit` times. `last` is the set checked last, and what the check said."""

    def __init__(self, recheck: Callable[[Mapping[str, bytes]], Results], before: Results, limit: int) -> None:
        self._recheck = recheck
        self._before = _marks(before)
        self._left = limit
        self.refused: list[Refusal] = []
        self.last: tuple[list[Change], Results] = ([], before)

    def settle(self, changes: list[Change]) -> list[Change]:
        """Return the changes that hold together; the others are refused."""
        while changes:
            if not self._left:
                return self._drop(changes, "the proof of all edits takes too long; fix fewer at once with --only")
            unmet, trouble, made = self._attempt(changes)
            if not unmet and not trouble:
                return changes
            blamed = unmet or _blamed(trouble, made, changes)
            if not blamed:
                return self._halves(changes, trouble)
            for change, reason in blamed.items():
                self._drop([change], reason)
            changes = [change for change in changes if change not in blamed]
        return []

    def _halves(self, changes: list[Change], trouble: list[_Trouble]) -> list[Change]:
        """Settle each half, then both; nobody can say which change the trouble comes from."""
        if len(changes) == 1:
            return self._drop(changes, f"the edit would have a consequence: {trouble[0].text}")
        middle = len(changes) // 2
        first, second = self.settle(changes[:middle]), self.settle(changes[middle:])
        if not first or not second:
            return first or second
        unmet, trouble, _ = self._attempt([*first, *second]) if self._left else ({}, [_Trouble("not checked")], None)
        if not unmet and not trouble:
            return [*first, *second]
        self._drop(second, "the edit does not go together with others: fix them first, then run again")
        return first

    def _drop(self, changes: list[Change], reason: str) -> list[Change]:
        self.refused += [Refusal(target, reason) for change in changes for target in change.targets]
        return []

    def _attempt(self, changes: list[Change]) -> tuple[dict[Change, str], list[_Trouble], Edited]:
        self._left -= 1
        made = edited(changes)
        self.last = (changes, self._recheck(made.files))
        after = _marks(self.last[1])
        wanted = Counter(mark for change in changes for mark in _targets(change))
        unmet = {
            change: "the violation would stay: the value decides less than it seems"
            for change in changes
            if any(after.counts[mark] > self._before.counts[mark] - wanted[mark] for mark in _targets(change))
        }
        worse = [after.about[mark] for mark in after.counts - self._before.counts]
        worse += [
            _Trouble(f"{rule} no longer judges {address}")
            for rule, address in self._before.passes - after.passes
            if not any(mark[:2] == (rule, address) for mark in after.counts)
        ]
        return unmet, worse, made


def _blamed(trouble: list[_Trouble], made: Edited, changes: list[Change]) -> dict[Change, str]:
    blamed: dict[Change, str] = {}
    for each in trouble:
        change = made.lines.get((each.file, each.line))
        if change is not None and change in changes:
            blamed.setdefault(change, f"the edit would break something else: {each.text}")
    return blamed


def _targets(change: Change) -> Iterator[Mark]:
    for target in change.targets:
        yield _evidence(target.finding, target.item)


def _marks(results: Results) -> _Marks:
    marks = _Marks()

    def add(mark: Mark, trouble: _Trouble) -> None:
        marks.counts[mark] += 1
        marks.about[mark] = trouble

    for finding in results.findings:
        if finding.verdict in _VERDICTS:
            _add_finding(finding, add)
    for gap in results.gaps:
        add(("gap", gap.what, gap.reason), _Trouble(f"{gap.what}: {gap.reason}"))
    for remark in results.diagnostics:
        add(("diagnostic", remark.code, remark.message), _Trouble(remark.message))
    for rule, addresses in results.passes.items():
        marks.passes.update((rule, address) for address in addresses if not address.startswith("("))
    return marks


def _add_finding(finding: Finding, add: Callable[[Mark, _Trouble], None]) -> None:
    address = finding.resource.address
    says = f"{finding.rule} on {address}: {finding.reason or finding.message}"
    first = finding.evidence[0].origin if finding.evidence else None
    place = (first.file, first.start_line) if first else ("", 0)
    add((finding.rule, address, finding.verdict, finding.severity), _Trouble(says, *place))
    for item in finding.evidence:
        if item.outcome in _OUTCOMES:
            origin = item.origin
            place = (origin.file, origin.start_line) if origin else ("", 0)
            add(_evidence(finding, item), _Trouble(f"{finding.rule} on {address}: {item.message}", *place))


def _evidence(finding: Finding, item: EvidenceItem) -> Mark:
    values = json.dumps([item.expected, item.actual, item.absent], sort_keys=True, default=str)
    return (finding.rule, finding.resource.address, item.outcome, item.path, values)
