"""Build a whole environment in an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from live_platform import containers, data, edge, identity, network, operations
from live_platform.account import Platform
from live_platform.facts import ENVIRONMENTS

if TYPE_CHECKING:
    from live_platform.account import Account


def build(aws: Account, environment: str = "prod") -> Platform:
    """Build an environment as the architecture has it."""
    made = Platform(ENVIRONMENTS[environment])
    for part in (network, identity, edge, containers, operations, data):
        part.build(aws, made)
    return made
