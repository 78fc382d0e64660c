"""NET-10: databases and caches lie in the subnets meant for them."""

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

OCCUPANTS = {
    "AWS::RDS::DBSubnetGroup": "database",
    "AWS::ElastiCache::SubnetGroup": "cache",
}


@rule(
    id="databases-in-database-subnets",
    resource=tuple(OCCUPANTS),
    severity="high",
    enforces="network.subnets.*.holds",
)
def databases_in_database_subnets(group: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A subnet group of a database or cache names subnets that are not those for it.

    Why: a database next to the tasks, or in a public subnet, is one security group away from whoever gets there.

    Fix: name the subnets of the tier in SubnetIds.

    Source: Amazon RDS User Guide, "Working with a DB instance in a VPC"; Amazon ElastiCache User Guide, "Subnets and
    subnet groups"; read 2026-11.
    """
    tier = tier_holding(OCCUPANTS[group.type], spec)
    if tier:
        path = f"network.subnets.{tier}.holds"
        items = group.at("SubnetIds").items()
        yield from expect_in_tier(items, tier, group.name or group.address, spec, graph, requirement=path)
