"""Bring collections into another shape: `flatten`, `distinct`, `sort`, `setproduct`, `transpose`."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import Any

from asbuilt.model import Unknown
from asbuilt.sources.terraform.functions.registry import function
from asbuilt.sources.terraform.language.convert import convert, make_set
from asbuilt.sources.terraform.language.sets import identity
from asbuilt.sources.terraform.language.typesys import ANY, STRING, Type, list_of, set_of, tuple_of, type_from_text
from asbuilt.sources.terraform.language.unify import unify
from asbuilt.sources.terraform.language.values import (
    EvalError,
    LimitError,
    ListValue,
    MapValue,
    SetValue,
    derived,
    get_type,
    is_wholly_known,
    kind_of,
    mark,
    unmark,
)

MAX_PRODUCT = 100_000


@function("flatten(list: any~!) any")
def flatten(value: Any) -> Any:
    """Put the elements of nested lists, sets and tuples into one tuple."""
    bare, marked = unmark(value)
    if isinstance(bare, Unknown):
        return mark(derived([bare]), marked)
    if not isinstance(bare, list):
        raise EvalError("can only flatten lists, sets and tuples")
    items, inner, unknown = _flatten(bare)
    if unknown:
        return mark(derived(unknown), marked or inner)
    return mark(items, marked or inner)


def _flatten(value: list[Any]) -> tuple[list[Any], bool, list[Unknown]]:
    """Return the flat elements, whether a list inside was marked, and the unknowns that might be lists."""
    items: list[Any] = []
    unknown: list[Unknown] = []
    marked = False
    for item in value:
        bare, was_marked = unmark(item)
        if isinstance(bare, list):
            inner, inner_marked, inner_unknown = _flatten(bare)
            items += inner
            unknown += inner_unknown
            marked = marked or was_marked or inner_marked
            continue
        if isinstance(bare, Unknown) and type_from_text(bare.type).kind in {"any", "list", "set", "tuple"}:
            unknown.append(bare)
        items.append(item)
    return items, marked, unknown


@function("distinct(list: list(any)*) list(any)")
def distinct(items: Any) -> Any:
    """Leave out what came before."""
    seen: dict[Any, Any] = {}
    for item in items:
        seen.setdefault(identity(item), item)
    return ListValue(seen.values(), items.element)


@function("sort(list: list(string)) list(string)")
def sort(items: Any) -> Any:
    """Sort strings by their code points."""
    for at, item in enumerate(items):
        if item is None:
            raise EvalError(f"given list element {at} is null; a null string cannot be sorted")
    if not is_wholly_known(items):
        return ListValue([derived(items, STRING) for _ in items], STRING)
    return ListValue(sorted(items), STRING)


@function("setproduct(sets...: any~!) any")
def setproduct(*sets: Any) -> Any:
    """Return all combinations: a set of tuples if a set is among the arguments, else a list."""
    if len(sets) < 2:
        raise EvalError("at least two arguments are required")
    pairs = [unmark(each) for each in sets]
    bares, marked = [bare for bare, _ in pairs], any(flag for _, flag in pairs)
    columns: list[Type] = []
    for bare in bares:
        kind = get_type(bare)
        if kind.kind not in {"list", "set", "tuple", "any"} or bare is None:
            raise EvalError("a set or a list is required")
        columns.append(kind.element if kind.element is not None else _one_type(kind))
    element = tuple_of(columns)
    as_set = any(kind_of(bare) == "set" for bare in bares)
    if any(isinstance(bare, Unknown) for bare in bares):
        return mark(derived(bares, set_of(element) if as_set else list_of(element)), marked)
    if any(isinstance(bare, SetValue) and len(bare) > 1 and not is_wholly_known(bare) for bare in bares):
        return mark(derived(bares, set_of(element)), marked)
    if prod(map(len, bares)) > MAX_PRODUCT:
        raise LimitError(f"more than {MAX_PRODUCT} combinations")
    converted = [[convert(item, kind) for item in bare] for bare, kind in zip(bares, columns, strict=True)]
    rows = [list(row) for row in product(*converted)]
    return mark(make_set(rows, element) if as_set else ListValue(rows, element), marked)


def _one_type(kind: Type) -> Type:
    if not kind.items:
        return ANY
    found = unify(kind.items)
    if found is None:
        raise EvalError("all elements must be of the same type")
    return found


@function("transpose(values: map(list(string))*) map(list(string))")
def transpose(values: Any) -> Any:
    """Swap keys and the strings in the lists under them."""
    result: dict[str, list[str]] = {}
    for key in sorted(values):
        if values[key] is None:
            raise EvalError("input must not contain null lists")
        for item in values[key]:
            if item is None:
                raise EvalError("input must not contain null strings")
            result.setdefault(item, []).append(key)
    lists = {key: ListValue(sorted(items), STRING) for key, items in sorted(result.items())}
    return MapValue(lists, list_of(STRING))
