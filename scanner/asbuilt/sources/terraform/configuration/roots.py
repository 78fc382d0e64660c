"""Tell root modules from the modules that they call."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from asbuilt.sources.terraform.configuration.directories import Directories
    from asbuilt.sources.terraform.configuration.tree import Loader


def discover(candidates: Directories, loader: Loader) -> list[Path]:
    """Return the directories that are root modules: no other directory found calls them as a local module."""
    for gap in candidates.gaps:
        loader.gap(gap)
    called: set[str] = set()
    for directory in candidates:
        for source in {call.text("source") for call in loader.module(directory).calls.values()}:
            if source.startswith(("./", "../")):
                target = os.path.realpath(directory / source)
                if target != os.path.realpath(directory):
                    called.add(target)
    roots = [directory for directory in candidates if os.path.realpath(directory) not in called]
    return roots or list(candidates)
