"""What several commands share: loading a spec, printing problems, writing outputs, progress."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from asbuilt.results import Results
    from asbuilt.spec.load import SpecDocument
    from asbuilt.spec.models import Spec

USAGE = 2


def fail(message: str) -> NoReturn:
    """Print an error and exit 2."""
    click.echo(f"asbuilt: error: {message}", err=True)
    raise SystemExit(USAGE)


def load_document(name: str) -> SpecDocument:
    """Load a spec by bundled name or path; its problems end the command with exit 2."""
    from asbuilt.spec import SpecError, load_spec

    try:
        return load_spec(name)
    except SpecError as error:
        print_problems(error)
        raise SystemExit(USAGE) from None


def resolve(document: SpecDocument, environment: str | None) -> Spec:
    """Resolve a spec for an environment; an unknown one ends the command with exit 2."""
    from asbuilt.spec import SpecError

    try:
        return document.resolve(environment)
    except SpecError as error:
        print_problems(error)
        raise SystemExit(USAGE) from None


def print_problems(error: Any) -> None:
    """Print each problem of a spec as `file:line:column: message`, with its remedy below."""
    for problem in error.problems:
        where = f"{problem.location}: " if problem.location else ""
        click.echo(f"{where}error: {problem.message}", err=True)
        if problem.remedy:
            click.echo(f"    {problem.remedy}", err=True)


class Outputs:
    """The `-o FORMAT[=PATH]` options of a command, checked before any work is done."""

    def __init__(
        self,
        values: Iterable[str],
        *,
        color: bool | None,
        verbose: bool = False,
        sarif_profile: str = "github",
        sarif_anchor: str | None = None,
    ) -> None:
        from asbuilt_reports.write import FORMATS

        self.sarif = {"profile": sarif_profile, "anchor": sarif_anchor}
        self.targets: list[tuple[str, str]] = []
        self.color = color
        self.verbose = verbose
        self.changed: Callable[[str, int, int], bool] | None = None
        for value in values or ("text",):
            name, _, path = value.partition("=")
            if name not in set(FORMATS):
                fail(f"unknown output format {name!r}; the formats are {', '.join(FORMATS)}")
            self.targets.append((name, path or "-"))
        if sum(path == "-" for _, path in self.targets) > 1:
            fail("only one output can go to standard output; give the others a path: -o html=report.html")
        for _, path in self.targets:
            if path != "-":
                folder = os.path.dirname(os.path.abspath(path))  # noqa: PTH100, PTH120 - pathlib costs start-up time
                if not os.path.isdir(folder):  # noqa: PTH112
                    fail(f"{path}: the folder {folder} does not exist")

    def write(self, results: Results) -> None:
        """Write every output; a file that cannot be written ends the command with exit 2."""
        from asbuilt_reports.write import FORMATS, pieces, write_atomically, write_to_stream

        for name, path in self.targets:
            options = self._options(name, path)
            if path == "-":
                write_to_stream(sys.stdout, FORMATS[name](results, **options))
                continue
            try:
                write_atomically(path, pieces(name, results, **options))
            except OSError as error:
                fail(f"{path}: cannot be written: {error.strerror or error}")
            click.echo(f"asbuilt: wrote {name} to {path}", err=True)

    def _options(self, name: str, path: str) -> dict[str, Any]:
        if name == "sarif":
            return self.sarif
        if name == "github":
            return {"changed": self.changed}
        if name != "text":
            return {}
        color = self.color if self.color is not None else wants_color()
        return {"color": color and path == "-", "width": terminal_width(), "verbose": self.verbose}


def wants_color() -> bool:
    """Decide on colour: NO_COLOR over FORCE_COLOR over whether standard output is a terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty()


def terminal_width() -> int:
    """Return the width to wrap at, in columns: the terminal's, or 100 off a terminal."""
    import shutil

    return shutil.get_terminal_size((100, 24)).columns


class Progress:
    """Say on standard error what long work is at: nothing in the first second, then a line every few seconds."""

    def __init__(self, *, quiet: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self.quiet = quiet
        self._clock = clock
        self._next = clock() + 1.0

    def __call__(self, text: str) -> None:
        """Note a step; it is printed if enough time has passed since the last line."""
        now = self._clock()
        if not self.quiet and now >= self._next:
            click.echo(f"asbuilt: {text}", err=True)
            self._next = now + 3.0


def check_paths(paths: Iterable[Path]) -> None:
    """End the command with exit 2 where a path does not exist."""
    for path in paths:
        if not path.exists():
            fail(f"{path}: no such file or directory")
