"""Write the files of a commit into an empty folder."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from asbuilt.git.repository import GitError
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from asbuilt.git.repository import Entry, Repository

MOST_FILES: Final = 200_000
MOST_BYTES: Final = 2_000_000_000
LARGEST: Final = 16 * 1024 * 1024  # the scanner reads no larger file
_FILES: Final = ("100644", "100755", "100664")
_LINK: Final = "120000"
_SUBMODULE: Final = "160000"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written; `left_out` names what was not, and why."""

    files: int
    left_out: tuple[str, ...]


def write_tree(repository: Repository, commit: str, target: Path) -> Written:
    """Write a commit's files below an empty folder: contents as stored, links as links. Raises GitError.

    A tree is data that somebody made: paths that lead out, into `.git`, or through a link are refused. Links come
    last, so that no file is written through one.
    """
    left_out: list[str] = []
    files: list[Entry] = []
    links: list[Entry] = []
    for entry in repository.entries(commit):
        if entry.mode == _SUBMODULE:
            left_out.append(f"{entry.path}: a submodule")
        elif not _safe(entry.path):
            left_out.append(f"{entry.path}: not a path that may be written")
        elif entry.mode == _LINK:
            links.append(entry)
        elif entry.mode not in _FILES or entry.size > LARGEST:
            left_out.append(f"{entry.path}: {'too large' if entry.mode in _FILES else 'not a file'}")
        else:
            files.append(entry)
    if len(files) + len(links) > MOST_FILES or sum(entry.size for entry in files) > MOST_BYTES:
        raise GitError(f"{commit[:12]} has more than {MOST_FILES:,} files or {MOST_BYTES:,} bytes")
    made: set[Path] = set()
    for entry, content in zip(files, repository.blobs([entry.object for entry in files]), strict=True):
        path = _place(target, entry, made)
        if path is None:
            left_out.append(f"{entry.path}: another file stands in its way")
            continue
        path.write_bytes(content)
    for entry, content in zip(links, repository.blobs([entry.object for entry in links]), strict=True):
        path = _place(target, entry, made)
        if path is None or b"\0" in content or not content:
            left_out.append(f"{entry.path}: not a link that may be made")
            continue
        path.symlink_to(os.fsdecode(content))
    return Written(len(files) + len(links), tuple(left_out))


def _safe(path: str) -> bool:
    parts = path.split("/")
    return all(part not in ("", ".", "..") and part.lower() != ".git" for part in parts) and len(path) < 4000


def _place(target: Path, entry: Entry, made: set[Path]) -> Path | None:
    """Return where an entry goes, its folder made; None where something is there already, or a link on the way."""
    path = target / PurePosixPath(entry.path)
    try:
        if path.parent not in made:
            steps = [
                target.joinpath(*PurePosixPath(entry.path).parts[:count])
                for count in range(1, entry.path.count("/") + 1)
            ]
            if any(step.is_symlink() for step in steps):
                return None
            path.parent.mkdir(parents=True, exist_ok=True)
            made.add(path.parent)
        return None if path.is_symlink() or path.exists() else path
    except OSError:
        return None
