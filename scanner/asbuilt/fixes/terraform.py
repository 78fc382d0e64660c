"""A Terraform file to edit: what stands at which place of it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from asbuilt.fixes.document import Document
from asbuilt.sources.terraform.parsing import parser, syntax

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.model import Location


class TerraformDocument(Document):
    """A file in Terraform's own syntax."""

    aligned = True

    def __init__(self, name: str, real: str, data: bytes) -> None:
        super().__init__(name, real, data)
        self._values: dict[tuple[int, int], syntax.Expr] | None = None
        self._blocks: dict[tuple[int, int], tuple[syntax.Block, ...]] = {}

    def value_at(self, where: Location) -> syntax.Expr | None:
        """Return the expression that is, or is set at, exactly this place."""
        return self._index().get(self.span(where))

    def blocks_at(self, where: Location) -> tuple[syntax.Block, ...]:
        """Return the block whose header is exactly this place, after the blocks around it; nothing if there is none."""
        self._index()
        return self._blocks.get(self.span(where), ())

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
