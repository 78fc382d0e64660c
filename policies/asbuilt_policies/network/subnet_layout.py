"""NET-4: the subnets stated exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import either, missing, platform_rule, present, undecided
from asbuilt.topology.network import SUBNET
from asbuilt.topology.tiers import cidr, doubtful, subnets_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@platform_rule(id="subnet-layout", severity="medium", enforces="network.subnets.*.cidrs", needs=SUBNET)
def subnet_layout(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A subnet that the architecture lists does not exist.

    Why: security groups, routes and peers are written for these blocks; a tier with a block missing has lost a zone.

    Fix: create the subnet with the CidrBlock stated.

    Source: Amazon VPC User Guide, "Subnet CIDR blocks"; read 2026-11.
    """
    doubt = doubtful(graph, spec)
    for tier, values in spec.network.subnets.items():
        found = {cidr(subnet.get("CidrBlock")): subnet for subnet in subnets_in(tier, spec, graph)}
        for block in values.cidrs or ():
            subnet = found.get(cidr(block))
            path = f"network.subnets.{tier}.cidrs"
            if subnet is not None:
                yield from present([subnet], requirement=path)
                continue
            subject = f"{tier} subnet {block}"
            if doubt is not None:
                reason = f"whether there is a {subject} is not known: {doubt.reason}"
                yield undecided(doubt, reason, subject=subject, requirement=path)
            else:
                absent = missing(subject, f"there is no {subject}", expected=block, requirement=path)
                yield either(graph, absent, SUBNET)
