"""NET-7: NAT gateways stand in the public subnets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import rule
from asbuilt.topology.placement import expect_in_tier
from asbuilt.topology.tiers import tier_holding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec


@rule(
    id="nat-gateways-in-public-subnets",
    resource="AWS::EC2::NatGateway",
    severity="medium",
    enforces="network.subnets.*.holds",
)
def nat_gateways_in_public_subnets(gateway: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A NAT gateway stands in a subnet that is not one for NAT gateways.

    Why: a public NAT gateway in a subnet without a route to an internet gateway drops everything sent through it.

    Fix: set SubnetId to a public subnet.

    Source: Amazon VPC User Guide, "NAT gateway basics"; read 2026-11.
    """
    tier = tier_holding("nat_gateway", spec)
    if tier and gateway.get("ConnectivityType") != "private":
        path = f"network.subnets.{tier}.holds"
        items = [gateway.at("SubnetId")]
        yield from expect_in_tier(items, tier, gateway.address, spec, graph, requirement=path)
