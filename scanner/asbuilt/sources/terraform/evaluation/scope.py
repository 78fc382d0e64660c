"""What an expression can see: its module, the names bound around it, and the file it stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asbuilt.sources.terraform.evaluation.modules import ModuleInstance
    from asbuilt.sources.terraform.parsing.syntax import SourceFile

SPLAT = "*"  # the name under which a splat binds its current element; no identifier can collide with it


class Scope:
    """`names` holds `each`, `count`, `self`, iterators and loop variables; they hide what the module has."""

    __slots__ = ("file", "module", "names")

    def __init__(self, module: ModuleInstance, names: dict[str, Any], file: SourceFile) -> None:
        self.module = module
        self.names = names
        self.file = file

    def child(self, names: dict[str, Any]) -> Scope:
        """Return a scope with more names bound."""
        return Scope(self.module, {**self.names, **names}, self.file)

    def within(self, file: SourceFile) -> Scope:
        """Return the same scope for an expression in another file."""
        return self if file is self.file else Scope(self.module, self.names, file)


class Handle:
    """Something that a traversal passes through and that becomes a value only at its end.

    `module.ecs.cluster_arn` must not evaluate the other outputs of `module.ecs`.
    """

    __slots__ = ()

    def attribute(self, name: str) -> Any:
        """Return what `.name` leads to: a value or another handle."""
        raise NotImplementedError

    def index(self, key: Any) -> Any:
        """Return what `[key]` leads to."""
        raise NotImplementedError

    def force(self) -> Any:
        """Return the whole as a value."""
        raise NotImplementedError
