"""Trees of what SAM makes of a template: each part remembers where it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.records import dataclass
from asbuilt.sources.cloudformation.stacks.declared import is_function

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asbuilt.model import Path
    from asbuilt.sources.cloudformation.reading.document import Places, Span

Table = dict["Path", tuple["Path", bool]]


@dataclass(frozen=True, slots=True)
class Written:
    """A part of a template as it stands at a path."""

    raw: Any
    path: Path

    def child(self, name: str | int) -> Written | None:
        """Return the entry of a mapping or list; None where there is none."""
        if isinstance(self.raw, dict) and name in self.raw:
            return Written(self.raw[name], (*self.path, name))
        if isinstance(self.raw, list) and isinstance(name, int) and name < len(self.raw):
            return Written(self.raw[name], (*self.path, name))
        return None


@dataclass(frozen=True, slots=True)
class At:
    """A tree that is made up, for what stands at a path."""

    tree: Any
    path: Path


def merged(base: Any, own: Any) -> Any:
    """Return what `Globals` and a resource say together; either may be None.

    Mappings are merged, lists follow each other, and of anything else the resource's own counts.
    Source: AWS SAM Developer Guide, "Globals section of the AWS SAM template"; read 2026-11.
    """
    if base is None or own is None:
        return own if base is None else base
    one, other = (item.raw if isinstance(item, Written) else item for item in (base, own))
    if isinstance(one, dict) and isinstance(other, dict) and not is_function(one) and not is_function(other):
        names = dict.fromkeys([*one, *other])
        return {name: merged(_entry(base, name), _entry(own, name)) for name in names}
    if isinstance(one, list) and isinstance(other, list):
        return [_entry(item, at) for item in (base, own) for at in range(len(_bare(item)))]
    return own


def _bare(item: Any) -> Any:
    return item.raw if isinstance(item, Written) else item


def _entry(item: Any, name: str | int) -> Any:
    if isinstance(item, Written):
        return item.child(name)
    return item.get(name) if isinstance(item, dict) else item[name]


def bare(tree: Any) -> Any:
    """Return a tree as plain data."""
    if isinstance(tree, Written):
        return tree.raw
    if isinstance(tree, At):
        return bare(tree.tree)
    if isinstance(tree, dict):
        return {name: bare(item) for name, item in tree.items()}
    return [bare(item) for item in tree] if isinstance(tree, list) else tree


def note(tree: Any, path: Path, table: Table) -> None:
    """Write down where the parts of a tree, which is to stand at a path, were written."""
    if isinstance(tree, Written):
        table[path] = (tree.path, True)
    elif isinstance(tree, At):
        table[path] = (tree.path, False)
        note(tree.tree, path, table)
    elif isinstance(tree, dict):
        for name, item in tree.items():
            note(item, (*path, name), table)
    elif isinstance(tree, list):
        for at, item in enumerate(tree):
            note(item, (*path, at), table)


class Moved:
    """Finds where the parts of a template were written before it was written out."""

    def __init__(self, places: Places, table: Mapping[Path, tuple[Path, bool]]) -> None:
        self._places = places
        self._table = table

    def span(self, path: Path, *, key: bool) -> Span | None:
        """Return where the entry at a path stands, or (`key`) its key alone; None where there is none."""
        for length in range(len(path), -1, -1):
            found = self._table.get(path[:length])
            if found is not None:
                origin, verbatim = found
                if length == len(path):
                    return self._places.span(origin, key=key)
                return self._places.span((*origin, *path[length:]), key=key) if verbatim else None
        return self._places.span(path, key=key)
