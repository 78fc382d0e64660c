"""Plain data that knows where everything stands in its file."""

from __future__ import annotations

from dataclasses import field
from typing import Any, Final

from asbuilt.model import Location, Path
from asbuilt.records import dataclass

MAX_BYTES: Final = 2_000_000  # the largest file that is read as such


@dataclass(slots=True)
class Positioned:
    """Plain data, where each value stands (`values`), and each key (`keys`), by path."""

    file: str
    data: Any = None
    values: dict[Path, Location] = field(default_factory=dict)
    keys: dict[Path, Location] = field(default_factory=dict)

    def value(self, path: Path) -> Location:
        """Return where a value stands, or the nearest thing around it."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path) or Location(self.file, 1, 1, 1, 1)

    def key(self, path: Path) -> Location:
        """Return where the key of a value stands, or the value where it has none (an element of a list)."""
        return self.keys.get(path) or self.value(path)
