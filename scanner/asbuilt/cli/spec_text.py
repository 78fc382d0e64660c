"""The words of `asbuilt spec coverage`, `lint` and `impact`."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.coverage import Coverage, Row
    from asbuilt.impact import Change, Impact
    from asbuilt.spec.lint import Doubt

WIDTH = 110


def coverage_lines(found: Coverage) -> Iterator[str]:
    """Yield the statements by section, with the rules that enforce each, and a summary."""
    section = None
    for row in found.rows:
        if row.section != section:
            section = row.section
            yield ("" if row is found.rows[0] else "\n") + (section or "Not understood")
        yield from _statement(row)
    counts = ", ".join(f"{count} {state}" for state, count in found.counts.items() if count)
    yield f"\n{len(found.rows)} statements: {counts}. {found.percent:g} % are enforced."


def _statement(row: Row) -> Iterator[str]:
    what = f"{row.id or row.location}  {' '.join(row.statement.split())}"
    yield f"  {row.state:<15} {textwrap.shorten(what, WIDTH - 18, placeholder=' …')}"
    told = [f"{sources}: {', '.join(rules)}" for sources, rules in _by_sources(row).items()]
    if row.open:
        told.append(f"no rule reads {', '.join(row.open)}")
    for line in told:
        yield textwrap.fill(line, WIDTH, initial_indent=" " * 18, subsequent_indent=" " * 20)


def _by_sources(row: Row) -> dict[str, list[str]]:
    """Return the rules of a statement by the sources that decide them, written as one: `terraform, live`."""
    found: dict[str, list[str]] = {}
    for rule in dict.fromkeys(rule for rules in row.rules.values() for rule in rules):
        sources = [source for source, rules in row.rules.items() if rule in rules]
        found.setdefault(", ".join(sources) if len(sources) > 1 else f"{sources[0]} only", []).append(rule)
    return found


def doubt_row(doubt: Doubt) -> dict[str, Any]:
    """Return a doubt as JSON values."""
    where = doubt.location
    return {
        "level": doubt.level,
        "code": doubt.code,
        "message": doubt.message,
        "file": where.file,
        "line": where.start_line,
        "column": where.start_column,
    }


_GROUPS = (
    ("fail", "Becomes non-compliant"),
    ("pass", "Becomes compliant"),
    ("unknown", "Can no longer be decided"),
    ("error", "Crashes"),
    ("waived", "Becomes waived"),
    ("not held", "Is no longer held to anything"),
)


def impact_lines(found: Impact) -> Iterator[str]:
    """Yield what differs, what verdicts change, and a summary."""
    from asbuilt.spec.show import difference_text

    yield "Values"
    yield from (f"  {difference_text(item)}" for item in found.differences)
    if not found.differences:
        yield "  the two specs state the same values"
    for verdict, title in _GROUPS:
        changes = found.becoming(verdict)
        if changes:
            yield f"\n{title} ({len(changes)})"
            yield from (_change(change) for change in changes)
    loose = len(found.loosened)
    summary = ", ".join(f"{len(found.becoming(v))} {title.lower()}" for v, title in _GROUPS if found.becoming(v))
    yield f"\n{len(found.differences)} values differ, {loose} of them ask for less. {summary or 'No verdict changes'}."


def _change(change: Change) -> str:
    message = f": {change.finding.message}" if change.finding and change.new != "not held" else ""
    return f"  {change.rule}  {change.address} (was {change.old}){message if change.new != 'pass' else ''}"
