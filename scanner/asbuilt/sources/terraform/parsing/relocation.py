"""Moving a tree: what was parsed from a string inside another file gets its place in that file."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any

from asbuilt.sources.terraform.parsing.syntax import Node, ObjectItem

if TYPE_CHECKING:
    from collections.abc import Callable


@cache
def _children(kind: type[Any]) -> tuple[str, ...]:
    return tuple(item.name for item in fields(kind) if item.name not in ("start", "end"))


def relocate(root: Node, locate: Callable[[int], int]) -> None:
    """Replace every node's offsets by what `locate` makes of them."""
    todo: list[Any] = [root]
    while todo:
        item = todo.pop()
        if isinstance(item, Node):
            item.start, item.end = locate(item.start), locate(item.end)
        elif isinstance(item, list):
            todo.extend(item)
            continue
        elif not isinstance(item, ObjectItem):
            continue
        todo.extend(getattr(item, name) for name in _children(type(item)))  # type: ignore[arg-type]
