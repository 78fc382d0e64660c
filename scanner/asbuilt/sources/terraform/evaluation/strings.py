"""The parts of templates: interpolations and directives, flattened into values that are then concatenated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import Unknown
from asbuilt.sources.terraform.evaluation.dispatch import evaluate, failed
from asbuilt.sources.terraform.language.access import iterate
from asbuilt.sources.terraform.language.errors import EvalError
from asbuilt.sources.terraform.language.operators import concatenate, conditional, truth
from asbuilt.sources.terraform.language.values import derived, mark, unmark
from asbuilt.sources.terraform.parsing.syntax import TemplateFor, TemplateIf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asbuilt.sources.terraform.evaluation.scope import Scope
    from asbuilt.sources.terraform.parsing.syntax import Expr


def template_parts(parts: Sequence[str | Expr], scope: Scope) -> list[Any]:
    """Return the values of a template's parts, in order. Raises EvalError."""
    values: list[Any] = []
    for part in parts:
        if isinstance(part, str):
            values.append(part)
        elif type(part) is TemplateIf:
            values.extend(_if(part, scope))
        elif type(part) is TemplateFor:
            values.extend(_for(part, scope))
        else:
            values.append(evaluate(part, scope))
    return values


def _if(part: TemplateIf, scope: Scope) -> list[Any]:
    try:
        condition = truth(evaluate(part.condition, scope))
    except EvalError as error:
        return [failed(error, part.condition, scope)]
    test, marked = unmark(condition)
    if isinstance(test, Unknown):
        then = concatenate(template_parts(part.then, scope))
        otherwise = concatenate(template_parts(part.otherwise, scope))
        return [conditional(condition, then, otherwise)]
    chosen = template_parts(part.then if test else part.otherwise, scope)
    return [mark(value, marked) for value in chosen] if marked else chosen


def _for(part: TemplateFor, scope: Scope) -> list[Any]:
    try:
        pairs, marked = iterate(evaluate(part.collection, scope))
    except EvalError as error:
        return [failed(error, part.collection, scope)]
    if isinstance(pairs, Unknown):
        return [mark(derived([pairs], "string"), marked)]
    scope.module.root.spend_iterations(len(pairs))
    values: list[Any] = []
    for key, value in pairs:
        names = {part.value: value} if part.key is None else {part.key: key, part.value: value}
        values.extend(template_parts(part.body, scope.child(names)))
    return [mark(value, marked) for value in values] if marked else values
