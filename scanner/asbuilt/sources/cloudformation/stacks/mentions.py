"""The names that stand in a template as references: `Ref`, `Fn::GetAtt`, the variables of `Fn::Sub`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asbuilt.sources.cloudformation.language.substitution import parts_of
from asbuilt.sources.cloudformation.reading.document import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.model import Path

_CONTAINERS: Final = frozenset((dict, list))
Mention = tuple[str, str, Place]  # a name, the attribute read ("Ref" for none), and where


def mentions(raw: Any, place: Place) -> Iterator[Mention]:
    """Yield every name that stands in something as a reference."""
    document = place.document
    waiting: list[tuple[Any, Path]] = [(raw, place.path)]  # places are made of the few that are references
    while waiting:
        item, path = waiting.pop()
        if type(item) is dict:
            for key, value in item.items():
                if key == "Ref" and isinstance(value, str):
                    yield value, "Ref", Place(document, path)
                elif key == "Fn::GetAtt":
                    parts = value.split(".", 1) if isinstance(value, str) else value
                    if isinstance(parts, list) and len(parts) > 1 and all(isinstance(part, str) for part in parts):
                        yield parts[0], ".".join(parts[1:]), Place(document, path)
                elif key == "Fn::Sub":
                    yield from _variables(value, Place(document, path))
                    if isinstance(value, list) and len(value) > 1:
                        waiting.append((value[1], (*path, key, 1)))
                elif type(value) in _CONTAINERS:
                    waiting.append((value, (*path, key)))
        elif type(item) is list:
            waiting.extend((value, (*path, n)) for n, value in enumerate(item) if type(value) in _CONTAINERS)


def _variables(raw: Any, place: Place) -> Iterator[Mention]:
    text = raw[0] if isinstance(raw, list) and raw else raw
    own = raw[1] if isinstance(raw, list) and len(raw) > 1 and isinstance(raw[1], dict) else {}
    for part in parts_of(text) if isinstance(text, str) else ():
        if not isinstance(part, str) and part[0] not in own:
            name, dot, attribute = part[0].partition(".")
            yield name, attribute if dot else "Ref", place
