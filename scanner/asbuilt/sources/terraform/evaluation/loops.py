"""`for` expressions and splats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import Unknown
from asbuilt.sources.terraform.evaluation.dispatch import evaluate, failed
from asbuilt.sources.terraform.evaluation.objects import ResourceObject, element_of
from asbuilt.sources.terraform.evaluation.scope import SPLAT, Scope
from asbuilt.sources.terraform.language.access import iterate, splat_elements, splat_result
from asbuilt.sources.terraform.language.arms import MAX_ARMS, join_arms
from asbuilt.sources.terraform.language.convert import object_key
from asbuilt.sources.terraform.language.errors import EvalError
from asbuilt.sources.terraform.language.operators import truth
from asbuilt.sources.terraform.language.values import derived, mark, unmark

if TYPE_CHECKING:
    from asbuilt.sources.terraform.parsing.syntax import Expr, For, Splat


def evaluate_for(expr: For, scope: Scope) -> Any:
    """Return the tuple or object that a `for` expression makes. Raises EvalError."""
    collection = evaluate(expr.collection, scope)
    bare, marked = unmark(collection)
    if isinstance(bare, Unknown) and 0 < len(bare.arms) <= MAX_ARMS:
        return mark(join_arms(bare, [_for_arm(expr, arm, scope) for arm in bare.arms]), marked)
    return mark(_for(expr, bare, scope), marked)


def _for_arm(expr: For, arm: Any, scope: Scope) -> Any:
    try:
        return _for(expr, arm, scope)
    except EvalError as error:
        return scope.module.root.error_value(error, expr, scope.file)


def _for(expr: For, collection: Any, scope: Scope) -> Any:
    try:
        pairs, marked = iterate(collection)
    except EvalError as error:
        return failed(error, expr.collection, scope)
    if isinstance(pairs, Unknown):
        return mark(_over_unknown(expr, pairs, scope), marked)
    if expr.key_expr is None:
        return mark(_build_tuple(expr, pairs, scope), marked)
    return mark(_build_object(expr, expr.key_expr, pairs, scope), marked)


def _bind(expr: For, key: Any, value: Any, scope: Scope) -> Scope:
    names = dict(scope.names)
    if expr.key is not None:
        names[expr.key] = key
    names[expr.value] = value
    return Scope(scope.module, names, scope.file)


def _over_unknown(expr: For, collection: Unknown, scope: Scope) -> Unknown:
    """Return the unknown result, with the references that its elements would have."""
    element = element_of(collection)
    inner = _bind(expr, derived([collection]), element, scope)
    try:
        body = evaluate(expr.value_expr, inner)
    except EvalError:
        body = None
    return derived([collection, unmark(body)[0]])


def _wanted(expr: For, scope: Scope) -> Any:
    """Return whether the `if` of a `for` holds: a bool, or an Unknown; and whether it is sensitive."""
    if expr.condition is None:
        return True, False
    try:
        return unmark(truth(evaluate(expr.condition, scope)))
    except EvalError as error:
        return failed(error, expr.condition, scope), False


def _build_tuple(expr: For, pairs: list[tuple[Any, Any]], scope: Scope) -> Any:
    result: list[Any] = []
    open_: list[Any] = []
    marked = False
    scope.module.root.spend_iterations(len(pairs))
    for key, value in pairs:
        inner = _bind(expr, key, value, scope)
        wanted, was_marked = _wanted(expr, inner)
        marked = marked or was_marked
        if isinstance(wanted, Unknown):
            open_.append(wanted)
        elif not wanted:
            continue
        result.append(evaluate(expr.value_expr, inner))
    return mark(derived([*open_, *result]) if open_ else result, marked)


def _build_object(expr: For, key_expr: Expr, pairs: list[tuple[Any, Any]], scope: Scope) -> Any:
    result: dict[str, Any] = {}
    open_: list[Any] = []
    marked = False
    scope.module.root.spend_iterations(len(pairs))
    for key, value in pairs:
        inner = _bind(expr, key, value, scope)
        wanted, was_marked = _wanted(expr, inner)
        marked = marked or was_marked
        if wanted is False:
            continue
        name, name_marked = unmark(evaluate(key_expr, inner))
        marked = marked or name_marked
        item = evaluate(expr.value_expr, inner)
        if isinstance(wanted, Unknown) or isinstance(name, Unknown):
            open_ += [part for part in (wanted, name) if isinstance(part, Unknown)] + [unmark(item)[0]]
            continue
        try:
            _put(result, object_key(name), item, group=expr.group)
        except EvalError as error:
            failed(error, key_expr, inner)
    return mark(derived([*open_, result]) if open_ else result, marked)


def _put(result: dict[str, Any], key: str, item: Any, *, group: bool) -> None:
    if group:
        result.setdefault(key, []).append(item)
    elif key in result:
        raise EvalError(f"Two different items produced the key \"{key}\" in this 'for' expression.")
    else:
        result[key] = item


def evaluate_splat(expr: Splat, scope: Scope) -> Any:
    """Return the tuple or list that a splat makes. Raises EvalError."""
    base = evaluate(expr.base, scope)
    bare, marked = unmark(base)
    if isinstance(bare, Unknown) and 0 < len(bare.arms) <= MAX_ARMS:
        return mark(join_arms(bare, [_splat_arm(expr, arm, scope) for arm in bare.arms]), marked)
    try:
        return _splat(expr, base, scope)
    except EvalError as error:
        return failed(error, expr, scope)


def _splat_arm(expr: Splat, arm: Any, scope: Scope) -> Any:
    try:
        return _splat(expr, arm, scope)
    except EvalError as error:
        return scope.module.root.error_value(error, expr, scope.file)


def _splat(expr: Splat, base: Any, scope: Scope) -> Any:
    bare, marked = unmark(base)
    if isinstance(bare, ResourceObject):  # one instance is a list of one to a splat
        return mark([evaluate(expr.each, scope.child({SPLAT: bare}))], marked)
    elements, marked = splat_elements(base)
    if isinstance(elements, Unknown):
        item = evaluate(expr.each, scope.child({SPLAT: element_of(elements)}))
        return mark(derived([elements, item]), marked)
    scope.module.root.spend_iterations(len(elements))
    results = [evaluate(expr.each, scope.child({SPLAT: element})) for element in elements]
    return mark(splat_result(bare, results), marked)
