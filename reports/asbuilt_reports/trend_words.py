"""How every rendering of a trend writes durations, days, scores and states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt_reports.digest import plural

if TYPE_CHECKING:
    from datetime import datetime

    from asbuilt.store.facts import Scope
    from asbuilt.store.lifetimes import Episode
    from asbuilt.store.trends import Trend, WaiverTrend

MINUS = "\N{MINUS SIGN}"
MINUTE, HOUR, DAY = 60, 3600, 86400


def duration(seconds: float) -> str:
    """Write a duration with the two units that matter: `41 min`, `7 h 20 min`, `3 d 4 h`, `18 d`."""
    seconds = max(0, round(seconds))
    if seconds < MINUTE:
        return f"{seconds} s"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min"
    if seconds < DAY:
        return _two(seconds, HOUR, "h", MINUTE, "min")
    return _two(seconds, DAY, "d", HOUR, "h") if seconds < 10 * DAY else f"{round(seconds / DAY):,} d"


def _two(seconds: int, big: int, name: str, small: int, other: str) -> str:
    rest = seconds % big // small
    return f"{seconds // big} {name}" + (f" {rest} {other}" if rest else "")


def day(moment: datetime) -> str:
    """Write a day."""
    return moment.strftime("%Y-%m-%d")


def minute(moment: datetime) -> str:
    """Write a time, in UTC."""
    return moment.strftime("%Y-%m-%d %H:%M")


def score(number: float | None) -> str:
    """Write a score."""
    return "no score" if number is None else f"{number:.1f}".removesuffix(".0") + " %"


def change(number: float | None) -> str:
    """Write by how many points a score changed."""
    if number is None:
        return ""
    return "unchanged" if number == 0 else f"{number:+.1f}".removesuffix(".0").replace("-", MINUS) + " points"


def scope(found: Scope, among: Trend) -> str:
    """Name a scope, by its sources too where another one is called the same: accounts, regions, folders."""
    alike = {one.scope for one in among.scopes if one.scope.label == found.label} - {found}
    return " · ".join((found.label, ", ".join(found.sources))) if alike else found.label


def title(found: Scope, among: Trend) -> str:
    """Name a scope as shortly as can be: the environment, and what else tells it from the others."""
    short = found.environment or found.spec
    others = {one.scope for one in among.scopes if (one.scope.environment or one.scope.spec) == short} - {found}
    if not others:
        return short
    alike = any(one.label == found.label for one in others)
    return f"{short} · {', '.join(found.sources)}" if alike else found.label


def state(episode: Episode) -> str:
    """Say in a word how a stretch of non-compliance stands."""
    if episode.end is None:
        return "waived" if episode.waived else "open"
    return episode.how


def ending(waiver: WaiverTrend) -> str:
    """Say when a waiver ends."""
    end = waiver.waiver.expires
    return "never expires" if not end else f"expired {end}" if waiver.expired else f"expires {end}"


def extended(waiver: WaiverTrend) -> str:
    """Say how often the end of a waiver was put off; nothing where it was not."""
    return f"extended {plural(waiver.extended, 'time')}" if waiver.extended else ""


def sentence(trend: Trend) -> str:
    """Return the trend in a sentence that claims no more than the runs show."""
    if not trend.runs:
        return "No run in this time."
    words = [f"{plural(trend.runs, 'run')} of {plural(len(trend.scopes), 'scope')}"]
    open_ = [episode for statement in trend.statements for episode in statement.open]
    if open_:
        oldest = max(episode.seconds(trend.until) for episode in open_)
        many = plural(len({e.requirement for e in open_}), "statement is", "statements are")
        words.append(f"{many} not met, the oldest for {duration(oldest)}")
    else:
        words.append("no statement is known to be violated")
    if trend.mean_s is not None:
        words.append(f"compliance took {duration(trend.mean_s)} on average")
    return "; ".join(words) + "."
