"""The variables in the text of Fn::Sub: `${Name}`, `${Name.Attribute}`, `${!Literal}`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_VARIABLE: Final = re.compile(r"\$\{(!?)([^{}]*)\}")


@lru_cache(4096)
def parts_of(text: str) -> tuple[str | tuple[str], ...]:
    """Split a text into texts, and the names of variables as tuples of one."""
    parts: list[str | tuple[str]] = []
    literal, *rest = _VARIABLE.split(text)
    for escaped, name, after in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        if escaped:
            literal += "${" + name + "}" + after
            continue
        if literal:
            parts.append(literal)
        parts.append((name.strip(),))
        literal = after
    if literal or not parts:
        parts.append(literal)
    return tuple(parts)
