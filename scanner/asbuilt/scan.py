"""One run from paths to results: read sources, link, evaluate, summarise.

Functions from values to values; the command line decides where the results go. Errors: `ScanError` for what makes a run
pointless (nothing to scan, environments that cannot be told apart).
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import field, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from asbuilt import __version__
from asbuilt.assertions import rules_for
from asbuilt.baseline import Baseline, compare, fixed, gating
from asbuilt.checkout import commit_of
from asbuilt.evaluate import Evaluation, chosen, evaluate, only, summary_counts
from asbuilt.frames import with_frames
from asbuilt.graph import Part, joined
from asbuilt.model import Severity, Verdict
from asbuilt.records import dataclass
from asbuilt.results import Finding, Results, Run, SourceInfo, SpecInfo, Summary
from asbuilt.statements import reaches
from asbuilt.topology.descriptions import descriptions
from asbuilt.waivers import RULES, WaiverOptions, waive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from asbuilt.checkov.beside import Settings
    from asbuilt.graph import Graph
    from asbuilt.model import Diagnostic, Resource
    from asbuilt.sources.terraform.load import Loaded
    from asbuilt.sources.terraform.plans.plan import PlanFile
    from asbuilt.spec.load import SpecDocument
    from asbuilt.spec.models import Spec

CLEAN, FINDINGS, INCOMPLETE = 0, 1, 3


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


def check(
    document: SpecDocument,
    spec: Spec,
    options: Options,
    progress: Callable[[str], None] = lambda _: None,
    beside: Settings | None = None,
) -> Results:
    """Hold the code below the paths to the spec; `beside` asks for checkov's results next to ours.

    Raises ScanError; SpecError for waivers that name what is not.
    """
    started = Clock()
    graph = read(document, options, progress)
    progress("evaluating rules")
    if beside is None:
        return judge(document, spec, options, graph, started)
    from asbuilt.checkov.beside import Checkov

    templates = {resource.location.file for resource in graph.resources if resource.source == "cloudformation"}
    other = Checkov(beside, graph.sources, sorted(templates))
    try:
        before = options.baseline.results if options.baseline is not None else None
        return other.finish(judge(document, spec, options, graph, started), before, progress)
    finally:
        other.stop()


@dataclass(frozen=True, slots=True)
class Clock:
    """When a run started."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    ticks: float = field(default_factory=time.monotonic)


def judge(
    document: SpecDocument, spec: Spec, options: Options, graph: Graph, started: Clock, command: str = "check"
) -> Results:
    """Hold a graph to the spec, whatever it was read from. Raises as `check` does."""
    rules = rules_for(spec)
    known = {rule.id for rule in rules} | {requirement.id for requirement in spec.requirements} | set(RULES)
    for name in (*options.only, *options.skip):
        if name not in known:
            from difflib import get_close_matches

            close = get_close_matches(name, known, 1)
            raise ScanError(f"no rule or requirement {name!r}" + (f"; did you mean {close[0]}?" if close else ""))
    selected = only(rules, spec, options.only, options.skip)
    evaluation = evaluate(selected, spec, graph)
    evaluation.findings = [f for f in evaluation.findings if chosen(f, options.only, options.skip)]
    selection = (options.only, options.skip)
    ids = [rule.id for rule in rules]
    names = document.environments()
    applied, warnings = waive(evaluation, graph, spec, ids, names, options.waivers, started.at.date(), selection)
    evaluation.findings, evaluation.rules = applied.findings, [*evaluation.rules, *applied.rules]
    if options.baseline is not None:
        if problem := options.baseline.mismatch(spec.name, spec.environment or ""):
            raise ScanError(problem)
        evaluation.findings = compare(evaluation.findings, options.baseline.results)
    results = build(document, spec, options, graph, evaluation, started, command)
    remarks = (*results.diagnostics, *warnings, *_twice(graph, spec))
    results = replace(results, waivers=applied.waivers, diagnostics=remarks, coverage=reaches(document, spec, rules))
    return results if options.baseline is None else against(options.baseline, results, options)


def _twice(graph: Graph, spec: Spec) -> list[Diagnostic]:
    """Say that the platform is described more than once, if so."""
    described = graph.memo(descriptions, spec)
    if len(described) < 2:
        return []
    from asbuilt.descriptions import remark

    return [remark(described)]


