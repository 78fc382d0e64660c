"""Tables of the HTML page: sections of the architecture, waivers, what is fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import Verdict
from asbuilt_reports import digest, exceptions
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
