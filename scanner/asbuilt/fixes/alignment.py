"""Columns as `terraform fmt` sets them: equals signs and trailing comments of adjacent lines stand below each other.

Source: formatCells in github.com/hashicorp/hcl/v2/hclwrite/format.go (2.24). Lines that end up where they were are not
touched; a stretch that was not formatted before stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from asbuilt.records import dataclass
from asbuilt.sources.terraform.functions.graphemes import count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_HEREDOC = re.compile(r"<<-?([^\W\d][\w-]*)\r?\n(?:.*\n)*?[ \t]*\1[ \t]*\r?$", re.MULTILINE)
_OTHER_SIGNS = re.compile(r"==|=>|!=|<=|>=")


@dataclass(frozen=True, slots=True)
class Cells:
    """A line in three parts, blanks between them taken out: what leads, `= value`, a trailing comment."""

    lead: str
    assign: str = ""
    comment: str = ""

    @property
    def text(self) -> str:
        """The parts with one blank between them."""
        return " ".join(part for part in (self.lead, self.assign, self.comment) if part)


def cells(line: str) -> Cells | None:
    """Take a line apart; None where it cannot be told (it begins or ends inside of a text or a comment)."""
    at = equals = brackets = 0
    while at < len(line):
        char = line[at]
        if char == '"':
            end = _string_end(line, at)
            if end is None:
                return None
            at = end
            continue
        if char == "#" or line.startswith("//", at):
            break
        if line.startswith("/*", at) or line.startswith("*/", at):
            return None
        if _OTHER_SIGNS.match(line, at):
            at += 2
            continue
        if char == "=" and not equals and line[:at].strip():
            equals = at
        brackets += (char in "([{") - (char in ")]}") if equals else 0
        at += 1
    code, comment = line[:at].rstrip(), line[at:]  # what trails in a comment is part of it
    if not code.strip():
        return Cells(line)
    if equals and not brackets:
        return Cells(line[:equals].rstrip(), code[equals:], comment)
    return Cells(code, "", comment)


def _string_end(line: str, start: int) -> int | None:
    at = start + 1
    while at < len(line):
        if line[at] == '"':
            return at + 1
        if line[at] == "\\" or line.startswith(("$${", "%%{"), at):
            at += 2 if line[at] == "\\" else 3
        elif line.startswith(("${", "%{"), at):
            end = _template_end(line, at + 2)
            if end is None:
                return None
            at = end
        else:
            at += 1
    return None


def _template_end(line: str, at: int) -> int | None:
    depth = 1
    while at < len(line):
        if line[at] == '"':
            end = _string_end(line, at)
            if end is None:
                return None
            at = end
            continue
        depth += (line[at] == "{") - (line[at] == "}")
        at += 1
        if not depth:
            return at
    return None


def align(lines: Sequence[str]) -> list[str] | None:
    """Return adjacent lines with their columns set; None where one of them cannot be taken apart."""
    parts = [cells(line) for line in lines]
    if None in parts:
        return None
    known = [part for part in parts if part is not None]
    widths = _columns(known, lambda part: part.assign, lambda part: part.lead)
    known = [replace(part, lead=part.lead + " " * width) for part, width in zip(known, widths, strict=True)]
    widths = _columns(known, lambda part: part.comment, lambda part: replace(part, comment="").text)
    return [
        replace(part, comment="").text + " " * (width + 1) + part.comment if part.comment else part.text
        for part, width in zip(known, widths, strict=True)
    ]


def _columns(parts: list[Cells], has: Callable[[Cells], str], before: Callable[[Cells], str]) -> list[int]:
    """Return how many blanks each line lacks to the widest of its chain: adjacent lines that have the cell."""
    widths = [0] * len(parts)
    chain: list[int] = []
    for index in range(len(parts) + 1):
        if index < len(parts) and has(parts[index]):
            chain.append(index)
            continue
        widest = max((count(before(parts[i])) for i in chain), default=0)
        for i in chain:
            widths[i] = widest - count(before(parts[i]))
        chain = []
    return widths


def realign(old: str, new: str, touched: Iterable[tuple[int, int]]) -> str:
    """Set the columns around lines that were changed. `touched` pairs line numbers (from 0) of the old and new text."""
    before, after = old.split("\n"), new.split("\n")
    closed, opened = _heredoc_lines(old), _heredoc_lines(new)
    for was, now in touched:
        first = _run(before, was)
        if any(line in closed for line in first) or not _formatted([_bare(before[line]) for line in first]):
            continue
        run = _run(after, now)
        aligned = None if any(line in opened for line in run) else align([_bare(after[line]) for line in run])
        for line, text in zip(run, aligned or (), strict=aligned is not None):
            after[line] = text + ("\r" if after[line].endswith("\r") else "")
    return "\n".join(after)


def _formatted(lines: list[str]) -> bool:
    return align(lines) == lines


def _run(lines: Sequence[str], at: int) -> range:
    """Return the numbers of the adjacent lines that are not blank around one line."""
    start = end = at
    while start > 0 and lines[start - 1].strip():
        start -= 1
    while end < len(lines) and lines[end].strip():
        end += 1
    return range(start, end)


def _heredoc_lines(text: str) -> set[int]:
    found: set[int] = set()
    for match in _HEREDOC.finditer(text):
        first = text.count("\n", 0, match.start())
        found.update(range(first, first + match.group().count("\n") + 1))
    return found


def _bare(line: str) -> str:
    return line.removesuffix("\r")


__all__ = ["Cells", "align", "cells", "realign"]
