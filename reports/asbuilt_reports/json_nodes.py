"""Typed access to JSON from outside: what is missing or of another type is said with its place."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from asbuilt.model import Location

if TYPE_CHECKING:
    from collections.abc import Iterator

Word = TypeVar("Word", bound=StrEnum)


class ResultsError(ValueError):
    """The text is no results.json that this version can read."""


class Node:
    """One JSON object and where it stands, with typed access to its keys."""

    __slots__ = ("data", "where")

    def __init__(self, data: Any, where: str) -> None:
        if not isinstance(data, dict):
            raise ResultsError(f"{where}: an object is expected, found {_kind(data)}")
        self.data: dict[str, Any] = data
        self.where = where

    def raw(self, key: str) -> Any:
        """Return whatever is at a key that has to be there."""
        if key not in self.data:
            raise ResultsError(f"{self.where}: `{key}` is missing")
        return self.data[key]

    def _typed(self, key: str, *types: type) -> Any:
        found = self.raw(key)
        if not isinstance(found, types) or (isinstance(found, bool) and bool not in types):
            wanted = " or ".join(_NAMES[kind] for kind in types)
            raise ResultsError(f"{self.where}.{key}: {wanted} is expected, found {_kind(found)}")
        return found

    def text(self, key: str) -> str:
        """Return a string."""
        found: str = self._typed(key, str)
        return found

    def text_or_none(self, key: str) -> str | None:
        """Return a string or null."""
        return None if self.data.get(key) is None else self.text(key)

    def integer(self, key: str) -> int:
        """Return a whole number."""
        found: int = self._typed(key, int)
        return found

    def number(self, key: str) -> float:
        """Return a number."""
        found: float = self._typed(key, int, float)
        return found

    def flag(self, key: str) -> bool:
        """Return true or false."""
        found: bool = self._typed(key, bool)
        return found

    def word(self, key: str, words: type[Word]) -> Word:
        """Return one of a fixed set of words."""
        found = self.text(key)
        try:
            return words(found)
        except ValueError:
            raise ResultsError(f"{self.where}.{key}: {found!r} is none of {', '.join(words)}") from None

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of strings."""
        found = self._typed(key, list)
        if not all(isinstance(item, str) for item in found):
            raise ResultsError(f"{self.where}.{key}: every element has to be a string")
        return tuple(found)

    def node(self, key: str) -> Node:
        """Return an object."""
        return Node(self.raw(key), f"{self.where}.{key}")

    def nodes(self, key: str) -> Iterator[Node]:
        """Yield the objects of a list."""
        for index, item in enumerate(self._typed(key, list)):
            yield Node(item, f"{self.where}.{key}[{index}]")

    def counts(self) -> dict[str, int]:
        """Return the object as counts by name."""
        return {key: self.integer(key) for key in self.data}


_NAMES = {str: "a string", int: "a whole number", float: "a number", bool: "true or false", list: "a list"}


def _kind(value: Any) -> str:
    return "null" if value is None else _NAMES.get(type(value), "an object")


def location_at(node: Node, key: str = "location") -> Location | None:
    """Return the place at a key, or None for null."""
    return None if node.raw(key) is None else place_at(node.node(key))


def place_at(node: Node) -> Location:
    """Return an object as a place."""
    return Location(
        file=node.text("file"),
        start_line=node.integer("start_line"),
        start_column=node.integer("start_column"),
        end_line=node.integer("end_line"),
        end_column=node.integer("end_column"),
    )
