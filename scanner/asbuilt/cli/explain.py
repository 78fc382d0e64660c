"""`asbuilt explain`: what a rule or a requirement is about."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import click

from asbuilt.cli.common import fail, load_document, resolve

if TYPE_CHECKING:
    from asbuilt.rules import Rule
    from asbuilt.spec.models import Spec


@click.command("explain")
@click.argument("name", metavar="RULE|REQUIREMENT")
@click.option("--spec", "spec_name", default="broxiva", show_default=True, help="The spec whose statement to show.")
@click.option("--env", "environment", metavar="NAME", help="Show the values of this environment.")
def command(*, name: str, spec_name: str, environment: str | None) -> None:
    """Explain a rule (by its id) or a requirement (by its id in the spec)."""
    from asbuilt.discovery import discover

    document = load_document(spec_name)
    spec = resolve(document, environment)
    rules = discover()
    found = [rule for rule in rules if rule.id == name]
    if not found:
        found = [r for r in rules if any(stated.id == name for stated in spec.requirements_at(r.enforces))]
    for other in document.environments() if environment is None else ():
        if not found:  # a requirement of one environment, such as half the size of another
            spec = resolve(document, other)
            found = [r for r in rules if any(stated.id == name for stated in spec.requirements_at(r.enforces))]
    if not found:
        import difflib

        names = [rule.id for rule in rules] + [requirement.id for requirement in spec.requirements]
        if name in names:
            fail(f"no rule enforces {name} yet")
        close = difflib.get_close_matches(name, names, 3)
        fail(f"no rule or requirement {name!r}" + (f"; did you mean {', '.join(close)}?" if close else ""))
    click.echo("\n\n".join(_text(rule, spec) for rule in found))


def _text(rule: Rule, spec: Spec) -> str:
    lines = [f"{rule.id} ({rule.severity})", f"    {rule.title}"]
    value = spec.value(rule.enforces)
    if value is not None:
        requirement = spec.requirement(rule.enforces)
        where = f" ({requirement.location})" if requirement.location else ""
        lines += ["", f"Requirement {requirement.id}, {requirement.section}{where}"]
        lines += textwrap.wrap(requirement.statement, 96, initial_indent="    ", subsequent_indent="    ")
        lines += [f"    {rule.enforces} = {value}"] if not hasattr(value, "model_dump") else []
    else:
        lines += ["", f"The spec {spec.name} says nothing about {rule.enforces}: the rule does not apply."]
    for title, text in (("Why", rule.why), ("Fix", rule.fix), ("Source", rule.source)):
        if text:
            lines += ["", title]
            lines += textwrap.wrap(text, 96, initial_indent="    ", subsequent_indent="    ")
    if rule.resources:
        lines += ["", "Looks at", *(f"    {name}" for name in rule.resources)]
    return "\n".join(lines)
