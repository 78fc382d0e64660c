"""The signature table: what each function takes, and how arguments are checked before it runs.

A signature is written as Terraform's documentation does, `name(arg: type flags, ...) result`, with flags after a type:
`?` null is allowed; `~` the function handles an unknown argument itself; `*` an argument with anything unknown inside
makes the result unknown; `!` the function handles sensitive marks itself. A name ending in `...` takes the rest.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from asbuilt.records import dataclass
from asbuilt.sources.terraform.language.typesys import Type, type_from_text

if TYPE_CHECKING:
    from collections.abc import Callable

_SIGNATURE = re.compile(r"(\w+)\((.*)\) (\S+)\Z")
_PARAMETER = re.compile(r"(\w+)(\.\.\.)?: ([a-z()]+?)([?~*!]*)(?:, |\Z)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; the flags as described above."""

    name: str
    type: Type
    null: bool
    unknown: bool
    whole: bool
    marked: bool


@dataclass(frozen=True, slots=True)
class Function:
    """A function: its parameters, the one that takes the rest, its result type, and the code."""

    name: str
    parameters: tuple[Parameter, ...]
    rest: Parameter | None
    result: Type
    run: Callable[..., Any]
    wants_context: bool


FUNCTIONS: dict[str, Function] = {}


def function(signature: str, *, context: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a function into the table under its signature; with `context`, the call's Context comes first."""
    match = _SIGNATURE.match(signature)
    if match is None:
        raise ValueError(signature)
    fixed: list[Parameter] = []
    rest = None
    for name, dots, kind, flags in _PARAMETER.findall(match[2]):
        parameter = Parameter(name, type_from_text(kind), "?" in flags, "~" in flags, "*" in flags, "!" in flags)
        if dots:
            rest = parameter
        else:
            fixed.append(parameter)

    def enter(run: Callable[..., Any]) -> Callable[..., Any]:
        FUNCTIONS[match[1]] = Function(match[1], tuple(fixed), rest, type_from_text(match[3]), run, context)
        return run

    return enter
