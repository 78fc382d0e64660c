"""`asbuilt publish`: send results to other services."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from asbuilt.cli.common import Progress, fail
from asbuilt.cli.inputs import read_results

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.publish import Published

INCOMPLETE = 3
_SHOWN = 20


@click.group("publish")
def command() -> None:
    """Send the results of a run to other services."""


@command.command("security-hub")
@click.argument("results", type=click.Path(path_type=Path))
@click.option("--region", metavar="REGION", help="Region of the Security Hub (default: that of the AWS configuration).")
@click.option("--profile", metavar="NAME", help="AWS profile to use.")
@click.option("--account", metavar="ID", help="Account of the findings (default: the results', else the credentials').")
@click.option("--endpoint-url", metavar="URL", help="Where Security Hub is, instead of the region's own address.")
@click.option("--dry-run", is_flag=True, help="Say what would be sent; send nothing.")
@click.option("-q", "--quiet", is_flag=True, help="No progress on standard error.")
def security_hub(
    *,
    results: Path,
    region: str | None,
    profile: str | None,
    account: str | None,
    endpoint_url: str | None,
    dry_run: bool,
    quiet: bool,
) -> None:
    """Import RESULTS (the JSON output of a run, or - for standard input) as findings into AWS Security Hub.

    Every verdict is sent under an Id of its own that stays the same from run to run, so that a pass closes what a
    failure opened. Exits 0 when everything was imported, 3 when something was not, 2 when nothing can be sent.
    """
    from asbuilt import publish
    from asbuilt_reports.asff import NO_ACCOUNT, findings

    found = read_results(results)
    if found.accounts:
        fail(f"{results}: results of an organisation; publish those of each account, in the folder given with --out")
    if account is not None and not re.fullmatch(r"\d{12}", account):
        fail(f"--account {account}: an account has twelve digits")
    try:
        session = publish.open_session(profile, region)
        account = account or found.run.account or (NO_ACCOUNT if dry_run else publish.account_of(session))
        rows = findings(found, account, session.region_name)
        if dry_run:
            _plan(publish.Published(), rows, session.region_name)
            return
        client = publish.security_hub(session, endpoint_url)
    except (publish.PublishError, ValueError) as error:
        fail(str(error))
    done = publish.publish(rows, client, Progress(quiet=quiet))
    _say(done)
    raise SystemExit(INCOMPLETE if done.rejected else 0)


def _plan(published: Published, rows: Iterator[dict[str, Any]], region: str) -> None:
    from collections import Counter

    from asbuilt.publish import batches

    statuses: Counter[str] = Counter()
    calls = 0
    for batch in batches(rows, published):
        calls += 1
        statuses.update(finding["Compliance"]["Status"] for finding in batch)
    counts = ", ".join(f"{count} {status}" for status, count in sorted(statuses.items()))
    click.echo(f"{statuses.total()} findings in {calls} calls to Security Hub in {region}: {counts or 'none'}")
    _rejected(published)


def _say(published: Published) -> None:
    click.echo(f"{published.imported} findings imported, {len(published.rejected)} not")
    _rejected(published)


def _rejected(published: Published) -> None:
    from asbuilt_reports.escape import visible

    for row in published.rejected[:_SHOWN]:
        click.echo(visible(f"not imported: {row.title} ({row.id}): {row.reason}"), err=True)
    if len(published.rejected) > _SHOWN:
        click.echo(f"and {len(published.rejected) - _SHOWN} more", err=True)
