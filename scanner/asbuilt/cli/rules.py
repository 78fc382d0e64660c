"""`asbuilt rules`: list the rules and what they enforce."""

from __future__ import annotations

import json

import click

from asbuilt.cli.common import load_document, resolve


@click.command("rules")
@click.option("--requirement", metavar="ID", help="Only the rules that enforce this requirement.")
@click.option("--spec", "spec_name", default="broxiva", show_default=True, help="The spec whose requirements to name.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(*, requirement: str | None, spec_name: str, as_json: bool) -> None:
    """List the rules, the requirement each enforces, and its severity."""
    from asbuilt.discovery import discover

    spec = resolve(load_document(spec_name), None)
    rows = []
    for rule in discover():
        found = [stated.id for stated in spec.requirements_at(rule.enforces)]
        if requirement and requirement not in found:
            continue
        rows.append(
            {
                "id": rule.id,
                "requirements": found,
                "severity": rule.severity.value,
                "enforces": rule.enforces,
                "resources": list(rule.resources),
                "title": rule.title,
            }
        )
    if requirement and not rows:
        click.echo(f"no rule enforces {requirement} in the spec {spec.name}", err=True)
        raise SystemExit(2)
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    width = max((len(str(row["id"])) for row in rows), default=0)
    for row in rows:
        click.echo(
            f"{row['id']:<{width}}  {', '.join(row['requirements']) or '-':<14} {row['severity']:<8} {row['title']}"
        )
