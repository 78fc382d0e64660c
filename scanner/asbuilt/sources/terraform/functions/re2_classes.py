"""Character classes of RE2 as ranges of code points."""

from __future__ import annotations

import sys
import unicodedata
from functools import lru_cache

Ranges = tuple[tuple[int, int], ...]

PERL: dict[str, Ranges] = {
    "d": ((48, 57),),
    "w": ((48, 57), (65, 90), (95, 95), (97, 122)),
    "s": ((9, 10), (12, 13), (32, 32)),
}
POSIX: dict[str, Ranges] = {
    "alnum": ((48, 57), (65, 90), (97, 122)),
    "alpha": ((65, 90), (97, 122)),
    "ascii": ((0, 127),),
    "blank": ((9, 9), (32, 32)),
    "cntrl": ((0, 31), (127, 127)),
    "digit": PERL["d"],
    "graph": ((33, 126),),
    "lower": ((97, 122),),
    "print": ((32, 126),),
    "punct": ((33, 47), (58, 64), (91, 96), (123, 126)),
    "space": ((9, 13), (32, 32)),
    "upper": ((65, 90),),
    "word": PERL["w"],
    "xdigit": ((48, 57), (65, 70), (97, 102)),
}


def invert(ranges: Ranges) -> Ranges:
    """Return everything else."""
    result: list[tuple[int, int]] = []
    after = 0
    for low, high in sorted(ranges):
        if low > after:
            result.append((after, low - 1))
        after = max(after, high + 1)
    if after <= sys.maxunicode:
        result.append((after, sys.maxunicode))
    return tuple(result)


@lru_cache(maxsize=64)
def unicode_class(name: str) -> Ranges | None:
    """Return a general category (`L`, `Lu`); None for scripts, of which Python has no table."""
    if name == "Any":
        return ((0, sys.maxunicode),)
    if not (len(name) <= 2 and name[0] in "CLMNPSZ" and name[1:].islower() == bool(name[1:])):
        return None
    result: list[tuple[int, int]] = []
    start = -1
    for code in range(sys.maxunicode + 1):
        category = unicodedata.category(chr(code))
        inside = category.startswith(name) and category != "Cn"
        if inside and start < 0:
            start = code
        elif not inside and start >= 0:
            result.append((start, code - 1))
            start = -1
    if start >= 0:
        result.append((start, sys.maxunicode))
    return tuple(result) or None
