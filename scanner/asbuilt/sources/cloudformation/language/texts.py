"""Texts of which parts are unknown, that can be taken apart again where it is certain where."""

from __future__ import annotations

from typing import Any, Final

from asbuilt.model import Unknown, UnknownKind
from asbuilt.sources.cloudformation.language.values import Text, concatenate

# What ids and names of resources never hold, and ARNs do not either.
_APART: Final = frozenset({",", ";", "|", " ", ", ", "\n"})


def pieces(text: Unknown, separator: str) -> list[Any] | None:
    """Return what a text is once split at a separator, None where that is not certain.

    An unknown part may hold the separator itself, unless it is an id or name that a resource will have.
    """
    if separator not in _APART:
        return None
    if not isinstance(text, Text):
        return [text] if _whole(text) else None
    found: list[list[Any]] = [[]]
    for part in text.parts:
        if isinstance(part, Unknown):
            inner = pieces(part, separator)
            if inner is None:
                return None
            found[-1].append(inner[0])
            found.extend([item] for item in inner[1:])
            continue
        first, *rest = part.split(separator)
        found[-1].append(first)
        found.extend([item] for item in rest)
    return [concatenate([part for part in item if part != ""] or [""]) for item in found]


def _whole(value: Unknown) -> bool:
    return value.exact and value.kind is UnknownKind.COMPUTED and value.type == "string"
