"""Finding checkov: in our own environment, where the user says, or on the PATH; never in what is scanned."""

from __future__ import annotations

import os
import re
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, Final

from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

OLDEST: Final = (3, 2, 0)
BEFORE: Final = (4, 0, 0)
SUPPORTED: Final = "3.2 up to, but not including, 4"
INSTALL: Final = "install it beside asbuilt: pip install 'asbuilt[checkov]', or name one with --checkov-program"
_VERSION: Final = re.compile(r"(\d{1,6})\.(\d{1,6})\.(\d{1,9})(?:[^\d\s].{0,60})?")


class CheckovError(Exception):
    """checkov said nothing that can be used: why, and what to do about it."""

    def __init__(self, reason: str, action: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.action = action


@dataclass(frozen=True, slots=True)
class Program:
    """How to start checkov. `version` is empty where only it can tell."""

    command: tuple[str, ...]
    version: str = ""


def find(named: Path | None, scanned: Iterable[Path], environ: Mapping[str, str]) -> Program:
    """Return the checkov to run: the one named, that of our own environment, or the first on the PATH.

    Folders of the PATH count only where they are absolute and lie neither below the current directory nor in the
    checkouts that are scanned: their authors could put a program of their own there. Raises CheckovError.
    """
    if named is not None:
        if not named.is_file() or not os.access(named, os.X_OK):
            raise CheckovError(f"{named} is no program that can be run", "name checkov's console script")
        return Program((str(named.absolute()),))
    if (own := _own()) is not None:
        return own
    forbidden = {Path.cwd().resolve(), *(_checkout(path.resolve()) for path in scanned)}
    forbidden = {folder for folder in forbidden if folder != folder.parent}  # everything lies below `/`
    refused = ""
    for entry in environ.get("PATH", "").split(os.pathsep):
        script = Path(entry) / "checkov"
        if not entry or not script.is_file() or not os.access(script, os.X_OK):
            continue
        real = script.resolve()
        if not Path(entry).is_absolute() or any(_below(place, forbidden) for place in (Path(entry).resolve(), real)):
            refused = refused or str(script)
            continue
        return Program((str(script),))
    if refused:
        raise CheckovError(
            f"{refused} is not trusted: it lies in the current directory or in what is scanned",
            "name it with --checkov-program if you do trust it",
        )
    raise CheckovError("checkov is not installed: it is neither in asbuilt's environment nor on the PATH", INSTALL)


def _own() -> Program | None:
    """Return the checkov of the environment that asbuilt runs in, found without importing anything."""
    for folder in dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))):
        if folder and (Path(folder) / "checkov" / "main.py").is_file():
            known = [entry.name for entry in Path(folder).glob("checkov-*.dist-info")]
            version = known[0].removeprefix("checkov-").removesuffix(".dist-info") if len(known) == 1 else ""
            return Program((sys.executable, "-I", "-m", "checkov.main"), version)
    return None


def _checkout(path: Path) -> Path:
    """Return the git work tree around a path, else the path itself."""
    folders = (path, *path.parents) if path.is_dir() else tuple(path.parents)
    return next((folder for folder in folders if (folder / ".git").exists()), folders[0])


def _below(path: Path, folders: Iterable[Path]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)


def supported(text: str) -> str:
    """Return the version in what checkov printed. Raises CheckovError for one that was never tried."""
    found = _VERSION.fullmatch(text.strip())
    if found is None:
        raise CheckovError(f"it does not say its version (it said {text.strip()[:60]!r})", INSTALL)
    if not OLDEST <= tuple(map(int, found.groups())) < BEFORE:
        raise CheckovError(
            f"version {text.strip()} is not supported; asbuilt reads the results of {SUPPORTED}",
            "install a supported one: pip install 'asbuilt[checkov]'",
        )
    return text.strip()
