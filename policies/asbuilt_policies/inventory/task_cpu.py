"""INV-4: every service has the CPU units of the inventory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT
from asbuilt.rules import inapplicable, service_rule
from asbuilt_policies.inventory.sizes import cpu_units
from asbuilt_policies.statements import hold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec
    from asbuilt.topology.services import Service


@service_rule(
    id="task-cpu",
    severity="medium",
    enforces="services.*.cpu",
    needs=("AWS::ECS::Service", "AWS::ECS::TaskDefinition"),
)
def task_cpu(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A service's tasks have other CPU units than the architecture says.

    Why: on Fargate the task's CPU units are what it gets and what is paid for; scaling on CPU utilization is relative
    to them, so that another size also moves the point at which the service scales.

    Fix: set Cpu of the task definition (1024 CPU units are one vCPU) to the architecture's value.

    Source: Amazon ECS Developer Guide, "Amazon ECS task definition parameters for Fargate", Task size (required at task
    level on Fargate); read 2026-11.
    """
    wanted = service.spec.cpu
    if wanted is None:
        yield inapplicable(service.resource, f"the architecture gives {service.name} no CPU units")
        return

    def say(value: Any) -> str:
        if value is ABSENT:
            return f"{service.name} sets no CPU units for its tasks; the architecture says {wanted}"
        units = cpu_units(value)
        found = value if units is None else f"{units:g} CPU units"
        return f"{service.name} runs with {found}; the architecture says {wanted}"

    yield from hold(
        service.task().at("Cpu"),
        lambda value: cpu_units(value) == wanted,
        say,
        what=f"how many CPU units {service.name} runs with",
        expected=wanted,
        service=service.name,
        requirement=f"services.{service.name}.cpu",
    )
