"""IAM-4: ECS Exec is provided for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import service_rule
from asbuilt_policies.statements import equals, hold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec
    from asbuilt.topology.services import Service


@service_rule(id="ecs-exec", severity="info", enforces="iam.ecs_exec")
def ecs_exec(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """ECS Exec is not enabled on a service, though the architecture provides for it.

    Why: the permission to open channels is of no use where the service refuses commands; on the day it is needed,
    enabling it takes a new deployment.

    Fix: set EnableExecuteCommand to true.

    Source: Amazon ECS Developer Guide, "Monitor Amazon ECS containers with ECS Exec" (off unless enabled); read
    2026-11.
    """
    yield from hold(
        service.at("EnableExecuteCommand"),
        equals(spec.iam.ecs_exec or False),
        lambda _: f"{service.name} does not have ECS Exec enabled",
        what=f"whether {service.name} has ECS Exec enabled",
        expected=spec.iam.ecs_exec,
        default=False,
    )
