"""Hold what is placed in subnets (tasks, gateways, load balancers, databases) to the tier meant for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Evidence, Property, Resource, Unknown, UnknownKind
from asbuilt.rules import undecided, violation
from asbuilt.topology.network import SUBNET, Exposure, network
from asbuilt.topology.tiers import tier_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asbuilt.graph import Graph
    from asbuilt.spec.models import Spec


def expect_in_tier(
    items: Iterable[Property],
    tier: str,
    what: str,
    spec: Spec,
    graph: Graph,
    *,
    at: Property | None = None,
    requirement: str = "",
) -> Iterator[Evidence]:
    """Yield evidence where a property names a subnet that is not of the tier.

    A subnet is public by its routes, whatever it is called; which of several tiers it belongs to, its block says. A
    subnet that is not among what was scanned is unknown. `at` is where subnets have to be named: none is a violation.
    """
    named = list(items)
    if not named and at is not None:
        yield violation(at, f"{what} names no subnets", expected=f"the {tier} subnets", requirement=requirement)
    for item in named:
        found = graph.targets(item, SUBNET)
        for target in found:
            if isinstance(target, Unknown):
                reason = f"which subnets {what} is in is not known: {target.reason}"
                yield undecided(target, reason, item, requirement=requirement)
            else:
                yield from _judge(item, target, tier, what, spec, graph, requirement)
        if isinstance(item.value, str) and not found:
            yield _elsewhere(item, tier, what, graph, requirement)


def _elsewhere(item: Property, tier: str, what: str, graph: Graph, requirement: str) -> Evidence:
    """Say what it means that a subnet is not in the graph: it is in no VPC of the platform, or nobody read it."""
    subnet, hidden = graph.left_out(str(item.value), SUBNET), graph.hidden(SUBNET)
    if subnet is not None and hidden is None:
        message = f"{what} is in {subnet.address}, in {subnet.get('VpcId')}, which is no VPC of the platform"
        wanted = f"a {tier} subnet"
        return violation(item, message, expected=wanted, related=(subnet,), requirement=requirement)
    reason = f"{what} is in {item.value}, which is not among what was scanned"
    doubt = Unknown(UnknownKind.UNREAD, reason) if hidden is None else hidden
    return undecided(doubt, reason, item, requirement=requirement)


def _judge(
    item: Property, subnet: Resource, tier: str, what: str, spec: Spec, graph: Graph, requirement: str
) -> Iterator[Evidence]:
    values = spec.network.subnets.get(tier)
    public = values is not None and values.default_route == "internet_gateway"
    routing = graph.memo(network).routing(subnet)
    wanted = f"a {tier} subnet"
    if isinstance(routing.exposure, Unknown):
        reason = f"how {subnet.address} is routed is not known: {routing.exposure.reason}"
        yield undecided(routing.exposure, reason, item, requirement=requirement)
    elif routing.exposure is Exposure.PUBLIC and not public:
        route = routing.why.resource if routing.why else subnet
        message = f"{what} is in {subnet.address}, a public subnet: {route.address} leads to an internet gateway"
        related = (subnet, route)
        yield violation(item, message, expected=wanted, actual=subnet.address, related=related, requirement=requirement)
    elif routing.exposure is not Exposure.PUBLIC and public:
        message = f"{what} is in {subnet.address}, which has no route to an internet gateway"
        yield violation(
            item, message, expected=wanted, actual=subnet.address, related=(subnet,), requirement=requirement
        )
    else:
        found = tier_of(subnet, spec, graph)
        if isinstance(found, Unknown):
            reason = f"which tier {subnet.address} belongs to is not known: {found.reason}"
            yield undecided(found, reason, item, requirement=requirement)
        elif found is not None and found != tier:
            message = f"{what} is in {subnet.address} ({subnet.get('CidrBlock')}), a subnet of the {found} tier"
            yield violation(
                item, message, expected=wanted, actual=subnet.address, related=(subnet,), requirement=requirement
            )
