"""INV-5: every service has the memory of the inventory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT
from asbuilt.rules import inapplicable, service_rule
from asbuilt_policies.inventory.sizes import memory_mib
from asbuilt_policies.statements import hold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec
    from asbuilt.topology.services import Service


@service_rule(
    id="task-memory",
    severity="medium",
    enforces="services.*.memory",
    needs=("AWS::ECS::Service", "AWS::ECS::TaskDefinition"),
)
def task_memory(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A service's tasks have other memory than the architecture says.

    Why: a task that exceeds its memory is killed; one with more than it needs is paid for, since Fargate charges for
    the size and not for the use.

    Fix: set Memory of the task definition, in MiB, to the architecture's value.

    Source: Amazon ECS Developer Guide, "Amazon ECS task definition parameters for Fargate", Task size (required at task
    level on Fargate); read 2026-11.
    """
    wanted = service.spec.memory
    if wanted is None:
        yield inapplicable(service.resource, f"the architecture gives {service.name} no memory")
        return

    def say(value: Any) -> str:
        if value is ABSENT:
            return f"{service.name} sets no memory for its tasks; the architecture says {wanted} MiB"
        mib = memory_mib(value)
        found = value if mib is None else f"{mib:g} MiB"
        return f"{service.name} runs with {found} of memory; the architecture says {wanted} MiB"

    yield from hold(
        service.task().at("Memory"),
        lambda value: memory_mib(value) == wanted,
        say,
        what=f"the memory of {service.name}",
        expected=wanted,
        service=service.name,
        requirement=f"services.{service.name}.memory",
    )
