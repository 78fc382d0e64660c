"""Find the directories with Terraform files below some paths; nothing that reads them is imported."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from asbuilt.confinement import Confinement, shown
from asbuilt.model import Gap, UnknownKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SUFFIXES: Final = (".tf", ".tf.json")
MAX_DIRECTORIES: Final = 50_000


class Directories(list[Path]):
    """Every directory with Terraform files at or below some paths; hidden ones and links are not entered.

    What could not be entered, and links that lead out of what may be read, are `gaps`.
    """

    def __init__(self, paths: Iterable[Path], confinement: Confinement) -> None:
        super().__init__()
        self.confinement = confinement
        self.gaps: list[Gap] = []
        found: dict[str, Path] = {}
        for path in paths:
            top = path.parent if path.is_file() else path
            for directory in [top] if path.is_file() else self._walk(top):
                found.setdefault(os.path.realpath(directory), directory)
        self.extend(found.values())

    def _walk(self, top: Path) -> Iterator[Path]:
        def refused(error: OSError) -> None:
            what = shown(Path(error.filename or top))
            reason = f"the directory cannot be read: {type(error).__name__}"
            self.gaps.append(Gap("terraform", what, reason, "Make it readable."))

        for count, (folder, below, names) in enumerate(os.walk(top, onerror=refused)):
            if count >= MAX_DIRECTORIES:
                reason = f"more than {MAX_DIRECTORIES} directories are not searched"
                self.gaps.append(Gap("terraform", shown(top), reason, "Name the directories.", kind=UnknownKind.LIMIT))
                return
            below[:] = sorted(name for name in below if not name.startswith("."))
            for name in below:
                link = Path(folder) / name
                if link.is_symlink() and not self.confinement.allows(link):
                    reason = "the link leads out of the scanned root"
                    self.gaps.append(Gap("terraform", shown(link), reason, "Remove it.", kind=UnknownKind.CONFINED))
            if any(name.endswith(SUFFIXES) and not name.startswith(".") for name in names):
                yield Path(folder)
