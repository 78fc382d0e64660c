"""The report's two drawings, as numbers for the template's SVG: a ring for the score, a stacked bar per section.

Segments are never closer than one unit to nothing: a single failure among thousands stays visible.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from asbuilt.model import Verdict
from asbuilt_reports import digest

if TYPE_CHECKING:
    from asbuilt.results import Results

WIDTH = 240
RADIUS = 52
_ORDER = (Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.ERROR, Verdict.WAIVED)


def segments(counts: dict[str, int], length: float, least: float) -> list[dict[str, Any]]:
    """Return where each verdict starts and how long it is; together they fill the length exactly."""
    present = [(verdict, counts.get(verdict.value, 0)) for verdict in _ORDER if counts.get(verdict.value, 0)]
    total = sum(number for _, number in present)
    if not total:
        return []
    sizes = [max(least, length * number / total) for _, number in present]
    scale = length / sum(sizes)
    found, start = [], 0.0
    for (verdict, number), size in zip(present, sizes, strict=True):
        found.append(
            {
                "verdict": verdict.value,
                "word": digest.VERDICT_WORDS[verdict],
                "count": number,
                "start": round(start, 2),
                "size": round(size * scale, 2),
            }
        )
        start += size * scale
    return found


def bar(counts: dict[str, int]) -> dict[str, Any]:
    """Return the stacked bar of a section."""
    parts = segments(counts, WIDTH, 3)
    label = ", ".join(f"{part['count']:,} {part['word']}" for part in parts) or "nothing judged"
    return {"width": WIDTH, "parts": parts, "label": label}


def ring(results: Results) -> dict[str, Any]:
    """Return the ring around the score."""
    around = 2 * math.pi * RADIUS
    parts = segments({v.value: digest.count(results, v) for v in Verdict}, around, 3)
    return {"around": round(around, 2), "radius": RADIUS, "parts": parts}
