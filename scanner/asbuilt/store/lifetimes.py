"""How long findings live: opened by the first run in which they fail, closed by the first that proves them gone.

Gone has to be proven. A finding stays open while its rule came out unknown or crashed, did not run, or its resource may
hide behind something that could not be read since it was last seen. A waiver does not mend anything either. Pure
functions over the runs of one scope, oldest first.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from asbuilt.store.facts import Deviation, RunFacts, Scope

FIXED, WITHDRAWN = "fixed", "withdrawn"


@dataclass(frozen=True, slots=True)
class Spell:
    """One stretch in which a finding was open. `end` is None while it is; `how` says what closed it.

    `waived` says whether it was waived when last seen.
    """

    finding: Deviation
    start: datetime
    end: datetime | None = None
    how: str = ""
    waived: bool = False


@dataclass(frozen=True, slots=True)
class Episode:
    """One stretch in which a requirement had open findings: from the first until all of them were gone."""

    requirement: str
    scope: Scope
    start: datetime
    end: datetime | None
    how: str
    findings: int
    waived: bool = False

    def seconds(self, now: datetime) -> float:
        """Return how long it lasted, or has lasted."""
        return ((self.end or now) - self.start).total_seconds()


@dataclass(frozen=True, slots=True)
class Change:
    """What a run changed against the previous one of its scope: fingerprints."""

    new: frozenset[str]
    fixed: frozenset[str]


def by_scope(runs: Iterable[RunFacts]) -> dict[Scope, list[RunFacts]]:
    """Return the runs of each scope, oldest first; scopes in order of their names."""
    ordered = sorted(runs, key=lambda run: (run.scope, run.started_at, run.id))
    return {scope: list(found) for scope, found in groupby(ordered, key=lambda run: run.scope)}


def closing(finding: Deviation, seen: RunFacts, run: RunFacts) -> str | None:
    """Return how a run closes a finding that was last seen in an earlier one, or None where it does not.

    Findings about waivers enforce no statement; their rules are always looked at, and named only where they fail.
    """
    subject = (finding.rule, finding.address)
    if finding.id in run.deviations or subject in run.undecided:
        return None
    if finding.requirement and finding.requirement not in run.requirements:
        return WITHDRAWN
    if finding.requirement and finding.rule not in run.rules:
        return None
    if not _may_hide(finding, seen, run):
        return FIXED
    alone = len(run.scope.sources) <= 1  # the same address in another root may be the one that passed
    return FIXED if alone and subject in run.passed() else None


def _may_hide(finding: Deviation, seen: RunFacts, run: RunFacts) -> bool:
    """Whether the run failed to read something that was read when the finding was last seen."""
    return any(
        (not types or not finding.type or finding.type in types)
        for what, types in run.gaps.items()
        if what not in seen.gaps
    )


def changes(runs: Sequence[RunFacts]) -> dict[str, Change]:
    """Return what each run of a scope changed, by run id; the first has nothing to be compared with and is left out."""
    found = {}
    for before, run in pairwise(runs):
        fixed = {key for key in before.failing if closing(before.deviations[key], before, run) == FIXED}
        found[run.id] = Change(run.failing - before.failing, frozenset(fixed))
    return found


def spells(runs: Sequence[RunFacts]) -> list[Spell]:
    """Return every stretch in which a finding was open, in the order in which they began."""
    open_: dict[str, tuple[Deviation, datetime, RunFacts]] = {}
    done: list[Spell] = []
    for run in runs:
        for key, (finding, start, seen) in list(open_.items()):
            if key in run.deviations:
                open_[key] = (run.deviations[key], start, run)
            elif how := closing(finding, seen, run):
                done.append(Spell(finding, start, run.started_at, how, finding.waived))
                del open_[key]
        for key in sorted(run.failing - open_.keys()):
            open_[key] = (run.deviations[key], run.started_at, run)
    done += [Spell(finding, start, waived=finding.waived) for finding, start, _ in open_.values()]
    return sorted(done, key=lambda spell: (spell.start, spell.finding.requirement, spell.finding.id))


def episodes(runs: Sequence[RunFacts]) -> list[Episode]:
    """Return every stretch in which a requirement had open findings, in the order in which they began."""
    by_requirement: dict[str, list[Spell]] = defaultdict(list)
    for spell in (spell for spell in spells(runs) if spell.finding.requirement):
        by_requirement[spell.finding.requirement].append(spell)
    found = []
    for requirement, stretches in by_requirement.items():
        for group in _touching(stretches):
            end = None if any(s.end is None for s in group) else max(s.end for s in group if s.end)
            last = [s for s in group if s.end == end]
            how = "" if end is None else WITHDRAWN if any(s.how == WITHDRAWN for s in last) else FIXED
            still = {s.finding.id for s in (last if end is None else group)}
            waived = end is None and all(s.waived for s in last)
            found.append(Episode(requirement, runs[0].scope, group[0].start, end, how, len(still), waived))
    return sorted(found, key=lambda episode: (episode.start, episode.requirement))


def _touching(stretches: Iterable[Spell]) -> list[list[Spell]]:
    """Group stretches, ordered by their start, that overlap or follow one another without a run in between."""
    groups: list[list[Spell]] = []
    for spell in stretches:
        ends = [s.end for s in groups[-1]] if groups else []
        if groups and (None in ends or spell.start <= max(e for e in ends if e)):
            groups[-1].append(spell)
        else:
            groups.append([spell])
    return groups
