"""Blocks and mappings that are missing as a whole: which ones are made, and what has to be in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asbuilt.fixes.document import RefusedError
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Steps = tuple[str, ...]
Tree = dict[str, Any]  # what is in a block or mapping: a value as it is written, or a tree

# Resource type -> what is made where it is missing -> what AWS, or the provider, refuses it without. Sources: AWS
# CloudFormation Template Reference, AWS::ECS::Service; Terraform AWS provider 6, aws_ecs_service; read 2026-11.
MADE: Final[Mapping[str, Mapping[Steps, frozenset[str]]]] = {
    "AWS::ECS::Service": {
        ("DeploymentConfiguration",): frozenset(),
        ("DeploymentConfiguration", "DeploymentCircuitBreaker"): frozenset(("Enable", "Rollback")),
    },
    "aws_ecs_service": {("deployment_circuit_breaker",): frozenset(("enable", "rollback"))},
}


@dataclass(frozen=True, slots=True)
class Nested:
    """A value to add in blocks or mappings that are missing too.

    `path` leads to it from the resource of this `type`; the first `there` steps exist. `shown` is the value as written,
    `write` gives the text that adds the first missing step and what is in it.
    """

    type: str
    path: Steps
    there: int
    shown: str
    write: Callable[[str, Tree], str]

    def __post_init__(self) -> None:
        """Raise RefusedError where one of the missing steps is none that is made."""
        for end in range(self.there + 1, len(self.path)):
            if self.path[:end] not in MADE.get(self.type, {}):
                raise RefusedError(f"{self.path[end - 1]} is missing as well")


def text_of(additions: Iterable[Nested]) -> str | None:
    """Return the text that adds values with the same first missing step; None where they contradict each other.

    Raises RefusedError where something else has to be in what is made.
    """
    whole: Tree = {}
    for addition in additions:
        within = whole
        for step in addition.path[addition.there : -1]:
            within = within.setdefault(step, {})
        if within.setdefault(addition.path[-1], addition.shown) != addition.shown:
            return None
    for addition in additions:
        within = whole
        for end in range(addition.there + 1, len(addition.path)):
            within = within[addition.path[end - 1]]
            lacking = sorted(MADE[addition.type][addition.path[:end]] - within.keys())
            if lacking:
                raise RefusedError(f"{addition.path[end - 1]} is missing as well, and needs {', '.join(lacking)} too")
    ((name, inner),) = whole.items()
    return addition.write(name, inner)
