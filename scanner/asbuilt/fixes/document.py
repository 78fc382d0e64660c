"""A file to edit: its text, what stands at which place of it, and whether it may be edited at all."""

from __future__ import annotations

import os
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asbuilt.model import Location
from asbuilt.sources.terraform.parsing import parser, syntax

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BOM = b"\xef\xbb\xbf"


class RefusedError(Exception):
    """There is no edit here; the message says why."""


class Document:
    """A Terraform file. `name` is how reports call it, `real` its real path, `data` its bytes, `text` without BOM."""

    def __init__(self, name: str, real: str, data: bytes) -> None:
        self.name = name
        self.real = real
        self.data = data
        self.text = data.removeprefix(BOM).decode("utf-8")
        self._source = syntax.SourceFile(name, self.text)
        self._values: dict[tuple[int, int], syntax.Expr] | None = None
        self._blocks: dict[tuple[int, int], tuple[syntax.Block, ...]] = {}

    def encoded(self, text: str) -> bytes:
        """Return a new text as this file's bytes."""
        return (BOM if self.data.startswith(BOM) else b"") + text.encode("utf-8")

    def span(self, where: Location) -> tuple[int, int]:
        """Return the offsets of a location; an empty stretch at its start where it has no end."""
        start = self._offset(where.start_line, where.start_column)
        return start, self._offset(where.end_line, where.end_column) if where.end_line else start

    def location(self, start: int, end: int) -> Location:
        """Return the location of a stretch."""
        return self._source.location(start, end)

    def value_at(self, where: Location) -> syntax.Expr | None:
        """Return the expression that is, or is set at, exactly this place."""
        return self._index().get(self.span(where))

    def blocks_at(self, where: Location) -> tuple[syntax.Block, ...]:
        """Return the block whose header is exactly this place, after the blocks around it; nothing if there is none."""
        self._index()
        return self._blocks.get(self.span(where), ())

    def _offset(self, line: int, column: int) -> int:
        low, high = 0, len(self.text)
        while low < high:  # the source turns offsets into positions
            middle = (low + high) // 2
            if self._source.position(middle) < (line, column):
                low = middle + 1
            else:
                high = middle
        return low

    def _index(self) -> dict[tuple[int, int], syntax.Expr]:
        if self._values is None:
            self._values = {}
            body, _ = parser.parse(self._source)
            for span, expr in _values(body):
                self._values.setdefault(span, expr)
            for chain in _blocks(body, ()):
                self._blocks[(chain[-1].start, chain[-1].header_end)] = chain
        return self._values


def _values(node: Any) -> Iterator[tuple[tuple[int, int], syntax.Expr]]:
    """Yield each expression by its own place and by that of the `name = value` it is in; keys of objects are none."""
    if isinstance(node, list | dict):
        for item in node.values() if isinstance(node, dict) else node:
            yield from _values(item)
    elif isinstance(node, syntax.ObjectItem):
        yield (node.key.start, node.value.end), node.value
        yield from _values(node.value)
    elif is_dataclass(node) and not isinstance(node, type):
        if isinstance(node, syntax.Attribute):
            yield (node.start, node.end), node.expr
        if isinstance(node, syntax.Expr):
            yield (node.start, node.end), node
        for each in fields(node):
            yield from _values(getattr(node, each.name))


def _blocks(body: syntax.Body, around: tuple[syntax.Block, ...]) -> Iterator[tuple[syntax.Block, ...]]:
    for block in body.blocks:
        yield (*around, block)
        yield from _blocks(block.body, (*around, block))


class Documents:
    """Opens files that may be edited, each once."""

    def __init__(self, roots: Iterable[str], vendored: Iterable[Path] = ()) -> None:
        self.roots = tuple(roots)
        self.vendored = tuple(os.path.realpath(path) for path in vendored)
        self._open: dict[str, Document | RefusedError] = {}

    def open(self, name: str) -> Document:
        """Return a file by the name a location has. Raises RefusedError."""
        if name not in self._open:
            try:
                self._open[name] = self._read(name)
            except RefusedError as error:
                self._open[name] = error
        found = self._open[name]
        if isinstance(found, RefusedError):
            raise found
        return found

    def _read(self, name: str) -> Document:
        if not name.endswith((".tf", ".tfvars")):
            raise RefusedError(f"{name} is no file in Terraform's own syntax")
        real = confined(Path(name), self.roots)
        if any(_inside(real, folder) for folder in self.vendored) or ".terraform" in Path(real).parts:
            raise RefusedError(f"{name} belongs to a module that was downloaded")
        try:
            return Document(name, real, Path(real).read_bytes())
        except (OSError, UnicodeDecodeError) as error:
            raise RefusedError(f"{name} cannot be read: {type(error).__name__}") from None


def confined(path: Path, roots: Iterable[str]) -> str:
    """Return the real path of a regular file below one of the roots that no symbolic link leads to.

    Raises:
        RefusedError: it stands elsewhere, is something else, or is reached through a link.
    """
    real = os.path.realpath(path)
    root = next((root for root in roots if _inside(real, root)), None)
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


def _inside(real: str, folder: str) -> bool:
    return real.startswith(folder.rstrip("/") + "/")


__all__ = ["Document", "Documents", "RefusedError", "confined"]
