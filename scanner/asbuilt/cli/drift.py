"""`asbuilt drift`: spec, code and account side by side."""

from __future__ import annotations

import gc
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from asbuilt.cli.account import Account, account_options
from asbuilt.cli.check import pairs
from asbuilt.cli.common import (
    USAGE,
    Progress,
    check_paths,
    fail,
    load_document,
    print_problems,
    resolve,
    terminal_width,
    wants_color,
)
from asbuilt.cli.configured import Configured, config_options
from asbuilt.cli.inputs import read_results, waiver_options

if TYPE_CHECKING:
    from asbuilt.drift.model import Drift
    from asbuilt.graph import Graph
    from asbuilt.results import Results
    from asbuilt.scan import Options
    from asbuilt.spec.load import SpecDocument
    from asbuilt.spec.models import Spec

FORMATS = ("text", "json", "html")


@click.command("drift", cls=Configured)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--spec", "spec_name", required=True, metavar="SPEC", help="A bundled name (broxiva) or a YAML file.")
@click.option("--env", "environment", metavar="NAME", help="Environment of the spec; picks its values and its roots.")
@click.option("--live", is_flag=True, help="Read the account; the options of `asbuilt audit` say how.")
@click.option(
    "--results",
    "results_file",
    type=click.Path(path_type=Path),
    metavar="AUDIT.json",
    help="Take what an audit found instead: statements are compared, properties that it did not judge are not.",
)
@account_options
@click.option("--plan", type=click.Path(path_type=Path), help="The plan (or state) of PATHS.")
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="Set a Terraform input variable.")
@click.option("--tf-var-env", is_flag=True, help="Also take TF_VAR_ variables from the process's environment.")
@click.option("--workspace", default="default", metavar="NAME", help="What terraform.workspace is.")
@click.option("--var-file", "var_files", multiple=True, type=click.Path(path_type=Path), help="A .tfvars file.")
@click.option("--parameters", multiple=True, metavar="FILE|NAME=VALUE", help="CloudFormation parameters.")
@click.option("--module-dir", "module_dirs", multiple=True, metavar="SOURCE=DIR", help="Where a module is on disk.")
@click.option("--root", type=click.Path(path_type=Path), help="Read nothing outside of this folder.")
@click.option("--waivers", "waiver_file", type=click.Path(path_type=Path), help="A YAML file of waivers.")
@click.option("--max-waiver-days", type=click.IntRange(1, 3660), metavar="DAYS", help="How far ahead one may reach.")
@click.option("--no-inline-waivers", is_flag=True, help="Ignore the waivers in comments of the code.")
@click.option("-o", "--output", "targets", multiple=True, metavar="FORMAT[=PATH]", help="text, json or html.")
@click.option("--color/--no-color", default=None, help="Colour the text output, or not.")
@click.option("-v", "--verbose", is_flag=True, help="List every statement, also those in sync.")
@click.option("-q", "--quiet", is_flag=True, help="No progress on standard error.")
@config_options
def command(
    *,
    paths: tuple[Path, ...],
    spec_name: str,
    environment: str | None,
    live: bool,
    results_file: Path | None,
    account: Account,
    targets: tuple[str, ...],
    color: bool | None,
    verbose: bool,
    quiet: bool,
    **given: Any,
) -> None:
    """Put an architecture spec, the code below PATHS and an account side by side.

    Says of each statement and each property that rules read: the code breaks the spec, and so does the account or it
    was fixed by hand; the account differs from the code; something exists on one side only; what cannot be told.

    Exits 0 when code and account agree and hold, 1 for drift or a violation, 2 for usage and configuration errors, 3
    when something could not be read or told.
    """
    gc.disable()  # a run builds large trees and ends
    wanted = _targets(targets)
    if live == (results_file is not None):
        fail("give --live to read the account, or --results AUDIT.json")
    check_paths([*paths, *given["var_files"], *([given["plan"]] if given["plan"] else [])])
    document = load_document(spec_name)
    spec = resolve(document, environment)
    progress = Progress(quiet=quiet)
    from asbuilt import scan
    from asbuilt.sources.aws.session import AccessError
    from asbuilt.spec import SpecError

    waivers = waiver_options(given["waiver_file"], given["max_waiver_days"], inline=not given["no_inline_waivers"])
    options = scan.Options(
        paths=paths,
        environment=environment,
        variables=pairs(given["variables"], "--var"),
        environ=dict(os.environ) if given["tf_var_env"] else {},
        workspace=given["workspace"],
        var_files=given["var_files"],
        parameters=given["parameters"],
        module_dirs={source: Path(folder) for source, folder in pairs(given["module_dirs"], "--module-dir").items()},
        root=given["root"],
        plan=given["plan"],
        on_unknown="fail",
        waivers=waivers,
    )
    try:
        found = _compare(document, spec, options, results_file, account, progress)
    except (AccessError, scan.ScanError) as error:
        fail(str(error))
    except SpecError as error:  # the waivers name what does not exist
        print_problems(error)
        raise SystemExit(USAGE) from None
    for name, path in wanted:
        _write(name, path, found, color, verbose=verbose)
    raise SystemExit(found.exit_code)


