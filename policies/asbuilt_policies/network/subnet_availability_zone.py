"""NET-3: subnets lie in the availability zones stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import expect, rule
from asbuilt.topology.network import SUBNET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec


@rule(id="subnet-availability-zone", resource=SUBNET, severity="medium", enforces="network.availability_zones")
def subnet_availability_zone(subnet: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A subnet lies in an availability zone that the architecture does not name.

    Why: capacity, endpoints and NAT gateways are planned by zone; what lies elsewhere pays for traffic between zones
    or has no way out. Zone names are compared as written: they map to different zones in different accounts.

    Fix: set AvailabilityZone to one of the zones stated.

    Source: Amazon EC2 User Guide, "Regions and Zones" (zone names and zone ids); read 2026-11.
    """
    zones = spec.network.availability_zones or ()
    prop = subnet.at("AvailabilityZone")
    message = f"{subnet.address} does not lie in one of the zones {', '.join(zones)}"
    yield from expect(prop, lambda value: value in zones, message, expected=list(zones))
