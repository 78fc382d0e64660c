"""JUnit XML: a suite per rule, a test case per subject.

Fail is a failure, a crashed rule and a gap are errors, waived and not applicable are skipped. Unknown is an error
when the run gates on it (`--on-unknown=fail`) and skipped otherwise, as is a failure that the baseline knows, on which
no run gates; neither is ever a passed test.
Characters that XML 1.0 cannot hold are shown as escapes.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from asbuilt.model import Verdict
from asbuilt_reports import digest, exceptions
from asbuilt_reports.escape import value, visible, visible_lines

if TYPE_CHECKING:
    from asbuilt.results import ExternalFinding, ExternalRun, Finding, Results


def render(results: Results) -> str:
    """Return the JUnit XML."""
    suites: dict[str, list[tuple[str, str]]] = {}
    if gaps := [gap for gap in results.gaps if gap.incomplete]:
        suites["scan"] = [
            ("error", _case("scan", gap.what, "error", gap.reason, f"{gap.reason}\n{gap.action}")) for gap in gaps
        ]
    for rule, addresses in results.passes.items():
        suites[rule] = [("pass", _case(rule, address)) for address in addresses]
    for finding in results.findings:
        outcome = _outcome(finding, results.run.on_unknown)
        case = _case(
            finding.rule,
            finding.resource.address or finding.resource.name,
            outcome,
            _said(finding),
            _body(finding),
            kind=finding.severity.value,
        )
        suites.setdefault(finding.rule, []).append((outcome, case))
    for run in results.external:
        suites[run.tool] = [_other(finding, run) for finding in run.findings]
    every = [outcome for cases in suites.values() for outcome, _ in cases]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines.append(f'<testsuites name="{_attribute(results.tool)}"{_tally(every)} time="{results.run.duration_s:.3f}">')
    for rule, cases in suites.items():
        lines.append(f'  <testsuite name="{_attribute(rule)}"{_tally([outcome for outcome, _ in cases])}>')
        lines += [case for _, case in cases]
        lines.append("  </testsuite>")
    lines.append("</testsuites>")
    return "\n".join(lines) + "\n"


def _other(finding: ExternalFinding, run: ExternalRun) -> tuple[str, str]:
    """Return a finding of another tool: a failure where those gate, else skipped; never a passed test."""
    gates = run.gates and finding.status == "fail" and finding.baseline != "known"
    outcome = "failure" if gates else "skipped"
    said = finding.title if finding.status == "fail" else f"suppressed: {finding.reason or 'no reason given'}"
    where = f"{finding.location.file}:{finding.location.start_line}" if finding.location else ""
    return outcome, _case(f"{run.tool}.{finding.check}", finding.address, outcome, said, f"{said}\n{where}")


def _outcome(finding: Finding, on_unknown: str) -> str:
    if finding.verdict is Verdict.FAIL:
        return "skipped" if finding.baseline == "known" else "failure"
    if finding.verdict is Verdict.ERROR or (finding.verdict is Verdict.UNKNOWN and on_unknown == "fail"):
        return "error"
    return "skipped"


def _said(finding: Finding) -> str:
    if finding.verdict is Verdict.WAIVED:
        return f"waived: {finding.message}: {exceptions.granted(finding.waiver or {})}"
    known = "fails, as in the baseline: " if finding.verdict is Verdict.FAIL and finding.baseline == "known" else ""
    return known + (finding.reason or finding.message)


def _tally(outcomes: list[str]) -> str:
    return (
        f' tests="{len(outcomes)}" failures="{outcomes.count("failure")}"'
        f' errors="{outcomes.count("error")}" skipped="{outcomes.count("skipped")}"'
    )


def _case(rule: str, name: str, outcome: str = "pass", message: str = "", body: str = "", kind: str = "") -> str:
    head = f'    <testcase classname="{_attribute(rule)}" name="{_attribute(name)}"'
    if outcome == "pass":
        return head + "/>"
    if outcome == "skipped":
        return f'{head}><skipped message="{_attribute(message)}"/></testcase>'
    typed = f' type="{_attribute(kind)}"' if kind else ""
    text = escape(visible_lines(body))
    return f'{head}><{outcome} message="{_attribute(message)}"{typed}>{text}</{outcome}></testcase>'


def _body(finding: Finding) -> str:
    lines = [finding.message]
    if where := digest.place_of(finding):
        lines.append(f"at: {visible(str(where))}")
    for item in finding.evidence:
        if item.path and item.outcome == "violation":
            shown = value(item.actual, absent=item.absent)
            lines.append(f"{visible(item.path)}: expected {value(item.expected)}, found {shown}")
        if item.via:
            lines.append(f"change: {visible(str(item.via[-1].location))} ({visible(item.via[-1].what)})")
    if quoted := exceptions.says(finding.requirement):
        lines.append(visible(quoted))
    if finding.waiver:
        lines.append(f"waiver: {exceptions.granted(finding.waiver)}")
    if finding.fix:
        lines.append(f"fix: {visible(finding.fix)}")
    return "\n".join(lines)


def _attribute(text: str) -> str:
    return escape(visible(text), quote=True)
