"""NET-5 and NET-6: subnets are routed as their tier says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Unknown
from asbuilt.rules import rule, undecided, violation
from asbuilt.topology.network import SUBNET, Exposure, network
from asbuilt.topology.tiers import tier_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec

WANTED = {
    "internet_gateway": (Exposure.PUBLIC, "to an internet gateway"),
    "nat_gateway": (Exposure.PRIVATE, "to a NAT gateway, none to an internet gateway"),
    "none": (Exposure.ISOLATED, "nowhere"),
}


@rule(id="subnet-routing", resource=SUBNET, severity="high", enforces="network.subnets.*.default_route")
def subnet_routing(subnet: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A subnet is routed otherwise than its tier in the architecture.

    Why: what a subnet is, its route table decides: a private one whose default route leads to an internet gateway
    is public, a public one without such a route reaches nobody.

    Fix: associate the subnet with the route table of its tier, or mend the table's default route.

    Source: Amazon VPC User Guide, "Configure route tables" and "Enable internet access for a VPC using an internet
    gateway"; read 2026-11.
    """
    tier = tier_of(subnet, spec, graph)
    values = spec.network.subnets.get(tier) if isinstance(tier, str) else None
    if isinstance(tier, Unknown):
        yield undecided(tier, f"which tier {subnet.address} belongs to is not known: {tier.reason}", resource=subnet)
        return
    routing = graph.memo(network).routing(subnet)
    if values is None:
        return  # an unlisted subnet is another rule's finding
    if values.default_route is None:
        if "database" in (values.holds or ()) and isinstance(routing.exposure, Unknown):
            reason = f"how {subnet.address}, which holds databases, is routed is not known: {routing.exposure.reason}"
            yield undecided(routing.exposure, reason, resource=subnet)
        elif "database" in (values.holds or ()) and routing.exposure is Exposure.PUBLIC:
            where = routing.why or subnet.at("")
            message = f"{subnet.address} holds databases and is routed to an internet gateway"
            yield violation(where, message, expected="no route to an internet gateway", resource=subnet)
        return
    wanted, words = WANTED[values.default_route]
    path = f"network.subnets.{tier}.default_route"
    if isinstance(routing.exposure, Unknown):
        reason = f"how {subnet.address} is routed is not known: {routing.exposure.reason}"
        yield undecided(routing.exposure, reason, resource=subnet, requirement=path)
    elif routing.exposure is wanted is Exposure.PRIVATE and routing.why and routing.why.value in (ABSENT, None):
        route = routing.why.resource
        message = f"the default route of {subnet.address}, {route.address}, leads to something else than a NAT gateway"
        yield violation(routing.why, message, expected="a NAT gateway", resource=subnet, requirement=path)
    elif routing.exposure is not wanted:
        where = routing.why or subnet.at("")
        leads = {
            Exposure.PUBLIC: f"to an internet gateway ({where.resource.address})",
            Exposure.PRIVATE: f"to something else than an internet gateway ({where.resource.address})",
            Exposure.ISOLATED: "nowhere",
        }[routing.exposure]
        message = f"the default route of {subnet.address} leads {leads}; that of a {tier} subnet leads {words}"
        yield violation(
            where, message, expected=words, actual=routing.exposure.value, resource=subnet, requirement=path
        )
