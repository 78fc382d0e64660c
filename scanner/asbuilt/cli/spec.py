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


@command.command("coverage")
@click.option("--spec", "spec_name", default="broxiva", show_default=True, help="The spec.")
@click.option(
    "--threshold", type=click.FloatRange(0, 100), help="Exit 1 below this share of enforced statements, in percent."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show_coverage(*, spec_name: str, threshold: float | None, as_json: bool) -> None:
    """Show for each statement whether rules enforce it: enforced, partly, only live, unverifiable, not understood."""
    from asbuilt.assertions import rules_for
    from asbuilt.cli.spec_text import coverage_lines
    from asbuilt.coverage import coverage

    document = load_document(spec_name)
    found = coverage(document, rules_for(resolve(document, None)))
    if as_json:
        rows = [row.as_dict() for row in found.rows]
        report = {"percent": found.percent, "counts": found.counts, "statements": rows}
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(coverage_lines(found)))
    if threshold is not None and found.percent < threshold:
        click.echo(f"asbuilt: {found.percent:g} % of the statements are enforced, below {threshold:g} %", err=True)
        raise SystemExit(1)


@command.command("lint")
@click.argument("spec_name", default="broxiva", metavar="[SPEC]")
@click.option("--spec", "spec_option", metavar="SPEC", help="The spec, as in the other commands.")
@click.option("--strict", is_flag=True, help="Exit 1 for errors and warnings.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show_lint(*, spec_name: str, spec_option: str | None, strict: bool, as_json: bool) -> None:
    """Show contradictions and doubts inside a spec, with their lines. Exits 0 unless --strict is given."""
    from asbuilt.cli.spec_text import doubt_row
    from asbuilt.coverage import unread
    from asbuilt.spec.lint import lint

    document = load_document(spec_option or spec_name)
    resolve(document, None)
    for environment in document.environments():
        resolve(document, environment)
    found = sorted([*lint(document), *unread(document)], key=lambda doubt: doubt.location)
    if as_json:
        click.echo(json.dumps([doubt_row(doubt) for doubt in found], indent=2, ensure_ascii=False))
    else:
        counts = ", ".join(f"{sum(d.level == level for d in found)} {level}s" for level in ("error", "warning"))
        click.echo("\n".join([*map(str, found), f"{document.path}: {counts}, {len(found)} doubts in all"]))
    if strict and any(doubt.level != "info" for doubt in found):
        raise SystemExit(1)


@command.command("impact")
@click.argument("old")
@click.argument("new")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--env", "environment", metavar="NAME", help="Environment of the specs.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show_impact(*, old: str, new: str, paths: tuple[Path, ...], environment: str | None, as_json: bool) -> None:
    """Show what a change of the spec from OLD to NEW makes of the code below PATHS.

    Lists the values that differ (loosened ones are called that) and every verdict that changes. Exits 1 where something
    becomes non-compliant.
    """
    from asbuilt.cli.common import check_paths
    from asbuilt.cli.spec_text import impact_lines
    from asbuilt.impact import impact
    from asbuilt.scan import ScanError
    from asbuilt.spec.show import difference_row

    check_paths(paths)
    documents = load_document(old), load_document(new)
    for document in documents:
        resolve(document, environment)
    try:
        found = impact(*documents, paths, environment)
    except ScanError as error:
        fail(str(error))
    if as_json:
        rows = [difference_row(item) for item in found.differences]
        report = {"differences": rows, "changes": [change.as_dict() for change in found.changes]}
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(impact_lines(found)))
    raise SystemExit(1 if found.becoming("fail") else 0)
