"""Read what a scan is given, Terraform and CloudFormation, into one graph: what there is, and of which environment.

Errors: `ScanError` for what makes a run pointless (nothing to scan, environments that cannot be told apart).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field, replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from asbuilt.graph import Part, joined
from asbuilt.model import Severity
from asbuilt.records import dataclass
from asbuilt.results import SourceInfo
from asbuilt.waivers import WaiverOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from asbuilt.baseline import Baseline
    from asbuilt.graph import Graph
    from asbuilt.model import Diagnostic, Resource
    from asbuilt.sources.cloudformation.stacks.parameters import Given
    from asbuilt.sources.terraform.configuration.directories import Directories
    from asbuilt.sources.terraform.load import Loaded
    from asbuilt.sources.terraform.plans.plan import PlanFile
    from asbuilt.spec.load import SpecDocument


class ScanError(Exception):
    """A run that cannot start: exit 2. The message says what to do."""


class OtherEnvironmentError(ScanError):
    """Nothing below the paths belongs to the environment that was asked for."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for.

    `variables` are `--var` texts; `module_dirs` maps a module source, or the beginning of a nested template's URL, to a
    directory. `parameters` are files of CloudFormation parameters, or `NAME=VALUE`.
    `plan` is a plan or state made from the one root module below `paths`; a plan among `paths` stands for itself.
    `environ` is where TF_VAR_ variables come from. Nothing is read outside of `root`; without one, outside of the
    enclosing git checkout.
    """

    paths: Sequence[Path]
    environment: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    var_files: Sequence[Path] = ()
    parameters: Sequence[str] = ()
    module_dirs: Mapping[str, Path] = field(default_factory=dict)
    root: Path | None = None
    plan: Path | None = None
    environ: Mapping[str, str] = field(default_factory=dict)
    workspace: str = "default"
    only: Sequence[str] = ()
    skip: Sequence[str] = ()
    fail_on: Severity = Severity.MEDIUM
    on_unknown: str = "warn"
    allow_incomplete: bool = False
    waivers: WaiverOptions = field(default_factory=WaiverOptions)
    baseline: Baseline | None = None


def read(document: SpecDocument | None, options: Options, progress: Callable[[str], None]) -> Graph:
    """Read everything below the paths into one graph. Raises ScanError where there is nothing to read."""
    parts: list[Part] = []
    elsewhere: ScanError | None = None
    for source in (_terraform, _cloudformation):
        try:
            parts += source(document, options, progress)
        except OtherEnvironmentError as error:
            elsewhere = error
    if any(part.sources for part in parts):
        if options.environment is None:
            _one_environment(source.environment for part in parts for source in part.sources)
        return joined(parts)
    if elsewhere is not None:
        raise elsewhere
    graph = joined(parts)
    if graph.gaps or graph.diagnostics:  # there is code, and none of it can be read
        return graph
    names = ", ".join(str(path) for path in options.paths)
    raise ScanError(
        f"{names}: no infrastructure code found (looked for Terraform: *.tf, *.tf.json, plans and states as JSON; "
        "CloudFormation: templates in YAML and JSON)"
    )


def _terraform(document: SpecDocument | None, options: Options, progress: Callable[[str], None]) -> Iterator[Part]:
    """Read Terraform's plans, states and root modules. Raises ScanError."""
    from asbuilt.confinement import Confinement
    from asbuilt.sources.terraform.configuration.directories import Directories
    from asbuilt.sources.terraform.plans import is_plan

    plan = _plan(options.plan) if options.plan is not None else None
    alone = [_plan(path) for path in options.paths if is_plan(path)]
    paths = [path for path in options.paths if not is_plan(path) and not _template(path)]
    directories = Directories(paths, Confinement.around(paths, options.root, options.module_dirs.values()))
    if not (directories or alone or plan):  # what reads Terraform is not even imported
        yield Part((), directories.gaps)
        return
    from asbuilt.sources.terraform.parsing.comments import comments
    from asbuilt.sources.terraform.resources import to_resources

    for file in alone:
        found = to_resources(file.instances())
        yield Part(
            found,
            partial(getattr, file, "gaps"),
            partial(getattr, file, "diagnostics"),
            (SourceInfo("terraform", file.name, len(found), ""),),
        )
    if not paths:
        return
    loaded, owners = _load(document, replace(options, paths=paths), progress, directories)
    if plan is not None and len(loaded.roots) != 1:
        raise ScanError(f"--plan {options.plan}: name the one root module it was made from (found {len(loaded.roots)})")
    resources: list[Resource] = []
    sources: list[SourceInfo] = []
    for root in loaded.roots:
        progress(f"evaluating {root.name}")
        found = to_resources(root.instances() if plan is None else plan.instances(root))
        resources.extend(found)
        sources.append(SourceInfo("terraform", root.name, len(found), owners.get(root.path) or ""))
    if plan is not None:
        yield Part((), partial(getattr, plan, "gaps"), partial(getattr, plan, "diagnostics"))
    remarks = (partial(getattr, loaded, "gaps"), partial(getattr, loaded, "diagnostics"))
    yield Part(resources, *remarks, tuple(sources), comments(loaded))


