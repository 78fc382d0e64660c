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
        found = spec.requirement(rule.enforces) if spec.value(rule.enforces) is not None else None
        if requirement and (found is None or found.id != requirement):
            continue
        rows.append(
            {
                "id": rule.id,
                "requirement": found.id if found else None,
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
        click.echo(f"{row['id']:<{width}}  {row['requirement'] or '-':<8} {row['severity']:<8} {row['title']}")
