"""Following a path through the functions that hand elements of their arguments on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import Unknown
from asbuilt.sources.terraform.evaluation.evaluate import evaluate
from asbuilt.sources.terraform.language.errors import EvalError
from asbuilt.sources.terraform.language.values import unmark
from asbuilt.sources.terraform.tracing.trace_path import ABSENT_HERE, Bracket, KeyOf

if TYPE_CHECKING:
    from collections.abc import Callable

    from asbuilt.sources.terraform.parsing.syntax import Call, Expr
    from asbuilt.sources.terraform.tracing.trace import Walk
    from asbuilt.sources.terraform.tracing.trace_path import View

Parts = tuple[Any, ...]


def _first(walk: Walk, expr: Call, view: View, path: Parts) -> Any:
    return walk.follow(expr.args[0], view, path) if expr.args and not expr.expand else False


def _to_list(walk: Walk, expr: Call, view: View, path: Parts) -> Any:
    # The positions of a list made from a set are not those of the set's expression.
    value = walk.value(expr.args[0], view) if expr.args else None
    return _first(walk, expr, view, path) if type(value) is list or not path else False


def _merge(walk: Walk, expr: Call, view: View, path: Parts) -> Any:
    if not path:
        return True
    if expr.expand:
        return False
    for arg in reversed(expr.args):
        value = walk.value(arg, view)
        if value is None:
            continue
        if not isinstance(value, dict):
            return False
        if str(path[0]) in value:
            return walk.follow(arg, view, path)
    return ABSENT_HERE


def _lookup(walk: Walk, expr: Call, view: View, path: Parts) -> Any:
    if len(expr.args) < 2:
        return False
    held, key = walk.value(expr.args[0], view), walk.value(expr.args[1], view)
    if not isinstance(held, dict) or not isinstance(key, str):
        return False
    if key in held:
        return walk.follow(expr.args[0], view, (Bracket(key), *path))
    return walk.follow(expr.args[2], view, path) if len(expr.args) > 2 else False


def _try(walk: Walk, expr: Call, view: View, path: Parts) -> Any:
    for arg in expr.args:
        try:
            value = unmark(evaluate(arg, view.scope))[0]
        except EvalError:
            continue
        if isinstance(value, Unknown) and not value.exact:
            return False
        return walk.follow(arg, view, path)
    return False


def _coalesce(walk: Walk, expr: Call, view: View, path: Parts) -> Any:
    if expr.expand:
        return False
    for arg in expr.args:
        value = walk.value(arg, view)
        if value is None or (not isinstance(value, Unknown) and value in ("", [])):
            continue
        return walk.follow(arg, view, path)  # one that is unknown makes the whole unknown: it is what to look at
    return False


def _extreme(walk: Walk, expr: Call, view: View, path: Parts) -> Any:
    """Follow `max` and `min` to the argument that is the result, or to the only one that is unknown."""
    values = [walk.value(arg, view) for arg in expr.args]
    unknown = [arg for arg, value in zip(expr.args, values, strict=True) if isinstance(value, Unknown)]
    result = walk.value(expr, view)
    if expr.expand or path or len(unknown) > 1:
        return False
    same = unknown or [arg for arg, value in zip(expr.args, values, strict=True) if value == result]
    return walk.follow(same[0], view, path) if len(same) == 1 else False


def _concat(walk: Walk, expr: Call, view: View, path: Parts) -> Any:
    if not path:
        return True
    if expr.expand or not isinstance(path[0], int):
        return _by_value(walk, expr.args, view, path) if isinstance(path[0], str) and not expr.expand else False
    at = path[0]
    for arg in expr.args:
        value = walk.value(arg, view)
        if not isinstance(value, list):
            return False
        if at < len(value):
            return walk.follow(arg, view, (at, *path[1:]))
        at -= len(value)
    return False


def _by_value(walk: Walk, args: list[Expr], view: View, path: Parts) -> Any:
    """Follow to the first argument that holds an element of a set, known by its value."""
    for arg in args:
        value = walk.value(arg, view)
        if not isinstance(value, list) or any(isinstance(item, Unknown) for item in value):
            return False
        if str(path[0]) in value:
            return walk.follow(arg, view, (value.index(str(path[0])), *path[1:]))
    return False


def _to_set(walk: Walk, expr: Call, view: View, path: Parts) -> Any:
    if not path:
        return True
    return _by_value(walk, expr.args, view, path) if isinstance(path[0], str) else False


def _flatten(walk: Walk, expr: Call, view: View, path: Parts) -> Any:
    if not path:
        return True
    value = walk.value(expr.args[0], view) if expr.args else None
    if not isinstance(value, list) or not isinstance(path[0], int):
        return False
    inner = _nested(value, path[0])
    return walk.follow(expr.args[0], view, (*inner, *path[1:])) if isinstance(inner, tuple) else False


def _nested(value: list[Any], at: int) -> tuple[int, ...] | int:
    """Return the indexes that lead to the `at`-th leaf, or how many leaves are still to be skipped."""
    for index, item in enumerate(value):
        bare, _ = unmark(item)
        if isinstance(bare, list):
            found = _nested(bare, at)
            if isinstance(found, tuple):
                return (index, *found)
            at = found
        elif isinstance(bare, Unknown):
            return -1  # it may hold any number of elements
        elif at == 0:
            return (index,)
        else:
            at -= 1
        if at < 0:
            return -1
    return at


def _values(walk: Walk, expr: Call, view: View, path: Parts) -> Any:
    value = walk.value(expr.args[0], view) if expr.args else None
    if not path or not isinstance(value, dict) or not isinstance(path[0], int) or path[0] >= len(value):
        return not path
    return walk.follow(expr.args[0], view, (Bracket(sorted(value)[path[0]]), *path[1:]))


def _keys(walk: Walk, expr: Call, view: View, path: Parts) -> Any:
    value = walk.value(expr.args[0], view) if expr.args else None
    if not path or not isinstance(value, dict):
        return not path
    keys = sorted(value)
    head = path[0]
    key = keys[head] if isinstance(head, int) and head < len(keys) else head
    return walk.follow(expr.args[0], view, (KeyOf(key),)) if isinstance(key, str) else False


def _zipmap(walk: Walk, expr: Call, view: View, path: Parts) -> Any:
    if not path:
        return True
    keys = walk.value(expr.args[0], view)
    if not isinstance(keys, list) or str(path[0]) not in keys:
        return False
    at = keys.index(str(path[0]))
    if isinstance(path[0], KeyOf):
        return walk.follow(expr.args[0], view, (at,))
    return walk.follow(expr.args[1], view, (at, *path[1:]))


def _element(walk: Walk, expr: Call, view: View, path: Parts) -> Any:
    held, at = walk.value(expr.args[0], view), walk.value(expr.args[1], view)
    if not isinstance(held, list) or not held or not isinstance(at, int):
        return False
    return walk.follow(expr.args[0], view, (at % len(held), *path))


def _one(walk: Walk, expr: Call, view: View, path: Parts) -> Any:
    held = walk.value(expr.args[0], view) if expr.args else None
    return walk.follow(expr.args[0], view, (0, *path)) if isinstance(held, list) and len(held) == 1 else False


def _slice(walk: Walk, expr: Call, view: View, path: Parts) -> Any:
    start = walk.value(expr.args[1], view) if len(expr.args) > 1 else None
    if not path or not isinstance(path[0], int) or not isinstance(start, int):
        return not path
    return walk.follow(expr.args[0], view, (path[0] + start, *path[1:]))


CALLS: dict[str, Callable[[Walk, Call, View, Parts], Any]] = {
    **dict.fromkeys(
        ("jsonencode", "yamlencode", "tomap", "tonumber", "tostring", "tobool", "sensitive", "nonsensitive"), _first
    ),
    "tolist": _to_list,
    "merge": _merge,
    "lookup": _lookup,
    "try": _try,
    "coalesce": _coalesce,
    "coalescelist": _coalesce,
    "max": _extreme,
    "min": _extreme,
    "concat": _concat,
    "toset": _to_set,
    "distinct": _to_set,
    "setunion": _to_set,
    "flatten": _flatten,
    "values": _values,
    "keys": _keys,
    "zipmap": _zipmap,
    "element": _element,
    "one": _one,
    "slice": _slice,
}
