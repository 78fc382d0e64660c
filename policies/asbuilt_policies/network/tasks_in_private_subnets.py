"""NET-8: tasks run in the subnets meant for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT
from asbuilt.rules import inapplicable, rule
from asbuilt.topology.placement import expect_in_tier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
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
    name, tier = service.name or service.address, spec.tasks.subnets or ""
    if service.get("DeploymentController.Type") == "EXTERNAL" and subnets.value is ABSENT:
        yield inapplicable(service, f"the task sets of {name} name its subnets")
        return
    yield from expect_in_tier(subnets.items(), tier, name, spec, graph, at=subnets)
