"""NET-6: private subnets reach out through NAT gateways, one a zone."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from asbuilt.model import Resource, Severity, Unknown
from asbuilt.rules import either, inapplicable, missing, platform_rule, undecided
from asbuilt.topology.network import SUBNET, VPC
from asbuilt.topology.tiers import tier_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec

NAT = "AWS::EC2::NatGateway"


@platform_rule(id="nat-gateway-in-every-zone", severity="medium", enforces="network.subnets.*.default_route", needs=NAT)
def nat_gateway_in_every_zone(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """There is no NAT gateway for the private subnets, or fewer than availability zones.

    Why: without one, tasks in private subnets reach nothing outside; with fewer than zones, the loss of one zone takes
    the way out of the others (the architecture does not say how many: a doubt of low severity).

    Fix: create a NAT gateway in the public subnet of each zone.

    Source: Amazon VPC User Guide, "NAT gateway basics" (one in each Availability Zone); read 2026-11.
    """
    tiers = [name for name, tier in spec.network.subnets.items() if tier.default_route == "nat_gateway"]
    if not tiers:
        yield inapplicable(None, "the architecture routes no subnets through NAT gateways", subject="NAT gateways")
        return
    every = graph.of_type(NAT)
    served = _vpcs_behind(set(tiers), spec, graph)
    if not served:
        yield from _judge(every, tiers[0], "", spec, graph)
    standing, anywhere = _by_vpc(every, graph)
    for vpc, doubt in served.values():
        own = [every[position] for position in sorted({*standing[vpc.key], *anywhere})]
        others = len(served) > 1 or len(own) < len(every)
        for found in _judge(own, tiers[0], f" in {vpc.address}" if others else "", spec, graph):
            if doubt is None:
                yield found
            else:
                reason = f"{found.message}; whether a subnet there needs one is not known: {doubt.reason}"
                yield undecided(doubt, reason, subject=found.subject, requirement=found.requirement)


def _judge(gateways: Sequence[Resource], tier: str, where: str, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    path, subject = f"network.subnets.{tier}.default_route", f"NAT gateways{where}"
    wanted = len(spec.network.availability_zones or ())
    certain = [gateway for gateway in gateways if gateway.conditional is None]
    doubt = next((gateway.conditional for gateway in gateways if gateway.conditional is not None), None)
    if doubt is not None and len(certain) < max(wanted, 1):
        reason = f"how many NAT gateways there are is not known: {doubt.reason}"
        yield undecided(doubt, reason, subject=subject, requirement=path)
        return
    if not gateways:
        message = f"there is no NAT gateway{where}"
        absent = missing(f"NAT gateway{where}", message, expected="at least one", requirement=path)
        yield either(graph, absent, NAT)
    elif len(gateways) < wanted:
        message = f"there are {len(gateways)} NAT gateways{where} for {wanted} availability zones"
        few = missing(subject, message, expected=wanted, severity=Severity.LOW, requirement=path)
        yield either(graph, few, NAT)


def _vpcs_behind(tiers: set[str], spec: Spec, graph: Graph) -> dict[str, tuple[Resource, Unknown | None]]:
    """Return the VPCs of the subnets behind NAT gateways, by key, and why it is not certain that they have some."""
    found: dict[str, tuple[Resource, Unknown | None]] = {}
    for subnet in graph.of_type(SUBNET):
        tier = tier_of(subnet, spec, graph)
        doubt = tier if isinstance(tier, Unknown) else None
        if doubt is None and tier not in tiers:
            continue
        for vpc in graph.targets(subnet.at("VpcId"), VPC):
            if isinstance(vpc, Resource) and (doubt is None or vpc.key not in found):
                found[vpc.key] = (vpc, doubt)
    return found


def _by_vpc(gateways: Sequence[Resource], graph: Graph) -> tuple[dict[str, list[int]], list[int]]:
    """Return the positions of the NAT gateways by the key of their VPC, and of those whose VPC is not known."""
    standing: dict[str, list[int]] = defaultdict(list)
    anywhere: list[int] = []
    for position, gateway in enumerate(gateways):
        vpcs = _vpcs(gateway, graph)
        for vpc in vpcs:
            standing[vpc.key].append(position)
        if not vpcs:
            anywhere.append(position)
    return standing, anywhere


def _vpcs(gateway: Resource, graph: Graph) -> list[Resource]:
    """Return the VPC of a NAT gateway, nothing where it is not known."""
    subnets = [s for s in graph.targets(gateway.at("SubnetId"), SUBNET) if isinstance(s, Resource)]
    found = [vpc for subnet in subnets for vpc in graph.targets(subnet.at("VpcId"), VPC)]
    return [vpc for vpc in found if isinstance(vpc, Resource)]
