"""GitHub workflow commands: annotations on the lines of a pull request.

GitHub shows ten errors, ten warnings and ten notices a step and drops the rest unseen, so the worst come first,
findings that differ only in the resource are one annotation, and the last notice says how many are left. What the
baseline knows is not annotated: the pull request did not bring it.
Source: docs.github.com, "Workflow commands" (2026-11).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Location, Severity, Verdict
from asbuilt_reports import digest, exceptions
from asbuilt_reports.escape import value, visible

if TYPE_CHECKING:
    from asbuilt.results import Results

LIMIT = 10
_LEVEL = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "warning"}


def render(results: Results) -> str:
    """Return the commands, one a line."""
    levels: dict[str, list[str]] = {"error": [], "warning": [], "notice": []}
    for gap in results.gaps:
        if gap.incomplete:
            text = f"{gap.what}: {gap.reason}" + (f"\n{gap.action}" if gap.action else "")
            levels["error"].append(_command("error", "Not evaluated", text, gap.location))
    for group in digest.worst_groups(results):
        if group.first.baseline == "known":
            continue
        level = _LEVEL.get(group.first.severity, "notice")
        levels[level].append(_annotation(level, group))
    for reason, undecided in digest.by_reason(results):
        findings = [finding for finding in undecided if finding.baseline != "known"]
        if not findings:
            continue
        text = f"{visible(reason)} ({digest.plural(len(findings), 'check')})"
        levels["notice"].append(_command("notice", "Could not be decided", text, digest.location_of(findings[0])))
    shown = {level: lines[: LIMIT - (level == "notice")] for level, lines in levels.items()}
    left = sum(len(lines) for lines in levels.values()) - sum(len(lines) for lines in shown.values())
    commands = [line for lines in shown.values() for line in lines]
    compared = exceptions.against(results)
    summary = (
        digest.sentence(results)
        + (f" {compared}." if compared else "")
        + (f" {left:,} more annotations are in the report." if left else "")
    )
    commands.append(_command("notice", results.tool, summary, None))
    return "\n".join(commands) + "\n"


def _annotation(level: str, group: digest.Group) -> str:
    finding = group.first
    lines = [finding.message]
    if finding.evidence:
        item = digest.main_evidence(finding)
        if item.path and finding.verdict is Verdict.FAIL:
            lines.append(f"expected {value(item.expected)}, found {value(item.actual, absent=item.absent)}")
        if item.via:
            lines.append(f"change {item.via[-1].location} ({item.via[-1].what})")
    if quoted := exceptions.says(finding.requirement):
        lines.append(f"the architecture says: {quoted}")
    if finding.waiver:
        lines.append(f"waiver: {exceptions.granted(finding.waiver)}")
    if finding.fix:
        lines.append(f"fix: {finding.fix}")
    if more := len(group.findings) - 1:
        lines.append(f"and {digest.plural(more, 'more resource')} like it")
    title = f"{finding.severity.value}: {finding.title}"
    return _command(level, title, "\n".join(visible(line) for line in lines), digest.location_of(finding))


def _command(level: str, title: str, text: str, where: Location | None) -> str:
    properties = []
    if where and where.file:
        properties.append(f"file={_property(where.file)}")
        properties.append(f"line={max(1, where.start_line)}")
        # A column without the same end line is refused, so only one-line places get columns.
        if where.end_line == where.start_line and where.end_column > where.start_column:
            properties.append(f"endLine={where.end_line},col={where.start_column},endColumn={where.end_column}")
    properties.append(f"title={_property(title)}")
    return f"::{level} {','.join(properties)}::{_data(text)}"


def _data(text: str) -> str:
    """Escape a command's text; line breaks of ours are kept, everything else on a line is made visible."""
    shown = "\n".join(visible(line) for line in text.split("\n"))
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")
