"""Give properties the types that CloudFormation gives them: "true" for true, "443" for 443, and the other way round.

The table comes from the schemas that cfn-lint carries (`scripts/make_property_types.py`).
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from typing import Any

from asbuilt.model import ABSENT, Sensitive, Unknown
from asbuilt.packaged import file_beside
from asbuilt.patterns import when_used
from asbuilt.sources.cloudformation.language.values import EvaluationError, Partial, text_of

_INTEGER = when_used(r"[-+]?\d{1,18}", re.ASCII)
_NUMBER = when_used(r"[-+]?\d{1,18}\.\d{1,18}", re.ASCII)
_TRUTHS = {"true": True, "false": False}


@cache
def _tables() -> str:
    """Return the tables of all types as they stand in the file, one a line."""
    return file_beside(__name__, "property_types.json").decode()


@cache
def shape_of(type_: str) -> dict[str, Any]:
    """Return the shape of a type's properties, empty for a type that is not in the table."""
    text, head = _tables(), f'\n"{type_}": '
    start = text.find(head) + len(head)
    shape: dict[str, Any] = json.loads(text[start : text.find("\n", start)].rstrip(",")) if start >= len(head) else {}
    return shape


def typed(value: Any, shape: Any) -> Any:
    """Return a value with the scalars in it as their shape says; what does not fit stays as it is."""
    if shape is None or value is None or value is ABSENT or (shape == "s" and type(value) is str):
        return value
    if isinstance(value, Unknown):
        return value if not value.arms and value.structure is ABSENT else _unknown(value, shape)
    if isinstance(value, Sensitive):
        return Sensitive(typed(value.value, shape))
    if isinstance(shape, str):
        return _scalar(value, shape)
    if isinstance(shape, list):
        return [typed(item, shape[0]) for item in value] if isinstance(value, list) else typed(value, shape[0])
    if isinstance(value, dict):
        other = shape.get("*")
        found: dict[str, Any] = {}
        for key, item in value.items():
            wanted = shape.get(key, other)
            found[key] = item if wanted == "s" and type(item) is str else typed(item, wanted)
        return Partial(found, value.rest) if isinstance(value, Partial) else found
    return value


def _unknown(value: Unknown, shape: Any) -> Unknown:
    arms = tuple(typed(arm, shape) for arm in value.arms)
    return replace(value, arms=arms, structure=typed(value.structure, shape))


def _scalar(value: Any, kind: str) -> Any:
    if kind == "s":
        if isinstance(value, bool | int | float):
            try:
                return text_of(value)
            except EvaluationError:
                return value
        return value
    if not isinstance(value, str):
        return value
    text = value.strip()
    if kind == "b":
        return _TRUTHS.get(text.lower(), value)
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else value