def _compare(
    document: SpecDocument,
    spec: Spec,
    options: Options,
    results_file: Path | None,
    asked: Account,
    progress: Progress,
) -> Drift:
    from asbuilt import scan
    from asbuilt.assertions import rules_for
    from asbuilt.drift.board import Sources
    from asbuilt.drift.drift import against_results, drift

    audited = read_results(results_file) if results_file is not None else None
    if audited is not None and (problem := _mismatch(audited.run.spec.name, audited.run.environment, spec)):
        fail(problem)

    def judged(account: str) -> tuple[Graph, Results]:
        """Read and judge the code as what makes an account: templates may name it."""
        known = (f"AWS::AccountId={account}",) if account else ()
        told = replace(options, parameters=(*known, *options.parameters))
        started = scan.Clock()
        code = scan.read(document, told, progress)
        progress("evaluating rules")
        return code, scan.judge(document, spec, told, code, started)

    if audited is not None:
        return against_results(spec, *judged(audited.run.account or ""), audited)
    from asbuilt.graph import joined
    from asbuilt.sources.aws.account import read_account
    from asbuilt.sources.aws.words import words_of

    names = document.names_of(spec.environment) if spec.environment else ()
    access = asked.access()
    meant = words_of(spec, names)
    ours: list[tuple[Graph, Results]] = []

    def entered(account: str) -> None:
        ours.append(judged(account))
        progress("reading the account")

    started = scan.Clock()
    read = read_account(access, asked.where(spec), meant, expected=asked.account or "", entered=entered)
    account = joined(read.parts)
    results = scan.judge(document, spec, replace(options, paths=()), account, started, "audit")
    results = replace(results, run=replace(results.run, account=read.account, regions=read.regions))
    aside = tuple(resource for part in read.parts for resource in part.aside)
    types = {rule.id: frozenset(rule.resources) for rule in rules_for(spec)}
    return drift(Sources(spec, *ours[0], account, results, aside, types, meant.foreign))


def _mismatch(name: str, environment: str, spec: Spec) -> str:
    if name != spec.name:
        return f"the audit was held to the spec {name}, this comparison to {spec.name}"
    if environment != (spec.environment or ""):
        return (
            f"the audit is of environment {environment or '(none)'}, this comparison of {spec.environment or '(none)'}"
        )
    return ""


def _targets(outputs: tuple[str, ...]) -> list[tuple[str, str]]:
    """Split `FORMAT[=PATH]`, checked before any work is done."""
    targets = []
    for value in outputs or ("text",):
        name, _, path = value.partition("=")
        if name not in FORMATS:
            fail(f"unknown output format {name!r}; the formats of a comparison are {', '.join(FORMATS)}")
        targets.append((name, path or "-"))
    if sum(path == "-" for _, path in targets) > 1:
        fail("only one output can go to standard output; give the others a path: -o html=drift.html")
    for _, path in targets:
        if path != "-" and not Path(path).absolute().parent.is_dir():
            fail(f"{path}: the folder {Path(path).absolute().parent} does not exist")
    return targets


def _write(name: str, path: str, found: Drift, color: bool | None, *, verbose: bool) -> None:
    from importlib import import_module

    from asbuilt_reports.write import write_atomically, write_to_stream

    render = import_module(f"asbuilt_reports.drift_{name}").render
    if name == "text":
        colored = path == "-" and (wants_color() if color is None else color)
        text = render(found, color=colored, width=terminal_width(), verbose=verbose)
    else:
        text = render(found)
    if path == "-":
        write_to_stream(sys.stdout, text)
        return
    try:
        write_atomically(path, text)
    except OSError as error:
        fail(f"{path}: cannot be written: {error.strerror or error}")
    click.echo(f"asbuilt: wrote {name} to {path}", err=True)
