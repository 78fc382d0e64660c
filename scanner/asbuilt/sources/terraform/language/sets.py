"""Sets: no duplicates, and the order in which `go-cty` walks them."""

from __future__ import annotations

import json
import unicodedata
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from asbuilt.model import Sensitive, Unknown
from asbuilt.sources.terraform.language.numbers import BigFloat, compare
from asbuilt.sources.terraform.language.values import ListValue, MapValue, SetValue, is_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asbuilt.sources.terraform.language.typesys import Type


def make_set(items: Iterable[Any], element: Type) -> SetValue:
    """Return a set of elements that already have the element type; unknown elements stay, each on its own."""
    known: dict[Any, Any] = {}
    unknown: list[Any] = []
    for item in items:
        if isinstance(item, Unknown):
            if item not in unknown:
                unknown.append(item)
        else:
            known.setdefault(identity(item), item)
    return SetValue(_ordered(known, element.kind) + unknown, element)


def _ordered(known: dict[Any, Any], kind: str) -> list[Any]:
    nulls = [item for item in known.values() if item is None]
    values = [item for item in known.values() if item is not None]
    if kind == "number" or (values and all(map(is_number, values))):
        values.sort(key=cmp_to_key(compare))
    elif kind in {"string", "bool"} or (values and isinstance(values[0], str | bool)):
        # Go compares bytes; UTF-8 keeps the order of code points, as Python's comparison does.
        values.sort()
    else:
        values.sort(key=lambda item: _hash_text(item).encode())
    return values + nulls


def identity(value: Any) -> Any:
    """Return something hashable that is equal for equal values only (`True` is not `1`, a tuple is not a list)."""
    if isinstance(value, bool | str) or value is None:
        return (type(value).__name__, value)
    if isinstance(value, int | BigFloat):
        return ("number", value)
    if isinstance(value, ListValue | SetValue):
        return (type(value).__name__, *(identity(item) for item in value))
    if isinstance(value, list):
        return ("tuple", *(identity(item) for item in value))
    if isinstance(value, dict):
        name = "map" if isinstance(value, MapValue) else "object"
        return (name, *((key, identity(value[key])) for key in sorted(value)))
    if isinstance(value, Sensitive):
        return ("sensitive", identity(value.value))
    return ("unknown", id(value))


def _hash_text(value: Any) -> str:
    """Write what go-cty's `makeSetHashBytes` writes: sets of structures are walked in the order of these texts."""
    if value is None:
        return "~"
    if isinstance(value, str):
        return _quote(value)
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, int | BigFloat):
        return _ten_digits(value)
    if isinstance(value, MapValue):
        return "{" + "".join(f"{_quote(k)}:{_hash_text(value[k])};" for k in sorted(value)) + "}"
    if isinstance(value, ListValue | SetValue):
        return "[" + "".join(f"{_hash_text(item)};" for item in value) + "]"
    if isinstance(value, list):
        return "<" + "".join(f"{_hash_text(item)};" for item in value) + ">"
    if isinstance(value, dict):
        return "<" + "".join(f"{_hash_text(value[key])};" for key in sorted(value)) + ">"
    if isinstance(value, Sensitive):
        return _hash_text(value.value)
    return "?"


def _quote(text: str) -> str:
    """Go's `strconv.Quote`."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    special = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}
    parts = []
    for char in text:
        if char in '"\\':
            parts.append("\\" + char)
        elif char in special:
            parts.append(special[char])
        elif char == " " or unicodedata.category(char)[0] not in "CZ":
            parts.append(char)
        elif ord(char) < 0x80:
            parts.append(f"\\x{ord(char):02x}")
        else:
            parts.append(f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}")
    return f'"{"".join(parts)}"'


def _ten_digits(number: int | BigFloat) -> str:
    """Go's `%.10g`."""
    text = f"{float(number):.10g}" if abs(float(number)) < 1e300 else json.dumps(str(number))
    return text.replace("e+0", "e+0") if "e" in text else text
