"""Pieces of SARIF that hold for every run in a file: places, texts, links."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from asbuilt.model import Location
from asbuilt_reports.escape import visible

DESCRIPTION = 1024  # characters that GitHub shows of a rule's texts


def physical(place: Location) -> dict[str, Any]:
    """Return a place with all four numbers of its region."""
    start_line, start_column = max(1, place.start_line), max(1, place.start_column)
    end_line = max(start_line, place.end_line)
    end_column = place.end_column
    if end_column < 1 or (end_line == start_line and end_column <= start_column):
        end_column = start_column + 1 if end_line == start_line else 1
    return {
        "artifactLocation": {"uri": uri(place.file)},
        "region": {
            "startLine": start_line,
            "startColumn": start_column,
            "endLine": end_line,
            "endColumn": end_column,
        },
    }


def uri(file: str) -> str:
    """Return a file name as a repo-relative, percent-encoded URI reference.

    What lies outside the repository (an absolute path, `../`) cannot be named to GitHub; its path is kept, made
    relative, since a result without a location makes GitHub reject the whole file.
    """
    parts = [part for part in file.split("/") if part not in ("", ".", "..")]
    return quote("/".join(parts), safe="/-._~", errors="backslashreplace") or "unnamed"


def said(text: str) -> str:
    """Return text on one line that forms no embedded link (SARIF 2.1.0, 3.11.6)."""
    shown = visible(" ".join(text.split())).replace("](", "] (")
    return shown or ("(blank)" if text else "")


def markdown(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return re.sub(r"([\\`*_{}\[\]<>#|!~])", r"\\\1", text).replace("@", "@\u200b")


def cut(text: str) -> str:
    """Return at most as much as GitHub shows."""
    return text if len(text) <= DESCRIPTION else text[: DESCRIPTION - 1] + "…"
