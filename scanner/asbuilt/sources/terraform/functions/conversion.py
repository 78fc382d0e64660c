"""The conversions that are functions: `tostring`, `tolist`, and the like."""

from __future__ import annotations

from typing import Any

from asbuilt.model import Sensitive, Unknown
from asbuilt.sources.terraform.functions.registry import function
from asbuilt.sources.terraform.language.convert import convert
from asbuilt.sources.terraform.language.typesys import ANY, BOOL, NUMBER, STRING, Type, list_of, map_of, set_of
from asbuilt.sources.terraform.language.values import EvalError, LimitError, UnsupportedError, type_of


def _make(value: Any, want: Type) -> Any:
    try:
        return convert(value, want)
    except (LimitError, UnsupportedError):
        raise
    except EvalError as error:
        bare = value.value if isinstance(value, Sensitive) else value
        if isinstance(bare, str) and want.primitive and not isinstance(value, Sensitive):
            hint = {
                "number": "given string must be a decimal representation of a number",
                "bool": 'only the strings "true" or "false" are allowed',
            }[want.kind]
            raise EvalError(f'cannot convert "{bare}" to {want.friendly}; {hint}') from None
        if isinstance(bare, list | dict | Unknown) or bare is None or want.primitive:
            raise EvalError(f"cannot convert {type_of(bare)} to {want.friendly}: {error.message}") from None
        raise EvalError(f"cannot convert {type_of(bare)} to {want.friendly}") from None


@function("tostring(v: any?~!) string")
def tostring(v: Any) -> Any:
    """Convert to a string."""
    return _make(v, STRING)


@function("tonumber(v: any?~!) number")
def tonumber(v: Any) -> Any:
    """Convert to a number."""
    return _make(v, NUMBER)


@function("tobool(v: any?~!) bool")
def tobool(v: Any) -> Any:
    """Convert to a bool."""
    return _make(v, BOOL)


@function("tolist(v: any?~!) list(any)")
def tolist(v: Any) -> Any:
    """Convert to a list of one type."""
    return _make(v, list_of(ANY))


@function("toset(v: any?~!) set(any)")
def toset(v: Any) -> Any:
    """Convert to a set of one type."""
    return _make(v, set_of(ANY))


@function("tomap(v: any?~!) map(any)")
def tomap(v: Any) -> Any:
    """Convert to a map of one type."""
    return _make(v, map_of(ANY))
