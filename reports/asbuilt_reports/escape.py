"""Show characters that would act instead of being read.

Names, tags and file contents are written by strangers. Everything a terminal, a log or a browser would obey or
hide (control characters, terminal escapes, bidirectional overrides, zero-width characters, lone surrogates) is shown
as an escape sequence, in every format.
"""

from __future__ import annotations

import json
import unicodedata
from typing import Any

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str) -> str:
    """Return the text on one line; every character that does not print is shown as an escape."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _shown(char) for char in text)


def visible_lines(text: str) -> str:
    """Return the text with its line breaks kept, tabs widened, and everything else as `visible` shows it."""
    if text.isprintable():
        return text
    return "\n".join(visible(line.expandtabs(4)) for line in text.replace("\r\n", "\n").split("\n"))


def _shown(char: str) -> str:
    code = ord(char)
    if char in _NAMED:
        return _NAMED[char]
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def columns(text: str) -> int:
    """Return how many terminal columns a printable text takes (wide East Asian characters take two)."""
    if text.isascii():
        return len(text)
    return sum(_column(char) for char in text)


def _column(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def value(data: Any, *, absent: bool = False, limit: int = 400) -> str:
    """Write a JSON value as people read it: text bare, the rest as JSON, `(not set)` where nothing is set.

    Values longer than `limit` characters are cut, with how many are missing; the JSON has them whole.
    """
    if absent:
        return "(not set)"
    if isinstance(data, str):
        shown = visible(data) if data and data.strip() == data else json.dumps(data)
    else:
        shown = visible(json.dumps(data, ensure_ascii=False, sort_keys=True, default=str))
    if len(shown) > limit:
        return f"{shown[:limit]}… ({len(shown) - limit} more characters)"
    return shown
