"""Compare the two resources of a pair, property by property."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.drift.model import Side
from asbuilt.drift.properties import TYPES, Compared
from asbuilt.drift.values import Told, Value, told
from asbuilt.masking import printable
from asbuilt.model import Resource, Unknown
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.drift.pairs import Pairs


@dataclass(frozen=True, slots=True)
class Difference:
    """A property that is not the same on both sides, or that one of them does not tell (`unknown`)."""

    compared: Compared
    code: Resource
    account: Resource
    ours: Side
    theirs: Side
    unknown: Unknown | None = None


def differences(pairs: Pairs) -> tuple[list[Difference], int]:
    """Return the differences of all pairs, and how many properties agree."""
    found: list[Difference] = []
    agreeing = 0
    for key, theirs in pairs.to_account.items():
        ours = pairs.code.graph.get(key)
        if ours is None:
            continue
        for one in _compare(ours, theirs, pairs):
            if one is None:
                agreeing += 1
            else:
                found.append(one)
    return found, agreeing


def _compare(ours: Resource, theirs: Resource, pairs: Pairs) -> Iterator[Difference | None]:
    for compared in TYPES.get(ours.type, ()):
        mine, other = told(compared.read, ours, pairs.code), told(compared.read, theirs, pairs.account)
        if isinstance(mine, Value) and isinstance(other, Value) and mine.key == other.key:
            yield None
            continue
        unknown = next((value for value in (mine, other) if isinstance(value, Unknown)), None)
        yield Difference(
            compared,
            ours,
            theirs,
            side(ours, compared.path, mine, other),
            side(theirs, compared.path, other, mine),
            unknown,
        )


def side(resource: Resource, path: str, value: Told, other: Told) -> Side:
    """Return one side of a difference; of sets, what the other lacks."""
    prop = resource.at(value.path if isinstance(value, Value) and value.path else path)
    trace = prop.trace
    native = resource.native(prop.path)
    location = trace.location if trace.location.file else None
    if isinstance(value, Unknown):
        shown = printable(None, value)
        return Side("", resource.address, shown, field=native, location=location, via=trace.via, says=value.reason)
    partly = value.items is not None and isinstance(other, Value) and other.items is not None
    shown = value.shown
    if partly and value.items is not None and isinstance(other, Value) and other.items is not None:
        shown = sorted((text for key, text in value.items.items() if key not in other.items), key=str)
    return Side("", resource.address, shown, value.absent, partly, native, location, trace.via)


__all__ = ["Difference", "differences", "side"]
