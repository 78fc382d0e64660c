"""`asbuilt spec`: read, validate, show, compare and judge architecture specs."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from asbuilt.cli.common import fail, load_document, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asbuilt.spec import Problem


@click.group("spec")
def command() -> None:
    """Read, validate, show, compare and judge architecture specs."""


@command.command("validate")
@click.argument("specs", nargs=-1, required=True, metavar="SPEC...")
def validate(specs: tuple[str, ...]) -> None:
    """Check specs; every problem is printed with its file, line and remedy. Exits 2 if there is one."""
    for name in specs:
        document = load_document(name)
        base = resolve(document, None)
        for environment in document.environments():
            resolve(document, environment)
        click.echo(
            f"{document.path}: valid: {len(base.requirements)} requirements, {len(base.services)} services, "
            f"environments {', '.join(document.environments()) or 'none'}"
        )


@command.command("show")
@click.argument("spec_name", default="broxiva", metavar="[SPEC]")
@click.option("--env", "environment", metavar="NAME", help="Resolve the values of this environment.")
@click.option("--spec", "spec_option", metavar="SPEC", help="The spec, as in the other commands.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(*, spec_name: str, environment: str | None, spec_option: str | None, as_json: bool) -> None:
    """Show every value with its requirement, statement, and where it stands."""
    from asbuilt.spec import describe

    spec = resolve(load_document(spec_option or spec_name), environment)
    sections = {name: position for position, name in enumerate(spec.sections)}
    order = {requirement.id: position for position, requirement in enumerate(spec.requirements)}
    rows: list[dict[str, Any]] = [row.as_dict() for row in describe(spec)]
    rows.sort(key=lambda r: (sections.get(r["section"], len(sections)), order.get(r["requirement"], len(order))))
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    section = statement = None
    for row in rows:
        if row["section"] != section:
            section = row["section"]
            click.echo(f"\n{section}" if statement else section)
        if (row["requirement"], row["statement"]) != statement:
            statement = (row["requirement"], row["statement"])
            text = textwrap.wrap(f"{row['requirement']}  {row['statement']}", 110, subsequent_indent="         ")
            click.echo(textwrap.indent("\n".join(text), "  "))
        derived = "   (derived)" if row["derived"] else ""
        click.echo(f"      {row['path']} = {json.dumps(row['value'], ensure_ascii=False)}{derived}")


@command.command("schema")
def schema() -> None:
    """Print the JSON Schema of specs, for editors."""
    from asbuilt.spec import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@command.command("import")
@click.argument("document", metavar="DOC.md", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the spec here (default: standard output).")
def import_document(*, document: Path, output: Path | None) -> None:
    """Read an architecture document in Markdown, and write it as a spec in YAML.

    What was not understood is listed on standard error with its line. The document itself serves as a spec too:
    `asbuilt check --spec DOC.md`.
    """
    from asbuilt.spec.load import DOCUMENTS
    from asbuilt.spec.markdown.write import as_spec

    if document.suffix.lower() not in DOCUMENTS:
        fail(f"{document}: not a Markdown document ({' or '.join(DOCUMENTS)})")
    found = load_document(str(document))
    print_notes(found.notes)
    text = as_spec(found)
    if output is None:
        click.echo(text, nl=False)
        return
    from asbuilt_reports.write import write_atomically

    try:
        write_atomically(str(output), text)
    except OSError as error:
        fail(f"{output}: cannot be written: {error.strerror or error}")
    statements = len(resolve(found, None).requirements)
    click.echo(f"asbuilt: wrote {statements} statements to {output}; {len(found.notes)} notes", err=True)


def print_notes(notes: Iterable[Problem]) -> None:
    """Print what was not understood of a document."""
    for note in notes:
        click.echo(f"{note.location}: info: {note.message}", err=True)


@command.command("diff")
@click.argument("old")
@click.argument("new")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def diff(*, old: str, new: str, as_json: bool) -> None:
    """Show the values that two specs do not agree on. Exits 1 if there are any."""
    from asbuilt.spec.compare import differences
    from asbuilt.spec.show import difference_row, difference_text

    found = differences(load_document(old), load_document(new))
    if as_json:
        click.echo(json.dumps([difference_row(item) for item in found], indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(map(difference_text, found)) or "the two specs state the same values")
    raise SystemExit(1 if found else 0)
