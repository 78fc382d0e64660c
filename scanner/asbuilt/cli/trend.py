"""`asbuilt trend`: score, time to compliance, waivers and returning findings over the stored runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from asbuilt.cli.common import fail, terminal_width, wants_color
from asbuilt.cli.stored import URLS, day, now, opened, store_option

if TYPE_CHECKING:
    from asbuilt.store.trends import Trend

FORMATS = ("text", "json", "html")


@click.command("trend")
@store_option(default="default", show_default=True, help=URLS + ".")
@click.option("--since", metavar="DATE", help="Show what happened from this day on.")
@click.option("--until", metavar="DATE", help="As of this day: later runs are left out (default: now).")
@click.option("--env", "environment", metavar="NAME", help="Runs of this environment only.")
@click.option("-o", "--output", "outputs", multiple=True, metavar="FORMAT[=PATH]", help="text, json or html.")
@click.option("--color/--no-color", default=None, help="Colour the text output, or not.")
def command(
    *,
    url: str,
    since: str | None,
    until: str | None,
    environment: str | None,
    outputs: tuple[str, ...],
    color: bool | None,
) -> None:
    """Show how the stored runs developed.

    The score over time, by section; how long each statement of the architecture stayed violated, and which still is;
    waivers by owner and age; findings that were fixed and came back.
    """
    targets = _targets(outputs)
    from asbuilt.store import StoreError, queries
    from asbuilt.store.trends import needed, trend

    start = day(since, "--since") if since else None
    moment = day(until, "--until", end=True) if until else now()
    if start is not None and start > moment:
        fail("--since is later than --until" if until else "--since is in the future")
    store = opened(url)
    try:
        runs = queries.load(store, environment=environment, until=moment)
        said = queries.statements(store, runs, needed(runs))
        found = trend(runs, moment, since=start, statements=said)
    except StoreError as error:
        fail(str(error))
    for name, path in targets:
        _write(name, path, found, color)


def _targets(outputs: tuple[str, ...]) -> list[tuple[str, str]]:
    """Split `FORMAT[=PATH]`, checked before any work is done."""
    targets = []
    for value in outputs or ("text",):
        name, _, path = value.partition("=")
        if name not in FORMATS:
            fail(f"unknown output format {name!r}; the formats of a trend are {', '.join(FORMATS)}")
        targets.append((name, path or "-"))
    if sum(path == "-" for _, path in targets) > 1:
        fail("only one output can go to standard output; give the others a path: -o html=trend.html")
    return targets


def _write(name: str, path: str, found: Trend, color: bool | None) -> None:
    from asbuilt_reports.write import write_atomically, write_to_stream

    if path == "-":
        write_to_stream(sys.stdout, _render(name, found, wants_color() if color is None else color))
        return
    try:
        write_atomically(path, _render(name, found, color=False))
    except OSError as error:
        fail(f"{path}: cannot be written: {error.strerror or error}")
    click.echo(f"asbuilt: wrote {name} to {path}", err=True)


def _render(name: str, found: Trend, color: bool) -> str:
    if name == "html":
        from asbuilt_reports.trend_html import render

        return render(found)
    if name == "json":
        from asbuilt_reports.trend_json import render as to_json

        return to_json(found)
    from asbuilt_reports.trend_text import render as to_text

    return to_text(found, color=color, width=terminal_width())
