"""Find the root modules below some paths."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from asbuilt.sources.terraform.config import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asbuilt.sources.terraform.tree import Loader

MAX_DIRECTORIES = 50_000


def directories(paths: Iterable[Path]) -> list[Path]:
    """Return every directory with Terraform files at or below the paths; hidden ones and links are not entered."""
    found: dict[str, Path] = {}
    for path in paths:
        top = path.parent if path.is_file() else path
        walk = [top] if path.is_file() else _walk(top)
        for directory in walk:
            found.setdefault(os.path.realpath(directory), directory)
    return list(found.values())


def _walk(top: Path) -> Iterator[Path]:
    for count, (folder, below, names) in enumerate(os.walk(top)):
        if count >= MAX_DIRECTORIES:
            return
        below[:] = sorted(name for name in below if not name.startswith("."))
        if any(name.endswith(SUFFIXES) and not name.startswith(".") for name in names):
            yield Path(folder)


def discover(paths: Iterable[Path], loader: Loader) -> list[Path]:
    """Return the directories that are root modules: no other directory found calls them as a local module."""
    candidates = directories(paths)
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
