"""Find and choose in collections: `contains`, `index`, `coalesce`, `one`, `alltrue`, `sum`."""

from __future__ import annotations

from typing import Any

from asbuilt.model import Unknown
from asbuilt.sources.terraform.functions.registry import function
from asbuilt.sources.terraform.language import numbers
from asbuilt.sources.terraform.language.convert import convert
from asbuilt.sources.terraform.language.operators import equals
from asbuilt.sources.terraform.language.typesys import ANY, BOOL, NUMBER, STRING, Type, type_from_text
from asbuilt.sources.terraform.language.unify import unify
from asbuilt.sources.terraform.language.values import (
    EvalError,
    LimitError,
    derived,
    get_type,
    is_wholly_known,
    kind_of,
    type_of,
)


def _sequence(value: Any, message: str, *, sets: bool = True) -> None:
    kind = kind_of(value)
    if kind not in {"list", "tuple", "any"} and not (sets and kind == "set"):
        raise EvalError(message)


@function("contains(list: any, value: any~) bool")
def contains(items: Any, value: Any) -> Any:
    """Tell whether a collection has an element; equal means of the same type, too."""
    _sequence(items, "argument must be list, tuple, or set")
    open_: list[Any] = []
    for item in items:
        same = equals(item, value)
        if same is True:
            return True
        if isinstance(same, Unknown):
            open_.append(same)
    return derived(open_, BOOL) if open_ else False


@function("index(list: any, value: any) number")
def index(items: Any, value: Any) -> Any:
    """Return the position of the first element that is equal."""
    _sequence(items, "argument must be a list or tuple", sets=False)
    if not items:
        raise EvalError("cannot search an empty list")
    for at, item in enumerate(items):
        same = equals(item, value)
        if isinstance(same, Unknown):
            return derived([same], NUMBER)
        if same:
            return at
    raise EvalError("item not found")


def _common(values: tuple[Any, ...]) -> Type:
    kinds = [get_type(value) for value in values if value is not None]
    found = unify(kinds) if kinds else ANY
    if found is None or not values:
        raise EvalError("all arguments must have the same type")
    return found


@function("coalesce(vals...: any?~) any")
def coalesce(*values: Any) -> Any:
    """Return the first that is neither null nor an empty string, as the type all have in common."""
    kind = _common(values)
    for value in values:
        value = convert(value, kind)
        if isinstance(value, Unknown):
            return derived([value], kind)
        if value is not None and value != "":
            return value
    raise EvalError("no non-null, non-empty-string arguments")


@function("coalescelist(vals...: any?~) any")
def coalescelist(*values: Any) -> Any:
    """Return the first list that is not empty."""
    if not values:
        raise EvalError("at least one argument is required")
    for value in values:
        if value is None or kind_of(value) not in {"list", "tuple", "set", "any"}:
            raise EvalError("coalescelist arguments must be lists or tuples")
    for value in values:
        if isinstance(value, Unknown):
            return derived([value])
        if value:
            return value
    raise EvalError("no non-null arguments")


@function("one(list: any) any")
def one(items: Any) -> Any:
    """Return the only element, or null of an empty collection."""
    message = "must be a list, set, or tuple value with either zero or one elements"
    _sequence(items, message)
    if kind_of(items) == "set" and len(items) > 1 and not is_wholly_known(items):
        return derived(items)
    if len(items) > 1:
        raise EvalError(message)
    return items[0] if items else None


@function("alltrue(list: list(bool)) bool")
def alltrue(items: list[Any]) -> Any:
    """Tell whether all are true."""
    open_: list[Any] = []
    for item in items:
        if isinstance(item, Unknown):
            open_.append(item)
        elif not item:
            # As Terraform does, an unknown before the first false one keeps the result unknown.
            return derived(open_, BOOL) if open_ else False
    return derived(open_, BOOL) if open_ else True


@function("anytrue(list: list(bool)) bool")
def anytrue(items: list[Any]) -> Any:
    """Tell whether any is true."""
    if any(item is True for item in items):
        return True
    open_ = [item for item in items if isinstance(item, Unknown)]
    return derived(open_, BOOL) if open_ else False


@function("sum(list: any*) number")
def sum_(items: Any) -> Any:
    """Add all up."""
    if not isinstance(items, list):
        raise EvalError("cannot sum noniterable")
    if not items:
        raise EvalError("cannot sum an empty list")
    total: Any = 0
    for item in items:
        if item is None or isinstance(item, bool | list | dict):
            raise EvalError("argument must be list, set, or tuple of number values")
        try:
            total = numbers.add(total, convert(item, NUMBER))
        except LimitError:
            raise
        except EvalError:
            raise EvalError("argument must be list, set, or tuple of number values") from None
    return total


@function("compact(list: list(string)*) list(string)")
def compact(items: list[Any]) -> Any:
    """Leave out null and empty strings."""
    from asbuilt.sources.terraform.language.values import ListValue

    return ListValue([item for item in items if item], STRING)


@function("matchkeys(values: list(any)*, keys: list(any)*, searchset: list(any)*) list(any)")
def matchkeys(items: Any, keys: Any, searchset: Any) -> Any:
    """Return the values whose keys are in the search set."""
    from asbuilt.sources.terraform.language.values import ListValue

    kind = unify([get_type(keys), get_type(searchset)], unsafe=True)
    if kind is None or kind.kind != "list":
        if keys and searchset:
            raise EvalError("keys and searchset must be of the same type")
        kind = get_type(keys)
    if len(items) != len(keys):
        raise EvalError("length of keys and values should be equal")
    wanted = convert(searchset, kind)
    chosen = [
        item
        for item, key in zip(items, convert(keys, kind), strict=True)
        if any(equals(key, each) is True for each in wanted)
    ]
    return ListValue(chosen, items.element)


def check_type(value: Any) -> str:
    """Return a type's name for a message, unknown ones included."""
    return type_from_text(value.type).friendly if isinstance(value, Unknown) else type_of(value)
