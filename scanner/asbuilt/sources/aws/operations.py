"""The calls that collectors make, declared: what they need, what they hide when they fail, what allows them.

The policy that `asbuilt iam-policy` prints is made of these, so a call that is not declared here cannot be made.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# IAM's prefix of a service's actions where it is not the name of its API in botocore (Service Authorization Reference,
# "Actions, resources, and condition keys for AWS services"; read 2026-11).
PREFIXES: Final = {"elbv2": "elasticloadbalancing"}


@dataclass(frozen=True, slots=True)
class Operation:
    """One API operation.

    `hides` are the resource types that nobody sees when it fails: its own; those found only through it are known by
    `after`, the operations whose answers it needs. `items` is the key of the response that holds the list; `page` is
    asked for as the size of a page; `most` bounds the pages read, 0 for all. One that hides no types adds to
    resources that are seen without it: the values it would have given are unknown.
    """

    service: str
    name: str
    items: str
    hides: tuple[str, ...] = ()
    after: tuple[Operation, ...] = ()
    page: int = 0
    most: int = 0

    @property
    def action(self) -> str:
        """The IAM action that allows it."""
        return f"{PREFIXES.get(self.service, self.service)}:{self.name}"

    def __str__(self) -> str:
        return f"{self.service}.{self.name}"


@dataclass(frozen=True, slots=True)
class Call:
    """An operation with its parameters."""

    operation: Operation
    parameters: Mapping[str, Any] = field(default_factory=dict)


def ranks(operations: Iterable[Operation]) -> dict[str, int]:
    """Return for each operation how many calls, one after the other, wait for its answer."""
    known = tuple(operations)
    found: dict[str, int] = {}

    def rank(operation: Operation) -> int:
        name = str(operation)
        if name not in found:
            found[name] = max((1 + rank(other) for other in known if operation in other.after), default=0)
        return found[name]

    for operation in known:
        rank(operation)
    return found


def hidden_types(operation: Operation, operations: Iterable[Operation]) -> frozenset[str]:
    """Return the types nobody sees without an operation: its own, and those of all that build on its answer."""
    known = tuple(operations)
    found: set[str] = set()
    seen: set[str] = set()
    pending = [operation]
    while pending:
        one = pending.pop()
        if str(one) in seen:
            continue
        seen.add(str(one))
        found.update(one.hides)
        pending += [other for other in known if one in other.after]
    return frozenset(found)
