"""`asbuilt fix`: show or make the edits that mend findings."""

from __future__ import annotations

import gc
import os
import re
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

import click

from asbuilt.cli.check import pairs
from asbuilt.cli.common import USAGE, Progress, check_paths, fail, load_document, print_problems, resolve
from asbuilt.cli.configured import Configured, config_options
from asbuilt.cli.inputs import waiver_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.fixes import Plan

INCOMPLETE = 3


@click.command("fix", cls=Configured)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--spec", "spec_name", required=True, metavar="SPEC", help="A bundled name (broxiva) or a YAML file.")
@click.option("--env", "environment", metavar="NAME", help="Environment of the spec; picks its values and its roots.")
@click.option("--only", multiple=True, metavar="RULE|REQUIREMENT", help="Mend findings of these only.")
@click.option("--write", "make", is_flag=True, help="Make the edits instead of showing them.")
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="Set a Terraform input variable.")
@click.option("--tf-var-env", is_flag=True, help="Also take TF_VAR_ variables from the process's environment.")
@click.option("--workspace", default="default", metavar="NAME", help="What terraform.workspace is.")
@click.option("--var-file", "var_files", multiple=True, type=click.Path(path_type=Path), help="A .tfvars file.")
@click.option(
    "--parameters",
    multiple=True,
    metavar="FILE|NAME=VALUE",
    help="CloudFormation parameters: a file as the AWS CLI, CodePipeline or SAM takes it, or one value.",
)
@click.option(
    "--module-dir",
    "module_dirs",
    multiple=True,
    metavar="SOURCE=DIR",
    help="Where a registry module, or a nested template, is on disk.",
)
@click.option(
    "--root", type=click.Path(path_type=Path), help="Touch nothing outside of this folder (default: the git checkout)."
)
@click.option("--waivers", "waiver_file", type=click.Path(path_type=Path), help="A YAML file of waivers.")
@click.option("-q", "--quiet", is_flag=True, help="No progress on standard error.")
@config_options
def command(
    *,
    paths: tuple[Path, ...],
    spec_name: str,
    environment: str | None,
    only: tuple[str, ...],
    make: bool,
    variables: tuple[str, ...],
    tf_var_env: bool,
    workspace: str,
    var_files: tuple[Path, ...],
    parameters: tuple[str, ...],
    module_dirs: tuple[str, ...],
    root: Path | None,
    waiver_file: Path | None,
    quiet: bool,
) -> None:
    """Mend what is wrong below PATHS where the architecture gives the value and the code has another one written down.

    Prints the edits as a unified diff, or makes them with --write. Every edit is proven first: the code is checked with
    all edits made, and an edit stays only if the violation is gone and nothing else is worse. What has no edit is
    listed on standard error, with the reason. Exits 0, also when findings are left; 2 for usage and configuration
    errors and for files that cannot be written.
    """
    gc.disable()
    check_paths([*paths, *var_files])
    document = load_document(spec_name)
    from asbuilt import fixes, scan
    from asbuilt.spec import SpecError

    spec = resolve(document, environment)
    options = scan.Options(
        paths=paths,
        environment=environment,
        variables=pairs(variables, "--var"),
        environ=dict(os.environ) if tf_var_env else {},
        workspace=workspace,
        var_files=var_files,
        parameters=parameters,
        module_dirs={source: Path(folder) for source, folder in pairs(module_dirs, "--module-dir").items()},
        root=root,
        waivers=waiver_options(waiver_file, None, inline=True),
    )
    try:
        plan = fixes.plan(document, spec, options, only, progress=Progress(quiet=quiet))
        written = fixes.write(plan) if make else []
    except (scan.ScanError, fixes.EditError) as error:
        fail(str(error))
    except SpecError as error:
        print_problems(error)
        raise SystemExit(USAGE) from None
    if not make:
        for line in _diff(plan):
            click.echo(line)
    for line in _said(plan, written, {os.path.realpath(name) for name in parameters}):
        click.echo(line, err=True)


def _diff(plan: Plan) -> Iterator[str]:
    """Yield the edits as a unified diff. A line that shows a credential is masked: such a diff cannot be applied."""
    from asbuilt.masking import looks_secret
    from asbuilt.results import MASK

    documents = {change.document.real: change.document for change in plan.changes}
    for real, document in sorted(documents.items()):
        old, new = (_lines(text) for text in (document.text, plan.texts[real]))
        for line in unified_diff(old, new, f"a/{document.name}", f"b/{document.name}", lineterm=""):
            bare = line.removesuffix("\n")
            yield f"{line[:1]}{MASK}" if looks_secret(bare) else _printable(bare)
            if bare == line and line[:2] not in ("--", "++", "@@"):
                yield "\\ No newline at end of file"


def _lines(text: str) -> list[str]:
    """Split a text into lines, each with its line feed: only the last one may lack it."""
    return [line for line in re.split(r"(?<=\n)", text) if line]


def _printable(line: str) -> str:
    """Show control characters, but leave tabs and the carriage return at the end, which belong to the file."""
    from asbuilt_reports.escape import visible

    body = line.removesuffix("\r")
    return "\t".join(visible(part) for part in body.split("\t")) + line[len(body) :]


def _said(plan: Plan, written: list[str], given: set[str]) -> Iterator[str]:
    from asbuilt_reports.escape import visible

    changes = len(plan.changes)
    for finding in plan.mended:
        yield visible(f"mended      {finding.rule}  {finding.resource.address}: {finding.message}")
    for refusal in plan.refused:
        finding = refusal.target.finding
        yield visible(f"not mended  {finding.rule}  {finding.resource.address}: {refusal.reason}")
    for name in _shared(plan, given):
        yield visible(f"note: {name} stands outside of what was scanned as a root: other environments may use it")
    if plan.changes and (any(gap.incomplete for gap in plan.before.gaps) or plan.before.run.exit_code == INCOMPLETE):
        yield "note: something could not be read; what it does with these values is not part of the proof"
    edits = f"{changes} edit{'' if changes == 1 else 's'}"
    failing = f"{len(plan.mended)} of {plan.before.summary.counts['fail']} failures"
    if written:
        yield f"asbuilt: {edits} made in {len(written)} file{'' if len(written) == 1 else 's'}, {failing} mended"
        yield "asbuilt: look at the plan before you apply: some values can only change with the resource replaced"
    elif changes:
        yield f"asbuilt: {edits} would mend {failing}; --write makes them"
    else:
        yield "asbuilt: nothing that could be edited"


def _shared(plan: Plan, given: set[str]) -> list[str]:
    """Return the edited files that are in no scanned root nor given by name: modules that others may call too."""
    roots = {os.path.realpath(source.path) for source in plan.before.run.sources}
    roots |= {str(Path(root).parent) for root in roots if Path(root).is_file()}
    files = {change.document.real: change.document.name for change in plan.changes}
    return sorted(name for real, name in files.items() if str(Path(real).parent) not in roots and real not in given)
