"""Find the one type that several types can all be converted to, as `go-cty` does for collections and conditionals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.sources.terraform.language.typesys import ANY, STRING, Type, object_of, tuple_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def unify(types: Sequence[Type], *, unsafe: bool = False) -> Type | None:
    """Return the type that all can be converted to, or None where there is none.

    `unsafe` also allows conversions that depend on the value (a string to a number).
    """
    if not types:
        return None
    if all(t == types[0] for t in types[1:]):
        return types[0]
    kinds = {t.kind for t in types}
    rest = kinds - {"any"}
    if rest == {"map"} or rest == {"list"} or rest == {"set"}:
        return _unify_collections(types, rest.pop(), unsafe=unsafe)
    if rest == {"map", "object"}:
        return _unify_elements(types, "map", unsafe=unsafe)
    if rest == {"list", "tuple"}:
        return _unify_elements(types, "list", unsafe=unsafe)
    if rest == {"object"}:
        return _unify_objects(types, unsafe=unsafe)
    if rest == {"tuple"}:
        return _unify_tuples(types, unsafe=unsafe)
    if {"object", "tuple"} <= kinds:
        return None
    if "any" in kinds and not all(t.primitive or t.kind == "any" for t in types):
        return ANY
    # A type that is not known yet is taken to turn out right.
    known = [t for t in types if t.kind != "any"]
    return next((want for want in _preferred(known) if all(convertible(t, want, unsafe=unsafe) for t in known)), None)


def _preferred(types: Sequence[Type]) -> list[Type]:
    """Strings first, then in the given order: what more can be converted to is the better result."""
    return sorted(types, key=lambda t: t != STRING)


def _unify_collections(types: Sequence[Type], kind: str, *, unsafe: bool) -> Type | None:
    if any(t.kind == "any" for t in types):
        return ANY
    element = unify([t.element or ANY for t in types], unsafe=unsafe)
    return None if element is None else Type(kind, element)


def _unify_elements(types: Sequence[Type], kind: str, *, unsafe: bool) -> Type | None:
    if any(t.kind == "any" for t in types):
        return ANY
    parts: list[Type] = []
    for t in types:
        if t.element is not None:
            parts.append(t.element)
        else:
            parts.extend(t.items)
            parts.extend(inner for _, inner in t.attributes)
    element = unify(parts, unsafe=unsafe)
    return None if element is None else Type(kind, element)


def _unify_objects(types: Sequence[Type], *, unsafe: bool) -> Type | None:
    if any(t.kind == "any" for t in types):
        return ANY
    names = [name for name, _ in types[0].attributes]
    if any([name for name, _ in t.attributes] != names for t in types):
        return _unify_elements(types, "map", unsafe=unsafe)
    merged: dict[str, Type] = {}
    for at, name in enumerate(names):
        found = unify([t.attributes[at][1] for t in types], unsafe=unsafe)
        if found is None:
            return None
        merged[name] = found
    return object_of(merged)


def _unify_tuples(types: Sequence[Type], *, unsafe: bool) -> Type | None:
    if any(t.kind == "any" for t in types):
        return ANY
    if any(len(t.items) != len(types[0].items) for t in types):
        return _unify_elements(types, "list", unsafe=unsafe)
    merged = [unify([t.items[at] for t in types], unsafe=unsafe) for at in range(len(types[0].items))]
    if any(t is None for t in merged):
        return None
    return tuple_of(t for t in merged if t is not None)


def convertible(have: Type, want: Type, *, unsafe: bool = True) -> bool:
    """Whether values of one type can be converted to another (`unsafe`: some of them)."""
    if want.kind == "any" or have.kind == "any" or have == want:
        return True
    if want.primitive:
        return have.primitive and (want == STRING or (unsafe and have == STRING))
    if want.kind == "object":
        return _object_convertible(have, want, unsafe=unsafe)
    if want.kind == "tuple":
        return (
            have.kind == "tuple"
            and len(have.items) == len(want.items)
            and all(convertible(h, w, unsafe=unsafe) for h, w in zip(have.items, want.items, strict=True))
        )
    return _collection_convertible(have, want, unsafe=unsafe)


def _object_convertible(have: Type, want: Type, *, unsafe: bool) -> bool:
    if have.kind == "map" and have.element is not None:
        element = have.element
        return unsafe and all(convertible(element, t, unsafe=True) for _, t in want.attributes)
    if have.kind != "object":
        return False
    given = dict(have.attributes)
    return all(
        convertible(given[name], t, unsafe=unsafe) if name in given else name in want.optional
        for name, t in want.attributes
    )


def _collection_convertible(have: Type, want: Type, *, unsafe: bool) -> bool:
    element = want.element or ANY
    if want.kind == "map":
        sources = [t for _, t in have.attributes] if have.kind == "object" else None
    else:
        sources = list(have.items) if have.kind == "tuple" else None
    if sources is not None:
        if element.kind == "any":
            return not sources or unify(sources) is not None
        return all(convertible(t, element, unsafe=unsafe) for t in sources)
    same = have.kind == want.kind or (want.kind == "list" and have.kind == "set")
    same = same or (unsafe and want.kind == "set" and have.kind == "list")
    return same and have.element is not None and convertible(have.element, element, unsafe=unsafe)
