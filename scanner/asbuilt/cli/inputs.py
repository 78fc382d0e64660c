"""Files that a command reads besides the code and the spec: waivers, earlier results. Errors in them exit 2."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from asbuilt.cli.common import USAGE, fail, print_problems

if TYPE_CHECKING:
    from asbuilt.baseline import Baseline
    from asbuilt.results import Results
    from asbuilt.waivers import WaiverOptions


def waiver_options(path: Path | None, max_days: int | None, *, inline: bool) -> WaiverOptions:
    """Read the file of waivers, if there is one."""
    from asbuilt.waivers import WaiverOptions

    if path is None:
        return WaiverOptions(None, max_days, inline)
    from asbuilt.spec import SpecError
    from asbuilt.spec.load import shown
    from asbuilt.waivers.file import read_waivers

    try:
        found = read_waivers(_bytes(path), shown(path), datetime.now(UTC).date(), max_days)
    except SpecError as error:
        print_problems(error)
        raise SystemExit(USAGE) from None
    return WaiverOptions(found, max_days, inline)


def read_baseline(path: Path | None) -> Baseline | None:
    """Read an earlier result to compare with, if one is named."""
    if path is None:
        return None
    from asbuilt.baseline import Baseline

    return Baseline(path.as_posix(), read_results(path))


def read_results(path: Path) -> Results:
    """Read a results.json; `-` is standard input."""
    from asbuilt_reports.json_reading import ResultsError
    from asbuilt_reports.json_results import from_json

    raw = sys.stdin.buffer.read() if str(path) == "-" else _bytes(path)
    try:
        return from_json(raw)
    except ResultsError as error:
        fail(f"{path}: {error}")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        fail(f"{path}: cannot be read: {error.strerror or error}")


def sarif_options(command: click.decorators.FC) -> click.decorators.FC:
    """Add the options of the SARIF format to a command."""
    profile = click.option(
        "--sarif-profile",
        type=click.Choice(["github", "full"]),
        default="github",
        show_default=True,
        help="github leaves waived results out, since GitHub shows them as open; full keeps them, suppressed.",
    )
    anchor = click.option(
        "--sarif-anchor", metavar="FILE", help="The file that SARIF pins findings to that have no place of their own."
    )
    return profile(anchor(command))
