"""Find the root modules below some paths."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from asbuilt.model import Gap, UnknownKind
from asbuilt.sources.terraform.configuration.config import SUFFIXES
from asbuilt.sources.terraform.configuration.confinement import Confinement, shown
from asbuilt.sources.terraform.configuration.tree import Loader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_DIRECTORIES = 50_000


def directories(paths: Iterable[Path], loader: Loader) -> list[Path]:
    """Return every directory with Terraform files at or below the paths; hidden ones and links are not entered.

    What could not be entered, and links that lead out of the scanned root, are gaps of the loader.
    """
    found: dict[str, Path] = {}
    for path in paths:
        top = path.parent if path.is_file() else path
        walk = [top] if path.is_file() else _walk(top, loader)
        for directory in walk:
            found.setdefault(os.path.realpath(directory), directory)
    return list(found.values())


def _walk(top: Path, loader: Loader) -> Iterator[Path]:
    def refused(error: OSError) -> None:
        what = shown(Path(error.filename or top))
        loader.gap(Gap("terraform", what, f"the directory cannot be read: {type(error).__name__}", "Make it readable."))

    for count, (folder, below, names) in enumerate(os.walk(top, onerror=refused)):
        if count >= MAX_DIRECTORIES:
            reason = f"more than {MAX_DIRECTORIES} directories are not searched"
            loader.gap(Gap("terraform", shown(top), reason, "Name the directories.", kind=UnknownKind.LIMIT))
            return
        below[:] = sorted(name for name in below if not name.startswith("."))
        for name in below:
            link = Path(folder) / name
            if link.is_symlink() and not loader.confinement.allows(link):
                reason = "the link leads out of the scanned root"
                loader.gap(Gap("terraform", shown(link), reason, "Remove it.", kind=UnknownKind.CONFINED))
        if any(name.endswith(SUFFIXES) and not name.startswith(".") for name in names):
            yield Path(folder)


def discover(paths: Iterable[Path], loader: Loader | None = None) -> list[Path]:
    """Return the directories that are root modules: no other directory found calls them as a local module."""
    tops = list(paths)
    loader = loader or Loader(Confinement.around(tops))
    candidates = directories(tops, loader)
    called: set[str] = set()
    for directory in candidates:
        for call in loader.module(directory).calls.values():
            source = call.text("source")
            if source.startswith(("./", "../")):
                target = os.path.realpath(directory / source)
                if target != os.path.realpath(directory):
                    called.add(target)
    roots = [directory for directory in candidates if os.path.realpath(directory) not in called]
    return roots or candidates
