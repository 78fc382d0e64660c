"""Terraform's operators over values: arithmetic, logic, comparison, conditionals, templates."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from asbuilt.model import Sensitive, Unknown
from asbuilt.sources.terraform.language import numbers
from asbuilt.sources.terraform.language.access import attribute, index, iterate, splat_elements
from asbuilt.sources.terraform.language.arms import join_arms, over_arms
from asbuilt.sources.terraform.language.convert import convert, to_text_value
from asbuilt.sources.terraform.language.sets import identity
from asbuilt.sources.terraform.language.typesys import ANY, BOOL, NUMBER, STRING, Type, type_from_text
from asbuilt.sources.terraform.language.unify import unify
from asbuilt.sources.terraform.language.values import (
    EvalError,
    LimitError,
    UnsupportedError,
    derived,
    get_type,
    is_wholly_known,
    mark,
    unknowns,
    unmark,
    unmark_deep,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = [
    "attribute",
    "binary",
    "concatenate",
    "conditional",
    "equals",
    "index",
    "iterate",
    "splat_elements",
    "truth",
    "unary",
]

_PLAIN = (str, int, bool)
MAX_TEXT = 16_000_000  # characters of one string

_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": numbers.add,
    "-": lambda left, right: numbers.add(left, numbers.negate(right)),
    "*": numbers.multiply,
    "/": numbers.divide,
    "%": numbers.modulo,
}
_COMPARISON: dict[str, Callable[[int], bool]] = {
    "<": lambda order: order < 0,
    ">": lambda order: order > 0,
    "<=": lambda order: order <= 0,
    ">=": lambda order: order >= 0,
}


def unary(op: str, operand: Any) -> Any:
    """Return `-operand` or `!operand`."""
    return _apply(op, [operand], NUMBER if op == "-" else BOOL, NUMBER if op == "-" else BOOL)


def binary(op: str, left: Any, right: Any) -> Any:
    """Return `left op right`. Unknown operands give an unknown result, as in Terraform also for `false && unknown`."""
    if op in {"==", "!="}:
        result = equals(left, right)
        if op == "==":
            return result
        bare, marked = unmark(result)
        if isinstance(bare, Unknown):
            return result
        return mark(not bare, marked)
    if op in {"&&", "||"}:
        return _apply(op, [left, right], BOOL, BOOL)
    return _apply(op, [left, right], NUMBER, BOOL if op in _COMPARISON else NUMBER)


def _apply(op: str, operands: list[Any], want: Type, result: Type) -> Any:
    forked = over_arms(lambda *values: _apply(op, list(values), want, result), operands)
    if forked is not None:
        return forked
    values, marked = [], False
    for at, operand in enumerate(operands):
        bare, was_marked = unmark_deep(operand)
        marked = marked or was_marked
        try:
            values.append(convert(bare, want))
        except LimitError:
            raise
        except EvalError as error:
            which = "" if len(operands) == 1 else ("left ", "right ")[at]
            raise EvalError(f"Unsuitable value for {which}operand: {error.message}.") from None
    if any(value is None for value in values):
        raise EvalError("Error during operation: argument must not be null.")
    if any(isinstance(value, Unknown) for value in values):
        return mark(derived(values, result), marked)
    return mark(_compute(op, values), marked)


def _compute(op: str, values: list[Any]) -> Any:
    if len(values) == 1:
        return numbers.negate(values[0]) if op == "-" else not values[0]
    left, right = values
    if op == "&&":
        return left and right
    if op == "||":
        return left or right
    if op in _COMPARISON:
        return _COMPARISON[op](numbers.compare(left, right))
    if right == 0 and op in "/%":
        if op == "%":
            return left
        raise UnsupportedError("division by zero: Terraform's infinity")
    return _ARITHMETIC[op](left, right)


def equals(left: Any, right: Any) -> Any:
    """Return whether two values are equal: a bool, an Unknown bool, or one of them Sensitive."""
    if type(left) is type(right) and type(left) in _PLAIN:
        return left == right
    forked = over_arms(equals, [left, right])
    if forked is not None:
        return forked
    left, left_marked = unmark_deep(left)
    right, right_marked = unmark_deep(right)
    return mark(_equals(left, right), left_marked or right_marked)


def _equals(left: Any, right: Any) -> Any:
    left_known, right_known = is_wholly_known(left), is_wholly_known(right)
    if left_known and right_known:
        return identity(left) == identity(right)
    left_type, right_type = get_type(left), get_type(right)
    if left_type.concrete and right_type.concrete and left_type != right_type:
        return False
    if _shape_differs(left, right):
        return False
    return derived([left, right], BOOL)


def _shape_differs(left: Any, right: Any) -> bool:
    """Tell whether two structures cannot be equal whatever their unknown parts turn out to be."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        known, open_ = (right, left) if isinstance(left, Unknown) else (left, right)
        kind = type_from_text(open_.type)
        have = get_type(known)
        return kind.kind != "any" and have.kind not in {"any", kind.kind}
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() != right.keys()
    if isinstance(left, list) and isinstance(right, list):
        return len(left) != len(right)
    return type(left) is not type(right)


