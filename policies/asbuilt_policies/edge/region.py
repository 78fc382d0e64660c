"""NET-1: the platform stands in the region stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Resource, Unknown, UnknownKind
from asbuilt.rules import missing, rule, undecided

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


# What makes up the platform. Certificates, distributions and their logs may have to stand elsewhere.
PLATFORM = (
    "AWS::EC2::VPC",
    "AWS::EC2::Subnet",
    "AWS::ECS::Cluster",
    "AWS::ECS::Service",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
)


@rule(id="region", resource=PLATFORM, severity="high", enforces="region")
def region(resource: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A part of the platform stands in another region than the architecture says.

    Why: what stands in two regions pays for every byte between them, and data may leave the jurisdiction it must stay
    in.

    Fix: set the region of the provider (or of the resource) to the one stated; everything is created anew by that.

    Source: AWS Global Infrastructure, "Regions and Availability Zones"; read 2026-11.
    """
    found = resource.region
    name = resource.name or resource.address
    if found is ABSENT or found is None:
        reason = f"the region of {name} is not in the code: the provider takes it from its environment"
        yield undecided(Unknown(UnknownKind.UNREAD, reason, resource.location), reason, resource=resource)
    elif isinstance(found, Unknown):
        yield undecided(found, f"the region of {name} is not known: {found.reason}", resource=resource)
    elif found != spec.region:
        message = f"{name} stands in {found}, not in {spec.region}"
        fix = f"set the region of its provider to {spec.region}"
        yield missing("", message, expected=spec.region, actual=found, resource=resource, fix=fix)
