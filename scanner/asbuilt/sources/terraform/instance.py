"""What the evaluator hands to the vocabulary: one resource instance, its values lazy, its positions on request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from asbuilt.model import Location, Path, Trace, Unknown


@dataclass(frozen=True, slots=True)
class Edge:
    """A reference in the source: the attribute it stands in, where, and what it points at."""

    attribute: str
    location: Location
    target: str
    target_attribute: str


class Instance(Protocol):
    """One instance of a `resource` or `data` block, after `count` and `for_each`.

    `address` is Terraform's own (`module.ecs.aws_ecs_service.this["api"]`); `key` is unique over all roots of a scan
    and is what `model.Reference.target` names. `conditional` says why it is not certain that this instance exists; the
    address of an instance whose `count` or `for_each` is unknown ends in `[*]`.
    """

    @property
    def address(self) -> str: ...

    @property
    def key(self) -> str: ...

    @property
    def type(self) -> str: ...

    @property
    def mode(self) -> str:
        """`managed` or `data`."""

    @property
    def location(self) -> Location:
        """The block's header."""

    @property
    def conditional(self) -> Unknown | None: ...

    @property
    def default_tags(self) -> Any:
        """The provider's `default_tags`, a dict, an Unknown, or ABSENT."""

    @property
    def region(self) -> Any:
        """The provider's region: a string, an Unknown, or ABSENT."""

    def names(self) -> Iterable[str]:
        """Yield the attributes and block types that are set, in the order of the source."""

    def value(self, name: str) -> Any:
        """Return an attribute's value or, for a block type, a list of dicts (a block's attributes and blocks).

        ABSENT where it is not set. An element of such a list may be an Unknown: a dynamic block over something unknown.
        Evaluated at the first call, then kept.
        """

    def trace(self, path: Path) -> Trace | None:
        """Find where `("network_configuration", 0, "assign_public_ip")` is written and where its value comes from."""

    def edges(self) -> Iterable[Edge]:
        """Yield the references to other resources, also where the value resolved."""

    def values(self) -> Mapping[str, Any]:
        """Return all of `names()` with their values."""
