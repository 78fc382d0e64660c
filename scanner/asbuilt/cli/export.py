"""`asbuilt export`: what other tools read, made from the spec."""

from __future__ import annotations

from pathlib import Path

import click

from asbuilt.cli.common import fail, load_document, resolve


@click.group("export")
def command() -> None:
    """Write the spec in the form that another tool reads."""


@command.command("checkov")
@click.option(
    "-o", "--output", "folder", required=True, type=click.Path(path_type=Path), help="The folder to write to."
)
@click.option("--spec", "spec_name", required=True, metavar="SPEC", help="A bundled name (broxiva) or a YAML file.")
@click.option("--env", "environment", metavar="NAME", help="Environment of the spec; picks its values.")
def checkov(*, folder: Path, spec_name: str, environment: str | None) -> None:
    """Write the spec's literal statements as custom policies of checkov, for Terraform.

    README.md in the folder says which statements no policy can express, and why. Policies of an earlier export that are
    no longer among them are removed.
    """
    spec = resolve(load_document(spec_name), environment)
    from asbuilt.checkov.export.writing import export, stale
    from asbuilt_reports.write import write_atomically

    found = export(spec)
    files = found.files(spec)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            write_atomically(folder / name, text)
        for name in stale((entry.name for entry in folder.iterdir()), files):
            (folder / name).unlink()
    except OSError as error:
        fail(f"{folder}: cannot be written: {error.strerror or error}")
    partly = sum(bool(one.policy.left_out) for one in found.written)
    click.echo(
        f"asbuilt: wrote {len(found.written)} policies to {folder} ({partly} of them in part); "
        f"{len(found.left)} statements cannot be expressed: see {folder / 'README.md'}",
        err=True,
    )
