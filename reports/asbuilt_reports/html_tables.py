"""Tables of the HTML page: sections of the architecture, waivers, what is fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import Verdict
from asbuilt_reports import digest, exceptions, standings
from asbuilt_reports.escape import value
from asbuilt_reports.html_charts import bar

if TYPE_CHECKING:
    from asbuilt.results import Results

_STATE_LOOKS = {
    "expired": "fail",
    "unused": "unknown",
    "live": "waived",
    "idle": "not_applicable",
    "ignored": "unknown",
}
_STANDING_LOOKS = {"broken": "fail", "holds": "pass", "partly": "unknown", "not judged": "not_applicable"}
FIXED = 500  # rows


def bars(results: Results, links: dict[str, str]) -> list[dict[str, Any]]:
    """Return the verdicts by section of the architecture, each with its bar."""
    rows = []
    for section in digest.section_order(results):
        counts = results.summary.by_section.get(section, {})
        tally = {v.value: counts.get(v.value, 0) for v in Verdict}
        rows.append(
            {"name": section or "(no section)", "link": links.get(section, ""), "counts": tally, "bar": bar(tally)}
        )
    return rows


def statements(results: Results, sections: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return every statement by section, with its standing and links to the findings that cite it."""
    blocks: dict[str, list[dict[str, Any]]] = {}
    for section in sections:
        for block in section["blocks"]:
            blocks.setdefault(block["requirement"].id, []).append(block)
    return [
        {
            "name": name or "Outside the sections",
            "told": standings.told(standings.tally(rows)),
            "rows": [_statement(row, blocks.get(row.requirement.id, [])) for row in rows],
        }
        for name, rows in standings.standings(results)
    ]


def _statement(row: standings.Standing, blocks: list[dict[str, Any]]) -> dict[str, Any]:
    where = row.requirement.location
    return {
        "id": row.requirement.id,
        "statement": row.requirement.statement,
        "where": f"{where.file}:{where.start_line}" if where else "",
        "state": row.state,
        "looks": _STANDING_LOOKS.get(row.state, row.state),
        "why": row.why,
        "links": [{"id": block["id"], "rule": block["rule"], "count": block["count"]} for block in blocks],
    }


def waivers(results: Results) -> list[dict[str, Any]]:
    """Return the waivers as rows of a table, the expired first, then the unused, then by the day they expire."""
    return [
        {
            "state": exceptions.state(waiver),
            "looks": _STATE_LOOKS[exceptions.state(waiver)],
            "what": exceptions.excused(waiver),
            "for": exceptions.subject(waiver),
            "count": waiver.get("waived", 0),
            "place": exceptions.place(waiver),
            **{key: value(waiver[key]) if waiver.get(key) else "" for key in ("owner", "reason", "expires", "ticket")},
        }
        for waiver in exceptions.listed(results)
    ]


def fixed(results: Results) -> list[dict[str, str]]:
    """Return the failures of the baseline that are gone, at most `FIXED`."""
    return [
        {
            "severity": row.severity.value,
            "rule": row.rule,
            "title": row.title,
            "name": row.address,
            "requirement": row.requirement,
            "how": "passes now" if row.how == "passes" else "no longer there",
        }
        for row in results.fixed[:FIXED]
    ]
