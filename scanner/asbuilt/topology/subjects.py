"""Which resources a value of the spec is about, where one key of the spec speaks of several kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from asbuilt.model import Path

# What stands in a subnet -> the types of it that rules look at.
OCCUPANTS: Final = {
    "load_balancer": ("AWS::ElasticLoadBalancingV2::LoadBalancer",),
    "nat_gateway": ("AWS::EC2::NatGateway",),
    "tasks": ("AWS::ECS::Service",),
    "database": ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::RDS::DBSubnetGroup"),
    "cache": ("AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::SubnetGroup", "AWS::ElastiCache::CacheCluster"),
}


def subjects_of(path: Path, value: Any) -> frozenset[str]:
    """Return the types a value is about; none where its key says it all."""
    if path[:2] == ("network", "subnets") and path[-1] == "holds":
        return frozenset(kind for occupant in value for kind in OCCUPANTS.get(occupant, ()))
    if path[:2] == ("network", "subnets") and path[-1] == "default_route" and value == "internet_gateway":
        return frozenset(("AWS::EC2::Subnet", "AWS::EC2::RouteTable", "AWS::EC2::Route"))
    return frozenset()
