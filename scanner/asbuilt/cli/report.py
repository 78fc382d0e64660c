"""`asbuilt report`: render results again."""

from __future__ import annotations

from pathlib import Path

import click

from asbuilt.cli.common import Outputs
from asbuilt.cli.inputs import read_results, sarif_options
from asbuilt.cli.pages import check_address, pages_option, with_pages


@click.command("report")
@click.argument("results", type=click.Path(path_type=Path))
@click.option("-o", "--output", "outputs", multiple=True, metavar="FORMAT[=PATH]", help="text, json, sarif, html, …")
@sarif_options
@pages_option
@click.option("--color/--no-color", default=None, help="Colour the text output, or not.")
@click.option("-v", "--verbose", is_flag=True, help="List everything in the text output: passes, what does not apply.")
def command(
    *,
    results: Path,
    outputs: tuple[str, ...],
    sarif_profile: str,
    sarif_anchor: str | None,
    rule_pages: str | None,
    color: bool | None,
    verbose: bool,
) -> None:
    """Render RESULTS (the JSON output of a run, or - for standard input) in any format, without scanning.

    Exits 0, whatever the results say; 2 where they cannot be read.
    """
    targets = Outputs(outputs, color=color, verbose=verbose, sarif_profile=sarif_profile, sarif_anchor=sarif_anchor)
    check_address(rule_pages)
    targets.write(with_pages(read_results(results), rule_pages))
