"""What functions need from outside: files, and the rendering of templates."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Protocol

from asbuilt.sources.terraform.language.errors import EvalError, LimitError, OutsideError, UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_FILE_BYTES = 16_000_000
MAX_FILES = 100_000


class Context(Protocol):
    """The surroundings of a call. Paths are as the expression gives them; relative ones start at `base`."""

    @property
    def base(self) -> Path:
        """The directory Terraform would run in."""

    def read(self, path: str) -> bytes:
        """Return a file's bytes. Raises OutsideError outside the root, FileNotFoundError, LimitError."""

    def exists(self, path: str) -> bool:
        """Whether a regular file is there. Raises OutsideError outside the root."""

    def files(self, path: str) -> Iterator[str]:
        """Yield the regular files below a directory, relative to it, with forward slashes."""

    def render_template(self, source: str, variables: dict[str, Any], name: str) -> Any:
        """Evaluate a template's text with only `variables` in scope; `name` is the file's, for messages."""


class DiskContext:
    """A Context over a directory tree that is never left, links included. It renders no templates."""

    def __init__(self, base: Path, root: Path | None = None) -> None:
        self._base = base
        self._root = (root or base).resolve()

    @property
    def base(self) -> Path:
        """The directory Terraform would run in."""
        return self._base

    def _locate(self, path: str) -> Path:
        if path.startswith("~"):
            raise OutsideError(f"{path} is outside the scanned directory")
        found = (self._base / path).resolve()
        if not found.is_relative_to(self._root):
            raise OutsideError(f"{path} is outside the scanned directory")
        return found

    def read(self, path: str) -> bytes:
        """Return a file's bytes."""
        found = self._locate(path)
        if not found.is_file():
            raise FileNotFoundError(path)
        if found.stat().st_size > MAX_FILE_BYTES:
            raise LimitError(f"{path} is larger than {MAX_FILE_BYTES} bytes")
        return found.read_bytes()

    def exists(self, path: str) -> bool:
        """Whether a regular file is there."""
        found = self._locate(path)
        if found.is_dir():
            raise EvalError(f"{path} is a directory, not a file")
        return found.is_file()

    def files(self, path: str) -> Iterator[str]:
        """Yield the regular files below a directory, those behind links out of the root left out."""
        top = self._locate(path)
        for count, found in enumerate(sorted(top.rglob("*"))):
            if count > MAX_FILES:
                raise LimitError(f"more than {MAX_FILES} files below {path}")
            if found.is_file() and found.resolve().is_relative_to(self._root):
                yield PurePosixPath(found.relative_to(top)).as_posix()

    def render_template(self, source: str, variables: dict[str, Any], name: str) -> Any:
        """Refuse: templates need the evaluator."""
        del source, variables
        raise UnsupportedError(f"{name}: no template renderer")
