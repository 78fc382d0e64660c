"""A trend as one HTML page: the report's design, its policy, and no script at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from asbuilt.store.lifetimes import FIXED
from asbuilt_reports import trend_words as words
from asbuilt_reports.digest import plural
from asbuilt_reports.html import page
from asbuilt_reports.trend_charts import Axis, Stretch, base_of, line, strip

if TYPE_CHECKING:
    from asbuilt.store.lifetimes import Episode
    from asbuilt.store.trends import OwnerTrend, Recurring, ScopeTrend, StatementTrend, Trend, WaiverTrend

# A drawing costs 1 to 5 kB: a page stays under 2 MB whatever the store holds. The JSON has everything.
RUNS, STATEMENTS, WAIVERS, RECURRING, SCOPES = 60, 200, 300, 100, 24


def render(trend: Trend) -> str:
    """Return the trend as one self-contained HTML page."""
    return page("trend.html.j2", view(trend), styles=("report.css", "trend.css"))


def view(trend: Trend) -> dict[str, Any]:
    """Return the template's variables."""
    axis = Axis(trend.first, trend.until)
    open_ = [statement for statement in trend.statements if statement.open]
    waivers = [waiver for owner in trend.owners for waiver in owner.waivers]
    violated = [statement for statement in open_ if not all(episode.waived for episode in statement.open)]
    return {
        "title": ", ".join(dict.fromkeys(scope.title for scope in trend.scopes)) or "No run",
        "period": f"{words.day(axis.start)} to {words.day(trend.until)}",
        "until": f"{words.minute(trend.until)} UTC",
        "sentence": words.sentence(trend),
        "mood": "fail" if violated else "unknown" if open_ or not trend.runs else "pass",
        "tiles": _tiles(trend, len(open_), waivers),
        "ticks": axis.ticks(),
        "scopes": [
            _scope(scope, number, axis, words.title(scope.scope, trend))
            for number, scope in enumerate(trend.scopes[:SCOPES])
        ],
        "more_scopes": max(0, len(trend.scopes) - SCOPES),
        "statements": [_statement(statement, trend, axis) for statement in trend.statements[:STATEMENTS]],
        "more_statements": max(0, len(trend.statements) - STATEMENTS),
        "owners": _owners(trend, waivers),
        "recurring": [_recurring(recurring, trend, axis) for recurring in trend.recurring[:RECURRING]],
        "more_recurring": max(0, len(trend.recurring) - RECURRING),
    }


def _tiles(trend: Trend, open_: int, waivers: list[WaiverTrend]) -> list[dict[str, Any]]:
    expired = sum(waiver.expired for waiver in waivers)
    back = sum(recurring.open for recurring in trend.recurring)
    mean = words.duration(trend.mean_s) if trend.mean_s is not None else "none yet"
    return [
        {"value": f"{open_:,}", "word": "not met", "kind": "fail" if open_ else "zero"},
        {"value": mean, "word": "mean time to compliance", "kind": "" if trend.mean_s is not None else "zero"},
        {
            "value": f"{len(waivers):,}",
            "word": f"waivers, {expired:,} expired",
            "kind": "waived" if waivers else "zero",
        },
        {
            "value": f"{len(trend.recurring):,}",
            "word": f"fixed and back, {back:,} of them now",
            "kind": "unknown" if trend.recurring else "zero",
        },
        {"value": f"{trend.runs:,}", "word": "runs", "kind": ""},
    ]


def _scope(trend: ScopeTrend, number: int, axis: Axis, title: str) -> dict[str, Any]:
    base = base_of(trend.sections)
    points = list(reversed(trend.overall.points))
    return {
        "id": f"scope-{number}",
        "title": title,
        "spec": trend.scope.spec,
        "selection": trend.scope.selection,
        "sources": trend.scope.sources,
        "score": words.score(trend.overall.latest),
        "change": words.change(trend.overall.change),
        "tone": _tone(trend.overall.change),
        "chart": line(trend.overall, axis, base_of([trend.overall])),
        "base": base,
        "sections": [
            {
                "name": series.name or "(no section)",
                "score": words.score(series.latest),
                "change": words.change(series.change).removesuffix(" points"),
                "tone": _tone(series.change),
                "chart": line(series, axis, base),
                "low": words.score(min((p.score for p in series.scored if p.score is not None), default=None)),
                "first": words.score(series.scored[0].score if series.scored else None),
            }
            for series in trend.sections
            if series.scored
        ],
        "silent": [series.name or "(no section)" for series in trend.sections if not series.scored],
        "rows": [
            {"at": words.minute(p.at), "run": p.run[:12], "score": words.score(p.score), "counts": dict(p.counts)}
            for p in points[:RUNS]
        ],
        "more": max(0, len(points) - RUNS),
    }


def _tone(change: float | None) -> str:
    return "same" if not change else "up" if change > 0 else "down"


