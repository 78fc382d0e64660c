"""Which lines of a file a change wrote."""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

    from asbuilt.git.repository import Repository

LARGEST: Final = 4_000  # lines between the first and the last difference that are compared one by one


def changed_lines(old: bytes | None, new: bytes) -> frozenset[int]:
    """Return the numbers of the lines that are not in the old text; all of them where there was none.

    Where a line was only taken away, the line that now stands in its place counts: deleting can break things too.
    """
    after = new.splitlines()
    if old is None:
        return frozenset(range(1, len(after) + 1))
    before = old.splitlines()
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    middle_before, middle_after = before[start : len(before) - end], after[start : len(after) - end]
    if max(len(middle_before), len(middle_after)) > LARGEST:
        return frozenset(range(start + 1, start + len(middle_after) + 1))
    found: set[int] = set()
    for kind, _, _, first, last in SequenceMatcher(None, middle_before, middle_after, autojunk=False).get_opcodes():
        if kind in ("replace", "insert"):
            found.update(range(start + first + 1, start + last + 1))
        elif kind == "delete":
            found.add(min(start + first + 1, max(1, len(after))))
    return frozenset(found)


class Changes:
    """Tells whether a line of a file in the work tree differs from a commit; files are compared when asked about."""

    def __init__(self, repository: Repository, commit: str, folder: Path) -> None:
        """Compare with a commit; names of files are as seen from `folder`."""
        self._repository = repository
        self._commit = commit
        self._folder = folder
        self._lines = cache(self._compared)

    def touch(self, file: str, first: int, last: int) -> bool:
        """Whether any of these lines is changed."""
        lines = self._lines(file)
        return any(number in lines for number in range(first, max(first, last) + 1))

    def _compared(self, file: str) -> frozenset[int]:
        from asbuilt.git.repository import GitError

        path = (self._folder / file).resolve()
        try:
            name = path.relative_to(self._repository.top.resolve()).as_posix()
            return changed_lines(self._repository.content(self._commit, name), path.read_bytes())
        except (OSError, ValueError, GitError):
            return frozenset()
