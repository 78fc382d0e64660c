"""Read the boxes of a diagram drawn with characters: what stands in one box is one label."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_BORDERS = "│|┃║"
_RULES = re.compile(r"[─━═┌┐└┘├┤┬┴┼╔╗╚╝╠╣╭╮╰╯▶◀▲▼►◄→←↓↑+_=<>^*-]+")
_MERMAID = re.compile(r"\s*(?:graph|flowchart|architecture|C4\w+)\b")
_NODE = re.compile(r"\w[\[({]+\"?([^\])}\"]+)\"?[\])}]+")
_DRAWN = re.compile(r"[│┃║┌└├─]|\+--|--?>")


def boxes(content: str) -> Iterator[tuple[str, int, int]]:
    """Yield the labels of a code block with their line and column, counted from 0; code without a drawing: its lines.

    Lines right below each other between the same left border belong to one label.
    """
    lines = content.rstrip("\n").split("\n")
    if _MERMAID.match(content):
        for number, line in enumerate(lines):
            yield from ((m[1].strip(), number, m.start(1)) for m in _NODE.finditer(line))
        return
    if not _DRAWN.search(content):
        yield from ((line.strip(), n, len(line) - len(line.lstrip())) for n, line in enumerate(lines) if line.strip())
        return
    yield from sorted(_labels(lines), key=lambda label: label[1:])


def _labels(lines: list[str]) -> Iterator[tuple[str, int, int]]:
    growing: dict[tuple[int, int], tuple[str, int, int]] = {}
    for number, line in enumerate(lines):
        continued: dict[tuple[int, int], tuple[str, int, int]] = {}
        for place, column, text in _pieces(line):
            before, start, at = growing.pop(place, ("", number, column)) if place[0] >= 0 else ("", number, column)
            if place[0] >= 0:
                continued[place] = (f"{before} {text}".strip(), start, at)
            else:
                yield text, number, column
        yield from growing.values()
        growing = continued
    yield from growing.values()


def _pieces(line: str) -> Iterator[tuple[tuple[int, int], int, str]]:
    """Yield the texts between borders: column of the left border and position after it, column of the text, text."""
    start = 0
    for end in [n for n, sign in enumerate(line) if sign in _BORDERS] + [len(line)]:
        cleared = _RULES.sub(lambda m: " " * len(m[0]) if len(m[0]) > 1 else m[0], line[start:end])
        for position, match in enumerate(re.finditer(r"\S+(?: \S+)*", cleared)):
            if re.search(r"\w", match[0]):
                yield (start - 1, position), start + match.start(), match[0]
        start = end + 1
