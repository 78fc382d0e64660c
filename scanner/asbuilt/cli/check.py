"""`asbuilt check`: hold infrastructure code to an architecture spec."""

from __future__ import annotations

import gc
import os
from dataclasses import replace
from pathlib import Path

import click

from asbuilt.cli.common import USAGE, Outputs, Progress, check_paths, fail, load_document, print_problems, resolve
from asbuilt.cli.configured import Configured, config_options
from asbuilt.cli.inputs import read_baseline, sarif_options, waiver_options
from asbuilt.cli.pages import check_address, pages_option, with_pages
from asbuilt.cli.stored import URLS, check_store, keep


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
    "--module-dir", "module_dirs", multiple=True, metavar="SOURCE=DIR", help="Where a registry module is on disk."
)
@click.option(
    "--root", type=click.Path(path_type=Path), help="Read nothing outside of this folder (default: the git checkout)."
)
@click.option("--only", multiple=True, metavar="RULE|REQUIREMENT", help="Run these only.")
@click.option("--skip", multiple=True, metavar="RULE|REQUIREMENT", help="Leave these out.")
@click.option(
    "--fail-on",
    type=click.Choice(["critical", "high", "medium", "low", "info"]),
    default="medium",
    show_default=True,
    help="Lowest severity that exits 1.",
)
@click.option(
    "--on-unknown",
    type=click.Choice(["ignore", "warn", "fail"]),
    default="warn",
    show_default=True,
    help="What an unknown verdict does; fail exits 3.",
)
@click.option("--allow-incomplete", is_flag=True, help="Do not exit 3 because something could not be read.")
@click.option("--waivers", "waiver_file", type=click.Path(path_type=Path), help="A YAML file of waivers.")
@click.option(
    "--max-waiver-days",
    type=click.IntRange(1, 3660),
    metavar="DAYS",
    help="How far ahead a waiver may expire (default: the file's max_days, or 366).",
)
@click.option("--no-inline-waivers", is_flag=True, help="List the waivers in comments of the code, but ignore them.")
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="RESULTS.json",
    help="An earlier result: only findings that are new since then exit 1.",
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
@click.option("-o", "--output", "outputs", multiple=True, metavar="FORMAT[=PATH]", help="text, json, sarif, html, …")
@click.option("--store", metavar="URL", envvar="ASBUILT_STORE", help=f"Keep the run for history and trend: {URLS}.")
@sarif_options
@pages_option
@config_options
@click.option("--color/--no-color", default=None, help="Colour the text output, or not.")
@click.option("-v", "--verbose", is_flag=True, help="List everything in the text output: passes, what does not apply.")
@click.option("-q", "--quiet", is_flag=True, help="No progress on standard error.")
def command(
    *,
    paths: tuple[Path, ...],
    spec_name: str,
    environment: str | None,
    variables: tuple[str, ...],
    tf_var_env: bool,
    workspace: str,
    var_files: tuple[Path, ...],
    module_dirs: tuple[str, ...],
    root: Path | None,
    plan: Path | None,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    fail_on: str,
    on_unknown: str,
    allow_incomplete: bool,
    waiver_file: Path | None,
    max_waiver_days: int | None,
    no_inline_waivers: bool,
    baseline: Path | None,
    changed_since: str | None,
    edits: bool,
    outputs: tuple[str, ...],
    store: str | None,
    sarif_profile: str,
    sarif_anchor: str | None,
    rule_pages: str | None,
    color: bool | None,
    verbose: bool,
    quiet: bool,
) -> None:
    """Hold the infrastructure code below PATHS to an architecture spec.

    Exits 0 when clean, 1 for findings at or above --fail-on, 2 for usage and configuration errors, 3 when something
    could not be read (see --allow-incomplete) or stayed unknown under --on-unknown=fail.
    """
    gc.disable()  # a run builds one large tree and ends: collecting it in between costs half the time
    targets = Outputs(outputs, color=color, verbose=verbose, sarif_profile=sarif_profile, sarif_anchor=sarif_anchor)
    check_paths([*paths, *var_files, *([plan] if plan else [])])
    check_address(rule_pages)
    if baseline is not None and changed_since is not None:
        fail("--baseline and --changed-since both say what to compare with: give one")
    if store:
        check_store(store)
    document = load_document(spec_name)
    from asbuilt import scan
    from asbuilt.model import Severity
    from asbuilt.spec import SpecError

    spec = resolve(document, environment)
    options = scan.Options(
        paths=paths,
        environment=environment,
        variables=pairs(variables, "--var"),
        environ=dict(os.environ) if tf_var_env else {},
        workspace=workspace,
        var_files=var_files,
        module_dirs={source: Path(folder) for source, folder in pairs(module_dirs, "--module-dir").items()},
        root=root,
        plan=plan,
        only=only,
        skip=skip,
        fail_on=Severity(fail_on),
        on_unknown=on_unknown,
        allow_incomplete=allow_incomplete,
        waivers=waiver_options(waiver_file, max_waiver_days, inline=not no_inline_waivers),
        baseline=read_baseline(baseline),
    )
    progress = Progress(quiet=quiet)
    try:
        if changed_since is not None:
            from asbuilt.cli.base import compared, with_remarks

            base = compared(changed_since, document, spec, options, progress)
            options = replace(options, baseline=base.baseline)
            results = with_remarks(scan.check(document, spec, options, progress), base)
            targets.changed = base.changes.touch if base.changes is not None else None
        else:
            results = scan.check(document, spec, options, progress)
        if edits:
            from asbuilt.fixes import suggested

            results = suggested(document, spec, options, results)
    except scan.ScanError as error:
        fail(str(error))
    except SpecError as error:  # the waivers name what does not exist
        print_problems(error)
        raise SystemExit(USAGE) from None
    results = with_pages(results, rule_pages)
    targets.write(results)
    if store:
        keep(store, results, only=only, skip=skip, quiet=quiet)
    raise SystemExit(results.run.exit_code)
