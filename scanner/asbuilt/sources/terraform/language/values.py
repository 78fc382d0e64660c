"""Terraform's values as Python values.

| Terraform | Python |
|---|---|
| null, bool, string | `None`, `bool`, `str` |
| number | `int` where it is whole, else `BigFloat` (512-bit binary precision, as Terraform's) |
| tuple, object | plain `list`, plain `dict` |
| list(T), map(T), set(T) | `ListValue`, `MapValue`, `SetValue`: list, dict, list that keep the element type |
| unknown | `model.Unknown` (with `type` when it is known) |
| sensitive | `model.Sensitive` around the value; functions and operators take it off and put it back |

A `SetValue` is a list without duplicates in Terraform's own order of iteration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asbuilt.model import ABSENT, Location, Reference, Sensitive, Unknown, UnknownKind
from asbuilt.records import replaced
from asbuilt.sources.terraform.language.errors import EvalError, LimitError, OutsideError, UnsupportedError
from asbuilt.sources.terraform.language.numbers import BigFloat, number_from_text
from asbuilt.sources.terraform.language.typesys import (
    ANY,
    BOOL,
    NUMBER,
    STRING,
    Type,
    object_of,
    tuple_of,
    type_from_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "BigFloat",
    "EvalError",
    "LimitError",
    "ListValue",
    "MapValue",
    "OutsideError",
    "SetValue",
    "UnsupportedError",
    "derived",
    "get_type",
    "is_number",
    "is_wholly_known",
    "kind_of",
    "mark",
    "number_from_text",
    "to_plain",
    "type_of",
    "unknown",
    "unknowns",
    "unmark",
    "unmark_deep",
]


class ListValue(list[Any]):
    """A `list(T)`."""

    __slots__ = ("element",)

    def __init__(self, items: Iterable[Any] = (), element: Type = ANY) -> None:
        super().__init__(items)
        self.element = element


class SetValue(list[Any]):
    """A `set(T)`: no duplicates, in Terraform's order. `convert.make_set` makes one from any elements."""

    __slots__ = ("element",)

    def __init__(self, items: Iterable[Any] = (), element: Type = ANY) -> None:
        super().__init__(items)
        self.element = element


class MapValue(dict[str, Any]):
    """A `map(T)`."""

    __slots__ = ("element",)

    def __init__(self, items: Any = (), element: Type = ANY) -> None:
        super().__init__(items)
        self.element = element


def is_number(value: Any) -> bool:
    """Tell a number from everything else, bools included."""
    return isinstance(value, int | BigFloat) and not isinstance(value, bool)


def unknown(
    kind: UnknownKind,
    reason: str,
    *,
    location: Location | None = None,
    references: tuple[Reference, ...] = (),
    exact: bool = False,
    type_: Type | str = "",
) -> Unknown:
    """Make an unknown value; `type_` may be a Type or its text."""
    return Unknown(kind, reason, location, references, exact, type=_type_text(type_))


def _type_text(kind: Type | str) -> str:
    text = str(kind)
    return "" if text == "any" else text


# The types of values that have no others inside; most values are of one of them.
_PLAIN: dict[type, Type] = {str: STRING, bool: BOOL, int: NUMBER, BigFloat: NUMBER, type(None): ANY}
SINGLE: Final = frozenset((*_PLAIN, Unknown))


def unknowns(value: Any) -> Iterator[Unknown]:
    """Yield every Unknown in a value, outermost first."""
    if isinstance(value, Unknown):
        yield value
    elif isinstance(value, Sensitive):
        yield from unknowns(value.value)
    elif isinstance(value, list):
        for item in value:
            if type(item) not in _PLAIN:
                yield from unknowns(item)
    elif isinstance(value, dict):
        for item in value.values():
            if type(item) not in _PLAIN:
                yield from unknowns(item)


def is_wholly_known(value: Any) -> bool:
    """Whether no Unknown is in a value, at any depth."""
    kind = type(value)
    if kind in _PLAIN:
        return True
    if kind is Unknown:
        return False
    if isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            if type(item) not in _PLAIN and not is_wholly_known(item):
                return False
        return True
    return next(unknowns(value), None) is None


