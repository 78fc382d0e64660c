"""Tell by its directory which environment a piece of code belongs to."""

from __future__ import annotations

import os
import re
from fnmatch import translate
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def environment_of(path: str, environments: Mapping[str, Sequence[str]], base: str = "") -> str | None:
    """Return the environment whose patterns match a directory or, deepest first, one of those around it.

    Only directories below `base` (by default the working directory) count: what a checkout lies in says nothing
    about the code, as in /home/dev/platform. Of a path elsewhere only the last part counts, with what leads to it.
    """
    for parts in _candidates(path, base):
        for name, patterns in environments.items():
            if any(matches(parts, _pattern(pattern)) for pattern in patterns):
                return name
    return None


def _candidates(path: str, base: str) -> list[tuple[str, ...]]:
    here = str(Path.cwd())
    root, whole = _split(os.path.join(here, base)), _split(os.path.join(here, path))  # noqa: PTH118 - of many files
    if whole[: len(root)] != root:
        return [_folded(whole)]
    inside = _folded(whole[len(root) :])
    return [inside[:length] for length in range(len(inside), 0, -1)]


def _split(path: str) -> tuple[str, ...]:
    return tuple([part for part in path.split("/") if part not in ("", ".")])


def _folded(parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple([part.casefold() for part in parts])


@lru_cache(1024)
def _pattern(text: str) -> tuple[str, ...]:
    return _folded(_split(text))


@lru_cache(1024)
def _part(pattern: str) -> Callable[[str], object]:
    """Return what finds out whether one part fits that of a pattern."""
    return re.compile(translate(pattern)).match


def matches(parts: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    """Match path parts against pattern parts; `**` stands for any number of parts, also none."""
    if not pattern:
        return not parts
    last = pattern[-1]
    if last != "**" and not (parts and _part(last)(parts[-1])):
        return False  # most do not match, and that is seen here
    if pattern[0] == "**":
        return any(matches(parts[skipped:], pattern[1:]) for skipped in range(len(parts) + 1))
    return bool(parts) and bool(_part(pattern[0])(parts[0])) and matches(parts[1:], pattern[1:])
