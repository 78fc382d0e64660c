"""INV-3: the load balancer finds the targets of a service healthy."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Resource, Unknown, UnknownKind
from asbuilt.rules import inapplicable, service_rule, undecided, violation
from asbuilt.topology.load_balancing import TARGET_GROUP
from asbuilt.topology.services import ECS_SERVICE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec
    from asbuilt.topology.services import Service

LEAVING = ("draining", "unhealthy.draining")


@service_rule(
    id="targets-healthy",
    severity="high",
    enforces="services.*.health_check",
    needs=(ECS_SERVICE, TARGET_GROUP),
    live=True,
)
def targets_healthy(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The load balancer finds a target of a service unhealthy, or has none.

    Why: the health check that the architecture names is answered wrongly or not at all; users get errors, or ECS
    replaces tasks for ever.

    Fix: ask for the path of the health check inside a task, and mend what answers; see the reason in the finding.

    Source: Elastic Load Balancing API Reference, TargetHealth (State, Reason); read 2026-11.
    """
    if service.spec.health_check is None:
        yield inapplicable(service.resource, f"the architecture gives {service.name} no health check")
        return
    path = f"services.{service.name}.health_check"
    running = service.at("RunningCount").value
    for group in service.target_groups():
        if isinstance(group, Unknown):
            yield undecided(group, "", service.at("LoadBalancers"), requirement=path)
            continue
        prop = group.at("TargetHealth")
        targets = [t for t in prop.require() or () if t.get("State") not in LEAVING] if prop.value is not ABSENT else []
        yield from _judge(group, targets, running, service, path)


def _judge(
    group: Resource, targets: list[dict[str, str]], running: object, service: Service, path: str
) -> Iterator[Evidence]:
    prop = group.at("TargetHealth")
    states = Counter(str(target.get("State")) for target in targets)
    bad = [target for target in targets if target.get("State") == "unhealthy"]
    more = {"service": service.name, "requirement": path}
    if bad:
        reasons = ", ".join(sorted({str(target.get("Reason")) for target in bad}))
        message = f"{len(bad)} of {len(targets)} targets of {service.name} are unhealthy ({reasons})"
        yield violation(prop, message, expected=["every target healthy"], actual=dict(states), **more)
    elif not targets and isinstance(running, Unknown):
        reason = f"{group.name} has no targets, and whether tasks of {service.name} run is not known: {running.reason}"
        yield undecided(running, reason, prop, **more)
    elif not targets and isinstance(running, int) and running:
        message = f"{running} tasks of {service.name} run, and its target group {group.name} has no targets"
        yield violation(prop, message, expected=["every target healthy"], actual="no targets", **more)
    elif targets and not states["healthy"]:
        told = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
        unknown = Unknown(UnknownKind.UNREAD, f"whether the targets of {service.name} are healthy is not told: {told}")
        yield undecided(unknown, "", prop, **more)
