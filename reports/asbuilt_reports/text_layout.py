"""Laying text out: width, colour, code frames. Everything written here is made visible first."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from asbuilt_reports.escape import columns, visible

if TYPE_CHECKING:
    from asbuilt.model import Location
    from asbuilt.results import Frame

_ANSI = {"bold": "1", "dim": "2", "severe": "1;31", "warn": "33", "note": "36", "good": "32"}
_LABEL = 10  # columns a field's label takes


class Paper:
    """Lines of at most `width` columns, unless one word (an address, a path) is longer: those are never cut."""

    __slots__ = ("_lines", "color", "width")

    def __init__(self, *, color: bool, width: int) -> None:
        self.color = color
        self.width = width
        self._lines: list[str] = []

    def text(self) -> str:
        """Return what was written."""
        return "\n".join(self._lines) + "\n"

    def style(self, style: str, text: str) -> str:
        """Return visible text in a style, if there is colour."""
        return f"\x1b[{_ANSI[style]}m{text}\x1b[0m" if self.color and style and text else text

    def tag(self, style: str, word: str) -> tuple[str, str]:
        """Return a word to put in front of a paragraph, in capitals."""
        return style, visible(word).upper()

    def line(self, *parts: str) -> None:
        """Write a line from parts that are already visible."""
        line = "".join(parts).rstrip()
        if line or (self._lines and self._lines[-1]):
            self._lines.append(line)

    def rule(self, title: str, style: str = "bold") -> None:
        """Write a heading with a line to the right edge."""
        shown = visible(title)
        rest = max(3, self.width - columns(shown) - 1)
        self.line(self.style(style, shown), " ", self.style("dim", "─" * rest))

    def wrapped(self, text: str, *, indent: int = 0, first: tuple[str, str] | None = None, style: str = "") -> None:
        """Write a paragraph, with an optional tag in front of it."""
        head = f"{first[1]}  " if first else ""
        lines = self._fold(text, indent, columns(head))
        for index, line in enumerate(lines):
            tag = self.style(first[0], first[1]) + "  " if first and index == 0 else " " * columns(head)
            self.line(" " * indent, tag, self.style(style, line))

    def field(self, label: str, text: str, *, indent: int = 0, style: str = "") -> None:
        """Write a labelled paragraph."""
        lines = self._fold(text, indent, _LABEL + 1)
        for index, line in enumerate(lines):
            name = self.style("dim", f"{label if index == 0 else '':<{_LABEL}}")
            self.line(" " * indent, name, " ", self.style(style, line))

    def pair(self, left: str, right: str, *, indent: int) -> None:
        """Write two things on one line where they fit, else one below the other."""
        shown, other = visible(left), visible(right)
        if not other or indent + columns(shown) + 2 + columns(other) <= self.width:
            self.line(" " * indent, shown, "  " if other else "", self.style("dim", other))
            return
        self.line(" " * indent, shown)
        for line in self._fold(right, indent + 2, 0):
            self.line(" " * (indent + 2), self.style("dim", line))

    def _fold(self, text: str, indent: int, head: int) -> list[str]:
        room = max(20, self.width - indent - head)
        return textwrap.wrap(
            visible(" ".join(text.split("\n"))), room, break_long_words=False, break_on_hyphens=False
        ) or [""]


def code_frame(paper: Paper, frame: Frame, location: Location) -> None:
    """Write the lines of a frame, with carets under the location's first line."""
    number = len(str(frame.first_line + len(frame.lines)))
    room = max(20, paper.width - number - 8)
    for offset, raw in enumerate(frame.lines):
        at = frame.first_line + offset
        marked = at == location.start_line
        line, start, length = _shown(raw, location, marked)
        shift = max(0, start + min(length, room // 2) - room + 1) if marked else 0
        gutter = paper.style("dim", f"{at:>{number}} |")
        paper.line("    ", gutter, " ", _window(line, shift, room))
        if marked:
            carets = "^" * max(1, min(length, room - (start - shift)))
            blank = paper.style("dim", f"{'':>{number}} |")
            paper.line("    ", blank, " ", " " * (start - shift), paper.style("severe", carets))


def _shown(raw: str, location: Location, marked: bool) -> tuple[str, int, int]:
    """Return the visible line, and in it the columns before the caret and under it."""
    line = visible(raw.replace("\t", "  "))
    if not marked:
        return line, 0, 0
    end = location.end_column if location.end_line == location.start_line else len(raw) + 1
    before = raw[: location.start_column - 1]
    under = raw[location.start_column - 1 : max(end, location.start_column + 1) - 1]
    return line, columns(visible(before.replace("\t", "  "))), columns(visible(under.replace("\t", "  ")))


def _window(line: str, shift: int, room: int) -> str:
    if shift:
        line = "…" + line[shift + 1 :]
    return line if columns(line) <= room else line[: room - 1] + "…"