def against(baseline: Baseline, results: Results, options: Options) -> Results:
    """Add what an earlier result says: which one it was, and what is fixed since."""
    selected = bool(options.only or options.skip)  # waivers of what was left out are not judged

    def judged(old: Finding) -> bool:
        return chosen(old, options.only, options.skip) and not (selected and old.resource.source == "waivers")

    gone = fixed(results, baseline.results, judged)
    return replace(results, run=replace(results.run, baseline=baseline.info), fixed=gone)


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
    from asbuilt.sources.terraform.parsing.comments import comments
    from asbuilt.sources.terraform.plans import is_plan
    from asbuilt.sources.terraform.resources import to_resources

    plan = _plan(options.plan) if options.plan is not None else None
    alone = [_plan(path) for path in options.paths if is_plan(path)]
    paths = [path for path in options.paths if not is_plan(path) and not _template(path)]
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
    loaded, owners = _load(document, replace(options, paths=paths), progress)
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
    from asbuilt.sources.cloudformation.reading.parameter_files import ParameterError

    owners: dict[Path, str | None] = {}

    def choose(roots: list[Path]) -> list[Path]:
        for root in roots:  # a pattern may name the template, or a folder around it
            places = (str(root), str(root.parent)) if document else ()
            named = (document.environment_of(place) for place in places if document)
            owners[root] = next((name for name in named if name), None)
        chosen = choose_roots(owners, options.environment)
        progress(f"reading {len(chosen)} CloudFormation template{'' if len(chosen) == 1 else 's'}")
        return chosen

    try:
        yield from read_parts(
            documents,
            reader,
            parameters=options.parameters,
            environment=options.environment,
            folders=options.module_dirs,
            choose=choose,
            owner=lambda path: owners.get(path) or "",
        )
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
    document: SpecDocument | None, options: Options, progress: Callable[[str], None]
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


def build(
    document: SpecDocument,
    spec: Spec,
    options: Options,
    graph: Graph,
    evaluation: Evaluation,
    started: Clock,
    command: str,
) -> Results:
    """Assemble the results of a run, with its exit code."""
    findings = tuple(with_frames(evaluation.findings))
    passes = {rule: tuple(sorted(addresses)) for rule, addresses in sorted(evaluation.passes.items())}
    return Results(
        tool="asbuilt",
        version=__version__,
        run=Run(
            command=command,
            started_at=started.at.isoformat(timespec="seconds"),
            duration_s=round(time.monotonic() - started.ticks, 3),
            environment=spec.environment or "",
            spec=SpecInfo(spec.name, spec.title or spec.name, document.path, document.sha256),
            sources=graph.sources,
            exit_code=exit_code(findings, graph, options),
            fail_on=options.fail_on.value,
            on_unknown=options.on_unknown,
            commit=commit_of(options.paths[0]) if options.paths else None,
        ),
        summary=summarise(findings, passes, evaluation, spec),
        findings=findings,
        passes=passes,
        gaps=graph.gaps,
        diagnostics=(*document.remarks(), *graph.diagnostics),
        rules=tuple(evaluation.rules),
        sections=tuple(spec.sections),
        requirements=tuple(spec.requirements),
    )


def exit_code(findings: Sequence[Finding], graph: Graph, options: Options) -> int:
    """Return 1 for findings at or above the threshold, else 3 for a run that could not see everything, else 0.

    With a baseline, only findings that are new since then count for 1.
    """
    if any(f.verdict is Verdict.FAIL and f.severity.rank >= options.fail_on.rank and gating(f) for f in findings):
        return FINDINGS
    unread = any(gap.incomplete for gap in graph.gaps) or any(d.severity == "error" for d in graph.diagnostics)
    if unread and not options.allow_incomplete:
        return INCOMPLETE
    if any(f.verdict is Verdict.ERROR for f in findings):
        return INCOMPLETE
    if options.on_unknown == "fail" and any(f.verdict is Verdict.UNKNOWN for f in findings):
        return INCOMPLETE
    return CLEAN


def summarise(
    findings: Sequence[Finding], passes: Mapping[str, Sequence[str]], evaluation: Evaluation, spec: Spec
) -> Summary:
    """Count verdicts in all, by section of the spec, and failures by severity."""
    counts = summary_counts(findings, dict(passes))
    by_section: dict[str, dict[str, int]] = {}
    section_of = {rule.id: rule.requirement for rule in evaluation.rules}
    sections = {requirement.id: requirement.section for requirement in spec.requirements}
    for rule, addresses in passes.items():
        section = sections.get(section_of.get(rule, ""), "")
        _add(by_section, section, Verdict.PASS.value, len(addresses))
    by_severity = dict.fromkeys((s.value for s in Severity), 0)
    for finding in findings:
        _add(by_section, finding.requirement.section, finding.verdict.value, 1)
        if finding.verdict is Verdict.FAIL:
            by_severity[finding.severity.value] += 1
    judged = sum(counts.values()) - counts[Verdict.NOT_APPLICABLE.value]
    score = round(100 * counts[Verdict.PASS.value] / judged, 1) if judged else None
    order = {name: position for position, name in enumerate(spec.sections)}
    ordered = dict(sorted(by_section.items(), key=lambda item: order.get(item[0], len(order))))
    return Summary(counts, score, ordered, by_severity)


def _add(table: dict[str, dict[str, int]], section: str, verdict: str, count: int) -> None:
    row = table.setdefault(section, dict.fromkeys((v.value for v in Verdict), 0))
    row[verdict] += count
