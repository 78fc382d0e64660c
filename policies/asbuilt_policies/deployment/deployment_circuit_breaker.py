"""DEP-1: services have the deployment circuit breaker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import rule, violation
from asbuilt.topology.services import ECS_SERVICE
from asbuilt_policies.statements import equals, hold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec


CONTROLLER = "ECS"  # AWS's default, and the only one with a circuit breaker


@rule(
    id="deployment-circuit-breaker",
    resource=ECS_SERVICE,
    severity="medium",
    enforces="deployment.circuit_breaker",
)
def deployment_circuit_breaker(service: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """An ECS service deploys without the circuit breaker.

    Why: without it, a version whose tasks never become healthy is retried for hours, and the deployment neither fails
    nor ends.

    Fix: set DeploymentConfiguration.DeploymentCircuitBreaker.Enable to true. The circuit breaker is part of the
    deployment controller ECS; CODE_DEPLOY and EXTERNAL have none.

    Source: Amazon ECS API Reference, DeploymentCircuitBreaker; Amazon ECS Developer Guide, "How the Amazon ECS
    deployment circuit breaker detects failures"; read 2026-11.
    """
    wanted = spec.deployment.circuit_breaker
    what = service.name or service.address
    controller = service.at("DeploymentController.Type")
    if wanted and controller.known and controller.value in ("CODE_DEPLOY", "EXTERNAL"):
        message = (
            f"{what} is deployed by {controller.value}, which has no circuit breaker; the architecture says it is on"
        )
        yield violation(controller, message, expected=CONTROLLER)
        return
    on, off = ("on", "off") if wanted else ("off", "on")
    yield from hold(
        service.at("DeploymentConfiguration.DeploymentCircuitBreaker.Enable"),
        equals(bool(wanted)),
        lambda _: f"the deployment circuit breaker of {what} is {off}; the architecture says {on}",
        what=f"whether {what} has the deployment circuit breaker",
        expected=wanted,
        default=False,
    )
