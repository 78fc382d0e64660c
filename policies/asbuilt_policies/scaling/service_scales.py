"""COST-6: every service scales by itself, and nothing is suspended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import Unknown
from asbuilt.rules import either, inapplicable, missing, service_rule, undecided
from asbuilt.topology.scaling import SCALABLE_TARGET, SCALING_POLICY, scaling
from asbuilt.topology.scaling_policies import Metric
from asbuilt_policies.scaling.metrics import on, without_policy
from asbuilt_policies.statements import equals, hold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec
    from asbuilt.topology.services import Service

SUSPENDED = (
    ("DynamicScalingOutSuspended", "scaling out"),
    ("DynamicScalingInSuspended", "scaling in"),
    ("ScheduledScalingSuspended", "scheduled scaling"),
)


@service_rule(
    id="service-scales",
    severity="medium",
    enforces="scaling.every_service",
    needs=(SCALABLE_TARGET, SCALING_POLICY),
)
def service_scales(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A service does not scale by itself, or its scaling is suspended.

    Why: a service without scaling keeps the number of tasks somebody once typed in: too few on the busiest day, too
    many on all others. Scaling that was suspended for a night tends to stay so.

    Fix: register a scalable target for the service, with policies on the metrics the architecture names, and suspend
    nothing in its SuspendedState.

    Source: Application Auto Scaling API Reference, RegisterScalableTarget and SuspendedState; read 2026-11.
    """
    if not spec.scaling.every_service:
        yield inapplicable(service.resource, "the architecture does not say that every service scales")
        return
    targets = graph.memo(scaling, spec).targets(service.resource)
    if not targets:
        yield _no_target(service, spec, graph)
        return
    for target in targets:
        yield from _target(target, service)
    wanted = ((Metric.CPU, spec.scaling.cpu_target), (Metric.MEMORY, spec.scaling.memory_target))
    for metric, stated in wanted:
        if stated is not None:
            yield from _policy(metric, service, spec, graph)


def _no_target(service: Service, spec: Spec, graph: Graph) -> Evidence:
    view = graph.memo(scaling, spec)
    loose = view.doubt(service.resource)
    if loose is not None:
        target, doubt = loose
        reason = f"whether {target.address} scales {service.name} is not known: {doubt.reason}"
        return undecided(doubt, reason, target.at("ResourceId"), service=service.name)
    absent = missing(
        f"scalable target of {service.name}",
        f"{service.name} does not scale: it has no scalable target",
        resource=service.resource,
        service=service.name,
        fix=f"add a scalable target for {service.name}, and its scaling policies",
    )
    return either(graph, absent, SCALABLE_TARGET)


def _target(target: Resource, service: Service) -> Iterator[Evidence]:
    if target.conditional is not None:
        reason = f"whether {target.address}, the scalable target of {service.name}, exists is not known"
        yield undecided(target.conditional, f"{reason}: {target.conditional.reason}", target.at("ResourceId"))
    for path, words in SUSPENDED:

        def say(_: Any, words: str = words) -> str:
            return f"{service.name} does not scale: {words} is suspended"

        yield from hold(
            target.at(f"SuspendedState.{path}"),
            equals(False),
            say,
            what=f"whether {words} of {service.name} is suspended",
            expected=False,
            default=False,
            service=service.name,
        )


def _policy(metric: Metric, service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    found = on(metric, service, spec, graph)
    if not found:
        yield without_policy(metric, service, spec, graph)
        return
    doubts = [trigger.doubt for trigger in found]
    first = doubts[0]
    if isinstance(first, Unknown) and all(doubt is not None for doubt in doubts):
        reason = f"whether {found[0].policy.address} scales {service.name} on {metric} is not known: {first.reason}"
        yield undecided(first, reason, found[0].where, service=service.name)
