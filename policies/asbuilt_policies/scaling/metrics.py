"""Find out whether a service scales on a metric, and hold the value it scales at to the architecture's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Evidence, Unknown
from asbuilt.rules import either, inapplicable, missing, undecided
from asbuilt.topology.scaling import SCALABLE_TARGET, SCALING_POLICY, named_target, scaling
from asbuilt.topology.scaling_policies import Metric, Trigger, loose_trigger, triggers
from asbuilt_policies.statements import any_holds, equals, hold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.spec.models import Spec
    from asbuilt.topology.services import Service


def without_target(service: Service, spec: Spec, graph: Graph, wanted: str) -> Iterator[Evidence]:
    """Yield why a service has no scalable target, nothing where it has one.

    Where the architecture wants every service to scale, the rule `service-scales` says what is missing.
    """
    view = graph.memo(scaling, spec)
    if view.targets(service.resource):
        return
    loose = view.doubt(service.resource)
    if loose is not None:
        target, doubt = loose
        reason = f"whether {target.address} scales {service.name} is not known: {doubt.reason}"
        yield undecided(doubt, reason, target.at("ResourceId"), expected=wanted, service=service.name)
        return
    absent = either(
        graph,
        missing(
            f"scalable target of {service.name}",
            f"{service.name} has no scalable target; the architecture says {wanted}",
            expected=wanted,
            resource=service.resource,
            service=service.name,
        ),
        SCALABLE_TARGET,
    )
    if absent.unknown is None and spec.scaling.every_service:
        reason = f"{service.name} has no scalable target, which is a violation of its own"
        yield inapplicable(service.resource, reason, service=service.name)
        return
    yield absent


def on(metric: Metric, service: Service, spec: Spec, graph: Graph) -> list[Trigger]:
    """Return what makes a service scale on a metric."""
    return [t for t in triggers(service.resource, graph, spec) if t.metric is metric]


def without_policy(metric: Metric, service: Service, spec: Spec, graph: Graph, **more: Any) -> Evidence:
    """Say that a service does not scale on a metric, or that it may."""
    for trigger in triggers(service.resource, graph, spec):
        if isinstance(trigger.metric, Unknown):
            reason = f"what {trigger.policy.address} scales {service.name} on is not known: {trigger.metric.reason}"
            return undecided(trigger.metric, reason, trigger.where, service=service.name, **more)
    loose = loose_trigger(metric, graph, spec)
    if loose is not None:
        policy, doubt = loose
        reason = f"whether {policy.address} scales {service.name} is not known: {doubt.reason}"
        return undecided(doubt, reason, named_target(policy), service=service.name, **more)
    absent = missing(
        f"scaling policy of {service.name} on {metric}",
        f"{service.name} does not scale on {metric}",
        resource=service.resource,
        service=service.name,
        **more,
    )
    return either(graph, absent, SCALING_POLICY)


def scales_at(metric: Metric, wanted: float, service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """Yield evidence where a service does not scale on a metric at a value.

    Every target tracking policy has to hold the value. Without one, one of the alarms of its step scaling policies has
    to: others may add tasks faster at higher values.
    """
    words = f"a target of {wanted} %"
    gone = list(without_target(service, spec, graph, words))
    if gone:
        yield from gone
        return
    found = on(metric, service, spec, graph)
    if not found:
        yield without_policy(metric, service, spec, graph, expected=words)
        return
    tracking = [trigger for trigger in found if trigger.tracks]
    if tracking:
        for trigger in tracking:
            yield from _held(trigger, metric, wanted, service)
    else:
        yield from any_holds([list(_held(trigger, metric, wanted, service)) for trigger in found])


def _held(trigger: Trigger, metric: Metric, wanted: float, service: Service) -> Iterator[Evidence]:
    def say(value: Any) -> str:
        found = "no value" if value is ABSENT else f"{value} %"
        return f"{service.name} scales on {metric} at {found}; the architecture says {wanted} %"

    what = f"the value of {metric} that {service.name} scales at"
    held = list(hold(trigger.value, equals(wanted), say, what=what, expected=wanted, service=service.name))
    if trigger.doubt is None:
        yield from held
        return
    reason = f"whether {trigger.policy.address} scales {service.name} on {metric} is not known: {trigger.doubt.reason}"
    doubtful = undecided(trigger.doubt, reason, trigger.where, expected=wanted, service=service.name)
    yield replace(held[0], outcome=doubtful.outcome, message=reason, unknown=trigger.doubt) if held else doubtful
