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
    at = 0
    literal = ""
    for match in _VARIABLE.finditer(text):
        literal += text[at : match.start()]
        at = match.end()
        if match[1]:
            literal += "${" + match[2] + "}"
            continue
        if literal:
            parts.append(literal)
            literal = ""
        parts.append((match[2].strip(),))
    literal += text[at:]
    if literal or not parts:
        parts.append(literal)
    return tuple(parts)
