"""Ask git about a repository that nobody vouches for."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

_HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
SECONDS: Final = 120
# What a repository's own configuration could have git run (git-config(1), git(1), "Environment Variables"; git 2.39).
SETTINGS: Final = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.alternateRefsCommand=",
    "core.sshCommand=false",
    "core.gitProxy=",
    "protocol.allow=never",
    "submodule.recurse=false",
)


class GitError(Exception):
    """Git could not say; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a tree: its mode (100644, 100755, 120000 a link, 160000 a submodule), object, size and path."""

    mode: str
    object: str
    size: int
    path: str


@dataclass(frozen=True, slots=True)
class Repository:
    """A git repository: the top of its work tree, and the git program to ask."""

    top: Path
    program: str

    def commit(self, reference: str) -> str | None:
        """Return the hash of the commit that a reference names, None where there is none."""
        if not reference or "\0" in reference:
            return None
        arguments = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}")
        text = self._ask(*arguments, may_fail=True).decode("ascii", "replace").strip()
        return text if _HASH.fullmatch(text) else None

    def merge_base(self, one: str, other: str) -> str | None:
        """Return the best common ancestor of two commits, None where they have none (or the clone is too shallow)."""
        text = self._ask("merge-base", one, other, may_fail=True).decode("ascii", "replace").strip()
        return text if _HASH.fullmatch(text) else None

    def entries(self, commit: str) -> list[Entry]:
        """Return every file of a commit. Raises GitError."""
        found = []
        for row in self._ask("ls-tree", "-r", "-z", "-l", "--full-tree", commit).split(b"\0"):
            if row:
                head, _, path = row.partition(b"\t")
                mode, _, name, size = head.decode("ascii").split()
                found.append(Entry(mode, name, int(size) if size.isdigit() else 0, os.fsdecode(path)))
        return found

    def blobs(self, names: list[str]) -> Iterator[bytes]:
        """Yield the contents of objects, in order. Raises GitError."""
        if not names:
            return
        command = [*self._command(), "cat-file", "--batch", "--buffer"]
        with subprocess.Popen(  # noqa: S603 - no shell, and the words are ours and hashes
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=self._environment()
        ) as process:
            assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - both are pipes
            import threading

            feeder = threading.Thread(target=_feed, args=(process.stdin, names), daemon=True)
            feeder.start()
            try:
                for name in names:
                    head = process.stdout.readline().split()
                    if len(head) != 3 or head[1] != b"blob":
                        raise GitError(f"the object {name} is not in the repository: fetch the whole history")
                    content = process.stdout.read(int(head[2]))
                    if len(content) != int(head[2]) or process.stdout.read(1) != b"\n":
                        raise GitError(f"the object {name} could not be read")
                    yield content
            finally:
                process.kill()

    def content(self, commit: str, path: str) -> bytes | None:
        """Return a file of a commit, None where it has none. Raises GitError."""
        row = self._ask("ls-tree", "-z", "--full-tree", commit, "--", path, may_fail=True)
        head = row.partition(b"\t")[0].split()
        if len(head) != 3 or head[0] not in (b"100644", b"100755"):
            return None
        return next(self.blobs([head[2].decode("ascii")]))

    def _command(self) -> list[str]:
        # With its folder named, git does not look for one, and a repository inside of the repository is none.
        settings = [word for setting in SETTINGS for word in ("-c", setting)]
        return [self.program, "--no-pager", f"--git-dir={self.top / '.git'}", *settings, "--no-replace-objects"]

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.path.dirname(self.program),  # noqa: PTH120
            "LC_ALL": "C",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_ALLOW_PROTOCOL": "",  # above the repository's own configuration: no missing object is fetched
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_LITERAL_PATHSPECS": "1",
        }

    def _ask(self, *arguments: str, may_fail: bool = False) -> bytes:
        try:
            done = subprocess.run(  # noqa: S603 - no shell; what others wrote stands behind --end-of-options
                [*self._command(), *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                env=self._environment(),
                timeout=SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise GitError(f"git {arguments[0]}: {error}") from None
        if done.returncode and not may_fail:
            reason = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise GitError(f"git {arguments[0]}: {reason[0] if reason else f'exit code {done.returncode}'}")
        return b"" if done.returncode else done.stdout


def _feed(stream: IO[bytes], names: list[str]) -> None:
    try:
        stream.write("".join(f"{name}\n" for name in names).encode("ascii"))
        stream.close()
    except (OSError, ValueError):
        return  # the reader has gone


def around(path: Path, search: str) -> Repository:
    """Return the repository around a path; `search` is the PATH to look for git on. Raises GitError."""
    start = Path(os.path.realpath(path))
    top = next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), None)
    if top is None:
        raise GitError(f"{path}: not inside of a git checkout")
    import shutil

    # A relative folder on the PATH would let the checkout bring a `git` of its own.
    folders = [folder for folder in search.split(os.pathsep) if Path(folder).is_absolute()]
    program = shutil.which("git", path=os.pathsep.join(folders)) if folders else None
    if program is None:
        raise GitError("git is not on the PATH")
    return Repository(top, program)
