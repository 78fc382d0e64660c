"""Scan, write the reports, say the outcome: the Action's scan step."""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from asbuilt.cli.action.inputs import Request, requested
from asbuilt.cli.common import USAGE, fail

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from asbuilt.cli.action.run import Outcome

ALWAYS: Final = {"json": "results.json", "sarif": "results.sarif", "html": "report.html"}
MORE: Final = {
    "junit": "junit.xml",
    "markdown": "summary-of-results.md",
    "csv": "findings.csv",
    "gitlab": "codequality.json",
    "ocsf": "ocsf.json",
    "asff": "asff.json",
    "text": "results.txt",
}
SUMMARY: Final = "step-summary.md"


@click.command("action", hidden=True)
def command() -> None:
    """Run between the steps of the GitHub Action: inputs and outputs are GitHub's environment variables.

    Exits 0 whatever was found: the last step of the Action exits with the code that is among the outputs.
    """
    gc.disable()
    environ = dict(os.environ)
    said = io.StringIO()
    outcome, request, code = None, None, USAGE
    with _unheard(), contextlib.redirect_stderr(_Both(sys.stderr, said)):
        try:
            request = requested(environ)
            outcome = _scanned(request)
            code = outcome.results.run.exit_code
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) and end.code else USAGE
        except Exception as error:  # noqa: BLE001 - whatever it was, it is told where commands are not obeyed
            import traceback

            traceback.print_exc()
            click.echo(f"asbuilt: error: {type(error).__name__}: {error}", err=True)
    folder = _folder(request, environ)
    outputs = {"exit-code": str(code), "output-dir": str(folder), "summary-file": str(folder / SUMMARY)}
    if outcome is None:
        summary, annotations = _failed(said.getvalue())
        outputs["counts"] = "{}"
    else:
        assert request is not None  # noqa: S101 - there is no outcome without one
        summary, annotations = outcome.summary(), outcome.annotations()
        outputs |= _reports(outcome, request, folder)
    from asbuilt_reports.write import write_atomically

    write_atomically(folder / SUMMARY, summary)
    click.echo(annotations, nl=False)
    _write_outputs(environ, outputs)


def _scanned(request: Request) -> Outcome:
    from asbuilt.cli.action.run import run

    try:
        os.chdir(request.folder)
    except OSError as error:
        fail(f"working-directory {request.folder}: {error.strerror}")
    for name in request.formats:
        if name not in MORE and name not in ALWAYS:
            fail(f"the input formats names {name!r}; the formats are {', '.join([*ALWAYS, *MORE])}")
    return run(request)


def _reports(outcome: Outcome, request: Request, folder: Path) -> dict[str, str]:
    """Write the reports; return the outputs that name them."""
    from asbuilt_reports.write import FORMATS, write_atomically

    for name, file in {**ALWAYS, **{word: MORE[word] for word in request.formats if word in MORE}}.items():
        write_atomically(folder / file, FORMATS[name](outcome.results))
    found = {f"{name}-file": str(folder / file) for name, file in ALWAYS.items()}
    return {**found, "counts": json.dumps(outcome.counts())}


def _failed(text: str) -> tuple[str, str]:
    """Return the summary and the annotation of a run that could not be."""
    from asbuilt_reports.github import plain
    from asbuilt_reports.markdown import md

    lines = [line for line in text.splitlines() if line.strip()] or ["internal error; see the log"]
    shown = "\n".join(f"- {md(line.strip(), 600)}" for line in lines[:30])
    heading = "## Nothing was checked: asbuilt could not run"
    return f"{heading}\n\n{shown}\n", plain("error", "asbuilt could not run", "\n".join(lines[:30]))


def _folder(request: Request | None, environ: Mapping[str, str]) -> Path:
    """Return the folder for reports, made; one inside of the checkout only where it was asked for."""
    scratch = Path(environ.get("RUNNER_TEMP") or ".").resolve()
    folder = scratch / "asbuilt-results"
    if request is not None and request.output_dir:
        workspace = Path(environ.get("GITHUB_WORKSPACE") or ".").resolve()
        folder = (workspace / request.output_dir).resolve()
        inside = folder.is_relative_to(workspace) or folder.is_relative_to(scratch)
        if not inside or ".git" in (part.lower() for part in folder.parts):
            fail(f"output-dir {request.output_dir}: leads out of the workspace")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"{folder}: cannot be made: {error.strerror}")
    return folder


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    """Keep the runner from obeying what is printed: names of a hostile checkout may look like workflow commands.

    Source: docs.github.com, "Workflow commands", "Stopping and starting workflow commands" (2026-11).
    """
    token = secrets.token_hex(16)
    click.echo(f"::stop-commands::{token}")
    try:
        yield
    finally:
        sys.stderr.flush()
        click.echo(f"::{token}::")


class _Both(io.TextIOBase):
    """Writes to two streams."""

    def __init__(self, one: Any, other: Any) -> None:
        self._streams = (one, other)

    def write(self, text: str) -> int:
        """Write text to both."""
        for stream in self._streams:
            stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush both."""
        for stream in self._streams:
            stream.flush()


def _write_outputs(environ: Mapping[str, str], outputs: Mapping[str, str]) -> None:
    """Write the outputs of the step, between delimiters nobody can guess."""
    token = f"asbuilt-{secrets.token_hex(16)}"
    text = "".join(f"{name}<<{token}\n{value}\n{token}\n" for name, value in outputs.items())
    target = environ.get("GITHUB_OUTPUT")
    if not target:
        fail("GITHUB_OUTPUT is not set: this command is for the steps of the GitHub Action")
    with Path(target).open("a", encoding="utf-8") as file:
        file.write(text)
