"""Which commit is checked out, read from git's own files: no process is started, nothing is executed."""

from __future__ import annotations

from pathlib import Path

from asbuilt.patterns import when_used

_HASH = when_used(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def commit_of(path: Path) -> str | None:
    """Return the commit that is checked out where a path lies, None outside of a checkout.

    Source: gitrepository-layout(5), "HEAD", "refs", "packed-refs" and the `.git` file of linked worktrees.
    """
    for folder in (path.resolve(), *path.resolve().parents):
        entry = folder / ".git"
        if entry.exists():
            return _commit(entry)
    return None


def _commit(entry: Path) -> str | None:
    try:
        git = entry
        if entry.is_file():
            git = (entry.parent / entry.read_text("utf-8").removeprefix("gitdir:").strip()).resolve()
        head = (git / "HEAD").read_text("utf-8").strip()
        if not head.startswith("ref: "):
            return _hash(head)
        common = git / "commondir"
        shared = (git / common.read_text("utf-8").strip()).resolve() if common.is_file() else git
        name = head.removeprefix("ref: ")
        loose = shared / name
        if loose.is_file():
            return _hash(loose.read_text("utf-8").strip())
        packed = shared / "packed-refs"
        for line in packed.read_text("utf-8").splitlines() if packed.is_file() else ():
            if line.endswith(f" {name}"):
                return _hash(line.partition(" ")[0])
    except (OSError, ValueError):
        return None
    return None


def _hash(text: str) -> str | None:
    return text if _HASH.fullmatch(text) else None
