"""The options of every command that judges: what to run, what to gate on, where results go.

`judging` adds them; the command is given them as one `Judging`.
"""

from __future__ import annotations

from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from asbuilt.cli.common import Outputs
from asbuilt.cli.configured import config_options
from asbuilt.cli.inputs import read_baseline, sarif_options, waiver_options
from asbuilt.cli.pages import check_address, pages_option, with_pages
from asbuilt.cli.stored import URLS, check_store, keep, selection, with_earlier
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from asbuilt.results import Results

UNKNOWN = ("ignore", "warn", "fail")


@dataclass(frozen=True, slots=True)
class Judging:
    """The values of the options that `judging` adds."""

    only: tuple[str, ...]
    skip: tuple[str, ...]
    fail_on: str
    on_unknown: str
    allow_incomplete: bool
    waiver_file: Path | None
    max_waiver_days: int | None
    no_inline_waivers: bool
    baseline: Path | None
    outputs: tuple[str, ...]
    store: str | None
    sarif_profile: str
    sarif_anchor: str | None
    rule_pages: str | None
    color: bool | None
    verbose: bool
    quiet: bool

    def targets(self) -> Outputs:
        """Return where results go, checked; the store is checked too. What is wrong ends the command with exit 2."""
        found = Outputs(
            self.outputs,
            color=self.color,
            verbose=self.verbose,
            sarif_profile=self.sarif_profile,
            sarif_anchor=self.sarif_anchor,
        )
        check_address(self.rule_pages)
        if self.store:
            check_store(self.store)
        return found

    def scanning(self) -> dict[str, Any]:
        """Return what `scan.Options` takes of them; reads the waivers and the baseline."""
        from asbuilt.model import Severity

        return {
            "only": self.only,
            "skip": self.skip,
            "fail_on": Severity(self.fail_on),
            "on_unknown": self.on_unknown,
            "allow_incomplete": self.allow_incomplete,
            "waivers": waiver_options(self.waiver_file, self.max_waiver_days, inline=not self.no_inline_waivers),
            "baseline": read_baseline(self.baseline),
        }

    def complete(self, results: Results) -> Results:
        """Return results as they are written: with the pages of rules."""
        return with_pages(results, self.rule_pages)

    def finish(self, results: Results, targets: Outputs) -> NoReturn:
        """Write the results, keep them, and end with their exit code."""
        results = self.complete(results)
        chosen = selection(self.only, self.skip)
        if self.store:
            results = with_earlier(self.store, results, chosen)
        targets.write(results)
        if self.store:
            keep(self.store, results, chosen, quiet=self.quiet)
        raise SystemExit(results.run.exit_code)


def judging(on_unknown: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator that adds the options; `on_unknown` is what that one is unless given."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def called(**values: Any) -> None:
            own = {name: values.pop(name) for name in Judging.__match_args__}
            command(judging=Judging(**own), **values)

        for option in reversed(_options(on_unknown)):
            called = option(called)
        return called

    return decorate


def _options(on_unknown: str) -> list[Callable[[Callable[..., None]], Callable[..., None]]]:
    return [
        click.option("--only", multiple=True, metavar="RULE|REQUIREMENT", help="Run these only."),
        click.option("--skip", multiple=True, metavar="RULE|REQUIREMENT", help="Leave these out."),
        click.option(
            "--fail-on",
            type=click.Choice(["critical", "high", "medium", "low", "info"]),
            default="medium",
            show_default=True,
            help="Lowest severity that exits 1.",
        ),
        click.option(
            "--on-unknown",
            type=click.Choice(UNKNOWN),
            default=on_unknown,
            show_default=True,
            help="What an unknown verdict does; fail exits 3.",
        ),
        click.option("--allow-incomplete", is_flag=True, help="Do not exit 3 because something could not be read."),
        click.option("--waivers", "waiver_file", type=click.Path(path_type=Path), help="A YAML file of waivers."),
        click.option(
            "--max-waiver-days",
            type=click.IntRange(1, 3660),
            metavar="DAYS",
            help="How far ahead a waiver may expire (default: the file's max_days, or 366).",
        ),
        click.option(
            "--no-inline-waivers", is_flag=True, help="List the waivers in comments of the code, but ignore them."
        ),
        click.option(
            "--baseline",
            type=click.Path(path_type=Path),
            metavar="RESULTS.json",
            help="An earlier result: only findings that are new since then exit 1.",
        ),
        click.option(
            "-o", "--output", "outputs", multiple=True, metavar="FORMAT[=PATH]", help="text, json, sarif, html, …"
        ),
        click.option(
            "--store", metavar="URL", envvar="ASBUILT_STORE", help=f"Keep the run for history and trend: {URLS}."
        ),
        sarif_options,
        pages_option,
        config_options,
        click.option("--color/--no-color", default=None, help="Colour the text output, or not."),
        click.option(
            "-v", "--verbose", is_flag=True, help="List everything in the text output: passes, what does not apply."
        ),
        click.option("-q", "--quiet", is_flag=True, help="No progress on standard error."),
    ]
