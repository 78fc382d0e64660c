"""NET-6: private subnets reach out through NAT gateways, one a zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Severity
from asbuilt.rules import either, inapplicable, missing, platform_rule, undecided

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    path = f"network.subnets.{tiers[0]}.default_route"
    gateways = graph.of_type(NAT)
    wanted = len(spec.network.availability_zones or ())
    certain = [gateway for gateway in gateways if gateway.conditional is None]
    doubt = next((gateway.conditional for gateway in gateways if gateway.conditional is not None), None)
    if doubt is not None and len(certain) < max(wanted, 1):
        reason = f"how many NAT gateways there are is not known: {doubt.reason}"
        yield undecided(doubt, reason, subject="NAT gateways", requirement=path)
        return
    if not gateways:
        absent = missing("NAT gateway", "there is no NAT gateway", expected="at least one", requirement=path)
        yield either(graph, absent, NAT)
    elif len(gateways) < wanted:
        message = f"there are {len(gateways)} NAT gateways for {wanted} availability zones"
        few = missing("NAT gateways", message, expected=wanted, severity=Severity.LOW, requirement=path)
        yield either(graph, few, NAT)
