"""Other tools beside a check: their options."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from asbuilt.cli.common import fail

if TYPE_CHECKING:
    from asbuilt.checkov.beside import Settings
    from asbuilt.scan import Options


def with_options(command: click.decorators.FC) -> click.decorators.FC:
    """Add the options about other tools to a command."""
    options = (
        click.option(
            "--with",
            "tools",
            multiple=True,
            type=click.Choice(["checkov"]),
            help="Run another tool on the same code and show its results in their own section.",
        ),
        click.option(
            "--checkov-program",
            type=click.Path(path_type=Path),
            help="Which checkov to run (default: the one in asbuilt's environment, else the first on the PATH).",
        ),
        click.option(
            "--checkov-timeout",
            type=click.FloatRange(1, 86400),
            metavar="SECONDS",
            help="Give up on checkov after so long; that makes the run incomplete.  [default: 600]",
        ),
        click.option("--checkov-fails", is_flag=True, help="Let checkov's failures exit 1; they are listed only else."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def checkov_settings(
    tools: tuple[str, ...], program: Path | None, timeout: float | None, options: Options, *, fails: bool
) -> Settings | None:
    """Return how checkov is to be run, None where nobody asked for it; its options without it exit 2."""
    if "checkov" not in tools:
        if program is not None or timeout is not None or fails:
            fail("--checkov-program, --checkov-timeout and --checkov-fails need --with checkov")
        return None
    from asbuilt.checkov.beside import Settings
    from asbuilt.checkov.run import TIMEOUT

    given = (
        ("--var", options.variables),
        ("--module-dir", options.module_dirs),
        ("--plan", options.plan),
        ("--parameters", options.parameters),
        ("--workspace", options.workspace != "default"),
    )
    return Settings(
        program=program,
        timeout=TIMEOUT if timeout is None else timeout,
        fails=fails,
        var_files=options.var_files,
        environ=os.environ,
        tf_vars={name: value for name, value in options.environ.items() if name.startswith("TF_VAR_")},
        unlike=[name for name, value in given if value],
        allow_incomplete=options.allow_incomplete,
    )
