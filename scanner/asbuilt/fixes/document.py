"""A file to edit: its text, places in it, and whether it may be edited at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from asbuilt.sources.terraform.parsing.syntax import SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asbuilt.model import Location

BOM = b"\xef\xbb\xbf"


class RefusedError(Exception):
    """There is no edit here; the message says why."""


class Document:
    """A file. `name` is how reports call it, `real` its real path, `data` its bytes, `text` without BOM."""

    aligned = False  # whether columns are set as `terraform fmt` has them

    def __init__(self, name: str, real: str, data: bytes) -> None:
        self.name = name
        self.real = real
        self.data = data
        self.text = data.removeprefix(BOM).decode("utf-8")
        self._source = SourceFile(name, self.text)

    def encoded(self, text: str) -> bytes:
        """Return a new text as this file's bytes."""
        return (BOM if self.data.startswith(BOM) else b"") + text.encode("utf-8")

    def span(self, where: Location) -> tuple[int, int]:
        """Return the offsets of a location; an empty stretch at its start where it has no end."""
        start = self.offset(where.start_line, where.start_column)
        return start, self.offset(where.end_line, where.end_column) if where.end_line else start

    def location(self, start: int, end: int) -> Location:
        """Return the location of a stretch."""
        return self._source.location(start, end)

    def line_end(self, at: int) -> int:
        """Return the end of the line that an offset is in."""
        end = self.text.find("\n", at)
        end = len(self.text) if end < 0 else end
        return end - 1 if self.text[end - 1 : end] == "\r" else end

    def ending(self, at: int) -> str:
        """Return how the line that ends at an offset ends."""
        return "\r\n" if self.text[:at].endswith("\r") or self.text[at : at + 2] == "\r\n" else "\n"

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a line and column, both from 1."""
        low, high = 0, len(self.text)
        while low < high:  # the source turns offsets into positions
            middle = (low + high) // 2
            if self._source.position(middle) < (line, column):
                low = middle + 1
            else:
                high = middle
        return low


def confined(path: Path, roots: Iterable[str]) -> str:
    """Return the real path of a regular file below one of the roots that no symbolic link leads to.

    Raises:
        RefusedError: it stands elsewhere, is something else, or is reached through a link.
    """
    real = os.path.realpath(path)
    root = next((root for root in roots if inside(real, root)), None)
    if root is None:
        raise RefusedError(f"{path} stands outside of the scanned root")
    step = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow the links looked for
    while os.path.realpath(step) != root:
        if step.is_symlink():
            raise RefusedError(f"{path} is reached through a symbolic link")
        if step == step.parent:
            raise RefusedError(f"{path} stands outside of the scanned root")
        step = step.parent
    if not Path(real).is_file():
        raise RefusedError(f"{path} is no regular file")
    return real


def inside(real: str, folder: str) -> bool:
    """Whether a real path is below a folder."""
    return real.startswith(folder.rstrip("/") + "/")


__all__ = ["Document", "RefusedError", "confined", "inside"]
