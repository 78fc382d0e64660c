"""Convert values between Terraform's types, exactly as `go-cty` does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from asbuilt.model import Sensitive, Unknown
from asbuilt.sources.terraform.language.numbers import BigFloat, number_from_text, to_text
from asbuilt.sources.terraform.language.sets import make_set
from asbuilt.sources.terraform.language.typesys import ANY, STRING, Type, type_from_text
from asbuilt.sources.terraform.language.unify import convertible, unify
from asbuilt.sources.terraform.language.values import (
    EvalError,
    ListValue,
    MapValue,
    SetValue,
    get_type,
    mark,
    type_of,
    unmark_deep,
    with_type,
)

__all__ = ["convert", "make_set", "object_key", "to_text_value"]


def convert(value: Any, want: Type) -> Any:
    """Return a value as a type. Raises EvalError where Terraform rejects the conversion.

    Null stays null, unknown stays unknown with the new type, sensitive stays sensitive. Optional attributes get their
    defaults. `any` inside a collection stands for the one type that all elements can have.
    """
    if want.kind == "any":
        return value
    if isinstance(value, Sensitive):
        return mark(convert(value.value, want))
    if value is None:
        return None
    if isinstance(value, Unknown):
        return _convert_unknown(value, want)
    if want.primitive:
        return _convert_primitive(value, want)
    if want.kind == "object":
        return _convert_object(value, want)
    if want.kind == "tuple":
        return _convert_tuple(value, want)
    if want.kind == "map":
        return _convert_map(value, want)
    return _convert_sequence(value, want)


def object_key(key: Any) -> str:
    """Return a value as the key of an object. Raises EvalError for null and for what is no primitive."""
    if key is None:
        raise EvalError("Can't use a null value as a key.")
    try:
        return str(convert(key, STRING))
    except EvalError:
        raise EvalError("Can't use this value as a key: string required.") from None


def to_text_value(value: Any) -> str:
    """Write a known primitive as a string."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return to_text(value)


def _convert_unknown(value: Unknown, want: Type) -> Unknown:
    have = type_from_text(value.type)
    if not convertible(have, want):
        raise _mismatch(have.friendly, want)
    if not want.concrete and have.kind != "any":
        want = have if have.kind == want.kind else want
    converted = with_type(value, want)
    if not value.arms:
        return converted
    arms = []
    for arm in value.arms:
        try:
            arms.append(convert(arm, want))
        except EvalError:
            return replace(converted, arms=())
    return replace(converted, arms=tuple(arms))


def _mismatch(have: str, want: Type) -> EvalError:
    return EvalError(f"{want.friendly} required, but have {have}")


def _convert_primitive(value: Any, want: Type) -> Any:
    kind = want.kind
    if kind == "string":
        if isinstance(value, str):
            return value
        if isinstance(value, int | BigFloat):
            return to_text_value(value)
    elif kind == "bool":
        if isinstance(value, bool):
            return value
        if isinstance(value, str):
            return _to_bool(value)
    elif isinstance(value, bool):
        pass
    elif isinstance(value, int | BigFloat):
        return value
    elif isinstance(value, str):
        return number_from_text(value)
    raise _mismatch(type_of(value), want)


def _to_bool(text: str) -> bool:
    if text in {"true", "1"}:
        return True
    if text in {"false", "0"}:
        return False
    if text in {"True", "TRUE", "False", "FALSE"}:
        raise EvalError(f'a bool is required; to convert from string, use lowercase "{text.lower()}"')
    raise EvalError("a bool is required")


def _convert_sequence(value: Any, want: Type) -> Any:
    if not isinstance(value, list):
        raise _mismatch(type_of(value), want)
    element = want.element or ANY
    if isinstance(value, ListValue | SetValue):
        if element.kind == "any" or element == value.element:
            items, element = list(value), value.element
        else:
            items = _convert_items(value, element)
    else:
        if element.kind == "any":
            element = _common([get_type(item) for item in value], want)
        items = _convert_items(value, element)
    element = _settle(element, items)
    if want.kind == "list":
        return ListValue(items, element)
    bare, marked = unmark_deep(items)
    return mark(make_set(bare, element), marked)


def _convert_items(items: list[Any], element: Type) -> list[Any]:
    converted = []
    for at, item in enumerate(items):
        try:
            converted.append(convert(item, element))
        except EvalError as error:
            raise type(error)(f"element {at}: {error.message}") from None
    return converted


def _settle(element: Type, items: list[Any]) -> Type:
    """Give a collection that was asked for with `any` inside the type that its elements turned out to have."""
    if element.concrete or not items:
        return _plain_type(element)
    found = unify([get_type(item) for item in items if item is not None])
    return found if found is not None else element


def _plain_type(kind: Type) -> Type:
    """Drop `optional` marks and defaults: they belong to constraints, not to the types of values."""
    if kind.kind == "object" and kind.optional:
        return Type("object", attributes=tuple((name, _plain_type(t)) for name, t in kind.attributes))
    if kind.element is not None:
        inner = _plain_type(kind.element)
        return kind if inner is kind.element else Type(kind.kind, inner)
    return kind


def _common(types: list[Type], want: Type) -> Type:
    if not types:
        return ANY
    found = unify([t for t in types if t.kind != "any"] or types)
    if found is None:
        what = "attribute types must all match for conversion to map" if want.kind == "map" else ""
        raise EvalError(what or f"all {want.kind} elements must have the same type")
    return found


def _convert_map(value: Any, want: Type) -> Any:
    if not isinstance(value, dict):
        raise _mismatch(type_of(value), want)
    element = want.element or ANY
    if isinstance(value, MapValue):
        if element.kind == "any" or element == value.element:
            return value
    elif element.kind == "any":
        element = _common([get_type(item) for item in value.values()], want)
    result: dict[str, Any] = {}
    for key, item in value.items():
        try:
            result[key] = convert(item, element)
        except EvalError as error:
            raise type(error)(f'element "{key}": {error.message}') from None
    return MapValue(result, _settle(element, list(result.values())))


def _convert_tuple(value: Any, want: Type) -> Any:
    if not isinstance(value, list) or isinstance(value, ListValue | SetValue):
        raise _mismatch(type_of(value), want)
    if len(value) != len(want.items):
        raise EvalError(f"tuple of length {len(want.items)} required, but have one of length {len(value)}")
    result = []
    for at, (item, kind) in enumerate(zip(value, want.items, strict=True)):
        try:
            result.append(convert(item, kind))
        except EvalError as error:
            raise type(error)(f"element {at}: {error.message}") from None
    return result


def _convert_object(value: Any, want: Type) -> Any:
    if not isinstance(value, dict):
        raise _mismatch(type_of(value), want)
    defaults = dict(want.defaults)
    result: dict[str, Any] = {}
    for name, kind in want.attributes:
        item = value.get(name)
        if name not in value and name not in want.optional:
            missing = [f'"{key}"' for key, _ in want.attributes if key not in value and key not in want.optional]
            words = f"attributes {', '.join(missing)} are" if len(missing) > 1 else f"attribute {missing[0]} is"
            raise EvalError(f"{words} required")
        if item is None and name in defaults:
            item = defaults[name]
        try:
            result[name] = convert(item, kind)
        except EvalError as error:
            raise type(error)(f'attribute "{name}": {error.message}') from None
    return result
