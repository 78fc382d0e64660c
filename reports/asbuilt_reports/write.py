"""Formats by name, and writing a report so that nobody ever reads half of one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

if TYPE_CHECKING:
    from asbuilt.results import Results

Render = Callable[..., str]

_MODULES: Final = {
    "text": "text",
    "json": "json_results",
    "sarif": "sarif",
    "html": "html",
    "junit": "junit",
    "markdown": "markdown",
    "csv": "csv_table",
    "github": "github",
    "gitlab": "gitlab",
    "ocsf": "ocsf",
    "asff": "asff",
}


class _Formats(Mapping[str, Render]):
    """Each format's `render(results, **options) -> str`, imported when it is asked for."""

    def __getitem__(self, name: str) -> Render:
        render: Render = import_module(f"asbuilt_reports.{_MODULES[name]}").render
        return render

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


FORMATS: Final[Mapping[str, Render]] = _Formats()
_BUFFER: Final = 1 << 16  # bytes


def pieces(name: str, results: Results, **options: Any) -> Iterable[str]:
    """Return the text of a report in pieces: where a format makes it so, it is never in memory as a whole."""
    module = import_module(f"asbuilt_reports.{_MODULES[name]}")
    return module.pieces(results) if hasattr(module, "pieces") else (module.render(results, **options),)


def write_atomically(path: str | Path, text: str | Iterable[str]) -> None:
    """Write the text, or its pieces, as UTF-8: the file is there whole, or it is as it was before.

    A symbolic link is followed, and an existing file keeps its permissions. What is no regular file (`/dev/stderr`,
    a pipe) is written to directly.

    Raises:
        OSError: the directory does not exist or cannot be written to.
    """
    target = Path(path).resolve()
    whole = (text,) if isinstance(text, str) else text
    if target.exists() and not target.is_file():
        if target.is_dir():
            raise IsADirectoryError(f"{path} is a directory; a report needs a file name")
        with target.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream:
            stream.writelines(whole)
        return
    # As `tempfile.mkstemp` does, whose import takes a hundredth of a short run.
    temporary = target.with_name(f".{target.name[:100]}.{os.urandom(8).hex()}.tmp")
    descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", _BUFFER, "utf-8", "backslashreplace", newline="") as stream:
            stream.writelines(whole)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_to_stream(stream: TextIO, text: str) -> None:
    """Write to a terminal or pipe whatever its encoding is: what it cannot show becomes an escape."""
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, errors="backslashreplace").decode(encoding))
    stream.flush()


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
