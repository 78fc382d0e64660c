"""Text for a terminal, a pipe or a log: what is wrong, which sentence says so, where to change it, how.

Plain ANSI by hand, since loading a library for it costs more start-up time than a whole small scan. Nothing from
the scanned input reaches the terminal as a control sequence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Severity, Verdict
from asbuilt_reports import accounts, digest, exceptions, places, standings, text_external
from asbuilt_reports.earlier import since
from asbuilt_reports.escape import columns, value, visible
from asbuilt_reports.text_layout import Paper, code_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asbuilt.model import Location, Step
    from asbuilt.results import EvidenceItem, Finding, Results, Run

_SEVERITY_STYLE = {
    Severity.CRITICAL: "severe",
    Severity.HIGH: "severe",
    Severity.MEDIUM: "warn",
    Severity.LOW: "note",
    Severity.INFO: "dim",
}
_STANDING_STYLE = {"broken": "severe", "unknown": "warn", "waived": "note", "partly": "warn", "holds": "good"}
_BESIDE = 15  # columns before a field's text
_STATIONS = 4  # lines of a chain, unless verbose
_LISTED = 20  # resources of one group, unless verbose: a platform of 15 services is shown whole


def render(results: Results, *, color: bool = False, width: int = 100, verbose: bool = False) -> str:
    """Return the report for a terminal of `width` columns (60 to 160 are sensible)."""
    paper = Paper(color=color, width=max(40, width))
    _header(paper, results)
    _accounts(paper, results)
    if digest.incomplete(results):
        _trouble(paper, results)
    for section, blocks in digest.sections(results, Verdict.FAIL):
        paper.rule(section or "Outside the sections of the architecture")
        for block in blocks:
            _block(paper, block, results, verbose)
    _undecided(paper, results, verbose)
    _waived(paper, results, verbose)
    _fixed(paper, results, verbose)
    text_external.section(paper, results, verbose)
    if not digest.incomplete(results):
        _trouble(paper, results)
    if verbose:
        _not_applicable(paper, results)
        _passes(paper, results)
        _statements(paper, results)
    _summary(paper, results, verbose)
    return paper.text()


def _header(paper: Paper, results: Results) -> None:
    run = results.run
    head = f"{results.tool} {results.version}"
    paper.line(paper.style("bold", visible(head)), f"  {visible(run.command)}")
    spec = run.spec
    name = spec.title or spec.name
    sha = f", sha256 {spec.sha256[:12]}" if spec.sha256 else ""
    paper.field("spec", f"{name} ({spec.path or spec.name}{sha})")
    if run.environment:
        paper.field("environment", run.environment)
    for line in digest.scanned(results):
        paper.field("scanned", line)
    if not results.run.sources:
        paper.field("scanned", "nothing")
    if run.account or run.regions:
        paper.field("account", " ".join(filter(None, (run.account, ", ".join(run.regions)))))
    if run.commit:
        paper.field("commit", run.commit)
    paper.line()


def _accounts(paper: Paper, results: Results) -> None:
    if not results.accounts:
        return
    paper.rule("Coverage")
    paper.wrapped(accounts.headline(results))
    paper.line()
    for row in accounts.ordered(results):
        style = "good" if row.exit_code == 0 and not row.open else "dim" if row.outcome == "skipped" else "warn"
        name = " ".join(filter(None, (row.account, row.region, row.name, row.environment and f"({row.environment})")))
        told = "; ".join(filter(None, (accounts.numbers(row), accounts.why(row))))
        paper.wrapped(f"{name}: {told}" if told else name, first=paper.tag(style, row.outcome))
    paper.line()


def _trouble(paper: Paper, results: Results) -> None:
    if not results.gaps and not results.diagnostics:
        return
    paper.rule("Not evaluated" if digest.incomplete(results) else "Remarks on the input", "warn")
    for gap in results.gaps:
        word = "incomplete" if gap.incomplete else "unknown"
        paper.wrapped(f"{gap.what}: {gap.reason}", first=paper.tag("warn", word))
        if gap.location:
            paper.field("at", str(gap.location), indent=4)
        if gap.types:
            paper.field("may hide", ", ".join(sorted(gap.types)), indent=4)
        if gap.action:
            paper.field("do", gap.action, indent=4)
    for remark in results.diagnostics:
        style = "severe" if remark.severity == "error" else "warn" if remark.severity == "warning" else "dim"
        paper.wrapped(f"{remark.message} [{remark.code}]", first=paper.tag(style, remark.severity))
        if remark.location:
            paper.field("at", str(remark.location), indent=4)
    paper.line()


def _block(paper: Paper, block: digest.RuleBlock, results: Results, verbose: bool) -> None:
    total = len(block.findings)
    many = f"  ({digest.plural(total, 'resource')})" if total > 1 else ""
    paper.wrapped(
        f"{block.title}{many}",
        first=paper.tag(_SEVERITY_STYLE[block.severity], block.severity.value),
        style="bold",
    )
    paper.field("rule", block.rule)
    if quoted := exceptions.says(block.requirement):
        where = block.requirement.location
        paper.field("says", f"{quoted} ({_place(where)})" if where else quoted)
    if verbose and (info := digest.rule_info(results).get(block.rule)) and info.why:
        paper.field("why", info.why)
    paper.line()
    for group in block.groups:
        _group(paper, group, results.run, verbose)


def _group(paper: Paper, group: digest.Group, run: Run, verbose: bool) -> None:
    finding = group.first
    paper.line("  ", paper.style("bold", visible(_name(finding))))
    if finding.message and finding.message != finding.title:
        paper.wrapped(finding.message, indent=4)
    if finding.resource.construct:
        paper.field("construct", finding.resource.construct, indent=4)
    if account := places.account_of(finding, run):
        paper.field("in", account, indent=4)
    for item, shown in digest.framed(finding):
        _evidence(paper, item, shown, verbose)
    if not finding.evidence and (where := digest.place_of(finding)):
        paper.field("at", str(where), indent=4)
    fix = finding.fix or (digest.main_evidence(finding).fix if finding.evidence else "")
    if fix:
        paper.field("fix", fix, indent=4)
    if finding.baseline:
        paper.field("baseline", finding.baseline, indent=4, style="bold" if finding.baseline == "new" else "")
    if finding.waiver:
        paper.field("waiver", exceptions.granted(finding.waiver), indent=4, style="warn")
    _others(paper, group, verbose)
    paper.line()


def _others(paper: Paper, group: digest.Group, verbose: bool) -> None:
    others = group.findings[1:]
    if not others:
        return
    one_place = " (the one change mends them all)" if group.origin and group.first.evidence[0].via else ""
    paper.field("also", f"{digest.plural(len(others), 'more resource')}{one_place}", indent=4)
    shown = others if verbose else others[: _LISTED - 1]
    for finding in shown:
        where = digest.place_of(finding)
        paper.pair(_name(finding), _place(where) if where else "", indent=15)
    if len(shown) < len(others):
        paper.line(" " * 15, paper.style("dim", f"and {len(others) - len(shown):,} more (--verbose lists them)"))


def _evidence(paper: Paper, item: EvidenceItem, shown: bool, verbose: bool) -> None:
    frame, place = digest.frame_of(item) if shown else None, digest.framed_at(item)
    if place:
        paper.line("    ", paper.style("dim", "-->"), " ", visible(str(place)))
        if frame:
            code_frame(paper, frame, place)
    if item.path and item.outcome in ("violation", "unknown"):
        name = item.path if not item.native or item.native == item.path else f"{item.native} ({item.path})"
        paper.field("property", name, indent=4)
        if item.expected is not None:
            paper.field("expected", value(item.expected), indent=4, style="good")
        if item.outcome == "violation":
            paper.field("actual", value(item.actual, absent=item.absent), indent=4, style="severe")
    if item.outcome == "note":
        paper.field("note", item.message, indent=4)
    if item.via and item.location:
        paper.field("set at", _place(item.location), indent=4)
    _chain(paper, item.via[:-1], verbose)
    if item.via:
        last = item.via[-1]
        paper.field("change", f"{_place(last.location)} ({last.what})", indent=4, style="bold")


def _chain(paper: Paper, steps: Sequence[Step], verbose: bool) -> None:
    """Write the stations between property and origin; the first and the last say most of a long chain."""
    cut = 0 if verbose or len(steps) <= _STATIONS else len(steps) - _STATIONS + 1
    for index, step in enumerate(steps):
        if cut and 1 <= index < len(steps) - _STATIONS + 2:
            if index == 1:
                paper.field("", f"({cut} more stations; --verbose lists them)", indent=4, style="dim")
            continue
        label, place = "" if index else "through", _place(step.location)
        if _BESIDE + columns(visible(step.what)) + 4 + columns(visible(place)) <= paper.width:
            paper.field(label, f"{step.what} at {place}", indent=4)
        else:
            paper.field(label, step.what, indent=4)
            paper.field("", f"  at {place}", indent=4, style="dim")


def _undecided(paper: Paper, results: Results, verbose: bool) -> None:
    reasons = digest.by_reason(results)
    if not reasons:
        return
    paper.rule("Could not be decided (never counted as pass)", "warn")
    for reason, findings in reasons:
        verdict = findings[0].verdict.value
        paper.wrapped(f"{reason} ({digest.plural(len(findings), 'check')})", first=paper.tag("warn", verdict))
        fixes = dict.fromkeys(f.fix for f in findings if f.fix)
        for fix in list(fixes)[:2]:
            paper.field("do", fix, indent=4)
        shown = findings if verbose else findings[:5]
        for finding in shown:
            where = digest.place_of(finding)
            paper.pair(f"{finding.rule}  {_name(finding)}", _place(where) if where else "", indent=4)
        if len(shown) < len(findings):
            paper.line("    ", paper.style("dim", f"and {len(findings) - len(shown):,} more (--verbose lists them)"))
    paper.line()


def _waived(paper: Paper, results: Results, verbose: bool) -> None:
    waived: dict[str, list[Finding]] = {}
    for finding in digest.of(results.findings, Verdict.WAIVED):
        waived.setdefault(exceptions.granted(finding.waiver or {}), []).append(finding)
    shown = ("ignored", "idle") if verbose else ("ignored",)
    others = [waiver for waiver in exceptions.listed(results) if exceptions.state(waiver) in shown]
    if not waived and not others:
        return
    paper.rule("Waived" if waived else "Waivers")
    for said, findings in waived.items():
        paper.wrapped(said, first=paper.tag("note", "waived"))
        for finding in findings if verbose else findings[:10]:
            paper.pair(f"{finding.rule}  {_name(finding)}", finding.baseline or "", indent=4)
        if not verbose and len(findings) > 10:
            paper.line("    ", paper.style("dim", f"and {len(findings) - 10:,} more (--verbose lists them)"))
    for waiver in others:
        what = f"{exceptions.excused(waiver)} for {exceptions.subject(waiver)}: {exceptions.granted(waiver)}"
        paper.wrapped(what, first=paper.tag("dim", exceptions.state(waiver)))
    paper.line()


def _fixed(paper: Paper, results: Results, verbose: bool) -> None:
    if not results.fixed:
        return
    paper.rule("Fixed since the baseline", "good")
    for row in results.fixed if verbose else results.fixed[:_LISTED]:
        how = "" if row.how == "passes" else "  (no longer there)"
        paper.wrapped(f"{row.rule}  {row.address}{how}", indent=2, first=paper.tag("good", row.severity.value))
    if not verbose and len(results.fixed) > _LISTED:
        paper.line("  ", paper.style("dim", f"and {len(results.fixed) - _LISTED:,} more (--verbose lists them)"))
    paper.line()


def _not_applicable(paper: Paper, results: Results) -> None:
    findings = digest.of(results.findings, Verdict.NOT_APPLICABLE)
    if not findings:
        return
    paper.rule("Not applicable")
    for finding in findings:
        paper.pair(f"{finding.rule}  {_name(finding)}", finding.reason or finding.message, indent=2)
    paper.line()


def _passes(paper: Paper, results: Results) -> None:
    if not results.passes:
        return
    paper.rule("Passed")
    for rule, addresses in results.passes.items():
        paper.pair(rule, digest.plural(len(addresses), "resource"), indent=2)
    paper.line()


def _statements(paper: Paper, results: Results) -> None:
    by_section = standings.standings(results)
    if not by_section:
        return
    paper.rule("Statement by statement")
    names = [row.requirement.id for _, rows in by_section for row in rows]
    widest = max(columns(visible(name)) for name in names)
    for section, rows in by_section:
        paper.wrapped(f"{section or 'Outside the sections'}: {standings.told(standings.tally(rows))}", style="bold")
        for row in rows:
            name, state = row.requirement.id, "in part" if row.state == "partly" else row.state
            pad = " " * (widest - columns(visible(name)))
            head = (_STANDING_STYLE.get(row.state, "dim"), f"{name}{pad}  {state:<10}")
            paper.wrapped(f"{row.requirement.statement} ({row.why})", indent=2, first=head)
    paper.line()


def _summary(paper: Paper, results: Results, verbose: bool) -> None:
    paper.rule("Summary")
    fails, clean = digest.count(results, Verdict.FAIL), results.run.exit_code == 0
    doubt = digest.incomplete(results) or digest.count(results, Verdict.UNKNOWN)
    style = "severe" if fails else "warn" if doubt or not clean else "good"
    paper.wrapped(digest.sentence(results), style=style)
    counts = ", ".join(f"{digest.count(results, v):,} {digest.VERDICT_WORDS[v]}" for v in Verdict)
    paper.wrapped(counts)
    severities = results.summary.by_severity
    worst = ", ".join(f"{severities[s.value]:,} {s.value}" for s in Severity if severities.get(s.value))
    if worst and fails:
        paper.wrapped(f"failed by severity: {worst}")
    if stands := standings.overall(results):
        paper.wrapped(stands)
    if told := since(results):
        paper.wrapped(told)
    if compared := exceptions.against(results):
        paper.wrapped(compared[0].upper() + compared[1:] + ".")
    formula = f" ({digest.SCORE_FORMULA})" if verbose else ""
    paper.wrapped(f"score {digest.score(results)}{formula}; {digest.exit_meaning(results)}")


def _name(finding: Finding) -> str:
    resource = finding.resource
    return resource.address or resource.name or resource.service or resource.type


def _place(location: Location) -> str:
    return f"{location.file}:{location.start_line}"
