"""NET-7: the load balancer stands in the public subnets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import examined, inapplicable, platform_rule
from asbuilt.topology.load_balancing import LOAD_BALANCER, load_balancing
from asbuilt.topology.placement import expect_in_tier
from asbuilt.topology.tiers import tier_holding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@platform_rule(
    id="load-balancer-in-public-subnets", severity="medium", enforces="network.subnets.*.holds", needs=LOAD_BALANCER
)
def load_balancer_in_public_subnets(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The load balancer stands in subnets that are not the ones for it.

    Why: an internet-facing load balancer in subnets without a route to an internet gateway answers nobody.

    Fix: name the public subnets in Subnets (or SubnetMappings).

    Source: Elastic Load Balancing User Guide, "Subnets for your load balancer"; read 2026-11.
    """
    tier = tier_holding("load_balancer", spec)
    if not tier:
        yield inapplicable(None, "the architecture does not place the load balancer", subject="load balancer")
        return
    path = f"network.subnets.{tier}.holds"
    for balancer in graph.memo(load_balancing, spec).front_doors():
        yield examined(balancer, requirement=path)
        items = [*balancer.at("Subnets").items()]
        items += [mapping.at("SubnetId") for mapping in balancer.at("SubnetMappings").items()]
        what = balancer.name or balancer.address
        yield from expect_in_tier(items, tier, what, spec, graph, at=balancer.at("Subnets"), requirement=path)
