"""A comparison of code and account as text: a block for each row, the same columns in each, and a summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.drift.advice import WORDS
from asbuilt.drift.model import DRIFT, State
from asbuilt_reports import drift_words as words
from asbuilt_reports.escape import visible
from asbuilt_reports.text_layout import Paper

if TYPE_CHECKING:
    from asbuilt.drift.model import Drift, Row, Side, Standing

_STYLE = {
    State.BOTH_BREAK: "severe",
    State.ACCOUNT_BREAKS: "severe",
    State.CODE_BEHIND: "severe",
    State.UNMANAGED: "warn",
    State.MISSING: "warn",
    State.DIFFERS: "warn",
    State.UNKNOWN: "note",
    State.WAIVED: "note",
    State.IN_SYNC: "good",
}
_LISTED = 20  # rows of one state and statement, unless verbose


def render(drift: Drift, *, color: bool = False, width: int = 100, verbose: bool = False) -> str:
    """Return the comparison for a terminal of `width` columns."""
    paper = Paper(color=color, width=max(40, width))
    paper.line(paper.style("bold", visible(f"{drift.tool} {drift.version}")), "  drift")
    for label, text in words.scope(drift):
        paper.field(label, text)
    paper.line()
    for (state, heading), rows in words.groups(drift.rows):
        paper.rule(heading)
        shown = rows if verbose else rows[:_LISTED]
        for row in shown:
            _row(paper, row, state)
        if len(rows) > len(shown):
            paper.line("  ", f"… and {len(rows) - len(shown)} more (--verbose, or the JSON)")
            paper.line()
    for side, gap in drift.gaps:
        paper.wrapped(f"{side}: {gap.what}: {gap.reason}", first=paper.tag("warn", "not read"))
        if gap.action:
            paper.field("do", gap.action, indent=2)
    for remark in words.remarks(drift):
        paper.wrapped(remark, first=paper.tag("note", "note"))
    paper.line()
    if verbose:
        _standings(paper, drift)
    _summary(paper, drift)
    return paper.text()


def _row(paper: Paper, row: Row, state: State) -> None:
    paper.wrapped(row.subject, first=paper.tag(_STYLE[state], words.SHORT[state]))
    says = words.says(row.requirement)
    if says:
        paper.field("says", says, indent=2)
    rule = ", ".join(filter(None, (f"rule {row.rule}" if row.rule else "", row.severity.value if row.severity else "")))
    if row.property:
        paper.field("property", row.property + (f" ({rule})" if rule else ""), indent=2)
    elif rule:
        paper.field("breaks", rule, indent=2)
    if row.expected is not None:
        paper.field("spec", words.value(row.expected), indent=2, style="good")
    for label, side in (("code", row.code), ("account", row.account)):
        text = words.side(side, row, of_account=label == "account")
        paper.field(label, text, indent=2)
        for line in _where(side):
            paper.field("", line, indent=2, style="dim")
    if row.why and row.why != WORDS[state]:
        paper.field("because", row.why, indent=2)
    for broken in row.broken:
        paper.field("breaks", broken, indent=2)
    if row.do:
        paper.field("do", row.do, indent=2)
    paper.line()


def _where(side: Side) -> list[str]:
    return [text for text in (words.place(side), words.change(side)) if text]


def _standings(paper: Paper, drift: Drift) -> None:
    paper.rule("Every statement")
    paper.line(f"  {'':<9} {'code':<9} {'account':<9} state")
    for one in drift.standings:
        _standing(paper, one)
    paper.line()


def _standing(paper: Paper, one: Standing) -> None:
    state = WORDS[one.state] if one.state else "no rule judged it"
    code, account = words.VERDICT[one.code], words.VERDICT[one.account]
    style = _STYLE[one.state] if one.state else "dim"
    paper.line("  ", f"{visible(one.requirement.id):<9} {code:<9} {account:<9} ", paper.style(style, state))


def _summary(paper: Paper, drift: Drift) -> None:
    paper.rule("Summary")
    for state in State:
        count = drift.counts.get(state.value, 0)
        if count and state is not State.IN_SYNC:
            paper.line("  ", f"{count:>6,}  ", paper.style(_STYLE[state], WORDS[state]))
    paper.line("  ", words.in_sync(drift))
    mood = "severe" if any(row.state in DRIFT for row in drift.rows) else "note" if drift.exit_code else "good"
    paper.wrapped(words.sentence(drift), style=mood)
