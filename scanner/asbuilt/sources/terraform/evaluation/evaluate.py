"""Evaluate expressions: the function of each kind of node.

Raises EvalError where Terraform would report an error (it carries the place as `at`: file, start, end). What Terraform
computes and we cannot (unsupported, confined, beyond a bound) becomes an Unknown on the spot, so that `try` does not
take it for an error.
"""

from __future__ import annotations

from typing import Any

from asbuilt.model import Unknown, UnknownKind
from asbuilt.sources.terraform.evaluation.calls import call
from asbuilt.sources.terraform.evaluation.dispatch import TABLE, evaluate, failed
from asbuilt.sources.terraform.evaluation.loops import evaluate_for, evaluate_splat
from asbuilt.sources.terraform.evaluation.objects import ResourceObject, get_attribute, get_index
from asbuilt.sources.terraform.evaluation.scope import SPLAT, Handle, Scope
from asbuilt.sources.terraform.evaluation.strings import template_parts
from asbuilt.sources.terraform.language.convert import object_key
from asbuilt.sources.terraform.language.errors import EvalError
from asbuilt.sources.terraform.language.operators import binary, concatenate, conditional, truth, unary
from asbuilt.sources.terraform.language.values import derived, mark, unmark
from asbuilt.sources.terraform.parsing import syntax


def reach(expr: syntax.Expr, scope: Scope) -> Any:
    """Return the value of an expression at which a traversal goes on: maybe a Handle."""
    kind = type(expr)
    if kind is syntax.GetAttr:
        return _reach_attribute(expr, scope)  # type: ignore[arg-type]
    if kind is syntax.Index:
        return _reach_index(expr, scope)  # type: ignore[arg-type]
    return TABLE[kind](expr, scope)


def _literal(expr: syntax.Literal, _scope: Scope) -> Any:
    return expr.value


def _name(expr: syntax.Name, scope: Scope) -> Any:
    names = scope.names
    if expr.name in names:
        return names[expr.name]
    error = EvalError(f'Invalid reference: "{expr.name}" must be followed by an attribute name.')
    return failed(error, expr, scope)


def _reach_attribute(expr: syntax.GetAttr, scope: Scope) -> Any:
    base, name = expr.base, expr.name
    try:
        if type(base) is syntax.Name:
            if base.name not in scope.names:
                return scope.module.lookup(base.name, name)
            value = scope.names[base.name]
        else:
            value = _reach_attribute(base, scope) if type(base) is syntax.GetAttr else reach(base, scope)
        return value[name] if type(value) is dict and name in value else get_attribute(value, name)
    except EvalError as error:
        return failed(error, expr, scope)


def _attribute(expr: syntax.GetAttr, scope: Scope) -> Any:
    value = _reach_attribute(expr, scope)
    return _force(value, expr, scope) if isinstance(value, Handle) else value


def _reach_index(expr: syntax.Index, scope: Scope) -> Any:
    base = reach(expr.base, scope)
    key = evaluate(expr.key, scope)
    try:
        return get_index(base, key)
    except EvalError as error:
        return failed(error, expr, scope)


def _index(expr: syntax.Index, scope: Scope) -> Any:
    value = _reach_index(expr, scope)
    return _force(value, expr, scope) if isinstance(value, Handle) else value


def _force(handle: Handle, expr: syntax.Expr, scope: Scope) -> Any:
    try:
        return handle.force()
    except EvalError as error:
        return failed(error, expr, scope)


def _tuple(expr: syntax.Tuple, scope: Scope) -> list[Any]:
    return [TABLE[type(item)](item, scope) for item in expr.items]


def _object(expr: syntax.Object, scope: Scope) -> Any:
    result: dict[str, Any] = {}
    open_keys: list[Any] = []
    marked = False
    for item in expr.items:
        key_expr = item.key
        value = TABLE[type(item.value)](item.value, scope)
        if type(key_expr) is syntax.Literal and type(key_expr.value) is str:
            result[key_expr.value] = value
            continue
        key, key_marked = unmark(evaluate(key_expr, scope))
        marked = marked or key_marked
        if isinstance(key, Unknown):
            open_keys += [key, value]
            continue
        try:
            result[object_key(key)] = value
        except EvalError as error:
            failed(error, key_expr, scope)
    if open_keys:
        return mark(derived([*open_keys, result]), marked)
    return mark(result, marked)


