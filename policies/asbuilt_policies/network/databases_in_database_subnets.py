"""NET-10: databases and caches lie in the subnets meant for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Resource, Unknown, UnknownKind
from asbuilt.rules import inapplicable, rule, undecided, violation
from asbuilt.topology.data_stores import (
    CACHE_CLUSTER,
    DB_CLUSTER,
    DB_INSTANCE,
    REPLICATION_GROUP,
    SERVERLESS_CACHE,
    is_cache_of_its_own,
    is_member,
    is_replica,
    is_set,
)
from asbuilt.topology.placement import expect_in_tier
from asbuilt.topology.tiers import tier_holding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec

GROUPS = {
    "AWS::RDS::DBSubnetGroup": "database",
    "AWS::ElastiCache::SubnetGroup": "cache",
}
# What is in a subnet group: its role, the property that names the group, and the type of that.
OCCUPANTS = {
    DB_INSTANCE: ("database", "DBSubnetGroupName", "AWS::RDS::DBSubnetGroup"),
    DB_CLUSTER: ("database", "DBSubnetGroupName", "AWS::RDS::DBSubnetGroup"),
    REPLICATION_GROUP: ("cache", "CacheSubnetGroupName", "AWS::ElastiCache::SubnetGroup"),
    CACHE_CLUSTER: ("cache", "CacheSubnetGroupName", "AWS::ElastiCache::SubnetGroup"),
}
# What names the source of a replica.
SOURCES = {
    DB_INSTANCE: ("SourceDBInstanceIdentifier", "SourceDBClusterIdentifier"),
    DB_CLUSTER: ("ReplicationSourceIdentifier",),
}


@rule(
    id="databases-in-database-subnets",
    resource=(*GROUPS, *OCCUPANTS, SERVERLESS_CACHE),
    severity="high",
    enforces="network.subnets.*.holds",
)
def databases_in_database_subnets(resource: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A database or cache, or a subnet group of one, is in other subnets than those for it.

    Why: a database next to the tasks, or in a public subnet, is one security group away from whoever gets there. One
    without a subnet group stands in the default VPC of the account, where every subnet is public.

    Fix: name the subnets of the tier in SubnetIds, and the subnet group at the database or cache.

    Source: Amazon RDS User Guide, "Working with a DB instance in a VPC"; Amazon ElastiCache User Guide, "Subnets and
    subnet groups"; Amazon RDS API Reference, CreateDBInstance and CreateDBInstanceReadReplica (DBSubnetGroupName:
    the default VPC, and for a replica in the source's Region that of the source); read 2026-11.
    """
    role = OCCUPANTS[resource.type][0] if resource.type in OCCUPANTS else GROUPS.get(resource.type, "cache")
    tier = tier_holding(role, spec)
    if not tier:
        return
    path = f"network.subnets.{tier}.holds"
    if resource.type in OCCUPANTS:
        yield from _in_group(resource, graph, path)
        return
    named, told = resource.at("SubnetIds"), resource.name or resource.address
    yield from expect_in_tier(named.items(), tier, told, spec, graph, at=named, requirement=path)


def _in_group(occupant: Resource, graph: Graph, path: str) -> Iterator[Evidence]:
    """Yield evidence where a database or cache names no subnet group, or one that was not read."""
    _, name, type_ = OCCUPANTS[occupant.type]
    told, prop = occupant.name or occupant.address, occupant.at(name)
    if is_set(occupant, name):
        found = graph.target(prop, type_)
        if not isinstance(found, Resource):
            reason = f"the subnet group {prop.value} is not in the code that was read"
            doubt = Unknown(UnknownKind.UNREAD, reason, prop.trace.location) if found is None else found
            reason = f"which subnets {told} is in is not known: {doubt.reason}"
            yield undecided(doubt, reason, prop, requirement=path)
    elif _placed_by_another(occupant, graph):
        yield inapplicable(occupant, f"{told} is where the cluster or the database is that it belongs to")
    else:
        message = f"{told} names no subnet group, and stands in the default VPC"
        yield violation(prop, message, expected=["a subnet group"], requirement=path)


def _placed_by_another(occupant: Resource, graph: Graph) -> bool:
    """Whether a cluster, a replication group or the source of a replica decides on the subnets."""
    if occupant.type == CACHE_CLUSTER:
        return not is_cache_of_its_own(occupant)
    if occupant.type == DB_INSTANCE and is_member(occupant):
        return True
    if occupant.type not in SOURCES or not is_replica(occupant):
        return False
    named = [occupant.at(name) for name in SOURCES[occupant.type] if is_set(occupant, name)]
    sources = [graph.target(prop, DB_INSTANCE, DB_CLUSTER) for prop in named]
    return all(not isinstance(source, Resource) or source.region == occupant.region for source in sources)
