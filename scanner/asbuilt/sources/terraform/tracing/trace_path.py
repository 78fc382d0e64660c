"""The parts of a path that a trace follows, and what the expressions on its way see."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from asbuilt.records import dataclass

if TYPE_CHECKING:
    from asbuilt.sources.terraform.evaluation.scope import Scope
    from asbuilt.sources.terraform.parsing.syntax import Expr, SourceFile

ABSENT_HERE: Final = "absent"  # an object does not have the next part of the path


class Bracket(str):
    """A key that is written in brackets: `local.services["api"]`."""

    __slots__ = ()


class KeyOf(Bracket):
    """Not the element at a key but the key itself; always the last part of a path."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a bound name comes from: a path into an expression. `loop` tells a loop variable from `each`."""

    expr: Expr
    view: View
    path: tuple[Any, ...]
    loop: bool = False

    def repeated(self, name: str) -> bool:
        """Whether the name is `each` or an iterator, which have `.key` and `.value`."""
        return not self.loop and name != "*"


@dataclass(frozen=True, slots=True)
class View:
    """A scope, with the origins of the names bound in it."""

    scope: Scope
    origins: dict[str, Origin] = field(default_factory=dict)

    def within(self, file: SourceFile) -> View:
        """Return the same view for an expression in another file."""
        return View(self.scope.within(file), self.origins)


def label(path: tuple[Any, ...]) -> str:
    """Write a path as a reader of Terraform would: `["api"].cpu`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif isinstance(part, Bracket) or not part.isidentifier():
            text += f'["{part}"]'
        else:
            text += f".{part}"
    return text