def _statement(statement: StatementTrend, trend: Trend, axis: Axis) -> dict[str, Any]:
    lanes: dict[str, list[Episode]] = {}
    for episode in statement.episodes:
        lanes.setdefault(words.title(episode.scope, trend), []).append(episode)
    oldest = max((episode.seconds(trend.until) for episode in statement.open), default=None)
    open_ = [episode for episode in statement.open if not episode.waived]
    return {
        "id": statement.requirement,
        "section": statement.section,
        "statement": statement.statement,
        "state": "open" if open_ else "waived" if statement.open else "met" if statement.fixed else "withdrawn",
        "age": words.duration(oldest) if oldest is not None else "",
        "findings": plural(sum(e.findings for e in statement.open), "finding") if statement.open else "",
        "mean": words.duration(statement.mean_s) if statement.mean_s is not None else "",
        "fixed": plural(statement.fixed, "time") if statement.fixed else "",
        "lanes": [
            {
                "name": name,
                "strip": strip(
                    [_stretch(episode, trend) for episode in episodes], axis, f"{statement.requirement} in {name}"
                ),
            }
            for name, episodes in lanes.items()
        ],
    }


def _stretch(episode: Episode, trend: Trend) -> Stretch:
    state = words.state(episode)
    end = "now" if episode.end is None else words.day(episode.end)
    length = words.duration(episode.seconds(trend.until))
    return Stretch(state, episode.start, episode.end, f"{words.day(episode.start)} to {end}: {state}, {length}")


def _owners(trend: Trend, waivers: list[WaiverTrend]) -> dict[str, Any]:
    """Return the waivers by owner, on an axis of their own that reaches as far ahead as it reaches back."""
    if not waivers:
        return {"rows": [], "ticks": [], "today": 0, "more": 0}
    first = min(waiver.since for waiver in waivers)
    back = max(trend.until - first, timedelta(days=30))
    last = max([_day(waiver.waiver.expires, trend.until) for waiver in waivers])
    axis = Axis(first, min(max(last, trend.until), trend.until + back))
    left, rows = WAIVERS, []
    for owner in trend.owners:
        shown = owner.waivers[: max(0, left)]
        left -= len(shown)
        if shown:
            rows.append(_owner(owner, shown, trend, axis))
    return {"rows": rows, "ticks": axis.ticks(), "today": axis.at(trend.until), "more": len(waivers) - WAIVERS}


def _owner(owner: OwnerTrend, shown: tuple[WaiverTrend, ...], trend: Trend, axis: Axis) -> dict[str, Any]:
    return {
        "name": owner.owner or "(no owner)",
        "count": plural(len(owner.waivers), "waiver"),
        "expired": owner.expired,
        "mean": words.duration(owner.mean_age_s),
        "oldest": words.duration(owner.oldest_s),
        "waivers": [_waiver(waiver, trend, axis) for waiver in shown],
    }


def _waiver(item: WaiverTrend, trend: Trend, axis: Axis) -> dict[str, Any]:
    ends = _day(item.waiver.expires, axis.end) if item.waiver.expires else axis.end
    known = min(max(ends, item.since), trend.until)
    parts = [Stretch("held", item.since, known, f"in force since {words.day(item.since)}")]
    if item.expired:
        parts.append(Stretch("over", known, trend.until, words.ending(item)))
    elif ends > trend.until:
        parts.append(Stretch("ahead", trend.until, ends, words.ending(item)))
    return {
        "what": item.waiver.what,
        "reason": item.waiver.reason,
        "ticket": item.waiver.ticket,
        "scopes": item.scopes,
        "age": words.duration(item.age_s),
        "ending": words.ending(item),
        "extended": words.extended(item),
        "expired": item.expired,
        "strip": strip(parts, axis, f"{item.waiver.what}: {words.duration(item.age_s)} old"),
    }


def _day(text: str, otherwise: datetime) -> datetime:
    """Return the end of a day, or something else where it is none: a waiver's day comes from outside."""
    try:
        return datetime.fromisoformat(text[:10]).replace(tzinfo=UTC) + timedelta(days=1)
    except ValueError:
        return otherwise


def _recurring(recurring: Recurring, trend: Trend, axis: Axis) -> dict[str, Any]:
    finding = recurring.spells[-1].finding
    parts = []
    for spell in recurring.spells:
        end = "now" if spell.end is None else words.day(spell.end)
        kind = spell.how or ("waived" if spell.waived else "open")
        length = words.duration(((spell.end or trend.until) - spell.start).total_seconds())
        parts.append(Stretch(kind, spell.start, spell.end, f"{words.day(spell.start)} to {end}: {length}"))
    fixes = sum(spell.how == FIXED for spell in recurring.spells)
    return {
        "severity": finding.severity,
        "rule": finding.rule,
        "requirement": finding.requirement,
        "name": finding.address or finding.service or finding.type,
        "scope": words.scope(recurring.scope, trend),
        "open": recurring.open,
        "times": plural(fixes, "time"),
        "strip": strip(parts, axis, f"{finding.rule} on {finding.address}: there {len(recurring.spells)} times"),
    }
