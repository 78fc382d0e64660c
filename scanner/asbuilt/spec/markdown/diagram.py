"""Read the boxes of a diagram drawn with characters: what stands in one box is one label."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_BORDERS = "│|┃║"
_RULES = re.compile(r"[─━═┌┐└┘├┤┬┴┼╔╗╚╝╠╣╭╮╰╯▶◀▲▼►◄→←↓↑+_=<>^*-]+")
_DRAWN = re.compile(r"[│┃║┌└├─]|\+--|--?>")


def boxes(content: str) -> Iterator[tuple[str, int, int]]:
    """Yield the labels of a code block with their line and column, counted from 0; code without a drawing: its lines.

    Lines right below each other between the same left border belong to one label.
    """
    lines = content.rstrip("\n").split("\n")
    if not _DRAWN.search(content):
        yield from ((line.strip(), n, len(line) - len(line.lstrip())) for n, line in enumerate(lines) if line.strip())
        return
    open_labels: dict[int, tuple[str, int, int]] = {}
    for number, line in enumerate(lines):
        continued: dict[int, tuple[str, int, int]] = {}
        for border, column, text in _pieces(line):
            if border in open_labels:
                before, start, at = open_labels.pop(border)
                continued[border] = (f"{before} {text}", start, at)
            else:
                continued[border] = (text, number, column)
        yield from open_labels.values()
        open_labels = continued
    yield from open_labels.values()


def _pieces(line: str) -> Iterator[tuple[int, int, str]]:
    """Yield the texts between borders: column of the left border, of the text, and the text."""
    start = 0
    for end in [n for n, sign in enumerate(line) if sign in _BORDERS] + [len(line)]:
        piece = line[start:end]
        for match in re.finditer(
            r"\S+(?: \S+)*", _RULES.sub(lambda m: " " * len(m[0]) if len(m[0]) > 1 else m[0], piece)
        ):
            if re.search(r"\w", match[0]):
                yield start - 1, start + match.start(), match[0].strip()
        start = end + 1
