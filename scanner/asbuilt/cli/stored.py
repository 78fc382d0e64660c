"""What the commands over stored results share: where the store is, opening it, dates."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from asbuilt.cli.common import fail

if TYPE_CHECKING:
    from collections.abc import Callable

    from asbuilt.results import Results
    from asbuilt.store.database import Store

URLS = "sqlite:///PATH, postgresql://USER@HOST/DATABASE, or `default`: $XDG_DATA_HOME/asbuilt/results.db"


def store_option(**settings: Any) -> Callable[[Any], Any]:
    """Return the `--store` option of the commands that read; ASBUILT_STORE sets it too."""
    return click.option("--store", "url", metavar="URL", envvar="ASBUILT_STORE", **settings)


def check_store(url: str) -> None:
    """End the command with exit 2 for a URL that cannot be a store, before any work is done."""
    from asbuilt.store import StoreError

    try:
        from asbuilt.store.database import check_url

        check_url(url, default=_default())
    except StoreError as error:
        fail(str(error))


def opened(url: str) -> Store:
    """Open a store to read from; one that cannot be opened ends the command with exit 2."""
    from asbuilt.store import StoreError, open_store

    try:
        return open_store(url, default=_default())
    except StoreError as error:
        fail(str(error))


def selection(only: tuple[str, ...], skip: tuple[str, ...]) -> str:
    """Return what `--only` and `--skip` left, in words: runs are compared with runs of the same selection."""
    return " ".join([*(f"--only {name}" for name in sorted(only)), *(f"--skip {name}" for name in sorted(skip))])


def with_earlier(url: str, results: Results, chosen: str) -> Results:
    """Return the results with what the store says of earlier runs; a store that cannot be read is told by `keep`."""
    from asbuilt.store import StoreError, open_store

    try:
        from asbuilt.store.earlier import earlier

        store = open_store(url, default=_default(), create=True)
        return replace(results, run=replace(results.run, earlier=earlier(store, results, selection=chosen)))
    except StoreError:
        return results


def keep(url: str, results: Results, chosen: str, *, quiet: bool) -> None:
    """Store a run; where that fails the command ends with exit 2, its outputs being written already."""
    from asbuilt.store import StoreError, open_store
    from asbuilt_reports.json_results import to_json

    try:
        from asbuilt.store.writing import save

        store = open_store(url, default=_default(), create=True)
        run, new = save(store, results, to_json(results), selection=chosen)
    except StoreError as error:
        fail(f"the run was not stored: {error}")
    if not quiet:
        click.echo(f"asbuilt: {'stored' if new else 'had already'} run {run[:12]} in {store.name}", err=True)


def day(text: str, option: str, *, end: bool = False) -> datetime:
    """Read `2026-11-22` or a time in ISO 8601, in UTC where it names no zone; a day's `end` is its last moment."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        fail(f"{option} {text!r}: expected a day (2026-11-22) or a time in ISO 8601")
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    whole_day = len(text.strip()) <= len("2026-11-22")
    return found + timedelta(days=1, microseconds=-1) if end and whole_day else found


def now() -> datetime:
    """Return the time, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def _default() -> str:
    from asbuilt.store import default_location

    return default_location(os.environ)
