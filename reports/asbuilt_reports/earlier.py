"""Since when things stand as they do, in words that text, HTML and Markdown share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Verdict
from asbuilt_reports.digest import count, plural

if TYPE_CHECKING:
    from asbuilt.results import Results


def since(results: Results) -> str:
    """Say how long runs have come out like this one and what the one before came to; nothing without stored runs."""
    info = results.run.earlier
    if info is None:
        return ""
    words = ""
    if info.alike > 1:
        what = "Something has failed" if count(results, Verdict.FAIL) else "Nothing has failed"
        words = f"{what} since {info.since[:10]}, in each of {plural(info.alike, 'run')}; "
    score = "no score" if info.score is None else f"{info.score:.1f}".removesuffix(".0") + " %"
    words += f"the run before, of {info.started_at[:10]}, had {plural(info.fail, 'failure')} and {score}."
    return words[0].upper() + words[1:]
