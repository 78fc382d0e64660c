"""The results of other tools, for a terminal: first what is judged differently, then what only the other tool says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt_reports import external

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asbuilt.results import Dispute, ExternalFinding, ExternalRun, Results
    from asbuilt_reports.text_layout import Paper

_LISTED = 3  # resources of a check or a dispute, unless verbose
_CHECKS = 12  # checks, unless verbose


def section(paper: Paper, results: Results, verbose: bool) -> None:
    """Write the section of each tool."""
    for run in results.external:
        paper.rule(f"{run.tool} {run.version}".strip())
        paper.wrapped(external.headline(run))
        paper.wrapped(external.gate(run), style="dim")
        paper.line()
        _differences(paper, run, verbose)
        if same := external.agreeing(run):
            paper.wrapped("Reported by asbuilt too:", style="bold")
            for finding in same if verbose else same[:_CHECKS]:
                paper.pair(f"{finding.check}  {finding.address}", external.cites(finding), indent=2)
            _more(paper, len(same), verbose, _CHECKS)
            paper.line()
        _alone(paper, run, verbose)
        _suppressed(paper, run, verbose)


def _differences(paper: Paper, run: ExternalRun, verbose: bool) -> None:
    for difference in external.differences(run):
        first = difference.first
        title = f"{first.check}: {external.verdicts(run.tool, first)}"
        paper.wrapped(title, first=paper.tag("warn", "differs"), style="bold")
        paper.field("says", f"{first.requirement or first.rule} ({first.rule})", indent=2)
        paper.field("because", first.why, indent=2)
        shown: Sequence[Dispute] = difference.disputes if verbose else difference.disputes[:_LISTED]
        for dispute in shown:
            paper.pair(dispute.address, _place(dispute), indent=4)
            if dispute.found:
                paper.field("found", dispute.found, indent=6)
        _more(paper, len(difference.disputes), verbose, _LISTED)
        paper.line()


def _alone(paper: Paper, run: ExternalRun, verbose: bool) -> None:
    checks = external.by_check(run.own)
    if not checks:
        return
    paper.wrapped(f"Reported by {run.tool} alone:", style="bold")
    for check in checks if verbose else checks[:_CHECKS]:
        many = f"  ({len(check.findings):,} resources)" if len(check.findings) > 1 else ""
        paper.wrapped(f"{check.title}{many}", indent=2, first=("note", check.check))
        if verbose and check.guideline:
            paper.field("guide", check.guideline, indent=4)
        for finding in check.findings if verbose else check.findings[:1]:
            paper.pair(finding.address, _place(finding), indent=4)
    _more(paper, len(checks), verbose, _CHECKS, "checks")
    paper.line()


def _suppressed(paper: Paper, run: ExternalRun, verbose: bool) -> None:
    hidden = external.suppressed(run)
    if not hidden:
        return
    paper.wrapped("Suppressed by comments in the code:", style="bold")
    for finding in hidden if verbose else hidden[:_CHECKS]:
        paper.pair(f"{finding.check}  {finding.address}", _place(finding), indent=2)
        paper.field("reason", finding.reason or "none given", indent=4)
    _more(paper, len(hidden), verbose, _CHECKS)
    paper.line()


def _more(paper: Paper, total: int, verbose: bool, most: int, what: str = "") -> None:
    if not verbose and total > most:
        left = f"and {total - most:,} more{' ' + what if what else ''} (--verbose lists them)"
        paper.line("    ", paper.style("dim", left))


def _place(item: Dispute | ExternalFinding) -> str:
    return f"{item.location.file}:{item.location.start_line}" if item.location else ""
