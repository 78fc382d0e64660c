"""Function calls: arguments evaluated and expanded, and the two functions that decide about their arguments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from asbuilt.model import Unknown, UnknownKind
from asbuilt.sources.terraform import functions
from asbuilt.sources.terraform.evaluation.dispatch import evaluate, failed
from asbuilt.sources.terraform.evaluation.objects import ResourceObject
from asbuilt.sources.terraform.language.arms import join_arms
from asbuilt.sources.terraform.language.errors import EvalError
from asbuilt.sources.terraform.language.values import derived, is_wholly_known, mark, unknowns, unmark

if TYPE_CHECKING:
    from asbuilt.sources.terraform.evaluation.scope import Scope
    from asbuilt.sources.terraform.parsing.syntax import Call, Expr


def call(expr: Call, scope: Scope) -> Any:
    """Return the value of a call. Raises EvalError."""
    name = expr.name
    special = _SPECIAL.get(name.removeprefix("core::"))
    if special is not None:
        return special(expr, scope)
    args = _arguments(expr, scope)
    if isinstance(args, Unknown):
        return args
    if name.startswith("provider::"):
        reason = f"{name}() is a function of a provider, which is not run"
        place = scope.file.location(expr.start, expr.end)
        references = derived(args).references if not all(map(is_wholly_known, args)) else ()
        return Unknown(UnknownKind.UNSUPPORTED, reason, place, references)
    try:
        return functions.call(name, args, scope.module.files)
    except EvalError as error:
        return failed(error, expr, scope)


def _arguments(expr: Call, scope: Scope) -> list[Any] | Unknown:
    args = [evaluate(arg, scope) for arg in expr.args]
    if not expr.expand:
        return args
    last, marked = unmark(args.pop())
    if isinstance(last, Unknown):
        return derived([*args, last])
    if not isinstance(last, list):
        message = "The expanding argument (indicated by ...) must be of a tuple, list, or set type."
        return failed(EvalError(message), expr, scope)
    return args + [mark(item, marked) for item in last]


def _attempt(arg: Expr, scope: Scope) -> tuple[Any, bool]:
    """Return a value, and whether it is certain that its evaluation succeeds. Raises EvalError."""
    root = scope.module.root
    before = root.uncertain
    value = evaluate(arg, scope)
    return value, root.uncertain == before and all(map(_sure, unknowns(value)))


def _try(expr: Call, scope: Scope) -> Any:
    """Return the first argument without an error.

    Terraform makes the result unknown as soon as the chosen one is not wholly known, because it may still fail. An
    attribute of an instance that exists does not; for the rest the later arguments stay possible.
    """
    possible: list[Any] = []
    for arg in expr.args:
        try:
            value, sure = _attempt(arg, scope)
        except EvalError:
            continue
        possible.append(value)
        if sure:
            break
    if len(possible) > 1:
        return _one_of(possible)
    if possible:
        return possible[0]
    message = 'Call to function "try" failed: no expression succeeded.' if expr.args else "try needs an argument."
    return failed(EvalError(message), expr, scope)


def _one_of(possible: list[Any]) -> Any:
    """Return the Unknown for values of which nobody knows which one it will be, or the one that all of them are."""
    bare = [unmark(arm) for arm in possible]
    flat = [inner for arm, _ in bare for inner in (arm.arms if isinstance(arm, Unknown) and arm.arms else (arm,))]
    reason = "which argument of try() succeeds is not known"
    cause = next(unknowns([arm for arm, _ in bare]), Unknown(UnknownKind.CONDITION, reason))
    return mark(join_arms(replace(cause, arms=(), exact=False), flat), any(marked for _, marked in bare))


def _sure(value: Unknown) -> bool:
    """Whether an unknown value exists for certain: only its content is open."""
    if isinstance(value, ResourceObject):
        return True
    reference = value.references[0].attribute if len(value.references) == 1 else "."
    return value.exact and value.kind is UnknownKind.COMPUTED and reference.isidentifier()


def _can(expr: Call, scope: Scope) -> Any:
    if len(expr.args) != 1:
        return failed(EvalError('Function "can" expects 1 argument.'), expr, scope)
    try:
        value, sure = _attempt(expr.args[0], scope)
    except EvalError:
        return False
    if sure:
        return True
    cause = next(unknowns(value), None)
    return derived([cause], "bool") if cause is not None else Unknown(UnknownKind.CONDITION, _MAY_FAIL, type="bool")


_MAY_FAIL = "whether the argument of can() succeeds is not known"
_SPECIAL = {"try": _try, "can": _can}
