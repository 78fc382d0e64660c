"""Terraform's types: the terms that a type constraint, a conversion and an error message speak of."""

from __future__ import annotations

import re
from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORD = re.compile(r"\s*([\w-]+|\"(?:[^\"\\]|\\.)*\"|[(){}\[\],=])")
_SIMPLE_KEY = re.compile(r"[A-Za-z_][\w-]*\Z")


@dataclass(frozen=True, slots=True)
class Type:
    """A type. `kind` is `any`, `string`, `number`, `bool`, `list`, `set`, `map`, `tuple` or `object`.

    Collections have an `element`, tuples `items`, objects `attributes` sorted by name with the names that are
    `optional`; `defaults` are the values of optional attributes and take no part in comparisons.
    """

    kind: str
    element: Type | None = None
    items: tuple[Type, ...] = ()
    attributes: tuple[tuple[str, Type], ...] = ()
    optional: frozenset[str] = frozenset()
    defaults: tuple[tuple[str, Any], ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        if self.element is not None:
            return f"{self.kind}({self.element})"
        if self.kind == "tuple":
            return f"tuple([{', '.join(map(str, self.items))}])"
        if self.kind == "object":
            return "object({" + ", ".join(self._attribute(name, kind) for name, kind in self.attributes) + "})"
        return self.kind

    def _attribute(self, name: str, kind: Type) -> str:
        key = name if _SIMPLE_KEY.match(name) else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return f"{key}=optional({kind})" if name in self.optional else f"{key}={kind}"

    @property
    def friendly(self) -> str:
        """The name that error messages use: `list of string`, `object`."""
        if self.element is not None:
            inner = self.element.friendly
            return f"{self.kind} of {'any single type' if inner == 'dynamic' else inner}"
        return "dynamic" if self.kind == "any" else self.kind

    @property
    def primitive(self) -> bool:
        """Whether it is a string, a number or a bool."""
        return self.kind in {"string", "number", "bool"}

    @property
    def concrete(self) -> bool:
        """Whether no `any` is left in it."""
        if self.element is not None:
            return self.element.concrete
        return (
            self.kind != "any" and all(t.concrete for t in self.items) and all(t.concrete for _, t in self.attributes)
        )

    def attribute(self, name: str) -> Type | None:
        """Return the type of an object's attribute, or None."""
        return next((kind for key, kind in self.attributes if key == name), None)


ANY: Final = Type("any")
STRING: Final = Type("string")
NUMBER: Final = Type("number")
BOOL: Final = Type("bool")
PRIMITIVES: Final = {"any": ANY, "string": STRING, "number": NUMBER, "bool": BOOL}


def list_of(element: Type) -> Type:
    """Return `list(element)`."""
    return Type("list", element)


def set_of(element: Type) -> Type:
    """Return `set(element)`."""
    return Type("set", element)


def map_of(element: Type) -> Type:
    """Return `map(element)`."""
    return Type("map", element)


def tuple_of(items: Iterable[Type]) -> Type:
    """Return `tuple([...])`."""
    return Type("tuple", items=tuple(items))


def object_of(
    attributes: dict[str, Type], optional: Iterable[str] = (), defaults: dict[str, Any] | None = None
) -> Type:
    """Return `object({...})`."""
    return Type(
        "object",
        attributes=tuple(sorted(attributes.items())),
        optional=frozenset(optional),
        defaults=tuple((defaults or {}).items()),
    )


@lru_cache(maxsize=1024)
def type_from_text(text: str) -> Type:
    """Read a type as `str(Type)` writes it; what cannot be read, the empty text included, is `any`."""
    words = _WORD.findall(text)
    try:
        return _read(words, 0)[0]
    except (IndexError, KeyError):
        return ANY


def _read(words: list[str], at: int) -> tuple[Type, int]:
    word = words[at]
    if word in PRIMITIVES:
        return PRIMITIVES[word], at + 1
    if word in {"list", "set", "map"}:
        element, at = _read(words, at + 2)
        return Type(word, element), at + 1
    if word == "tuple":
        at += 3
        items = []
        while words[at] != "]":
            item, at = _read(words, at + (words[at] == ","))
            items.append(item)
        return tuple_of(items), at + 2
    if word != "object":
        raise KeyError(word)
    return _read_object(words, at + 3)


def _read_object(words: list[str], at: int) -> tuple[Type, int]:
    attributes: dict[str, Type] = {}
    optional: set[str] = set()
    while words[at] != "}":
        at += words[at] == ","
        name = words[at]
        if name.startswith('"'):
            name = name[1:-1].replace('\\"', '"').replace("\\\\", "\\")
        at += 2
        if words[at] == "optional":
            optional.add(name)
            attributes[name], at = _read(words, at + 2)
            at += 1
        else:
            attributes[name], at = _read(words, at)
    return object_of(attributes, optional), at + 2
