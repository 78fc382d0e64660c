"""Following a path through `for` expressions and splats: which turn made the element."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import Unknown
from asbuilt.sources.terraform.evaluation.scope import SPLAT
from asbuilt.sources.terraform.language.access import iterate
from asbuilt.sources.terraform.language.errors import EvalError
from asbuilt.sources.terraform.language.values import to_plain, unmark
from asbuilt.sources.terraform.tracing.trace_path import ABSENT_HERE, Bracket, KeyOf, Origin, View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.sources.terraform.parsing.syntax import Expr, For, Splat
    from asbuilt.sources.terraform.tracing.trace import Walk


def follow_for(walk: Walk, expr: For, view: View, path: tuple[Any, ...]) -> Any:
    """Follow into the turn of a `for` that made the element."""
    if not path:
        return True
    if expr.key_expr is None:
        return _into_tuple(walk, expr, view, path)
    return _into_object(walk, expr, expr.key_expr, view, path)


def _into_tuple(walk: Walk, expr: For, view: View, path: tuple[Any, ...]) -> Any:
    """Follow into the turn that made an element, known by its position or, in a set made of it, by its value."""
    head = path[0]
    for at, turn in enumerate(_turns(walk, expr, view)):
        if turn is None:
            return False
        if at == head or (isinstance(head, str) and to_plain(walk.value(expr.value_expr, turn)) == str(head)):
            return walk.follow(expr.value_expr, turn, path[1:])
    return False


def _into_object(walk: Walk, expr: For, key_expr: Expr, view: View, path: tuple[Any, ...]) -> Any:
    """Follow into the turn that made the element with a key; with grouping, into one of several."""
    head, rest = path[0], path[1:]
    matches: list[View] = []
    for turn in _turns(walk, expr, view):
        if turn is None:
            return False
        key = walk.value(key_expr, turn)
        if isinstance(key, Unknown):
            return False
        if str(to_plain(key)) == str(head):
            matches.append(turn)
    if not matches:
        return ABSENT_HERE
    if isinstance(head, KeyOf):
        return walk.follow(key_expr, matches[0], ())
    if not expr.group:
        return walk.follow(expr.value_expr, matches[0], rest)
    if rest and isinstance(rest[0], int) and rest[0] < len(matches):
        return walk.follow(expr.value_expr, matches[rest[0]], rest[1:])
    return not rest


def _turns(walk: Walk, expr: For, view: View) -> Iterator[View | None]:
    """Yield what each turn sees; None where the way is lost."""
    try:
        pairs, _ = iterate(walk.value(expr.collection, view))
    except EvalError:
        yield None
        return
    if isinstance(pairs, Unknown):
        yield None
        return
    for key, value in pairs:
        names: dict[str, Any] = {expr.value: value}
        step = Bracket(key) if isinstance(key, str) else key
        origins = {**view.origins, expr.value: Origin(expr.collection, view, (step,), loop=True)}
        if expr.key is not None:
            names[expr.key] = key
            if isinstance(key, str):
                origins[expr.key] = Origin(expr.collection, view, (KeyOf(key),), loop=True)
            else:
                origins.pop(expr.key, None)
        turn = View(view.scope.child(names), origins)
        if expr.condition is not None:
            wanted = walk.value(expr.condition, turn)
            if isinstance(wanted, Unknown):
                yield None
                return
            if not unmark(wanted)[0]:
                continue
        yield turn


def follow_splat(walk: Walk, expr: Splat, view: View, path: tuple[Any, ...]) -> Any:
    """Follow into one element of a splat."""
    if not path:
        return True
    head = path[0]
    base = walk.value(expr.base, view)
    if not isinstance(head, int) or isinstance(base, Unknown):
        return False
    if not isinstance(base, list):
        inner = Origin(expr.base, view, (), loop=True)
        element = base
    elif head < len(base):
        inner = Origin(expr.base, view, (head,), loop=True)
        element = base[head]
    else:
        return False
    turn = View(view.scope.child({SPLAT: element}), {**view.origins, SPLAT: inner})
    return walk.follow(expr.each, turn, path[1:])