def _parens(expr: syntax.Parens, scope: Scope) -> Any:
    return evaluate(expr.inner, scope)


def _template(expr: syntax.Template, scope: Scope) -> Any:
    parts = expr.parts
    if expr.wrap and not isinstance(parts[0], str):
        return evaluate(parts[0], scope)
    values = template_parts(parts, scope)
    try:
        return concatenate(values)
    except EvalError as error:
        return failed(error, expr, scope)


def _directive(expr: syntax.Expr, scope: Scope) -> Any:
    return concatenate(template_parts([expr], scope))


def _splat_element(_expr: syntax.SplatElement, scope: Scope) -> Any:
    return scope.names[SPLAT]


def _unary(expr: syntax.Unary, scope: Scope) -> Any:
    operand = evaluate(expr.operand, scope)
    try:
        return unary(expr.op, operand)
    except EvalError as error:
        return failed(error, expr, scope)


def _binary(expr: syntax.Binary, scope: Scope) -> Any:
    left, right = evaluate(expr.left, scope), evaluate(expr.right, scope)
    if _is_there(left, right) and expr.op in {"==", "!="}:
        return expr.op == "!="
    try:
        return binary(expr.op, left, right)
    except EvalError as error:
        return failed(error, expr, scope)


def _is_there(left: Any, right: Any) -> bool:
    """Tell a comparison of null with a resource instance: one that exists is an object, whatever its attributes are."""
    return (left is None and isinstance(right, ResourceObject)) or (right is None and isinstance(left, ResourceObject))


def _conditional(expr: syntax.Conditional, scope: Scope) -> Any:
    try:
        condition = truth(evaluate(expr.condition, scope))
    except EvalError as error:
        return failed(error, expr.condition, scope)
    test, _ = unmark(condition)
    if isinstance(test, Unknown):
        then, otherwise = _arm(expr.then, scope), _arm(expr.otherwise, scope)
    elif test:
        then = evaluate(expr.then, scope)
        otherwise = _other(expr.otherwise, then, scope)
    else:
        otherwise = evaluate(expr.otherwise, scope)
        then = _other(expr.then, otherwise, scope)
    try:
        return conditional(condition, then, otherwise)
    except EvalError as error:
        return failed(error, expr, scope)


def _other(expr: syntax.Expr, chosen: Any, scope: Scope) -> Any:
    """Return the arm that was not chosen: only its type counts, and its errors do not."""
    if type(expr) is syntax.Literal and type(expr.value) is type(chosen):
        return expr.value
    try:
        return evaluate(expr, scope)
    except EvalError:
        return None


def _arm(expr: syntax.Expr, scope: Scope) -> Any:
    try:
        return evaluate(expr, scope)
    except EvalError as error:
        file, start, end = getattr(error, "at", (scope.file, expr.start, expr.end))
        return Unknown(UnknownKind.ERROR, error.message, file.location(start, end))


def _error(expr: syntax.ErrorExpr, scope: Scope) -> Any:
    return Unknown(UnknownKind.ERROR, expr.message, scope.file.location(expr.start, expr.end))


TABLE.update(
    {
        syntax.Literal: _literal,
        syntax.Template: _template,
        syntax.TemplateIf: _directive,
        syntax.TemplateFor: _directive,
        syntax.Tuple: _tuple,
        syntax.Object: _object,
        syntax.Parens: _parens,
        syntax.Name: _name,
        syntax.GetAttr: _attribute,
        syntax.Index: _index,
        syntax.SplatElement: _splat_element,
        syntax.Splat: evaluate_splat,
        syntax.Call: call,
        syntax.Unary: _unary,
        syntax.Binary: _binary,
        syntax.Conditional: _conditional,
        syntax.For: evaluate_for,
        syntax.ErrorExpr: _error,
    }
)

__all__ = ["TABLE", "evaluate"]
