"""A template as plain data, and where each part of it stands.

Both syntaxes give the same tree of dicts, lists and scalars; a tag of the short form is the mapping it stands for
(`!Ref X` is `{"Ref": "X"}`). Positions are looked up by path, only when somebody asks.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, Protocol

from asbuilt.model import Location
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from asbuilt.model import Path

Span = tuple[int, int, int, int]  # start line and column, end line and column: from 1, the end exclusive


class TemplateError(Exception):
    """Text that cannot be read: a stable code, what is wrong, where (line and column from 1), and what to do."""

    def __init__(self, code: str, message: str, line: int = 1, column: int = 1, remedy: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line
        self.column = column
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Remark:
    """Something wrong with a text that can be read all the same."""

    code: str
    message: str
    span: Span


class Lines:
    """Where the lines of a text start: found when somebody asks."""

    __slots__ = ("_starts", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: array[int] | None = None

    def position(self, offset: int) -> tuple[int, int]:
        """Return line and column of an offset, from 1."""
        starts = self._starts
        if starts is None:
            starts = self._starts = array("I", [0, *[match.end() for match in re.finditer("\n", self._text)]])
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1


class Places(Protocol):
    """Finds where things stand in a text."""

    def span(self, path: Path, *, key: bool) -> Span | None:
        """Return where the entry at a path stands, or (`key`) its key alone; None where there is none."""


class Document:
    """A file that was read. `name` is how reports call it, `real` its real path."""

    __slots__ = ("_known", "data", "name", "places", "real", "remarks", "text")

    def __init__(
        self, name: str, real: str, text: str, data: Any, places: Places, remarks: tuple[Remark, ...] = ()
    ) -> None:
        self.name = name
        self.real = real
        self.text = text
        self.data = data
        self.places = places
        self.remarks = remarks
        self._known: dict[tuple[Path, bool], Location] = {}

    def locate(self, path: Path, *, key: bool = False) -> Location:
        """Return where the entry at a path stands, from its key to the end of its value, or what is around it.

        `key` asks for the key alone.
        """
        wanted = (path, key)
        if wanted not in self._known:
            span = self.places.span(path, key=key)
            while span is None and path:
                path = path[:-1]
                span = self.places.span(path, key=key)
            self._known[wanted] = Location(self.name, *(span or (1, 1, 1, 1)))
        return self._known[wanted]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a document."""

    document: Document
    path: Path = ()

    def child(self, part: str | int) -> Place:
        """Return the place one step down."""
        return Place(self.document, self.path + (part,))  # noqa: RUF005 - in half the time

    @property
    def location(self) -> Location:
        """Where it stands."""
        return self.document.locate(self.path)

    @property
    def key(self) -> Location:
        """Where its key stands."""
        return self.document.locate(self.path, key=True)
