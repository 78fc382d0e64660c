"""A comparison of code and account as one HTML page: the report's design, its policy, and no script at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asbuilt.drift.advice import WORDS
from asbuilt.drift.model import DRIFT, State
from asbuilt_reports import drift_words as words
from asbuilt_reports.html import page

if TYPE_CHECKING:
    from asbuilt.drift.model import Drift, Row, Side, Standing

# A row costs about 1.5 kB: the page stays below 3 MB. The JSON has all of them.
ROWS: Final = 400
# How a state is coloured: the report's verdicts.
KINDS: Final = {
    State.BOTH_BREAK: "fail",
    State.ACCOUNT_BREAKS: "fail",
    State.CODE_BEHIND: "fail",
    State.UNMANAGED: "error",
    State.MISSING: "error",
    State.DIFFERS: "waived",
    State.UNKNOWN: "unknown",
    State.WAIVED: "waived",
    State.IN_SYNC: "pass",
}


def render(drift: Drift) -> str:
    """Return the comparison as one self-contained HTML page."""
    return page("drift.html.j2", view(drift), styles=("report.css", "drift.css"))


def view(drift: Drift) -> dict[str, Any]:
    """Return the template's variables."""
    left = ROWS
    groups = []
    for (state, heading), rows in words.groups(drift.rows):
        shown = rows[: max(0, left)]
        left -= len(shown)
        groups.append(
            {
                "id": f"s-{state.value}",
                "name": words.SHORT[state],
                "heading": heading,
                "count": len(rows),
                "kind": KINDS[state],
                "rows": [_row(row) for row in shown],
                "left": len(rows) - len(shown),
            }
        )
    drifted = any(row.state in DRIFT for row in drift.rows)
    return {
        "title": drift.code.spec.title or drift.code.spec.name,
        "environment": drift.code.environment,
        "sentence": words.sentence(drift),
        "mood": "fail" if drifted else "unknown" if drift.exit_code else "pass",
        "tiles": [_tile(state, drift.counts.get(state.value, 0)) for state in State],
        "in_sync": words.in_sync(drift),
        "scope": words.scope(drift),
        "started": drift.account.started_at.replace("T", " ").replace("+00:00", " UTC").replace("Z", " UTC"),
        "groups": groups,
        "standings": [_standing(one) for one in drift.standings],
        "gaps": [{"side": side, "gap": gap} for side, gap in drift.gaps],
        "remarks": words.remarks(drift),
        "tool": f"{drift.tool} {drift.version}",
    }


def _tile(state: State, count: int) -> dict[str, Any]:
    kind = KINDS[state] if count else "zero"
    return {"value": f"{count:,}", "word": words.SHORT[state], "kind": kind, "title": WORDS[state]}


def _row(row: Row) -> dict[str, Any]:
    return {
        "id": f"d-{row.id}",
        "subject": row.subject,
        "service": row.service,
        "severity": row.severity.value if row.severity else "",
        "requirement": row.requirement,
        "rule": row.rule,
        "property": row.property,
        "spec": _spec(row),
        "code": _side(row.code, row, of_account=False),
        "account": _side(row.account, row, of_account=True),
        "why": row.why if row.why != WORDS[row.state] else "",
        "broken": row.broken,
        "do": row.do,
    }


def _spec(row: Row) -> str:
    if row.expected is not None:
        return words.value(row.expected)
    if row.state is State.DIFFERS:
        return "allows both"
    return ""


def _side(side: Side, row: Row, *, of_account: bool) -> dict[str, Any]:
    where = side.location
    bad = side.verdict == "fail" or (not side.address and row.state in (State.MISSING, State.UNMANAGED))
    return {
        "text": words.side(side, row, of_account=of_account),
        "bad": bad,
        "good": side.verdict == "pass",
        "address": side.address,
        "field": side.field,
        "where": f"{where.file}:{where.start_line}" if where is not None and where.file else "",
        "change": words.change(side),
    }


def _standing(one: Standing) -> dict[str, Any]:
    return {
        "requirement": one.requirement,
        "code": _verdict(one.code),
        "account": _verdict(one.account),
        "state": words.SHORT[one.state] if one.state else "not judged",
        "kind": KINDS[one.state] if one.state else "not_applicable",
        "link": f"#s-{one.state.value}" if one.rows and one.state else "",
    }


def _verdict(verdict: str) -> dict[str, str]:
    return {"word": words.VERDICT[verdict], "kind": verdict or "not_applicable"}
