"""Terraform's functions: `call(name, arguments, context)`.

`try` and `can` are not here: they decide whether their arguments are evaluated at all, and belong to the evaluator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import Unknown
from asbuilt.sources.terraform.functions import (  # noqa: F401 - each enters its functions into the table
    collection,
    conversion,
    datetime,
    encoding,
    filesystem,
    formatting,
    hashing,
    network,
    numeric,
    reshaping,
    search,
    sets,
    string,
    text_formats,
    typecheck,
)
from asbuilt.sources.terraform.functions.context import Context, DiskContext
from asbuilt.sources.terraform.functions.registry import FUNCTIONS, Function, Parameter
from asbuilt.sources.terraform.language.arms import over_arms
from asbuilt.sources.terraform.language.convert import convert
from asbuilt.sources.terraform.language.values import EvalError, LimitError, derived, is_wholly_known, mark, unmark_deep

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FUNCTIONS", "Context", "DiskContext", "call"]

# Functions whose result says something about the argument itself rather than about its value.
_NOT_FORKED = {"issensitive", "sensitive", "nonsensitive", "ephemeralasnull", "type"}


def call(name: str, args: Sequence[Any], ctx: Context) -> Any:
    """Return what a function returns for evaluated arguments.

    Raises EvalError where Terraform rejects the call, LimitError where a bound of ours is exceeded, UnsupportedError
    for what cannot be computed here, OutsideError for files outside the root. An unknown argument gives an Unknown
    with its reason and the references of all arguments; a sensitive one makes the result sensitive.
    """
    found = FUNCTIONS.get(name.removeprefix("core::"))
    if found is None:
        raise EvalError(f'There is no function named "{name}".')
    _check_count(found, len(args))
    if name not in _NOT_FORKED:
        forked = over_arms(lambda *values: _call(found, values, ctx), args)
        if forked is not None:
            return forked
    return _call(found, args, ctx)


def _check_count(found: Function, given: int) -> None:
    taken = found.taken
    least = len(taken.parameters)
    if given < least:
        raise EvalError(
            f'Function "{found.name}" expects {"at least " if taken.rest else ""}{least} argument(s). '
            f'Missing value for "{taken.parameters[given].name}".'
        )
    if given > least and taken.rest is None:
        raise EvalError(f'Function "{found.name}" expects only {least} argument(s).')


def _call(found: Function, args: Sequence[Any], ctx: Context) -> Any:
    values: list[Any] = []
    marked = False
    unknown = False
    taken = found.taken
    for at, value in enumerate(args):
        parameter = taken.parameters[at] if at < len(taken.parameters) else taken.rest
        if parameter is None:
            raise EvalError(f'Function "{found.name}" expects fewer arguments.')
        value = _accept(value, parameter)
        if not parameter.marked:
            value, was_marked = unmark_deep(value)
            marked = marked or was_marked
        if not parameter.unknown:
            bare = unmark_deep(value)[0] if parameter.marked else value
            unknown = unknown or isinstance(bare, Unknown) or (parameter.whole and not is_wholly_known(bare))
        values.append(value)
    if unknown:
        return mark(derived(values, taken.result), marked or any(unmark_deep(v)[1] for v in values))
    try:
        result = found.run(ctx, *values) if found.wants_context else found.run(*values)
    except RecursionError:
        raise LimitError(f"{found.name}: nested too deeply") from None
    return mark(result, marked)


def _accept(value: Any, parameter: Parameter) -> Any:
    try:
        value = convert(value, parameter.type)
    except EvalError as error:
        raise type(error)(f'Invalid value for "{parameter.name}" parameter: {error.message}.') from None
    if not parameter.null and (value is None or getattr(value, "value", "") is None):
        raise EvalError(f'Invalid value for "{parameter.name}" parameter: argument must not be null.')
    return value
