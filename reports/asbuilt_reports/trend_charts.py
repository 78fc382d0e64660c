"""The drawings of a trend, as numbers for the template's SVG.

Every drawing is stretched to the width there is: no text stands in one, strokes keep their width, and a dot is a line
of no length with round ends.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from asbuilt.records import dataclass
from asbuilt_reports import trend_words as words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from asbuilt.store.trends import Point, Series

WIDTH, HEIGHT = 1000, 100
DOTS = 120  # points from which a line says it all
LEAST = 6  # the shortest bar of a strip


@dataclass(frozen=True, slots=True)
class Axis:
    """Time from left to right."""

    start: datetime
    end: datetime

    def at(self, moment: datetime) -> float:
        """Return where a moment stands, from 0 to WIDTH."""
        span = (self.end - self.start).total_seconds()
        share = (moment - self.start).total_seconds() / span if span > 0 else 1.0
        return round(WIDTH * min(1.0, max(0.0, share)), 1)

    def ticks(self) -> list[str]:
        """Return five moments, evenly apart, from the first to the last."""
        step = (self.end - self.start) / 4
        if step < timedelta(hours=12):
            return [words.minute(moment) for moment in (self.start, self.start + step * 2, self.end)]
        return [*(words.day(self.start + step * part) for part in range(4)), words.day(self.end)]


def base_of(many: Iterable[Series]) -> int:
    """Return where the scale of these scores begins: at 0, or so far up that what happened can be seen."""
    low = min((p.score for series in many for p in series.scored if p.score is not None), default=0.0)
    return max(base for base in (0, 50, 80, 90) if base == 0 or base < low)


def line(series: Series, axis: Axis, base: int) -> dict[str, Any]:
    """Return the line of a score, the area below it, and a dot a run. Where nothing was judged the line has a gap."""
    runs: list[list[tuple[float, float]]] = [[]]
    for point in series.points:
        if point.score is None:
            runs.append([])
        else:
            runs[-1].append((axis.at(point.at), _height(point.score, base)))
    runs = [stretch for stretch in runs if stretch]
    dots = [_dot(point, axis, base) for point in series.scored]
    if len(dots) > DOTS:
        dots = dots[-1:]
    return {
        "lines": [_path(stretch) for stretch in runs],
        "areas": [
            f"{_path(stretch)} L{stretch[-1][0]} {HEIGHT} L{stretch[0][0]} {HEIGHT} Z"
            for stretch in runs
            if len(stretch) > 1
        ],
        "dots": dots,
        "scale": (100, (100 + base) // 2, base),
        "label": _label(series),
    }


def _label(series: Series) -> str:
    scored = series.scored
    if not scored:
        return f"{series.name}: nothing was judged"
    first, last = scored[0], scored[-1]
    low = min(scored, key=lambda point: point.score or 0)
    return (
        f"{series.name}: {words.score(first.score)} on {words.day(first.at)}, "
        f"{words.score(last.score)} on {words.day(last.at)}, lowest {words.score(low.score)} on {words.day(low.at)}"
    )


def _dot(point: Point, axis: Axis, base: int) -> dict[str, Any]:
    fails = point.counts.get("fail", 0)
    score = point.score or 0.0
    return {
        "x": axis.at(point.at),
        "y": _height(score, base),
        "label": f"{words.minute(point.at)} UTC: {words.score(score)}, {fails:,} failed",
    }


def _height(score: float, base: int) -> float:
    return round(HEIGHT * (100 - score) / (100 - base), 1)


def _path(points: Iterable[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{x} {y}" for x, y in points)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a strip; `kind` names its look. One without an end goes on to the right edge."""

    kind: str
    start: datetime
    end: datetime | None
    label: str


def strip(stretches: Iterable[Stretch], axis: Axis, label: str) -> dict[str, Any]:
    """Return bars on one line of time: what lies before the axis is cut off, what is short stays visible."""
    bars = []
    for stretch in stretches:
        if stretch.end is not None and stretch.end < axis.start:
            continue
        start, end = axis.at(stretch.start), axis.at(stretch.end or axis.end)
        size = max(LEAST, end - start)
        bars.append(
            {
                "kind": stretch.kind,
                "x": round(min(start, WIDTH - size), 1),
                "size": round(size, 1),
                "label": stretch.label,
                "mended": stretch.kind == "fixed",
                "end": round(min(start, WIDTH - size) + size, 1),
            }
        )
    return {"bars": bars, "label": label}
