"""Find the JSON tree behind a template of which some parts are unknown.

`{"image": "${var.image}", "port": 80}` is no JSON before `var.image` is known, but the port is known all the same.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT
from asbuilt.patterns import when_used
from asbuilt.sources.terraform.language.numbers import number_from_text
from asbuilt.sources.terraform.language.values import EvalError, derived

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asbuilt.model import Unknown

_MARK = "\ue000"  # a private-use character stands around the number of an unknown part
_PLACE = when_used(f"{_MARK}(\\d+){_MARK}")
_STRINGS = when_used(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)
MAX_TEXT = 1_000_000


def json_structure(texts: Sequence[Any]) -> Any:
    """Return the tree with Unknown leaves that a partly known JSON text stands for, or ABSENT where it is none."""
    first = next((text for text in texts if not isinstance(text, str) or text.strip()), "")
    if not isinstance(first, str) or first.lstrip()[:1] not in {"{", "["}:
        return ABSENT
    if sum(len(text) for text in texts if isinstance(text, str)) > MAX_TEXT or any(
        isinstance(text, str) and _MARK in text for text in texts
    ):
        return ABSENT
    parts: list[Unknown] = []
    text = ""
    inside = False
    for part in texts:
        if isinstance(part, str):
            text += part
            inside = _ends_inside_string(text)
            continue
        place = f"{_MARK}{len(parts)}{_MARK}"
        text += place if inside else f'"{place}"'
        # Outside of quotes the text may stand for any JSON, not only for a string.
        parts.append(part if inside else replace(part, type="", prefix="", suffix=""))
    try:
        tree = json.loads(text, parse_float=number_from_text)
    except (ValueError, RecursionError, EvalError):
        return ABSENT
    # A key that is not known could be any of the others.
    return ABSENT if _PLACE.search("".join(_keys(tree))) else _fill(tree, parts)


def _keys(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        yield from tree
    for item in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _keys(item)


def _ends_inside_string(text: str) -> bool:
    last = None
    for last in _STRINGS.finditer(text):  # noqa: B007 - the last one counts
        pass
    return last is not None and last.end() == len(text) and (len(last[0]) == 1 or not _closed(last[0]))


def _closed(string: str) -> bool:
    return bool(re.fullmatch(r'"(?:[^"\\]|\\.)*"', string, re.DOTALL))


def _fill(tree: Any, parts: list[Unknown]) -> Any:
    if isinstance(tree, dict):
        return {key: _fill(item, parts) for key, item in tree.items()}
    if isinstance(tree, list):
        return [_fill(item, parts) for item in tree]
    if not isinstance(tree, str) or _MARK not in tree:
        return tree
    pieces = _PLACE.split(tree)
    if len(pieces) == 3 and not pieces[0] and not pieces[2]:
        return parts[int(pieces[1])]
    found = [parts[int(piece)] for piece in pieces[1::2]]
    return derived(found, "string", prefix=pieces[0], suffix=pieces[-1])