def truth(condition: Any) -> Any:
    """Return a condition as a bool, an Unknown, or Sensitive around one. Raises EvalError where it is neither."""
    if type(condition) is bool:
        return condition
    bare, marked = unmark_deep(condition)
    if bare is None:
        raise EvalError("The condition value is null. Conditions must either be true or false.")
    try:
        return mark(convert(bare, BOOL), marked)
    except EvalError:
        raise EvalError("The condition expression must be of type bool.") from None


def conditional(condition: Any, then: Any, otherwise: Any) -> Any:
    """Return `condition ? then : otherwise`, both arms as the type they have in common.

    An unknown condition gives an Unknown with both values as its arms, unless they are the same.
    """
    test, marked = unmark(truth(condition))
    kind = _common_type(then, otherwise)
    if isinstance(test, Unknown):
        outcomes = [convert(then, kind), convert(otherwise, kind)]
        joined, inner = unmark(join_arms(test, _spread(outcomes)))
        return mark(joined, marked or inner)
    chosen = convert(then if test else otherwise, kind)
    # As in Terraform, the mark of the arm that is not taken stays on the result.
    return mark(chosen, marked or isinstance(then, Sensitive) or isinstance(otherwise, Sensitive))


def _spread(outcomes: list[Any]) -> list[Any]:
    """Put the arms of an arm beside the others."""
    spread: list[Any] = []
    for outcome in outcomes:
        bare = outcome.value if isinstance(outcome, Sensitive) else outcome
        if isinstance(bare, Unknown) and bare.arms:
            spread.extend(mark(arm, isinstance(outcome, Sensitive)) for arm in bare.arms)
        else:
            spread.append(outcome)
    return spread


def _common_type(then: Any, otherwise: Any) -> Type:
    if then is None or otherwise is None:
        return ANY
    left, right = get_type(then), get_type(otherwise)
    kind = unify([left, right], unsafe=True)
    if kind is None:
        raise EvalError(
            "The true and false result expressions must have consistent types. "
            f"The 'true' value is {left.friendly}, but the 'false' value is {right.friendly}."
        )
    return kind


def concatenate(parts: Sequence[Any]) -> Any:
    """Return the string that a template's parts make. Raises EvalError for null and for what is no primitive.

    An unknown part makes the result an Unknown string that keeps the known text before and after.
    """
    if {*map(type, parts)} == {str}:
        return _whole(parts)
    forked = over_arms(lambda *values: concatenate(values), parts)
    if forked is not None:
        return forked
    texts: list[Any] = []
    marked = False
    for part in parts:
        bare, was_marked = unmark_deep(part)
        marked = marked or was_marked
        texts.append(_as_text(bare))
    if all(isinstance(text, str) for text in texts):
        return mark(_whole(texts), marked)
    return mark(partly_known(texts), marked)


def _whole(texts: Sequence[str]) -> str:
    whole = "".join(texts)
    if len(whole) > MAX_TEXT:
        raise LimitError(f"a string of more than {MAX_TEXT} characters")
    return whole if whole.isascii() else unicodedata.normalize("NFC", whole)


def partly_known(texts: Sequence[Any]) -> Unknown:
    """Return the Unknown that strings and Unknowns make together: known ends, and the tree behind it if it is JSON."""
    from asbuilt.sources.terraform.language.partial import json_structure

    return derived(
        texts, STRING, prefix=_known_end(texts), suffix=_known_end(texts, last=True), structure=json_structure(texts)
    )


def _as_text(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if value is None:
        raise EvalError("The expression result is null. Cannot include a null value in a string template.")
    if isinstance(value, list | dict):
        raise EvalError("Cannot include the given value in a string template: string required.")
    if isinstance(value, Unknown):
        try:
            return convert(value, STRING)
        except EvalError:
            raise EvalError("Cannot include the given value in a string template: string required.") from None
    return to_text_value(value)


def _known_end(texts: Sequence[Any], *, last: bool = False) -> str:
    """Return the text before the first unknown part with that part's own prefix, or the same from the end."""
    end: list[str] = []
    for text in reversed(texts) if last else texts:
        if isinstance(text, str):
            end.append(text)
            continue
        found = next(unknowns(text))
        end.append(found.suffix if last else found.prefix)
        break
    return "".join(reversed(end) if last else end)
