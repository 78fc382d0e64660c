"""What an audit of an organisation covered, account by account, in words that text, HTML and Markdown share."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from asbuilt.model import Verdict
from asbuilt_reports.digest import VERDICT_WORDS, plural

if TYPE_CHECKING:
    from asbuilt.results import Covered, Results

_ORDER = ("crashed", "denied", "throttled", "not-enabled", "unread", "suspended", "unassigned", "audited", "skipped")
_NUMBERS = tuple(verdict for verdict in Verdict if verdict is not Verdict.NOT_APPLICABLE)


def ordered(results: Results) -> list[Covered]:
    """Return the rows, what was not covered first, then what fails."""
    return sorted(results.accounts, key=lambda row: (_place(row.outcome), row.exit_code != 1, row.account, row.region))


def _place(outcome: str) -> int:
    return _ORDER.index(outcome) if outcome in _ORDER else 0


def headline(results: Results) -> str:
    """Say how much of the organisation was covered."""
    rows = results.accounts
    wanted = [row for row in rows if row.outcome != "skipped"]
    whole = sum(row.outcome == "audited" for row in wanted)
    many = len({row.account for row in wanted})
    text = f"{whole:,} of {plural(len(wanted), 'region')} of {plural(many, 'account')} audited in whole"
    counts = Counter(row.outcome for row in rows)
    others = [f"{counts[name]:,} {name.replace('-', ' ')}" for name in _ORDER if name != "audited" and counts[name]]
    return f"{text}; {', '.join(others)}" if others else text


def numbers(row: Covered) -> str:
    """Return the verdicts of a row as text, "" where there are no results."""
    if row.exit_code is None:
        return ""
    told = [f"{row.counts[v.value]:,} {VERDICT_WORDS[v]}" for v in _NUMBERS if row.counts.get(v.value)]
    return f"{', '.join(told) or 'nothing judged'}; exit {row.exit_code}"


def why(row: Covered) -> str:
    """Return why a row is not audited in whole, and what to do."""
    return f"{row.reason}: {row.action}" if row.reason and row.action else row.reason or row.action