def _template(path: Path) -> bool:
    """Whether a path is a file that is read as a template, not as a part of the Terraform module around it."""
    return path.is_file() and not path.name.endswith((".tf", ".tf.json", ".tfvars", ".tfvars.json"))


def _cloudformation(document: SpecDocument | None, options: Options, progress: Callable[[str], None]) -> Iterator[Part]:
    """Read CloudFormation's templates. Raises ScanError."""
    from asbuilt.sources.cloudformation.reading.discovery import discovered

    paths = [path for path in options.paths if path.is_dir() or _template(path)]
    reader, documents = discovered(paths, options.root, options.module_dirs.values())
    if not documents and not options.parameters:  # what reads templates is not even imported
        yield Part((), partial(getattr, reader, "gaps"), partial(getattr, reader, "diagnostics"))
        return
    from asbuilt.sources.cloudformation.load import read_parts

    given, remarks = _parameters(options) if options.parameters else ({}, [])
    owners: dict[Path, str | None] = {}

    def choose(roots: list[Path]) -> list[Path]:
        named = cache(document.environment_of) if document else lambda _: None
        for root in roots:  # a pattern may name the template, or a folder around it
            owners[root] = named(str(root)) or named(str(root.parent))
        chosen = choose_roots(owners, options.environment)
        progress(f"reading {len(chosen)} CloudFormation template{'' if len(chosen) == 1 else 's'}")
        return chosen

    yield from read_parts(
        documents,
        reader,
        given=given,
        remarks=remarks,
        folders=options.module_dirs,
        choose=choose,
        owner=lambda path: owners.get(path) or "",
    )


def _parameters(options: Options) -> tuple[dict[str, Given], list[Diagnostic]]:
    """Return the values of CloudFormation parameters that the user gives, and remarks. Raises ScanError."""
    from asbuilt.sources.cloudformation.reading.parameter_files import ParameterError, read_parameters

    try:
        return read_parameters(options.parameters, options.environment)
    except ParameterError as error:
        raise ScanError(str(error)) from None


def _plan(path: Path) -> PlanFile:
    from asbuilt.sources.terraform.plans.plan import PlanError, read_plan

    try:
        return read_plan(path)
    except PlanError as error:
        raise ScanError(str(error)) from None


def evaluate_expression(document: SpecDocument | None, options: Options, text: str, module: str) -> dict[str, Any]:
    """Evaluate one expression in a module: `{"value": …}`, `{"unknown": reason, …}` or `{"error": message}`."""
    from asbuilt.sources.terraform.console import answer

    loaded, _ = _load(document, options, lambda _: None)
    if not loaded.roots and _has_templates(options):
        raise ScanError(
            "--eval is for Terraform, and the paths hold CloudFormation templates: "
            "--resource LOGICAL_ID --property PATH shows what a property is worked out to, and where that comes from"
        )
    if len(loaded.roots) != 1:
        names = ", ".join(root.name for root in loaded.roots) or "none"
        raise ScanError(f"an expression is evaluated in one Terraform root module; the paths hold {names}: name one")
    return answer(loaded.roots[0], text, module)


def _has_templates(options: Options) -> bool:
    from asbuilt.sources.cloudformation.reading.discovery import discovered

    return bool(discovered(options.paths, options.root, options.module_dirs.values())[1])


def _load(
    document: SpecDocument | None,
    options: Options,
    progress: Callable[[str], None],
    directories: Directories | None = None,
) -> tuple[Loaded, dict[Path, str | None]]:
    """Load the roots of the environment; with them, the environment each root belongs to."""
    from asbuilt.sources.terraform.load import load

    owners: dict[Path, str | None] = {}

    def choose(roots: list[Path]) -> list[Path]:
        owners.update((root, document.environment_of(str(root)) if document else None) for root in roots)
        chosen = choose_roots(owners, options.environment)
        if chosen:
            progress(f"reading {len(chosen)} Terraform root{'s' if len(chosen) > 1 else ''}")
        return chosen

    loaded = load(
        options.paths,
        variables=options.variables,
        var_files=options.var_files,
        module_dirs=options.module_dirs,
        root=options.root,
        environ=options.environ,
        workspace=options.workspace,
        choose=choose,
        directories=directories,
    )
    return loaded, owners


def _one_environment(names: Iterable[str]) -> None:
    """Raise ScanError where code belongs to several environments and none was chosen; "" belongs to none."""
    found = sorted({name for name in names if name})
    if len(found) > 1:
        raise ScanError(f"the paths hold the environments {', '.join(found)}: choose one with --env")


def choose_roots(owners: Mapping[Path, str | None], environment: str | None) -> list[Path]:
    """Return the roots of one environment, and those that belong to none. Raises ScanError where it cannot be told."""
    by_environment: dict[str, list[Path]] = defaultdict(list)
    for root, owner in owners.items():
        if owner is not None:
            by_environment[owner].append(root)
    if environment is None:
        _one_environment(by_environment)
        return list(owners)
    chosen = [root for root, owner in owners.items() if owner in (environment, None)]
    if owners and not chosen:
        raise OtherEnvironmentError(
            f"nothing below the paths belongs to the environment {environment} "
            f"(found {', '.join(sorted(by_environment))}); the spec's environments.{environment}.paths decide this"
        )
    return chosen
