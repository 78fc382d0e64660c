"""DEP-2: a failed deployment is rolled back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import rule
from asbuilt.topology.services import ECS_SERVICE
from asbuilt_policies.statements import equals, hold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec


@rule(id="deployment-rollback", resource=ECS_SERVICE, severity="medium", enforces="deployment.rollback")
def deployment_rollback(service: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """An ECS service stays on a version whose deployment failed.

    Why: the circuit breaker alone stops a bad deployment half way; only with rollback does ECS return to the last
    version that worked.

    Fix: set DeploymentConfiguration.DeploymentCircuitBreaker.Rollback to true.

    Source: Amazon ECS API Reference, DeploymentCircuitBreaker; read 2026-11.
    """
    wanted = spec.deployment.rollback
    what = service.name or service.address
    does, says = ("is not rolled back", "is") if wanted else ("is rolled back", "is not")
    yield from hold(
        service.at("DeploymentConfiguration.DeploymentCircuitBreaker.Rollback"),
        equals(bool(wanted)),
        lambda _: f"a failed deployment of {what} {does}; the architecture says it {says}",
        what=f"whether a failed deployment of {what} is rolled back",
        expected=wanted,
        default=False,
    )
