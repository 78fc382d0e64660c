"""NET-9: tasks have no public addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import expect, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec


@rule(id="tasks-without-public-ip", resource="AWS::ECS::Service", severity="high", enforces="tasks.public_ip")
def tasks_without_public_ip(service: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """Tasks of an ECS service get public IP addresses.

    Why: a task with a public address can be reached from the internet whenever a security group lets it, past the load
    balancer and its TLS policy.

    Fix: leave AssignPublicIp at DISABLED, and give the tasks' subnets a route to a NAT gateway or VPC endpoints for
    what they need from outside.

    Source: Amazon ECS API Reference, AwsVpcConfiguration (assignPublicIp, default DISABLED for a service created
    through the API); read 2026-11.
    """
    wanted = "ENABLED" if spec.tasks.public_ip else "DISABLED"
    prop = service.at("NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp")
    yield from expect(
        prop,
        wanted,
        f"tasks of {service.name or service.address} "
        + ("get no public IP address" if spec.tasks.public_ip else "get public IP addresses"),
        default="DISABLED",
    )
