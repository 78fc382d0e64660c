"""Which files may be read: those of the scanned repository and nothing else.

The root of confinement is the git work tree around the scanned path (modules often stand beside the
environments that call them), or the path itself where there is none, or what the user named. Directories named with
`--module-dir` are allowed as well: the user named them, the repository did not. Absolute module sources are refused
whatever they point at; symbolic links count as what they point at.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MAX_FILE_BYTES = 16 * 1024 * 1024
_INSTEAD: ContextVar[Mapping[str, bytes] | None] = ContextVar("asbuilt_instead", default=None)


@contextmanager
def instead(files: Mapping[str, bytes]) -> Iterator[None]:
    """Read files, named by their real paths, as if they held these bytes: what a change would lead to."""
    token = _INSTEAD.set(files)
    try:
        yield
    finally:
        _INSTEAD.reset(token)


def read_named(path: Path) -> bytes:
    """Return the bytes of a file that may be read, or those it is to be read as. Raises OSError."""
    files = _INSTEAD.get()
    found = files.get(os.path.realpath(path)) if files else None
    return path.read_bytes() if found is None else found


class ConfinedError(Exception):
    """A file outside the root that was given to scan, or one that is not read for what it is; the message says why."""


class Confinement:
    """The directories that may be read, by their real paths."""

    def __init__(self, roots: Iterable[Path]) -> None:
        self.roots = tuple(dict.fromkeys(os.path.realpath(root) for root in roots))

    @classmethod
    def around(cls, paths: Iterable[Path], root: Path | None = None, also: Iterable[Path] = ()) -> Confinement:
        """Return the confinement of some scanned paths: `root`, or the git work tree or directory of each."""
        roots = [root] if root is not None else [work_tree(path) or _directory(path) for path in paths]
        return cls([*roots, *also])

    def allows(self, path: Path) -> bool:
        """Tell whether a path, its links followed, stands inside."""
        return self.holds(os.path.realpath(path))

    def holds(self, real: str) -> bool:
        """Tell whether a real path stands inside."""
        return any(real == root or real.startswith(root.rstrip("/") + "/") for root in self.roots)

    def resolve(self, base: Path, relative: str) -> Path:
        """Return `relative` as seen from `base`. Raises ConfinedError when it leads out."""
        if "\0" in relative:
            raise ConfinedError("the path holds a null character")
        path = Path(os.path.normpath(base / relative))
        # Both as written and with links followed: `link/../x` is two different files to the two.
        if not self.allows(path) or not self.allows(base / relative):
            raise ConfinedError(f"{relative} leads out of the scanned root")
        return path

    def read(self, path: Path) -> bytes:
        """Return a file's bytes. Raises ConfinedError outside the root, for devices and for huge files; OSError."""
        if not self.allows(path):
            raise ConfinedError(f"{path.name} leads out of the scanned root")
        found = path.stat()
        if not S_ISREG(found.st_mode):
            raise ConfinedError(f"{path.name} is not a regular file")
        if found.st_size > MAX_FILE_BYTES:
            raise ConfinedError(f"{path.name} is larger than {MAX_FILE_BYTES} bytes")
        return read_named(path)


def work_tree(path: Path) -> Path | None:
    """Return the root of the git work tree around a path."""
    start = Path(os.path.realpath(path))
    return next((parent for parent in (start, *start.parents) if (parent / ".git").exists()), None)


def _directory(path: Path) -> Path:
    return path.parent if path.is_file() else path


def shown(path: Path | str) -> str:
    """Write a path as reports show it: from the current directory where it stands inside, with forward slashes."""
    text = os.path.normpath(path)
    if os.path.isabs(text):  # noqa: PTH117 - of many files, and a Path takes long to make
        for root in _here(os.getcwd()):  # noqa: PTH109
            if text == root:
                return "."
            if text.startswith(root.rstrip("/") + "/"):
                return text[len(root.rstrip("/")) + 1 :]
    return text.replace(os.sep, "/")


@lru_cache(8)
def _here(directory: str) -> tuple[str, ...]:
    """Return the current directory, its links followed, and as it is called."""
    return tuple(dict.fromkeys((os.path.realpath(directory), directory)))
