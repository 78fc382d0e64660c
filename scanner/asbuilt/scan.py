"""One run from paths to results: read sources, evaluate, apply waivers and baseline, summarise.

Functions from values to values; the command line decides where the results go.
"""

from __future__ import annotations

import time
from dataclasses import field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from asbuilt import __version__
from asbuilt.assertions import rules_for
from asbuilt.checkout import commit_of
from asbuilt.evaluate import Evaluation, chosen, evaluate, only, summary_counts
from asbuilt.frames import with_frames
from asbuilt.model import Severity, Verdict
from asbuilt.reading import Options, ScanError, read
from asbuilt.records import dataclass, replaced
from asbuilt.results import Finding, Results, Run, SpecInfo, Summary
from asbuilt.statements import reaches
from asbuilt.topology.descriptions import descriptions
from asbuilt.waivers import RULES, waive

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from asbuilt.baseline import Baseline
    from asbuilt.checkov.beside import Settings
    from asbuilt.graph import Graph
    from asbuilt.model import Diagnostic
    from asbuilt.spec.load import SpecDocument
    from asbuilt.spec.models import Spec

CLEAN, FINDINGS, INCOMPLETE = 0, 1, 3


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
        from asbuilt.baseline import compare

        if problem := options.baseline.mismatch(spec.name, spec.environment or ""):
            raise ScanError(problem)
        evaluation.findings = compare(evaluation.findings, options.baseline.results)
    results = build(document, spec, options, graph, evaluation, started, command)
    remarks = (*results.diagnostics, *warnings, *_twice(graph, spec))
    results = replaced(results, waivers=applied.waivers, diagnostics=remarks, coverage=reaches(document, spec, rules))
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
    from asbuilt.baseline import fixed

    selected = bool(options.only or options.skip)  # waivers of what was left out are not judged

    def judged(old: Finding) -> bool:
        return chosen(old, options.only, options.skip) and not (selected and old.resource.source == "waivers")

    gone = fixed(results, baseline.results, judged)
    return replaced(results, run=replaced(results.run, baseline=baseline.info), fixed=gone)


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
    if any(f.verdict is Verdict.FAIL and f.severity.rank >= options.fail_on.rank and f.gates for f in findings):
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
        _add(by_section, finding.requirement.section, finding.verdict, 1)
        if finding.verdict is Verdict.FAIL:
            by_severity[finding.severity] += 1
    judged = sum(counts.values()) - counts[Verdict.NOT_APPLICABLE.value]
    score = round(100 * counts[Verdict.PASS.value] / judged, 1) if judged else None
    order = {name: position for position, name in enumerate(spec.sections)}
    ordered = dict(sorted(by_section.items(), key=lambda item: order.get(item[0], len(order))))
    return Summary(counts, score, ordered, by_severity)


def _add(table: dict[str, dict[str, int]], section: str, verdict: str, count: int) -> None:
    row = table.get(section)
    if row is None:
        row = table[section] = dict.fromkeys((v.value for v in Verdict), 0)
    row[verdict] += count


__all__ = [
    "CLEAN",
    "FINDINGS",
    "INCOMPLETE",
    "Clock",
    "Options",
    "ScanError",
    "against",
    "build",
    "check",
    "exit_code",
    "judge",
    "read",
    "summarise",
]
