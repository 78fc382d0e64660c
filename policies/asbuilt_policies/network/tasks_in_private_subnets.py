"""NET-8: tasks run in the subnets meant for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Property, Resource, Unknown
from asbuilt.rules import rule, undecided, violation
from asbuilt.topology.network import SUBNET, Exposure, network

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@rule(id="tasks-in-private-subnets", resource="AWS::ECS::Service", severity="high", enforces="tasks.subnets")
def tasks_in_private_subnets(service: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """Tasks of an ECS service run in subnets that are not the private ones.

    Why: in a subnet whose route table leads to an internet gateway, a task is one public address away from the
    internet; what a subnet is called or tagged does not matter, its routes do.

    Fix: name the private subnets in NetworkConfiguration.AwsvpcConfiguration.Subnets, or take the route to the internet
    gateway out of the route table of these subnets.

    Source: Amazon VPC User Guide, "Subnets for your VPC" (a public subnet has a direct route to an internet gateway)
    and "Configure route tables"; read 2026-11.
    """
    subnets = service.at("NetworkConfiguration.AwsvpcConfiguration.Subnets")
    what = service.name or service.address
    for item in subnets.items():
        for target in graph.targets(item, SUBNET):
            if isinstance(target, Unknown):
                yield undecided(target, f"which subnets {what} runs in is not known: {target.reason}", item)
            else:
                yield from _judge(item, target, what, spec, graph)
        if isinstance(item.value, str) and not graph.identified(item.value, SUBNET):
            hidden = graph.hidden(SUBNET)
            reason = f"{what} runs in {item.value}, which is not among what was scanned"
            yield undecided(unread(reason) if hidden is None else hidden, reason, item)


def _judge(item: Property, subnet: Resource, what: str, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    routing = graph.memo(network).routing(subnet)
    tier_name = spec.tasks.subnets or ""
    tier = spec.network.subnets.get(tier_name)
    must_be_public = tier is not None and tier.default_route == "internet_gateway"
    if isinstance(routing.exposure, Unknown):
        reason = f"how {subnet.address} is routed is not known: {routing.exposure.reason}"
        yield undecided(routing.exposure, reason, item)
        return
    if routing.exposure is Exposure.PUBLIC and not must_be_public:
        route = routing.why.resource if routing.why else subnet
        yield violation(
            item,
            f"{what} runs in {subnet.address}, a public subnet: {route.address} leads to an internet gateway",
            expected=f"a {tier_name} subnet",
            actual=subnet.address,
            related=(subnet, route),
        )
        return
    cidr = subnet.get("CidrBlock")
    for other, subnets in spec.network.subnets.items():
        if other != tier_name and isinstance(cidr, str) and cidr in (subnets.cidrs or ()):
            yield violation(
                item,
                f"{what} runs in {subnet.address} ({cidr}), a subnet of the {other} tier",
                expected=f"a {tier_name} subnet",
                actual=subnet.address,
                related=(subnet,),
            )


def unread(reason: str) -> Unknown:
    """Return an Unknown for something that lies outside what was scanned."""
    from asbuilt.model import UnknownKind

    return Unknown(UnknownKind.UNREAD, reason)
