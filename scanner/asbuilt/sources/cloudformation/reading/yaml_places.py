"""Where things stand in YAML, in little memory."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from asbuilt.sources.cloudformation.reading.document import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.model import Path
    from asbuilt.sources.cloudformation.reading.document import Span

SCALAR, SEQUENCE, MAPPING = "", "[", "{"  # kinds of values


class YamlPlaces:
    """Where things stand: an entry for each value and each key, in the order of the text.

    A value's entry is followed by those of what is in it: `sizes` says how many they are, with its own.
    An entry that only repeats another one (an alias) is in `aliases`. Places are offsets in the text.
    """

    __slots__ = ("_keys", "aliases", "ends", "lines", "names", "sizes", "starts", "tags")

    def __init__(
        self,
        text: str,
        starts: list[int],
        ends: list[int],
        names: list[str | None],
        sizes: dict[int, int],
        tags: dict[int, str],
        aliases: dict[int, int],
    ) -> None:
        self.lines = Lines(text)
        self.starts, self.ends = array("I", starts), array("I", ends)
        self.names = names  # of a key its text, None for `<<`; of a value its kind
        self.sizes = array("I", [1]) * len(names)
        for entry, size in sizes.items():
            self.sizes[entry] = size
        self.tags = tags
        self.aliases = aliases
        self._keys: dict[int, dict[str | None, Any]] = {}  # of the mappings that were asked for

    def span(self, path: Path, *, key: bool) -> Span | None:
        """Return where the entry at a path stands; see `document.Places`."""
        at, label, bare = 0, -1, False
        if not self.names:
            return None
        for part in path:
            found = self._step(at, part, bare)
            if found is None:
                return None
            at, label, bare = found
        if key and label < 0 and path:
            return None
        start = self.starts[at if label < 0 else label]
        end = self.ends[label if key and label >= 0 else at]
        if end < start:  # an alias: its value stands further up
            end = self.ends[label] if label >= 0 else start
        return (*self.lines.position(start), *self.lines.position(end))

    def _step(self, at: int, part: str | int, bare: bool) -> tuple[int, int, bool] | None:
        """Return the entry one step down, that of its key, and whether it is without its tag.

        A function in short form stands where its value does.
        """
        at = self.aliases.get(at, at)
        if not bare and isinstance(part, str) and self.tags.get(at) == part:
            return at, -1, True
        kind = self.names[at]
        if isinstance(part, int):
            if kind == SEQUENCE:
                element = next((entry for position, entry in enumerate(self._elements(at)) if position == part), None)
                return None if element is None else (element, -1, False)
            return (at, -1, True) if kind == SCALAR else None  # the parts of `!GetAtt a.b`
        return self._entry(at, part) if kind == MAPPING else None

    def _elements(self, at: int) -> Iterator[int]:
        entry, end = at + 1, at + self.sizes[at]
        while entry < end:
            yield entry
            entry += self.sizes[entry]

    def _entry(self, at: int, name: str) -> tuple[int, int, bool] | None:
        keys = self._keys.get(at)
        if keys is None:
            keys = self._keys[at] = self._listed(at)
        entry = keys.get(name)
        if isinstance(entry, int):
            return entry + 1, entry, False
        found: tuple[int, int, bool] | None = None
        for inner in keys.get(None, ()):
            for other in self._elements(inner) if self.names[inner] == SEQUENCE else (inner,):
                other = self.aliases.get(other, other)
                found = found or (self._entry(other, name) if self.names[other] == MAPPING else None)
        return found

    def _listed(self, at: int) -> dict[str | None, Any]:
        """Return the entries of a mapping's keys by name, of two alike the last; under None what `<<` merges."""
        entry, end = at + 1, at + self.sizes[at]
        keys: dict[str | None, Any] = {}
        while entry < end:
            name = self.names[entry]
            if name is None:
                keys.setdefault(None, []).append(self.aliases.get(entry + 1, entry + 1))
            else:
                keys[name] = entry
            entry += 1 + self.sizes[entry + 1]
        return keys
