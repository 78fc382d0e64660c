"""Compute with both arms of an unknown condition instead of giving them up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from asbuilt.model import Sensitive, Unknown, UnknownKind
from asbuilt.sources.terraform.language.errors import EvalError, LimitError
from asbuilt.sources.terraform.language.sets import identity
from asbuilt.sources.terraform.language.values import derived, get_type, is_wholly_known, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MAX_ARMS = 16
_MAY_HAVE_ARMS = (Unknown, Sensitive)


def over_arms(compute: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    """Return `compute(*arguments)` for each arm of the one argument that has arms, or None where that does not apply.

    The result is an Unknown with the results as its arms, or the one value that all arms lead to.
    """
    places = [at for at, value in enumerate(arguments) if isinstance(value, _MAY_HAVE_ARMS) and _arms_of(value)]
    if len(places) != 1:
        return None
    at = places[0]
    source = arguments[at]
    marked = isinstance(source, Sensitive)
    base = source.value if isinstance(source, Sensitive) else source
    results: list[Any] = []
    for arm in base.arms:
        given = [*arguments[:at], Sensitive(arm) if marked else arm, *arguments[at + 1 :]]
        try:
            results.append(compute(*given))
        except LimitError:
            return None
        except EvalError as error:
            results.append(unknown(UnknownKind.ERROR, error.message, location=base.location))
    return join_arms(base, results)


def _arms_of(value: Unknown | Sensitive) -> tuple[Any, ...]:
    inner = value.value if isinstance(value, Sensitive) else value
    return inner.arms if isinstance(inner, Unknown) and len(inner.arms) <= MAX_ARMS else ()


def join_arms(base: Unknown, results: list[Any]) -> Any:
    """Return one value for several possible ones: themselves where all are the same, else an Unknown with arms."""
    if results and all(map(is_wholly_known, results)) and len({identity(item) for item in results}) == 1:
        return results[0]
    marked = any(isinstance(item, Sensitive) for item in results)
    bare = [item.value if isinstance(item, Sensitive) else item for item in results]
    types = {get_type(item) for item in bare if item is not None}
    joined = derived([base, *bare], types.pop() if len(types) == 1 else "")
    joined = replace(joined, kind=base.kind, reason=base.reason, location=base.location, arms=tuple(bare))
    return Sensitive(joined) if marked else joined
