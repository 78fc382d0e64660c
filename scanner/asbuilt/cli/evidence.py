"""`asbuilt evidence`: verify what an audit kept of its calls."""

from __future__ import annotations

import re
from pathlib import Path

import click

from asbuilt.cli.common import fail


@click.group("evidence")
def command() -> None:
    """Verify the evidence bundle of an audit (`asbuilt audit --evidence DIR`)."""


@command.command("verify")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--results",
    type=click.Path(path_type=Path),
    metavar="RESULTS.json",
    help="Results that have to be those of the evidence.",
)
@click.option("--manifest-sha256", metavar="HEX", help="What the SHA-256 of the manifest has to be.")
def verify(*, folder: Path, results: Path | None, manifest_sha256: str | None) -> None:
    """Recompute every hash of a bundle.

    Exits 0 when all is as it was written, 1 when something differs (it is listed), 2 when there is no bundle.
    """
    from asbuilt.evidence.bundle import EvidenceError
    from asbuilt.evidence.verify import verify as verified
    from asbuilt_reports.escape import visible

    if manifest_sha256 and not re.fullmatch(r"[0-9a-fA-F]{64}", manifest_sha256):
        fail("--manifest-sha256: a SHA-256 has 64 hexadecimal digits")
    try:
        found = verified(folder, results, manifest_sha256 or "")
    except EvidenceError as error:
        fail(visible(str(error)))
    for difference in found.differences:
        click.echo(visible(difference))
    if found.differences:
        raise SystemExit(1)
    click.echo(f"{found.calls} calls in {found.files} files and the results are as they were written")
    click.echo(f"manifest.json sha256 {found.manifest_sha256}")
