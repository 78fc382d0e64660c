"""INV-3: target groups check the health of a service on the path of the inventory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Property, Resource, Unknown, UnknownKind
from asbuilt.rules import inapplicable, service_rule, undecided, violation
from asbuilt_policies.statements import equals, hold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec
    from asbuilt.topology.services import Service

TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
DEFAULT_PATH = "/"  # AWS's, for HTTP and HTTPS health checks


@service_rule(
    id="health-check-path",
    severity="medium",
    enforces="services.*.health_check",
    needs=("AWS::ECS::Service", TARGET_GROUP),
)
def health_check_path(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A service's target group checks another path than the architecture says.

    Why: a check on another path fails where the path does not exist, and ECS replaces healthy tasks for ever; or it
    passes where the service is broken, and the load balancer keeps sending traffic.

    Fix: set HealthCheckPath of the target group to the path of the architecture.

    Source: Elastic Load Balancing, "Health checks for Application Load Balancer target groups" (the default path is /);
    read 2026-11.
    """
    wanted = service.spec.health_check
    if wanted is None:
        yield inapplicable(service.resource, f"the architecture gives {service.name} no health check")
        return
    entries = service.load_balancers()
    if not entries:
        yield violation(
            service.at("LoadBalancers"),
            f"{service.name} is in no target group, so nothing checks {wanted}",
            expected=wanted,
            fix=f"register {service.name} in a target group whose health check path is {wanted}",
            service=service.name,
            requirement=f"services.{service.name}.health_check",
        )
    for entry in entries:
        yield from _entry(entry, service, wanted, graph)


def _entry(entry: Property, service: Service, wanted: str, graph: Graph) -> Iterator[Evidence]:
    pointer = entry.at("TargetGroupArn")
    groups = graph.targets(pointer, TARGET_GROUP)
    if not groups:
        reason = f"the target group {pointer.value} is not in the code that was read"
        groups = (Unknown(UnknownKind.UNREAD, reason, location=pointer.trace.location),)
    for group in groups:
        if isinstance(group, Resource):
            yield from hold(
                group.at("HealthCheckPath"),
                equals(wanted),
                lambda value: f"{service.name} is health-checked on {value}; the architecture says {wanted}",
                what=f"the health check path of {service.name}",
                expected=wanted,
                default=DEFAULT_PATH,
                service=service.name,
                requirement=f"services.{service.name}.health_check",
            )
        else:
            reason = f"the target group of {service.name} is not known: {group.reason}"
            yield undecided(group, reason, pointer, expected=wanted, service=service.name)