def derived(values: Iterable[Any], type_: Type | str = "", **more: Any) -> Unknown:
    """Make the unknown result of something computed from `values`, at least one of them unknown at some depth.

    It has the references of all, and the kind, reason and location of the first; a list or map those of the first that
    is no reference to a resource, if there is one: what is behind the references is then not all there is.
    """
    text = _type_text(type_)
    first: Unknown | None = None
    references: dict[Reference, None] = {}
    for value in values:
        for found in unknowns(value):
            hides = first is not None and first.kind is UnknownKind.COMPUTED is not found.kind and text != "string"
            first = found if first is None or hides else first
            references.update(dict.fromkeys(found.references))
            for arm in found.arms:
                for inner in unknowns(arm):
                    references.update(dict.fromkeys(inner.references))
    if first is None:
        raise ValueError("nothing unknown to derive from")
    return Unknown(first.kind, first.reason, first.location, tuple(references), exact=False, type=text, **more)


def with_type(value: Unknown, type_: Type | str) -> Unknown:
    """Return an Unknown with another type."""
    text = _type_text(type_)
    return value if value.type == text else replaced(value, type=text)


def unmark(value: Any) -> tuple[Any, bool]:
    """Take the sensitive mark off the top of a value; say whether there was one."""
    marked = False
    while isinstance(value, Sensitive):
        value, marked = value.value, True
    return value, marked


def mark(value: Any, marked: bool = True) -> Any:
    """Put the sensitive mark on a value, once, if `marked`."""
    return Sensitive(value) if marked and not isinstance(value, Sensitive) else value


def unmark_deep(value: Any) -> tuple[Any, bool]:
    """Take the sensitive marks off a value and everything in it; say whether there was any."""
    if type(value) in SINGLE:
        return value, False
    if isinstance(value, Sensitive):
        return unmark_deep(value.value)[0], True
    if isinstance(value, dict):
        if SINGLE.issuperset(map(type, value.values())):
            return value, False
        pairs = {key: unmark_deep(item) for key, item in value.items()}
        if not any(marked for _, marked in pairs.values()):
            return value, False
        return like(value, {key: item for key, (item, _) in pairs.items()}), True
    if isinstance(value, list):
        if SINGLE.issuperset(map(type, value)):
            return value, False
        items = [unmark_deep(item) for item in value]
        if not any(marked for _, marked in items):
            return value, False
        return like(value, [item for item, _ in items]), True
    return value, False


def like(model: Any, items: Any) -> Any:
    """Return a list or dict as the same kind of collection as `model`."""
    if isinstance(model, ListValue | SetValue | MapValue):
        return type(model)(items, model.element)
    return items


def to_plain(value: Any) -> Any:
    """Return a value as plain Python: int, float, str, bool, None, list, dict; Unknown and Sensitive stay as leaves.

    What an Unknown keeps (`arms`, `structure`) and what a Sensitive covers is made plain too.
    """
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [to_plain(item) for item in value]
    if isinstance(value, BigFloat):
        return float(value)
    if isinstance(value, Sensitive):
        return Sensitive(to_plain(value.value))
    if isinstance(value, Unknown) and (value.arms or value.structure is not ABSENT):
        structure = value.structure if value.structure is ABSENT else to_plain(value.structure)
        return replaced(value, arms=tuple(to_plain(arm) for arm in value.arms), structure=structure)
    return value


def get_type(value: Any) -> Type:
    """Return the Type of a value; null has `any`, as has an unknown whose type is not known."""
    plain = _PLAIN.get(type(value))
    if plain is not None:
        return plain
    if isinstance(value, ListValue):
        return Type("list", value.element)
    if isinstance(value, SetValue):
        return Type("set", value.element)
    if isinstance(value, MapValue):
        return Type("map", value.element)
    if isinstance(value, list):
        return tuple_of([get_type(item) for item in value])
    if isinstance(value, dict):
        return object_of({key: get_type(item) for key, item in value.items()})
    if isinstance(value, Sensitive):
        return get_type(value.value)
    if isinstance(value, Unknown):
        return type_from_text(value.type)
    return ANY


def kind_of(value: Any) -> str:
    """Return the kind of a value's type, as in `list` or `object`, without a look at what is inside."""
    kind = type(value)
    return "tuple" if kind is list else "object" if kind is dict else get_type(value).kind


def type_of(value: Any) -> str:
    """Return the name of a value's type as error messages use it: `string`, `list of string`, `object`."""
    return get_type(value).friendly
