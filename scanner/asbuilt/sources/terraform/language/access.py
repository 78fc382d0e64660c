"""Reach into values: index, attribute, splat, iteration."""

from __future__ import annotations

from typing import Any

from asbuilt.model import Sensitive, Unknown
from asbuilt.sources.terraform.language.arms import MAX_ARMS, join_arms, over_arms
from asbuilt.sources.terraform.language.convert import convert
from asbuilt.sources.terraform.language.numbers import BigFloat
from asbuilt.sources.terraform.language.typesys import NUMBER, STRING, Type, type_from_text
from asbuilt.sources.terraform.language.values import (
    EvalError,
    ListValue,
    MapValue,
    SetValue,
    derived,
    is_wholly_known,
    mark,
    type_of,
    unmark,
)

_NO_ELEMENT = "The given key does not identify an element in this collection value"


def index(base: Any, key: Any) -> Any:
    """Return `base[key]`."""
    forked = over_arms(index, [base, key])
    if forked is not None:
        return forked
    base, base_marked = unmark(base)
    key, key_marked = unmark(key)
    return mark(_index(base, key), base_marked or key_marked)


def _index(base: Any, key: Any) -> Any:
    if base is None:
        raise EvalError("This value is null, so it does not have any indices.")
    if key is None:
        raise EvalError("Can't use a null value as an indexing key.")
    if isinstance(base, Unknown):
        return derived([base, key], _element_type(base, key))
    if isinstance(base, SetValue):
        raise EvalError(
            "Elements of a set are identified only by their value and don't have any separate index or key."
        )
    if isinstance(base, list):
        return _index_list(base, key)
    if isinstance(base, dict):
        return _index_dict(base, key)
    raise EvalError("This value does not have any indices.")


def _index_list(base: list[Any], key: Any) -> Any:
    try:
        at = convert(key, NUMBER)
    except EvalError:
        raise EvalError(f"{_NO_ELEMENT}: a number is required.") from None
    if isinstance(at, Unknown):
        return _any_element(base, at)
    if isinstance(at, BigFloat):
        raise EvalError(
            f"{_NO_ELEMENT}: indexing a sequence requires a whole number, but the given index has a fractional part."
        )
    if at < 0:
        raise EvalError(f"{_NO_ELEMENT}: a negative number is not a valid index for a sequence.")
    if at >= len(base):
        raise EvalError(f"{_NO_ELEMENT}.")
    return base[at]


def _index_dict(base: dict[str, Any], key: Any) -> Any:
    try:
        name = convert(key, STRING)
    except EvalError:
        raise EvalError(f"{_NO_ELEMENT}: a string is required.") from None
    if isinstance(name, Unknown):
        return _any_element(list(base.values()), name)
    if name not in base:
        raise EvalError(f"{_NO_ELEMENT}.")
    return base[name]


def _any_element(elements: list[Any], key: Unknown) -> Any:
    """Return the Unknown that may be any of the elements: which one, the unknown key decides."""
    if 0 < len(elements) <= MAX_ARMS and all(map(is_wholly_known, elements)):
        return join_arms(key, elements)
    return derived([key, *elements])


def _element_type(base: Unknown, key: Any) -> Type | str:
    kind = type_from_text(base.type)
    if kind.element is not None:
        return kind.element
    if kind.kind == "object" and isinstance(key, str):
        return kind.attribute(key) or ""
    if kind.kind == "tuple" and isinstance(key, int) and 0 <= key < len(kind.items):
        return kind.items[key]
    return ""


def attribute(base: Any, name: str) -> Any:
    """Return `base.name`."""
    forked = over_arms(lambda value: attribute(value, name), [base])
    if forked is not None:
        return forked
    base, marked = unmark(base)
    if isinstance(base, dict):
        if name in base:
            return mark(base[name], marked)
        if isinstance(base, MapValue):
            raise EvalError(f'This map does not have an element with the key "{name}".')
        raise EvalError(f'This object does not have an attribute named "{name}".')
    if base is None:
        raise EvalError("This value is null, so it does not have any attributes.")
    if isinstance(base, Unknown):
        return mark(_unknown_attribute(base, name), marked)
    if isinstance(base, list):
        raise EvalError("This value does not have any attributes.")
    raise EvalError(f"Can't access attributes on a primitive-typed value ({type_of(base)}).")


def _unknown_attribute(base: Unknown, name: str) -> Unknown:
    kind = type_from_text(base.type)
    if kind.primitive:
        raise EvalError(f"Can't access attributes on a primitive-typed value ({kind.friendly}).")
    if kind.kind in {"list", "set", "tuple"}:
        raise EvalError("This value does not have any attributes.")
    if kind.kind == "object" and kind.attribute(name) is None:
        raise EvalError(f'This object does not have an attribute named "{name}".')
    return derived([base], _element_type(base, name))


def splat_elements(base: Any) -> tuple[Any, bool]:
    """Return what `base[*]` walks over: a list of elements or an Unknown, and whether the base is sensitive.

    Null has no elements; what is no list, set or tuple is its own only element.
    """
    base, marked = unmark(base)
    if base is None:
        return [], marked
    if isinstance(base, Unknown):
        kind = type_from_text(base.type)
        if kind.primitive or kind.kind in {"map", "object"}:
            return [base], marked
        return base, marked
    return (list(base) if isinstance(base, list) else [base]), marked


def splat_result(base: Any, results: list[Any]) -> Any:
    """Return the results of a splat as Terraform does: a list for a list or set, else a tuple."""
    from asbuilt.sources.terraform.language.unify import unify
    from asbuilt.sources.terraform.language.values import get_type

    bare, marked = unmark(base)
    if isinstance(bare, ListValue | SetValue):
        kind = unify([get_type(item) for item in results])
        if kind is not None:
            return mark(ListValue([convert(item, kind) for item in results], kind), marked)
        if not results:
            return mark(ListValue([]), marked)
    return mark(results, marked)


def iterate(collection: Any) -> tuple[list[tuple[Any, Any]] | Unknown, bool]:
    """Return the (key, value) pairs a `for` walks over, in Terraform's order, or the Unknown; and whether sensitive.

    Lists have positions as keys, sets their elements, maps and objects their keys in lexical order.
    """
    bare, marked = unmark(collection)
    if bare is None:
        raise EvalError("A null value cannot be used as the collection in a 'for' expression.")
    if isinstance(bare, Unknown):
        kind = type_from_text(bare.type)
        if kind.primitive:
            raise EvalError(f"A value of type {kind.friendly} cannot be used as the collection in a 'for' expression.")
        return bare, marked
    if isinstance(bare, SetValue):
        return [(item, item) for item in bare], marked
    if isinstance(bare, list):
        return list(enumerate(bare)), marked
    if isinstance(bare, dict):
        return [(key, bare[key]) for key in sorted(bare)], marked
    if isinstance(bare, Sensitive):
        return iterate(bare)
    raise EvalError(f"A value of type {type_of(bare)} cannot be used as the collection in a 'for' expression.")
