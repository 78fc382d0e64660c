"""Making edits on disk: each file whole or not at all, and none that has changed since it was read."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from asbuilt.fixes.document import Document, RefusedError, confined

if TYPE_CHECKING:
    from asbuilt.fixes.plan import Plan


class EditError(Exception):
    """A file was not edited; the message says which and why."""


def write(plan: Plan) -> list[str]:
    """Make the edits of a plan; return the names of the files written.

    Raises:
        EditError: a file has changed, or cannot be written. All are looked at before the first is written.
    """
    documents = {change.document.real: change.document for change in plan.changes}
    for document in documents.values():
        _unchanged(document, plan.roots)
    done: list[str] = []
    for real, document in documents.items():
        try:
            _replace(Path(real), document.encoded(plan.texts[real]))
        except OSError as error:
            told = f"; written before it: {', '.join(done)}" if done else ""
            raise EditError(f"{document.name}: cannot be written: {error.strerror or error}{told}") from error
        done.append(document.name)
    return done


def _unchanged(document: Document, roots: tuple[str, ...]) -> None:
    try:
        if confined(Path(document.name), roots) != document.real:
            raise EditError(f"{document.name}: it is another file now; nothing was written")
        now = Path(document.real).read_bytes()
    except (RefusedError, OSError) as error:
        raise EditError(f"{document.name}: {error}; nothing was written") from None
    if now != document.data:
        raise EditError(f"{document.name}: it has changed while it was checked; nothing was written")


def _replace(target: Path, data: bytes) -> None:
    descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".tmp", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(target.stat().st_mode & 0o7777)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
