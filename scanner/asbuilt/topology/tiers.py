"""Which tier of the architecture a subnet belongs to, by its CIDR block."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, Any

from asbuilt.model import Resource, Unknown
from asbuilt.topology.network import SUBNET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.spec.models import Spec


def cidr(value: Any) -> IPv4Network | IPv6Network | None:
    """Return a CIDR block as a network, None where the value is no block."""
    return _network(value) if isinstance(value, str) else None


@lru_cache(4096)
def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def tier_of(subnet: Resource, spec: Spec, graph: Graph) -> str | Unknown | None:
    """Return the tier that lists a subnet's CIDR block, None where none does, an Unknown where the block is unknown."""
    return graph.memo(_tiers, spec)[subnet.key]


def _tiers(graph: Graph, spec: Spec) -> dict[str, str | Unknown | None]:
    """Return the tier of every subnet, by key."""
    return {subnet.key: _tier(subnet, spec) for subnet in graph.of_type(SUBNET)}


def _tier(subnet: Resource, spec: Spec) -> str | Unknown | None:
    value = subnet.get("CidrBlock")
    if isinstance(value, Unknown):
        return value
    block = cidr(value)
    if block is None:
        return None
    for name, tier in spec.network.subnets.items():
        if any(block == cidr(listed) for listed in tier.cidrs or ()):
            return name
    return None


def subnets_in(tier: str, spec: Spec, graph: Graph) -> Iterator[Resource]:
    """Yield the subnets of a tier."""
    for subnet in graph.of_type(SUBNET):
        if tier_of(subnet, spec, graph) == tier:
            yield subnet


def doubtful(graph: Graph, spec: Spec) -> Unknown | None:
    """Return why the tier of some subnet cannot be told, if that is so."""
    for subnet in graph.of_type(SUBNET):
        tier = tier_of(subnet, spec, graph)
        if isinstance(tier, Unknown):
            return tier
    return None


def tier_holding(occupant: str, spec: Spec) -> str | None:
    """Return the tier that holds an occupant (`tasks`, `database`, `load_balancer` …)."""
    return next((name for name, tier in spec.network.subnets.items() if occupant in (tier.holds or ())), None)
