"""A trend, and the list of stored runs, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt_reports import trend_words as words
from asbuilt_reports.digest import plural
from asbuilt_reports.escape import columns, visible
from asbuilt_reports.text_layout import Paper

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from asbuilt.store.facts import RunFacts
    from asbuilt.store.lifetimes import Change
    from asbuilt.store.trends import ScopeTrend, Series, Trend

_BLOCKS = "▁▂▃▄▅▆▇█"
_WIDE = 24  # columns of a sparkline at most
_FEW = 3  # episodes listed of a statement
Cells = tuple[str, ...]


def render(trend: Trend, *, color: bool = False, width: int = 100) -> str:
    """Return the trend for a terminal of `width` columns."""
    paper = Paper(color=color, width=max(40, width))
    since = f"{words.day(trend.since)} to " if trend.since else "up to "
    paper.wrapped(f"asbuilt trend, {since}{words.minute(trend.until)} UTC", style="bold")
    paper.wrapped(words.sentence(trend))
    paper.line()
    for scope in trend.scopes:
        _scope(paper, scope)
    _statements(paper, trend)
    _waivers(paper, trend)
    _recurring(paper, trend)
    return paper.text()


def history(runs: Sequence[RunFacts], changed: Mapping[str, Change], total: int) -> str:
    """Return the runs as a table, in the order given."""
    paper = Paper(color=False, width=120)
    if not runs:
        paper.wrapped("No run is stored.")
        return paper.text()
    heads = ("run", "started (UTC)", "spec", "env", "score", "fail", "unknown", "new", "fixed", "commit", "scanned")
    rows: list[Cells] = [heads]
    for run in runs:
        change = changed.get(run.id)
        undecided = run.counts.get("unknown", 0) + run.counts.get("error", 0)
        rows.append(
            (
                run.id[:12],
                words.minute(run.started_at),
                run.scope.spec + (f" ({run.scope.selection})" if run.scope.selection else ""),
                run.scope.environment or "-",
                words.score(run.score),
                f"{run.counts.get('fail', 0):,}",
                f"{undecided:,}",
                f"{len(change.new):,}" if change else "-",
                f"{len(change.fixed):,}" if change else "-",
                (run.commit or "")[:12] or "-",
                _sources(run.scope.sources),
            )
        )
    _table(paper, rows, right=(4, 5, 6, 7, 8))
    if total > len(runs):
        paper.line()
        paper.line(f"{len(runs):,} of {total:,} runs (--limit)")
    return paper.text()


def _sources(sources: Sequence[str]) -> str:
    left = len(sources) - 2
    return (", ".join(sources[:2]) or "nothing") + (f" and {left:,} more" if left > 0 else "")


def _scope(paper: Paper, trend: ScopeTrend) -> None:
    paper.rule(f"{trend.title}: {trend.scope.label}")
    paper.wrapped(", ".join(trend.scope.sources), style="dim")
    rows: list[Cells] = [_series("all sections", trend.overall)]
    rows += [_series(series.name or "(no section)", series) for series in trend.sections]
    _table(paper, rows, right=(2,), indent=2)
    paper.line()


def _series(name: str, series: Series) -> Cells:
    return name, _sparkline(series), words.score(series.latest), words.change(series.change)


def _sparkline(series: Series) -> str:
    """Draw scores from 0 to 100; a longer series is thinned out evenly, first and last kept."""
    scores = [point.score for point in series.scored if point.score is not None]
    if len(scores) > _WIDE:
        scores = [scores[round(at * (len(scores) - 1) / (_WIDE - 1))] for at in range(_WIDE)]
    return "".join(_BLOCKS[min(7, int(score / 12.5))] for score in scores)


def _statements(paper: Paper, trend: Trend) -> None:
    paper.rule("Time to compliance")
    if not trend.statements:
        paper.wrapped("No statement was violated.")
    for statement in trend.statements:
        mean = "not met again yet"
        if statement.mean_s is not None:
            mean = f"met again {plural(statement.fixed, 'time')}, after {words.duration(statement.mean_s)} on average"
        elif not statement.open:
            mean = "withdrawn from the spec"
        paper.wrapped(f"{statement.requirement}  {mean}", indent=2, style="bold")
        if statement.statement:
            paper.wrapped(f"“{statement.statement}”", indent=4, style="dim")
        for episode in statement.open[:_FEW]:
            age = words.duration(episode.seconds(trend.until))
            text = f"{plural(episode.findings, 'finding')} in {words.scope(episode.scope, trend)}, for {age}"
            text += f", since {words.day(episode.start)}"
            style = "note" if episode.waived else "severe"
            paper.wrapped(text, indent=4, first=paper.tag(style, words.state(episode)))
        if len(statement.open) > _FEW:
            paper.wrapped(f"and {len(statement.open) - _FEW} more", indent=4, style="dim")
    paper.line()


def _waivers(paper: Paper, trend: Trend) -> None:
    if not trend.owners:
        return
    paper.rule("Waivers by owner")
    for owner in trend.owners:
        expired = f", {owner.expired} expired" if owner.expired else ""
        text = f"{owner.owner or '(no owner)'}  {plural(len(owner.waivers), 'waiver')}{expired}"
        paper.wrapped(f"{text}, {words.duration(owner.mean_age_s)} old on average", indent=2, style="bold")
        for item in owner.waivers:
            tag = paper.tag("severe", "expired") if item.expired else paper.tag("note", "live")
            text = f"{item.waiver.what}: {words.duration(item.age_s)} old, {words.ending(item)}"
            text += f", {words.extended(item)}" if item.extended else ""
            paper.wrapped(text, indent=4, first=tag)
    paper.line()


def _recurring(paper: Paper, trend: Trend) -> None:
    if not trend.recurring:
        return
    paper.rule("Fixed, and back")
    for recurring in trend.recurring:
        finding = recurring.spells[-1].finding
        tag = paper.tag("severe", "open") if recurring.open else paper.tag("good", "gone")
        paper.wrapped(f"{finding.rule}  {finding.address or finding.service}", indent=2, first=tag)
        spells = ", ".join(f"{words.day(s.start)} to {words.day(s.end) if s.end else 'now'}" for s in recurring.spells)
        paper.wrapped(
            f"{len(recurring.spells)} times in {words.scope(recurring.scope, trend)}: {spells}", indent=8, style="dim"
        )
    paper.line()


def _table(paper: Paper, rows: Iterable[Cells], *, right: tuple[int, ...] = (), indent: int = 0) -> None:
    """Write cells in columns as wide as their longest."""
    cells = [[visible(cell) for cell in row] for row in rows]
    widths = [max(columns(row[at]) for row in cells) for at in range(len(cells[0]))]
    for row in cells:
        parts = []
        for at, cell in enumerate(row):
            gap = " " * (widths[at] - columns(cell))
            parts.append(gap + cell if at in right else cell + gap)
        paper.line(" " * indent, "  ".join(parts).rstrip())
