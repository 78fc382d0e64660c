"""Collections: building, cutting and reading lists and maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import Unknown
from asbuilt.sources.terraform.functions import graphemes
from asbuilt.sources.terraform.functions.registry import function
from asbuilt.sources.terraform.functions.string import whole
from asbuilt.sources.terraform.language import numbers
from asbuilt.sources.terraform.language.convert import convert
from asbuilt.sources.terraform.language.typesys import ANY, NUMBER, STRING, Type, list_of, map_of, type_from_text
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
    type_of,
    unmark,
    unmark_deep,
)

if TYPE_CHECKING:
    from asbuilt.sources.terraform.language.numbers import Number

MAX_ITEMS = 1024  # Terraform's own bound of range()


@function("length(value: any~!) number")
def length(value: Any) -> Any:
    """Count elements, or the characters a reader sees."""
    bare, marked = unmark(value)
    if isinstance(bare, Unknown):
        kind = type_from_text(bare.type)
        if kind.kind == "tuple":
            return mark(len(kind.items), marked)
        if kind.kind == "object":
            return mark(len(kind.attributes), marked)
        if kind.kind in {"number", "bool"}:
            raise EvalError("argument must be a string, a collection type, or a structural type")
        return mark(derived([bare], NUMBER), marked)
    if isinstance(bare, str):
        return mark(graphemes.count(bare), marked)
    if isinstance(bare, SetValue) and not is_wholly_known(bare) and len(bare) > 1:
        return mark(derived([bare], NUMBER), marked)
    if isinstance(bare, list | dict):
        return mark(len(bare), marked)
    raise EvalError("argument must be a string, a collection type, or a structural type")


@function("range(params...: number) list(number)")
def range_(*params: Number) -> ListValue:
    """Count from a start to a limit; Terraform stops at 1024 numbers."""
    if not 1 <= len(params) <= 3:
        raise EvalError("must have one, two, or three arguments")
    start, limit = (0, params[0]) if len(params) == 1 else (params[0], params[1])
    step: Number = params[2] if len(params) == 3 else (1 if start <= limit else -1)
    if step == 0:
        raise EvalError("step must not be zero")
    if step > 0 and start > limit:
        raise EvalError("end must be greater than start when step is positive")
    if step < 0 and start < limit:
        raise EvalError("end must be less than start when step is negative")
    items: list[Any] = []
    while (start < limit) if step > 0 else (start > limit):
        if len(items) >= MAX_ITEMS:
            raise EvalError(
                f"more than {MAX_ITEMS} values were generated; either decrease the difference between start "
                "and end or use a smaller step"
            )
        items.append(start)
        start = numbers.add(start, step)
    return ListValue(items, NUMBER)


@function("concat(seqs...: any~!) any")
def concat(*seqs: Any) -> Any:
    """Join lists; several list types with the same element type stay a list."""
    if not seqs:
        raise EvalError("at least one argument is required")
    bares, marked = _shallow(seqs)
    for bare in bares:
        if kind_of(bare) not in {"list", "tuple", "any"} or bare is None:
            raise EvalError("all arguments must be lists or tuples; got " + type_of(bare))
    if any(isinstance(bare, Unknown) for bare in bares):
        known = [item for bare in bares for item in (bare if isinstance(bare, list) else [bare])]
        return mark(derived(bares, _common_list(bares) or "", structure=known), marked)
    items = [item for bare in bares for item in bare]
    element = _common_list(bares)
    if element is not None and element.element is not None:
        return mark(ListValue([convert(item, element.element) for item in items], element.element), marked)
    return mark(items, marked)


def _common_list(values: list[Any]) -> Type | None:
    if any(kind_of(value) != "list" for value in values):
        return None
    found = unify([get_type(value) for value in values])
    return found if found is not None and found.kind == "list" else None


def _shallow(values: tuple[Any, ...]) -> tuple[list[Any], bool]:
    pairs = [unmark(value) for value in values]
    return [bare for bare, _ in pairs], any(marked for _, marked in pairs)


@function("merge(maps...: any?~!) any")
def merge(*maps: Any) -> Any:
    """Merge maps or objects, the later winning; null ones are left out."""
    bares, marked = _shallow(maps)
    for bare in bares:
        if kind_of(bare) not in {"map", "object", "any"}:
            raise EvalError(f"arguments must be maps or objects, got {type_of(bare)!r}".replace("'", '"'))
    if any(isinstance(bare, Unknown) for bare in bares):
        return mark(derived(bares, _one_map_type(bares) or ""), marked)
    given = [bare for bare in bares if bare is not None]
    merged: dict[str, Any] = {}
    for bare in given:
        merged.update(bare)
    kind = _one_map_type(given)
    return mark(merged if kind is None else MapValue(merged, kind.element or ANY), marked)


def _one_map_type(values: list[Any]) -> Type | None:
    """Return the type of several values where they are maps of one type."""
    if not values or any(kind_of(value) != "map" for value in values):
        return None
    first, *others = map(get_type, values)
    return first if all(other == first for other in others) else None


@function("keys(inputMap: any~!) any")
def keys(value: Any) -> Any:
    """Return the keys in lexical order; values may be unknown."""
    bare, marked = unmark(value)
    if kind_of(bare) not in {"map", "object", "any"}:
        raise EvalError("must have map or object type")
    if isinstance(bare, Unknown):
        kind = get_type(bare)
        if kind.kind == "object":
            return mark([name for name, _ in kind.attributes], marked)
        return mark(derived([bare], list_of(STRING) if kind.kind == "map" else ""), marked)
    names = sorted(bare)
    return mark(ListValue(names, STRING) if isinstance(bare, MapValue) else names, marked)


@function("values(mapping: any~!) any")
def values(mapping: Any) -> Any:
    """Return the values in the order of the keys."""
    bare, marked = unmark(mapping)
    if kind_of(bare) not in {"map", "object", "any"}:
        raise EvalError("values() requires a map as the first argument")
    if isinstance(bare, Unknown):
        kind = get_type(bare)
        return mark(derived([bare], list_of(kind.element) if kind.element else ""), marked)
    items = [bare[key] for key in sorted(bare)]
    return mark(ListValue(items, bare.element) if isinstance(bare, MapValue) else items, marked)


@function("lookup(inputMap: any~!, key: string~!, default...: any?~!) any")
def lookup(mapping: Any, key: Any, *default: Any) -> Any:
    """Return the value under a key, or the default."""
    if len(default) > 1:
        raise EvalError(f"lookup() takes two or three arguments, got {2 + len(default)}")
    bare, marked = unmark(mapping)
    name, key_marked = unmark(key)
    kind = get_type(bare)
    if kind.kind not in {"map", "object", "any"}:
        raise EvalError("lookup() requires a map as the first argument")
    marked = marked or key_marked
    if isinstance(bare, Unknown) or isinstance(name, Unknown):
        return mark(derived([bare, name], kind.element or ""), marked)
    if name in bare:
        found = bare[name]
        return mark(_as_element(found, kind, default), marked)
    if not default:
        if marked or unmark_deep(bare)[1]:
            raise EvalError("the given key does not identify an element in this map")
        raise EvalError(f'the given object has no attribute "{name}"')
    chosen = default[0]
    if kind.element is not None and kind.element.kind != "any":
        try:
            chosen = convert(chosen, kind.element)
        except EvalError:
            raise EvalError("the default value must have the same type as the map elements") from None
    return mark(chosen, marked)


def _as_element(found: Any, kind: Type, default: tuple[Any, ...]) -> Any:
    del default
    return convert(found, kind.element) if kind.element is not None else found


@function("element(list: any~!, index: number) any")
def element(value: Any, index: Number) -> Any:
    """Return the element at an index that wraps round."""
    bare, marked = unmark(value)
    kind = get_type(bare)
    at = whole(index, "index")
    if kind.kind not in {"list", "tuple", "any"}:
        raise EvalError(f"cannot read elements from {kind.friendly}")
    if isinstance(bare, Unknown):
        return mark(derived([bare], kind.element or ""), marked)
    if at < 0:
        raise EvalError("cannot use element function with a negative index")
    if not bare:
        raise EvalError("cannot use element function with an empty list")
    return mark(bare[at % len(bare)], marked)


@function("slice(list: any~!, start_index: number, end_index: number) any")
def slice_(value: Any, start_index: Number, end_index: Number) -> Any:
    """Cut a stretch out of a list."""
    bare, marked = unmark(value)
    kind = get_type(bare)
    if isinstance(bare, SetValue) or kind.kind == "set":
        raise EvalError(
            "cannot slice a set, because its elements do not have indices; explicitly convert to a list if "
            "the ordering of the result is not important"
        )
    if kind.kind not in {"list", "tuple", "any"}:
        raise EvalError("must be a list or tuple value")
    start, end = whole(start_index, "start_index"), whole(end_index, "end_index")
    if isinstance(bare, Unknown):
        return mark(derived([bare], kind if kind.kind == "list" else ""), marked)
    if start < 0:
        raise EvalError("start index must not be less than zero")
    if end > len(bare):
        raise EvalError("end index must not be greater than the length of the list")
    if start > end:
        raise EvalError("start index must not be greater than end index")
    return mark(_same(bare, bare[start:end]), marked)


def _same(model: list[Any], items: list[Any]) -> list[Any]:
    return ListValue(items, model.element) if isinstance(model, ListValue | SetValue) else items


@function("reverse(list: any~!) any")
def reverse(value: Any) -> Any:
    """Turn a list round; a set becomes a list."""
    bare, marked = unmark(value)
    kind = get_type(bare)
    if kind.kind not in {"list", "set", "tuple", "any"}:
        raise EvalError(f"can only reverse list or tuple values, not {kind.friendly}")
    if isinstance(bare, Unknown):
        return mark(derived([bare], list_of(kind.element) if kind.element else ""), marked)
    return mark(_same(bare, list(reversed(bare))), marked)


@function("chunklist(list: list(any)!, size: number!) list(list(any))")
def chunklist(value: Any, size: Any) -> Any:
    """Cut a list into lists of at most a size."""
    bare, marked = unmark(value)
    number, size_marked = unmark(size)
    step = whole(number, "size")
    if step < 0:
        raise EvalError("the size argument must be positive")
    inner = list_of(bare.element)
    step = step or max(len(bare), 1)
    chunks = [ListValue(bare[at : at + step], bare.element) for at in range(0, len(bare), step)]
    return mark(ListValue(chunks, inner), marked or size_marked)


@function("zipmap(keys: list(string)~!, values: any~!) any")
def zipmap(names: Any, items: Any) -> Any:
    """Make a map of a list of keys and a list of values."""
    bare_names, marked = unmark_deep(names)
    bare_items, items_marked = unmark(items)
    kind = get_type(bare_items)
    if kind.kind not in {"list", "tuple", "any"}:
        raise EvalError("values argument must be a list or tuple value")
    marked = marked or items_marked
    if isinstance(bare_names, Unknown) or isinstance(bare_items, Unknown) or not is_wholly_known(bare_names):
        return mark(derived([bare_names, bare_items], map_of(kind.element) if kind.element else ""), marked)
    if len(bare_names) != len(bare_items):
        raise EvalError(f"number of keys ({len(bare_names)}) does not match number of values ({len(bare_items)})")
    if any(name is None for name in bare_names):
        raise EvalError("a key must not be null")
    result = dict(zip(bare_names, bare_items, strict=True))
    return mark(MapValue(result, kind.element) if kind.element else result, marked)


def check_size(count: int) -> None:
    """Raise LimitError for a collection that has grown too large."""
    if count > 1_000_000:
        raise LimitError("a collection of more than a million elements")


def as_map(value: Any) -> Any:
    """Return an object as a map where its values have one type."""
    return convert(value, map_of(ANY))
