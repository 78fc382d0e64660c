"""NET-4: there are no other subnets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Unknown
from asbuilt.rules import rule, undecided, violation
from asbuilt.topology.network import SUBNET, VPC
from asbuilt.topology.tiers import cidr, tier_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv4Network, IPv6Network

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec

    Block = IPv4Network | IPv6Network
    Vpcs = tuple[Resource | Unknown, ...]


@rule(id="subnet-listed", resource=SUBNET, severity="medium", enforces="network.subnets.*.cidrs")
def subnet_listed(subnet: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A subnet is not one the architecture lists, overlaps another, or lies outside its VPC.

    Why: what runs in an unlisted subnet escapes every statement about the listed ones.

    Fix: give the subnet a block the architecture lists, or list it.

    Source: Amazon VPC User Guide, "Subnet CIDR blocks" (inside the VPC's, not overlapping); read 2026-11.
    """
    prop = subnet.at("CidrBlock")
    tier = tier_of(subnet, spec, graph)
    if isinstance(tier, Unknown):
        yield undecided(tier, f"the CIDR block of {subnet.address} is not known: {tier.reason}", prop)
        return
    if tier is None:
        listed = [block for values in spec.network.subnets.values() for block in values.cidrs or ()]
        message = f"{subnet.address} ({prop.value}) is not a subnet the architecture lists"
        yield violation(prop, message, expected=listed)
    block = cidr(prop.value)
    if block is None:
        return
    vpc = graph.target(subnet.at("VpcId"), VPC)
    around = vpc.get("CidrBlock") if vpc is not None and not isinstance(vpc, Unknown) else None
    if isinstance(around, Unknown):
        yield undecided(around, f"whether {subnet.address} lies in its VPC is not known: {around.reason}", prop)
    outer = cidr(around)
    if outer is not None and outer.version == block.version and not block.subnet_of(outer):  # type: ignore[arg-type]
        yield violation(prop, f"{subnet.address} ({block}) lies outside its VPC ({outer})", expected=f"inside {outer}")
    vpcs = graph.targets(subnet.at("VpcId"), VPC)
    for other, second, theirs in graph.memo(_neighbours).get(_keys(vpcs), ()):
        if other != subnet and theirs == vpcs and block.overlaps(second):
            message = f"{subnet.address} ({block}) overlaps {other.address} ({second})"
            yield violation(prop, message, expected="a block of its own", related=(other,))


def _neighbours(graph: Graph) -> dict[tuple[str, ...], list[tuple[Resource, Block, Vpcs]]]:
    """Return the subnets that have a block, with block and VPC, by what is known of their VPC."""
    found: dict[tuple[str, ...], list[tuple[Resource, Block, Vpcs]]] = {}
    for subnet in graph.of_type(SUBNET):
        block, vpcs = cidr(subnet.get("CidrBlock")), graph.targets(subnet.at("VpcId"), VPC)
        if block is not None:
            found.setdefault(_keys(vpcs), []).append((subnet, block, vpcs))
    return found


def _keys(vpcs: Vpcs) -> tuple[str, ...]:
    return tuple("" if isinstance(vpc, Unknown) else vpc.key for vpc in vpcs)
