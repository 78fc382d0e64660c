"""Tell by its directory which environment a piece of code belongs to."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def environment_of(path: str, environments: Mapping[str, Sequence[str]], base: str = "") -> str | None:
    """Return the environment whose patterns match a directory or, deepest first, one of those around it.

    Only directories below `base` (by default the working directory) count: what a checkout lies in says nothing
    about the code, as in /home/dev/platform. Of a path elsewhere only the last part counts, with what leads to it.
    """
    for parts in _candidates(path, base):
        for name, patterns in environments.items():
            if any(matches(parts, _parts(pattern)) for pattern in patterns):
                return name
    return None


def _candidates(path: str, base: str) -> list[tuple[str, ...]]:
    absolute = Path(path).absolute()
    root = Path(base).absolute()
    if not absolute.is_relative_to(root):
        return [_parts(str(absolute))]
    inside = _parts(str(absolute.relative_to(root)))
    return [inside[:length] for length in range(len(inside), 0, -1)]


@lru_cache(1024)
def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.casefold() for part in PurePosixPath(text).parts if part not in ("/", "."))


def matches(parts: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    """Match path parts against pattern parts; `**` stands for any number of parts, also none."""
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(matches(parts[skipped:], pattern[1:]) for skipped in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and matches(parts[1:], pattern[1:])
