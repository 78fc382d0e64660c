"""The signature table: what each function takes, and how arguments are checked before it runs.

A signature is written as Terraform's documentation does, `name(arg: type flags, ...) result`, with flags after a type:
`?` null is allowed; `~` the function handles an unknown argument itself; `*` an argument with anything unknown inside
makes the result unknown; `!` the function handles sensitive marks itself. A name ending in `...` takes the rest.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from asbuilt.records import dataclass
from asbuilt.sources.terraform.language.typesys import Type, type_from_text

if TYPE_CHECKING:
    from collections.abc import Callable


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
class Taken:
    """What a signature says: the parameters, the one that takes the rest, the result's type."""

    parameters: tuple[Parameter, ...]
    rest: Parameter | None
    result: Type


@dataclass(frozen=True, slots=True)
class Function:
    """A function: its name, its signature as written, and the code."""

    name: str
    signature: str
    run: Callable[..., Any]
    wants_context: bool

    @property
    def taken(self) -> Taken:
        """What the signature says; it is read when the function is first called. Raises ValueError."""
        return _taken(self.signature)


FUNCTIONS: dict[str, Function] = {}


def function(signature: str, *, context: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a function into the table under its signature; with `context`, the call's Context comes first."""
    name = signature.partition("(")[0]

    def enter(run: Callable[..., Any]) -> Callable[..., Any]:
        FUNCTIONS[name] = Function(name, signature, run, context)
        return run

    return enter


@cache
def _taken(signature: str) -> Taken:
    parameters, _, result = signature.partition("(")[2].rpartition(") ")
    fixed: list[Parameter] = []
    rest = None
    for said in parameters.split(", ") if parameters else ():
        name, _, flagged = said.partition(": ")
        kind = flagged.rstrip("?~*!")
        flags = flagged[len(kind) :]
        own = name.removesuffix("...")
        parameter = Parameter(own, type_from_text(kind), "?" in flags, "~" in flags, "*" in flags, "!" in flags)
        if own != name:
            rest = parameter
        else:
            fixed.append(parameter)
    return Taken(tuple(fixed), rest, type_from_text(result))
