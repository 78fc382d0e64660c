"""`asbuilt spec`: validate, show and describe architecture specs."""

from __future__ import annotations

import json
import textwrap
from typing import Any

import click

from asbuilt.cli.common import load_document, resolve


@click.group("spec")
def command() -> None:
    """Validate, show and describe architecture specs."""


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
