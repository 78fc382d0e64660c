"""Where the rules' pages are on the web."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from asbuilt.cli.common import fail
from asbuilt.patterns import when_used

if TYPE_CHECKING:
    from asbuilt.results import Results

_ADDRESS = when_used(r"https://[A-Za-z0-9.-]+(?::\d+)?(?:/[A-Za-z0-9._~%@+-]+)*/?")


def pages_option(command: click.decorators.FC) -> click.decorators.FC:
    """Add `--rule-pages` to a command."""
    return click.option(
        "--rule-pages",
        metavar="URL",
        help="Where the pages of docs/rules are on the web; reports link to URL/<rule>.md.",
    )(command)


def check_address(address: str | None) -> None:
    """End the command with exit 2 for an address that reports could not link to."""
    if address and not _ADDRESS.fullmatch(address):
        fail(f"--rule-pages {address!r}: expected https://HOST/PATH")


def with_pages(results: Results, address: str | None) -> Results:
    """Return results whose rules say where their pages are. Only rules that come with asbuilt have one."""
    if not address:
        return results
    from asbuilt.discovery import discover

    ours = {rule.id for rule in discover() if rule.module.split(".")[0] == "asbuilt_policies"}
    rules = [replace(r, page=f"{address.rstrip('/')}/{r.id}.md") if r.id in ours else r for r in results.rules]
    return replace(results, rules=tuple(rules))
