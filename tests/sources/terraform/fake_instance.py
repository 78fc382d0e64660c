"""A resource instance made of plain Python values, which remembers what was asked of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Location, Reference, Trace, Unknown, UnknownKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from asbuilt.model import Edge, Path


@dataclass
class FakeInstance:
    address: str
    arguments: dict[str, Any] = field(default_factory=dict)
    default_tags: Any = ABSENT
    conditional: Unknown | None = None
    mode: str = "managed"
    region: Any = ABSENT
    references: tuple[Edge, ...] = ()
    asked: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"root:{self.address}"

    @property
    def type(self) -> str:
        return self.address.split(".")[-2]

    @property
    def location(self) -> Location:
        return Location("main.tf", 1)

    def names(self) -> Iterable[str]:
        return self.arguments

    def value(self, name: str) -> Any:
        self.asked.append(name)
        return self.arguments.get(name, ABSENT)

    def trace(self, path: Path) -> Trace | None:
        """Find the argument, as far down as the values go; text is taken for the tree it is made from."""
        return Trace(Location("/".join(map(str, path)), 7)) if path and path[0] in self.arguments else None

    def edges(self) -> Iterable[Edge]:
        return self.references

    def values(self) -> Mapping[str, Any]:
        return self.arguments


def ref(address: str, attribute: str = "id") -> Unknown:
    """An attribute of another resource, known after apply."""
    return Unknown(
        UnknownKind.COMPUTED,
        f"{address}.{attribute} is known after apply",
        references=(Reference(f"root:{address}", attribute),),
        exact=True,
    )


def variable(name: str, **more: Any) -> Unknown:
    """An input without a value."""
    return Unknown(UnknownKind.VARIABLE, f"var.{name} has no value", **more)
