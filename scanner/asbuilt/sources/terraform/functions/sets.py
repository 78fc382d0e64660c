"""Set algebra."""

from __future__ import annotations

from typing import Any

from asbuilt.sources.terraform.functions.registry import function
from asbuilt.sources.terraform.language.convert import convert, make_set
from asbuilt.sources.terraform.language.sets import identity
from asbuilt.sources.terraform.language.typesys import ANY, set_of
from asbuilt.sources.terraform.language.unify import unify
from asbuilt.sources.terraform.language.values import EvalError, SetValue, get_type


def _same_type(sets: tuple[Any, ...]) -> list[SetValue]:
    kinds = [get_type(each) for each in sets if not (len(each) == 0 and each.element.kind == "any")]
    kind = unify(kinds) if kinds else set_of(ANY)
    if kind is None:
        raise EvalError("all sets must have the same element type")
    return [convert(each, kind) if each else SetValue([], kind.element or ANY) for each in sets]


@function("setunion(first_set: set(any), other_sets...: set(any)) set(any)")
def setunion(*sets: Any) -> Any:
    """Return what is in any."""
    same = _same_type(sets)
    return make_set([item for each in same for item in each], same[0].element)


@function("setintersection(first_set: set(any)*, other_sets...: set(any)*) set(any)")
def setintersection(*sets: Any) -> Any:
    """Return what is in all."""
    same = _same_type(sets)
    others = [{identity(item) for item in each} for each in same[1:]]
    kept = [item for item in same[0] if all(identity(item) in other for other in others)]
    return make_set(kept, same[0].element)


@function("setsubtract(a: set(any)*, b: set(any)*) set(any)")
def setsubtract(left: Any, right: Any) -> Any:
    """Return what is in the first only."""
    same = _same_type((left, right))
    out = {identity(item) for item in same[1]}
    return make_set([item for item in same[0] if identity(item) not in out], same[0].element)
