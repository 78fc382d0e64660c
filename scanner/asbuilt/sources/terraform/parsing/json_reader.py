"""JSON with positions: every value and key knows where it stands, and duplicate keys are kept."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, Final

from asbuilt.records import dataclass
from asbuilt.sources.terraform.parsing import lexer
from asbuilt.sources.terraform.parsing.lexer import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

_BLANKS: Final = r"[ \t\r\n]*+"
# 1 string, 2 number, 3 constant, 4 what opens.
_VALUE: Final = lexer.pattern(
    rf'{_BLANKS}(?:"((?:[^"\\\x00-\x1f]|\\[^\x00-\x1f])*+)"|(-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+\-]?[0-9]++)?)'
    r"|(true|false|null)\b|([\[{]))?"
)
_MARK: Final = lexer.pattern(rf"{_BLANKS}([:,\]}}])?")
_ESCAPE: Final = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class Value:
    """A number, boolean or null, and where it stands."""

    start: int
    end: int
    value: Any


@dataclass(slots=True)
class Text(Value):
    """A string; `locate` turns an offset into the decoded text into one into the file."""

    raw: str

    def locate(self) -> Callable[[int], int]:
        """Return the mapping from decoded to file offsets."""
        first = self.start + 1
        if "\\" not in self.raw:
            return lambda offset: first + offset
        ends, shifts, shift = [0], [0], 0
        for escape in _ESCAPE.finditer(self.raw):
            shift += escape.end() - escape.start() - 1
            ends.append(escape.end() - shift)
            shifts.append(shift)
        return lambda offset: first + offset + shifts[bisect_right(ends, offset) - 1]


@dataclass(slots=True)
class Array(Value):
    """A list of values."""

    value: list[Value]


@dataclass(slots=True)
class Mapping(Value):
    """An object: its members in order, duplicates included."""

    value: list[tuple[Text, Value]]


class Reader:
    """Reads one text; raises Problem at the first thing that is not JSON."""

    def __init__(self, text: str, limits: lexer.Limits, pos: int) -> None:
        self.text = text
        self.limits = limits
        self.pos = pos
        self.depth = 0

    def document(self) -> Value:
        """Read the one value the text must consist of."""
        value = self.read()
        mark = _MARK(self.text, self.pos)
        if mark[1] or mark.end() < len(self.text):
            at = mark.start(1) if mark[1] else mark.end()
            raise Problem("invalid-json", "The document has ended; something follows. Remove it.", at, at + 1)
        return value

    def read(self) -> Value:
        """Read a value."""
        found = _VALUE(self.text, self.pos)
        kind = found.lastindex
        self.pos = found.end()
        if kind == 1:
            return self._text(found)
        if kind == 2:
            start = found.start(2)
            return Value(start, self.pos, lexer.number(found[2], start))
        if kind == 3:
            return Value(found.start(3), self.pos, lexer.CONSTANTS[found[3]])
        if kind is None:
            raise self._unexpected(found.end(), "a value in JSON's syntax")
        self.depth += 1
        if self.depth > self.limits.depth:
            raise Problem("nested-too-deep", f"Values are nested more than {self.limits.depth} deep.", found.start(4))
        value = self._array(found.start(4)) if found[4] == "[" else self._mapping(found.start(4))
        self.depth -= 1
        return value

    def _text(self, found: Any) -> Text:
        start, end = found.span(1)
        raw = found[1]
        decoded = raw
        if "\\" in raw:
            try:
                decoded = json.loads(f'"{raw}"')
            except ValueError as error:
                raise Problem(
                    "invalid-escape", f"This string has an escape JSON does not know: {error}.", start, end
                ) from None
            decoded = _SURROGATE.sub("\ufffd", decoded)
        return Text(start - 1, end + 1, decoded, raw)

    def _array(self, start: int) -> Array:
        items: list[Value] = []
        mark = _MARK(self.text, self.pos)
        if mark[1] == "]":
            self.pos = mark.end()
            return Array(start, self.pos, items)
        while True:
            items.append(self.read())
            if self._next("]"):
                return Array(start, self.pos, items)

    def _mapping(self, start: int) -> Mapping:
        members: list[tuple[Text, Value]] = []
        mark = _MARK(self.text, self.pos)
        if mark[1] == "}":
            self.pos = mark.end()
            return Mapping(start, self.pos, members)
        while True:
            found = _VALUE(self.text, self.pos)
            if found.lastindex != 1:
                raise self._unexpected(_MARK(self.text, self.pos).end(), "a key in double quotes")
            self.pos = found.end()
            key = self._text(found)
            mark = _MARK(self.text, self.pos)
            if mark[1] != ":":
                raise self._unexpected(self.pos, "a colon after the key")
            self.pos = mark.end()
            members.append((key, self.read()))
            if self._next("}"):
                return Mapping(start, self.pos, members)

    def _next(self, closer: str) -> bool:
        """Read a comma (False) or the closing bracket (True)."""
        mark = _MARK(self.text, self.pos)
        if mark[1] not in (",", closer):
            raise self._unexpected(self.pos, f"a comma or {closer}")
        self.pos = mark.end()
        return bool(mark[1] == closer)

    def _unexpected(self, at: int, what: str) -> Problem:
        while self.text[at : at + 1] in (" ", "\t", "\r", "\n"):
            at += 1
        there = f'found "{self.text[at]}"' if at < len(self.text) else "the file ends"
        return Problem("invalid-json", f"Expected {what}, but {there}.", at, at + 1)
