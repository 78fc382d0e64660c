"""`asbuilt history`: the stored runs, and what each of them changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from asbuilt.cli.common import Outputs, fail
from asbuilt.cli.stored import URLS, opened, store_option

if TYPE_CHECKING:
    from asbuilt.store.facts import RunFacts
    from asbuilt.store.lifetimes import Change


@click.group("history", invoke_without_command=True)
@store_option(default="default", show_default=True, help=URLS + ".")
@click.option("--env", "environment", metavar="NAME", help="Runs of this environment only.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="The newest this many.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def command(ctx: click.Context, *, url: str, environment: str | None, limit: int, as_json: bool) -> None:
    """List the stored runs, newest first, with what each changed.

    `new` and `fixed` are against the previous run of the same spec, environment, sources and selection of rules. A
    finding counts as fixed when the run shows that it is gone, not when it could no longer be decided.
    """
    ctx.obj = url
    if ctx.invoked_subcommand is not None:
        return
    import json

    from asbuilt.store import StoreError, queries
    from asbuilt.store.lifetimes import by_scope, changes

    store = opened(url)
    try:
        runs = queries.load(store, environment=environment)
        changed = {key: change for found in by_scope(runs).values() for key, change in changes(found).items()}
    except StoreError as error:
        fail(str(error))
    shown = list(reversed(runs))[:limit]
    if as_json:
        rows = [_row(run, changed.get(run.id)) for run in shown]
        click.echo(json.dumps({"schema_version": "1", "runs": rows, "total": len(runs)}, indent=2))
        return
    from asbuilt_reports.trend_text import history

    click.echo(history(shown, changed, len(runs)), nl=False)


def _row(run: RunFacts, change: Change | None) -> dict[str, Any]:
    return {
        "id": run.id,
        "started_at": run.started_at.isoformat(timespec="seconds"),
        "command": run.command,
        "version": run.version,
        "environment": run.scope.environment,
        "spec": {"name": run.scope.spec, "sha256": run.spec_sha256},
        "sources": list(run.scope.sources),
        "selection": run.scope.selection,
        "commit": run.commit,
        "exit_code": run.exit_code,
        "score": run.score,
        "counts": dict(run.counts),
        "new": None if change is None else sorted(change.new),
        "fixed": None if change is None else sorted(change.fixed),
    }


@command.command("show")
@click.argument("run")
@store_option(default=None, help="As of `asbuilt history`.")
@click.option("-o", "--output", "outputs", multiple=True, metavar="FORMAT[=PATH]", help="text, json, sarif, html, …")
@click.option("--color/--no-color", default=None, help="Colour the text output, or not.")
@click.option("-v", "--verbose", is_flag=True, help="List everything in the text output.")
@click.pass_context
def show(
    ctx: click.Context, *, run: str, url: str | None, outputs: tuple[str, ...], color: bool | None, verbose: bool
) -> None:
    """Write the results of a stored RUN again: `latest`, its id, or the first characters of it."""
    targets = Outputs(outputs, color=color, verbose=verbose)
    from asbuilt.store import StoreError, queries
    from asbuilt_reports.json_reading import ResultsError
    from asbuilt_reports.json_results import from_json

    store = opened(url or ctx.obj)
    try:
        found, document = queries.document(store, run)
        results = from_json(document)
    except StoreError as error:
        fail(str(error))
    except ResultsError as error:
        fail(f"run {found[:12]}: {error}")
    targets.write(results)
