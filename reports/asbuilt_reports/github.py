"""GitHub workflow commands: annotations on the lines of a pull request.

GitHub shows ten errors, ten warnings and ten notices a step and drops the rest unseen, so the worst come first,
findings that differ only in the resource are one annotation, and the last notice says how many are left. What the
baseline knows is not annotated: the pull request did not bring it. Where it is known which lines a pull request
changed, annotations on those come before all others of their level: only they are seen beside the code.
Source: docs.github.com, "Workflow commands" (2026-11).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Location, Severity, Verdict
from asbuilt_reports import digest, exceptions
from asbuilt_reports.escape import value, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from asbuilt.results import Finding, Results

    Changed = Callable[[str, int, int], bool]

LIMIT = 10
_LEVEL = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "warning"}


def render(
    results: Results, *, changed: Changed | None = None, first: Sequence[tuple[str, str, Location | None]] = ()
) -> str:
    """Return the commands, one a line; `changed` says whether a file's lines, first to last, were changed.

    `first` are warnings to give before all others: title, text, place.
    """
    levels: dict[str, list[tuple[bool, str]]] = {"error": [], "warning": [], "notice": []}
    levels["warning"] += [(False, _command("warning", title, text, where)) for title, text, where in first]
    for gap in results.gaps:
        if gap.incomplete:
            text = f"{gap.what}: {gap.reason}" + (f"\n{gap.action}" if gap.action else "")
            levels["error"].append((False, _command("error", "Not evaluated", text, gap.location)))
    for group in digest.worst_groups(results):
        if group.first.baseline == "known":
            continue
        level = _LEVEL.get(group.first.severity, "notice")
        where, beside = _place(group, changed)
        levels[level].append((not beside, _annotation(level, group, where)))
    for reason, undecided in digest.by_reason(results):
        findings = [finding for finding in undecided if finding.baseline != "known"]
        if not findings:
            continue
        text = f"{visible(reason)} ({digest.plural(len(findings), 'check')})"
        command = _command("notice", "Could not be decided", text, digest.location_of(findings[0]))
        levels["notice"].append((True, command))
    lines = {level: [text for _, text in sorted(found, key=lambda one: one[0])] for level, found in levels.items()}
    shown = {level: found[: LIMIT - (level == "notice")] for level, found in lines.items()}
    left = sum(len(found) for found in lines.values()) - sum(len(found) for found in shown.values())
    commands = [line for found in shown.values() for line in found]
    compared = exceptions.against(results)
    summary = (
        digest.sentence(results)
        + (f" {compared}." if compared else "")
        + (f" {left:,} more annotations are in the report." if left else "")
    )
    commands.append(_command("notice", results.tool, summary, None))
    return "\n".join(commands) + "\n"


def plain(level: str, title: str, text: str) -> str:
    """Return one command without a place."""
    return _command(level, title, text, None) + "\n"


def _place(group: digest.Group, changed: Changed | None) -> tuple[Location | None, bool]:
    """Return where to annotate, and whether that is on a changed line: a place of the finding that is, if one is."""
    finding = group.first
    usual = digest.location_of(finding)
    if changed is None:
        return usual, False
    for where in _places(group):
        if changed(where.file, where.start_line, max(where.start_line, min(where.end_line, where.start_line + 50))):
            return where, True
    return usual, False


def _places(group: digest.Group) -> list[Location]:
    """Return the places of the group's findings: where a value is written, then what it comes through."""
    found: dict[Location, None] = {}
    for finding in group.findings[:50]:
        for item in finding.evidence[:50]:
            for where in (item.location, *(step.location for step in item.via)):
                if where is not None and where.file:
                    found[where] = None
        found |= dict.fromkeys(_resource(finding))
    return list(found)


def _resource(finding: Finding) -> list[Location]:
    """Return the first line of the resource: a block that is new lacks what it lacks there."""
    where = finding.resource.location
    return [Location(where.file, where.start_line)] if where is not None and where.file else []


def _annotation(level: str, group: digest.Group, where: Location | None) -> str:
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
    return _command(level, title, "\n".join(visible(line) for line in lines), where)


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
