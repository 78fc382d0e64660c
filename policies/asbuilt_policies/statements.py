"""Hold properties to the architecture's statements, in words that name the value found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Outcome, Unknown
from asbuilt.rules import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from asbuilt.model import Evidence, Property


def hold(
    prop: Property,
    accepts: Callable[[Any], bool],
    say: Callable[[Any], str],
    *,
    what: str,
    expected: Any,
    default: Any = ABSENT,
    **more: Any,
) -> Iterator[Evidence]:
    """Hold a property to what `accepts` tests.

    `say` words the violation: it is given the value judged, which is `default` for an absent property (ABSENT where AWS
    documents none). `what` names the value where it is unknown, in the singular: `the memory of api`.
    """
    values = [default if value is ABSENT or value is None else value for value in prop.possible()]
    broken = [value for value in values if not isinstance(value, Unknown) and not accepts(value)]
    if not broken and prop.known:
        return
    message = say(broken[0]) if broken else ""
    literal = isinstance(expected, bool | int | float)  # to be written as it is; a text may be a description
    for found in expect(prop, accepts, message, default=default, expected=expected, **more):
        evidence = replace(found, literal=literal)
        unknown = evidence.outcome is Outcome.UNKNOWN
        yield replace(evidence, message=f"{what} is not known: {evidence.message}") if unknown else evidence


def any_holds(held: list[list[Evidence]]) -> Iterator[Evidence]:
    """Yield nothing where one of several alternatives holds, else what may still hold, else every violation."""
    if not all(held):
        return
    evidence = [item for items in held for item in items]
    open_ = [item for item in evidence if item.outcome is Outcome.UNKNOWN]
    yield from open_ or evidence


def equals(wanted: float | bool | str) -> Callable[[Any], bool]:
    """Return a test for a value as AWS takes it: `"512"` is 512, `"true"` is True."""
    stated = scalar(wanted)
    return lambda value: scalar(value) == stated and value is not ABSENT


def scalar(value: Any) -> Any:
    """Return a number or a truth value for the texts that stand for one, else the value itself."""
    if isinstance(value, str):
        if value.strip().lower() in ("true", "false"):
            return value.strip().lower() == "true"
        try:
            return float(value)
        except ValueError:
            return value
    return value


def counted(tasks: Any) -> str:
    """Write a number of tasks: `1 task`, `5 tasks`."""
    return f"{tasks} task{'' if scalar(tasks) == 1 else 's'}"


def percent(share: float) -> str:
    """Write a share, 0 to 1, in percent: `80 %`."""
    return f"{round(100 * share, 1):g} %"
