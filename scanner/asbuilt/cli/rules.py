"""`asbuilt rules`: list the rules and what they enforce."""

from __future__ import annotations

import json
from typing import Any

import click

from asbuilt.cli.common import load_document, resolve


@click.command("rules")
@click.option("--requirement", metavar="ID", help="Only the rules that enforce this requirement.")
@click.option("--spec", "spec_name", default="broxiva", show_default=True, help="The spec whose requirements to name.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(*, requirement: str | None, spec_name: str, as_json: bool) -> None:
    """List the rules, the requirements each enforces, and its severity.

    A requirement of one environment, such as half the size of another, is enforced by the rules on the values that
    follow from it: the environment stands behind it in parentheses.
    """
    from asbuilt.discovery import discover

    document = load_document(spec_name)
    for name in (None, *document.environments()):
        resolve(document, name)  # a mistake in one ends the command in good order
    rows: list[dict[str, Any]] = []
    for rule in discover():
        stated = document.requirements_at(rule.enforces)
        found = [each.id for each in stated]
        if requirement and requirement not in found:
            continue
        rows.append(
            {
                "id": rule.id,
                "requirements": found,
                "environments": {each.id: name for each, name in stated.items() if name},
                "severity": rule.severity.value,
                "enforces": rule.enforces,
                "resources": list(rule.resources),
                "title": rule.title,
            }
        )
    if requirement and not rows:
        click.echo(f"no rule enforces {requirement} in the spec {document.name}", err=True)
        raise SystemExit(2)
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    shown = [(row, ", ".join(_told(name, row["environments"]) for name in row["requirements"]) or "-") for row in rows]
    width = max((len(row["id"]) for row in rows), default=0)
    wide = max((len(names) for _, names in shown), default=0)
    for row, names in shown:
        click.echo(f"{row['id']:<{width}}  {names:<{wide}} {row['severity']:<8} {row['title']}")


def _told(requirement: str, environments: dict[str, str]) -> str:
    environment = environments.get(requirement)
    return f"{requirement} ({environment})" if environment else requirement
