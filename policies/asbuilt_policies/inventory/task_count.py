"""INV-6: every service runs between the minimum and the maximum number of tasks of the inventory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Resource
from asbuilt.rules import either, inapplicable, missing, service_rule, undecided
from asbuilt.topology.scaling import SCALABLE_TARGET, scaling
from asbuilt_policies.statements import counted, equals, hold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec
    from asbuilt.topology.services import Service

BOUNDS = (("MinCapacity", "min", "at least"), ("MaxCapacity", "max", "at most"))


@service_rule(
    id="task-count",
    severity="medium",
    enforces="services.*.tasks",
    needs=("AWS::ECS::Service", SCALABLE_TARGET),
)
def task_count(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A service may have another number of tasks than the architecture says.

    Why: the minimum is what survives the loss of an availability zone, the maximum is what caps the bill and the load
    on the database. Without a scalable target, neither holds.

    Fix: set MinCapacity and MaxCapacity of the service's scalable target to the architecture's values.

    Source: Application Auto Scaling API Reference, RegisterScalableTarget; read 2026-11.
    """
    tasks = service.spec.tasks
    if tasks.min is None and tasks.max is None:
        yield inapplicable(service.resource, f"the architecture gives {service.name} no number of tasks")
        return
    view = graph.memo(scaling, spec)
    targets = view.targets(service.resource)
    for target in targets:
        yield from _target(target, service)
    if not targets:
        wanted = f"{tasks.min} to {tasks.max} tasks"
        loose = view.doubt(service.resource)
        if loose is not None:
            target, doubt = loose
            reason = f"whether {target.address} scales {service.name} is not known: {doubt.reason}"
            yield undecided(doubt, reason, target.at("ResourceId"), expected=wanted, service=service.name)
            return
        evidence = missing(
            f"scalable target of {service.name}",
            f"{service.name} has no scalable target; the architecture says {wanted}",
            expected=wanted,
            resource=service.resource,
            service=service.name,
            requirement=f"services.{service.name}.tasks",
            fix=f"add a scalable target for {service.name} with a capacity of {wanted}",
        )
        yield either(graph, evidence, SCALABLE_TARGET)


def _target(target: Resource, service: Service) -> Iterator[Evidence]:
    if target.conditional is not None:
        reason = f"whether {target.address}, the scalable target of {service.name}, exists is not known"
        yield undecided(target.conditional, f"{reason}: {target.conditional.reason}", target.at("ResourceId"))
        return
    for path, attribute, words in BOUNDS:
        wanted = getattr(service.spec.tasks, attribute)
        if wanted is None:
            continue

        def say(value: Any, wanted: int = wanted, words: str = words) -> str:
            if value is ABSENT:
                return f"{service.name} sets no number for {words} {wanted} tasks, as the architecture says"
            return f"{service.name} runs {words} {counted(value)}; the architecture says {wanted}"

        yield from hold(
            target.at(path),
            equals(wanted),
            say,
            what=f"how many tasks {service.name} runs {words}",
            expected=wanted,
            service=service.name,
            requirement=f"services.{service.name}.tasks.{attribute}",
        )
