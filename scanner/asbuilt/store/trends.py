"""What the stored runs say over time: score, time to compliance, waivers, findings that come back.

Pure: the same runs and the same moment give the same trend. Durations are in seconds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING, Any

from asbuilt.records import dataclass
from asbuilt.store.lifetimes import FIXED, Episode, Spell, by_scope, episodes, spells

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from asbuilt.store.facts import RunFacts, Scope, WaiverFact

PASS = "pass"  # noqa: S105 - a verdict
NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Point:
    """A score at a time; None where nothing was judged."""

    run: str
    at: datetime
    score: float | None
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Series:
    """Scores over time, oldest first: of a scope, or of one of its sections."""

    name: str
    points: tuple[Point, ...]

    @property
    def scored(self) -> list[Point]:
        """The points that have a score."""
        return [point for point in self.points if point.score is not None]

    @property
    def latest(self) -> float | None:
        """The last score there is."""
        return self.scored[-1].score if self.scored else None

    @property
    def change(self) -> float | None:
        """The last score minus the first, in percentage points; None with fewer than two."""
        scored = self.scored
        if len(scored) < 2 or scored[-1].score is None or scored[0].score is None:
            return None
        return round(scored[-1].score - scored[0].score, 1)


@dataclass(frozen=True, slots=True)
class ScopeTrend:
    """One scope over time: all of it, and section by section."""

    scope: Scope
    title: str
    overall: Series
    sections: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class StatementTrend:
    """One requirement: how often it was met again, how long that took on average, and what is open.

    `mean_s` is the mean over the episodes that ended with a fix (in the time looked at); None where none did.
    """

    requirement: str
    section: str
    statement: str
    fixed: int
    mean_s: float | None
    episodes: tuple[Episode, ...]

    @property
    def open(self) -> tuple[Episode, ...]:
        """The episodes that have not ended, the oldest first."""
        return tuple(episode for episode in self.episodes if episode.end is None)


@dataclass(frozen=True, slots=True)
class WaiverTrend:
    """A waiver that is in force or has expired: since when we know it, and how often its end was moved."""

    waiver: WaiverFact
    scopes: tuple[str, ...]
    since: datetime
    age_s: float
    extended: int
    expired: bool


@dataclass(frozen=True, slots=True)
class OwnerTrend:
    """The waivers of one owner, the oldest first."""

    owner: str
    waivers: tuple[WaiverTrend, ...]
    mean_age_s: float
    oldest_s: float

    @property
    def expired(self) -> int:
        """How many of them have expired."""
        return sum(waiver.expired for waiver in self.waivers)


@dataclass(frozen=True, slots=True)
class Recurring:
    """A finding that was fixed and came back."""

    scope: Scope
    spells: tuple[Spell, ...]

    @property
    def open(self) -> bool:
        """Whether it is there now."""
        return self.spells[-1].end is None


@dataclass(frozen=True, slots=True)
class Trend:
    """Everything, as of `until`. `since` limits what is shown, never how old something is."""

    since: datetime | None
    until: datetime
    runs: int
    scopes: tuple[ScopeTrend, ...]
    statements: tuple[StatementTrend, ...]
    owners: tuple[OwnerTrend, ...]
    recurring: tuple[Recurring, ...]

    @property
    def first(self) -> datetime:
        """The earliest moment shown."""
        starts = [point.at for scope in self.scopes for point in scope.overall.points]
        starts += [episode.start for statement in self.statements for episode in statement.episodes]
        return self.since or min(starts, default=self.until)

    @property
    def mean_s(self) -> float | None:
        """The mean time to compliance over all statements."""
        closed = [e.seconds(self.until) for s in self.statements for e in s.episodes if e.how == FIXED]
        return fmean(closed) if closed else None


def trend(
    runs: Iterable[RunFacts],
    until: datetime,
    *,
    since: datetime | None = None,
    statements: Mapping[str, tuple[str, str]] | None = None,
) -> Trend:
    """Work out the trend as of `until` (in UTC); later runs are left out.

    `statements` maps a requirement to its section and sentence, where they are known.
    """
    scopes = by_scope(run for run in runs if run.started_at <= until)
    shown = {scope: [r for r in found if since is None or r.started_at >= since] for scope, found in scopes.items()}
    return Trend(
        since=since,
        until=until,
        runs=sum(map(len, shown.values())),
        scopes=tuple(_scope(scope, found) for scope, found in shown.items() if found),
        statements=_statements(scopes, since, statements or {}),
        owners=_owners(scopes, until),
        recurring=_recurring(scopes, since),
    )


def needed(runs: Iterable[RunFacts]) -> set[str]:
    """Return the requirements whose sentences a trend over these runs shows."""
    return {deviation.requirement for run in runs for deviation in run.deviations.values()}


def score(counts: Mapping[str, int]) -> float | None:
    """Return pass in percent of all but not applicable; None where nothing was judged."""
    judged = sum(counts.values()) - counts.get(NOT_APPLICABLE, 0)
    return round(100 * counts.get(PASS, 0) / judged, 1) if judged else None


def _scope(scope: Scope, runs: Sequence[RunFacts]) -> ScopeTrend:
    overall = tuple(Point(run.id, run.started_at, run.score, run.counts) for run in runs)
    by_section: dict[str, list[Point]] = {name: [] for name, _ in runs[-1].sections}  # the newest spec's order first
    for run in runs:
        for name, counts in run.sections:
            by_section.setdefault(name, []).append(Point(run.id, run.started_at, score(counts), counts))
    return ScopeTrend(
        scope,
        runs[-1].spec_title or scope.spec,
        Series(scope.label, overall),
        tuple(Series(name, tuple(points)) for name, points in by_section.items()),
    )


def _statements(
    scopes: Mapping[Scope, Sequence[RunFacts]], since: datetime | None, said: Mapping[str, tuple[str, str]]
) -> tuple[StatementTrend, ...]:
    found: dict[str, list[Episode]] = defaultdict(list)
    sections: dict[str, str] = {}
    for runs in scopes.values():
        for run in runs:
            sections.update((d.requirement, d.section) for d in run.deviations.values())
        for episode in episodes(runs):
            if episode.end is None or since is None or episode.end >= since:
                found[episode.requirement].append(episode)
    trends = []
    for requirement, stretches in found.items():
        closed = [episode.seconds(episode.start) for episode in stretches if episode.how == FIXED]
        section, statement = said.get(requirement, (sections[requirement], ""))
        ordered = tuple(sorted(stretches, key=lambda episode: (episode.start, episode.scope)))
        mean = fmean(closed) if closed else None
        trends.append(StatementTrend(requirement, section, statement, len(closed), mean, ordered))
    return tuple(sorted(trends, key=_longest_first))


def _longest_first(statement: StatementTrend) -> tuple[bool, float, float, str]:
    """Order: what is open before what is not, the oldest first; then by the mean time."""
    since = min((e.start.timestamp() for e in statement.open), default=0.0)
    return not statement.open, since, -(statement.mean_s or 0), statement.requirement


def _owners(scopes: Mapping[Scope, Sequence[RunFacts]], until: datetime) -> tuple[OwnerTrend, ...]:
    seen: dict[tuple[Any, ...], list[tuple[datetime, Scope, WaiverFact]]] = defaultdict(list)
    for scope, runs in scopes.items():
        for run in runs:
            same: Counter[tuple[str, ...]] = Counter()
            for waiver in run.waivers:
                same[waiver.key] += 1
                seen[waiver.owner, scope.spec, *waiver.key, same[waiver.key]].append((run.started_at, scope, waiver))
    latest = {scope: runs[-1].started_at for scope, runs in scopes.items()}
    by_owner: dict[str, list[WaiverTrend]] = defaultdict(list)
    for (owner, *_), sightings in seen.items():
        live = [(at, scope, waiver) for at, scope, waiver in sightings if at == latest[scope]]
        if live:
            by_owner[owner].append(_waiver(sorted(sightings, key=lambda s: s[0]), live, until))
    owners = []
    for name, waivers in by_owner.items():
        ordered = tuple(sorted(waivers, key=lambda w: (w.since, w.waiver.key)))
        ages = [waiver.age_s for waiver in ordered]
        owners.append(OwnerTrend(name, ordered, fmean(ages), max(ages)))
    return tuple(sorted(owners, key=lambda o: (-o.oldest_s, o.owner)))


def _waiver(
    sightings: Sequence[tuple[datetime, Scope, WaiverFact]],
    live: Sequence[tuple[datetime, Scope, WaiverFact]],
    until: datetime,
) -> WaiverTrend:
    """Follow one waiver; two runs at the same second in two scopes may disagree only for a moment."""
    since, now = sightings[0][0], live[-1][2]
    ends = [waiver.expires for _, _, waiver in sightings]
    extended = sum(before != "" and (after == "" or after > before) for before, after in pairwise(ends))
    over = bool(now.expires) and now.expires[:10] < until.date().isoformat()
    scopes = tuple(sorted({scope.label for _, scope, _ in live}))
    return WaiverTrend(now, scopes, since, (until - since).total_seconds(), extended, over or now.expired)


def _recurring(scopes: Mapping[Scope, Sequence[RunFacts]], since: datetime | None) -> tuple[Recurring, ...]:
    found = []
    for scope, runs in scopes.items():
        by_id: dict[str, list[Spell]] = defaultdict(list)
        for spell in spells(runs):
            by_id[spell.finding.id].append(spell)
        for stretches in by_id.values():
            back = stretches[-1]
            returned = any(before.how == FIXED for before in stretches[:-1])
            if returned and (back.end is None or since is None or back.end >= since):
                found.append(Recurring(scope, tuple(stretches)))
    return tuple(
        sorted(found, key=lambda r: (-len(r.spells), r.scope, r.spells[-1].finding.rule, r.spells[-1].finding.id))
    )
