"""What the evaluator hands to the vocabulary: one resource instance, its values lazy, its positions on request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from asbuilt.model import Edge, Location, Path, Trace, Unknown


class Instance(Protocol):
    """One instance of a `resource` or `data` block, after `count` and `for_each`.

    `address` is Terraform's own (`module.ecs.aws_ecs_service.this["api"]`); `key` is unique over all roots of a scan
    and is what `model.Reference.target` names. `conditional` says why it is not certain that this instance exists; the
    address of an instance whose `count` or `for_each` is unknown ends in `[*]`.
    """

    @property
    def address(self) -> str:
        """Terraform's own address."""

    @property
    def key(self) -> str:
        """The address with its root in front, unique in a scan."""

    @property
    def type(self) -> str:
        """The resource type, as in `aws_ecs_service`."""

    @property
    def mode(self) -> str:
        """`managed` or `data`."""

    @property
    def location(self) -> Location:
        """The block's header."""

    @property
    def conditional(self) -> Unknown | None:
        """Why it is not certain that it exists, if it is not."""

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
