"""`asbuilt check`: hold infrastructure code to an architecture spec."""

from __future__ import annotations

import gc
import os
from dataclasses import replace
from pathlib import Path

import click

from asbuilt.cli.common import USAGE, Progress, check_paths, fail, load_document, print_problems, resolve
from asbuilt.cli.configured import Configured
from asbuilt.cli.options import Judging, judging
from asbuilt.cli.others import checkov_settings, with_options


def pairs(values: tuple[str, ...], option: str) -> dict[str, str]:
    """Split `NAME=VALUE` options; one without `=` ends the command with exit 2."""
    found = {}
    for value in values:
        name, sign, text = value.partition("=")
        if not sign or not name:
            fail(f"{option} {value!r}: expected NAME=VALUE")
        found[name.strip()] = text
    return found


@click.command("check", cls=Configured)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--spec", "spec_name", required=True, metavar="SPEC", help="A bundled name (broxiva) or a YAML file.")
@click.option("--env", "environment", metavar="NAME", help="Environment of the spec; picks its values and its roots.")
@click.option(
    "--plan", type=click.Path(path_type=Path), help="The plan (or state) of PATHS, as `terraform show -json` writes it."
)
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
    "--root", type=click.Path(path_type=Path), help="Read nothing outside of this folder (default: the git checkout)."
)
@click.option(
    "--changed-since",
    metavar="REF",
    help="Scan the merge base of REF and HEAD too: only findings that are new since then exit 1.",
)
@click.option(
    "--edits",
    is_flag=True,
    help="Work out the edits that `asbuilt fix` would make, for JSON, SARIF and Markdown; checks several times.",
)
@with_options
@judging("warn")
def command(
    *,
    paths: tuple[Path, ...],
    spec_name: str,
    environment: str | None,
    variables: tuple[str, ...],
    tf_var_env: bool,
    workspace: str,
    var_files: tuple[Path, ...],
    parameters: tuple[str, ...],
    module_dirs: tuple[str, ...],
    root: Path | None,
    plan: Path | None,
    changed_since: str | None,
    edits: bool,
    tools: tuple[str, ...],
    checkov_program: Path | None,
    checkov_timeout: float | None,
    checkov_fails: bool,
    judging: Judging,
) -> None:
    """Hold the infrastructure code below PATHS to an architecture spec.

    Exits 0 when clean, 1 for findings at or above --fail-on, 2 for usage and configuration errors, 3 when something
    could not be read (see --allow-incomplete) or stayed unknown under --on-unknown=fail.
    """
    gc.disable()  # a run builds one large tree and ends: collecting it in between costs half the time
    targets = judging.targets()
    check_paths([*paths, *var_files, *([plan] if plan else [])])
    if judging.baseline is not None and changed_since is not None:
        fail("--baseline and --changed-since both say what to compare with: give one")
    document = load_document(spec_name)
    from asbuilt import scan
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
        plan=plan,
        **judging.scanning(),
    )
    beside = checkov_settings(tools, checkov_program, checkov_timeout, options, fails=checkov_fails)
    progress = Progress(quiet=judging.quiet)
    try:
        if changed_since is not None:
            from asbuilt.cli.base import compared, with_remarks

            base = compared(changed_since, document, spec, options, progress, beside if checkov_fails else None)
            options = replace(options, baseline=base.baseline)
            results = with_remarks(scan.check(document, spec, options, progress, beside), base)
            targets.changed = base.changes.touch if base.changes is not None else None
        else:
            results = scan.check(document, spec, options, progress, beside)
        if edits:
            from asbuilt.fixes import suggested

            results = suggested(document, spec, options, results)
    except scan.ScanError as error:
        fail(str(error))
    except SpecError as error:  # the waivers name what does not exist
        print_problems(error)
        raise SystemExit(USAGE) from None
    judging.finish(results, targets)
