"""The edits that findings carry, for the formats that show them: as SARIF fixes, and as diffs in Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from asbuilt.results import MASK
from asbuilt_reports.escape import value, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asbuilt.model import Location
    from asbuilt.results import Edit, EvidenceItem, Finding, Frame, Results

MOST = 100
_TICKS = re.compile(r"`+")


def edits_of(findings: Iterable[Finding]) -> Iterator[tuple[Finding, EvidenceItem, Edit]]:
    """Yield each edit once, with the first finding and evidence it mends."""
    seen: set[tuple[Location, str]] = set()
    for finding in findings:
        for item in finding.evidence:
            edit = item.edit
            if edit is not None and (edit.location, edit.text) not in seen:
                seen.add((edit.location, edit.text))
                yield finding, item, edit


def sarif_fixes(finding: Finding, locate: Any) -> list[dict[str, Any]]:
    """Return the edits of a finding as one SARIF fix (SARIF 2.1.0, 3.55); `locate` makes an artifact location's URI."""
    files: dict[str, list[dict[str, Any]]] = {}
    said: list[str] = []
    for _, item, edit in edits_of([finding]):
        files.setdefault(edit.location.file, []).append(
            {"deletedRegion": _region(edit.location), "insertedContent": {"text": edit.text}}
        )
        said.append(_what(item))
    if not files:
        return []
    changes = [{"artifactLocation": {"uri": locate(file)}, "replacements": made} for file, made in files.items()]
    return [{"description": {"text": "; ".join(dict.fromkeys(said))}, "artifactChanges": changes}]


def _what(item: EvidenceItem) -> str:
    name = visible(item.native or item.path)
    return f"{'Add' if item.absent else 'Set'} {name} = {value(item.expected)}".replace("](", "] (")


def _region(where: Location) -> dict[str, int]:
    start_line, start_column = max(1, where.start_line), max(1, where.start_column)
    end = (where.end_line, where.end_column) if where.end_line else (start_line, start_column)
    return {"startLine": start_line, "startColumn": start_column, "endLine": end[0], "endColumn": max(1, end[1])}


def markdown_section(results: Results) -> str:
    """Return the edits as diffs, at most `MOST`; empty where there are none."""
    found = list(edits_of(results.findings))
    if not found:
        return ""
    many = "one edit mends" if len(found) == 1 else f"{len(found):,} edits mend"
    parts = [f"\n### Edits\n\n`asbuilt fix --write` makes them: {many} what is shown here.\n"]
    diffs = [_diff(item.frame, edit) for _, item, edit in found]
    # Whatever reads this shows code as code; a line with markup in it is left out all the same.
    shown = [diff for diff in diffs if "<" not in diff][:MOST]
    parts += shown
    if left := len(diffs) - len(shown):
        parts.append(f"\n{left:,} more {'edit is' if left == 1 else 'edits are'} in the JSON.\n")
    return "".join(parts)


def _diff(frame: Frame | None, edit: Edit) -> str:
    where = edit.location
    added = [visible(line) for line in edit.text.replace("\r\n", "\n").split("\n")]
    line = _line(frame, where.start_line)
    lines = [f"@@ {visible(where.file)}:{where.start_line} @@"]
    if len(added) > 1:
        lines += [f" {_shown(line)}"] if line is not None else []
        lines += [f"+{text}" for text in added[1:]]
    elif line is not None and where.end_line == where.start_line:
        start, end = where.start_column - 1, where.end_column - 1
        lines += [f"-{_shown(line)}", f"+{_shown(line[:start])}{added[0]}{_shown(line[end:])}"]
    else:
        lines += [f"+{added[0]}"]
    body = "\n".join(lines)
    fence = "`" * max(3, 1 + max((len(ticks) for ticks in _TICKS.findall(body)), default=0))
    return f"\n{fence}diff\n{body}\n{fence}\n"


def _line(frame: Frame | None, number: int) -> str | None:
    """Return a whole line of a frame; None where it is not there, masked, or cut."""
    if frame is None or not 0 <= number - frame.first_line < len(frame.lines):
        return None
    line = frame.lines[number - frame.first_line]
    return None if MASK in line or line.endswith("…") else line


def _shown(line: str) -> str:
    return "    ".join(visible(part) for part in line.split("\t"))
