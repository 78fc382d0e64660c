"""Say what makes the scaling policies of an ECS service act, and at which value.

A target tracking policy names a metric and a target; a step scaling policy acts when an alarm names it among its
actions (Application Auto Scaling User Guide, "Target tracking scaling policies" and "Step scaling policies";
read 2026-11). Only what adds tasks as a metric rises is looked at.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Property, Resource, Unknown, UnknownKind
from asbuilt.records import dataclass
from asbuilt.topology.alarms import (
    ALARM,
    ALB_METRICS,
    CPU,
    ECS_METRICS,
    MEMORY,
    Alarm,
    alarms,
    dimensions_of,
    is_metric,
)
from asbuilt.topology.scaling import scaling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.spec.models import Spec

TRACKING = "TargetTrackingScalingPolicyConfiguration"
STEP = "StepScalingPolicyConfiguration"


class Metric(StrEnum):
    """What a service scales on."""

    CPU = "CPU utilization"
    MEMORY = "memory utilization"
    REQUESTS = "requests per target"
    OTHER = "something else"


PREDEFINED = {
    "ECSServiceAverageCPUUtilization": Metric.CPU,
    "ECSServiceAverageMemoryUtilization": Metric.MEMORY,
    "ALBRequestCountPerTarget": Metric.REQUESTS,
}
PUBLISHED = (
    (Metric.CPU, ECS_METRICS, CPU),
    (Metric.MEMORY, ECS_METRICS, MEMORY),
    (Metric.REQUESTS, ALB_METRICS, "RequestCountPerTarget"),
)
RISING = ("GreaterThanThreshold", "GreaterThanOrEqualToThreshold")


@dataclass(frozen=True, slots=True)
class Trigger:
    """A metric that makes a policy add tasks, and the value it does so at: a target, or an alarm's threshold.

    `label` is the load balancer and target group whose requests are counted. `doubt` says why it is not certain that
    the policy is there, or that the alarm sets it off.
    """

    policy: Resource
    metric: Metric | Unknown
    value: Property
    where: Property
    tracks: bool = True
    label: Property | None = None
    doubt: Unknown | None = None


def triggers(service: Resource, graph: Graph, spec: Spec) -> tuple[Trigger, ...]:
    """Return what makes a service scale out."""
    return graph.memo(_Triggers, spec).of(service)


class _Triggers:
    """What makes each service scale, found once."""

    def __init__(self, graph: Graph, spec: Spec) -> None:
        self.graph, self.spec = graph, spec
        self._known: dict[str, tuple[Trigger, ...]] = {}

    def of(self, service: Resource) -> tuple[Trigger, ...]:
        if service.key not in self._known:
            policies = self.graph.memo(scaling, self.spec).policies_of(service)
            self._known[service.key] = tuple(
                trigger for policy in policies for trigger in _of_policy(policy, service, self.graph, self.spec)
            )
        return self._known[service.key]


def loose_trigger(metric: Metric, graph: Graph, spec: Spec) -> tuple[Resource, Unknown] | None:
    """Return a policy that may act on a metric, and of which it cannot be told whose it is, with the reason."""
    for policy, doubt in graph.memo(scaling, spec).loose_policies:
        for trigger in _of_policy(policy, None, graph, spec):
            if isinstance(trigger.metric, Unknown) or trigger.metric is metric:
                return policy, doubt
    return None


def _of_policy(policy: Resource, service: Resource | None, graph: Graph, spec: Spec) -> Iterator[Trigger]:
    tracking = policy.at(TRACKING)
    if tracking.value not in (ABSENT, None):
        yield _tracking(policy, tracking, service, graph, spec)
    step = policy.at(STEP)
    if step.value not in (ABSENT, None):
        yield from _steps(policy, step, service, graph, spec)


def _tracking(policy: Resource, tracking: Property, service: Resource | None, graph: Graph, spec: Spec) -> Trigger:
    value = tracking.at("TargetValue")
    kind = tracking.at("PredefinedMetricSpecification.PredefinedMetricType")
    label = tracking.at("PredefinedMetricSpecification.ResourceLabel")
    if kind.value not in (ABSENT, None):
        metric = kind.value if isinstance(kind.value, Unknown) else PREDEFINED.get(str(kind.value), Metric.OTHER)
        return Trigger(policy, metric, value, kind, label=label, doubt=policy.conditional)
    own = tracking.at("CustomizedMetricSpecification")
    if own.at("Metrics").value not in (ABSENT, None):
        reason = f"{policy.address} tracks the result of an expression"
        return Trigger(policy, _unknown(reason, own), value, own, doubt=policy.conditional)
    return Trigger(policy, _published(own, service, "", graph, spec), value, own, doubt=policy.conditional)


def _steps(policy: Resource, step: Property, service: Resource | None, graph: Graph, spec: Spec) -> Iterator[Trigger]:
    view = graph.memo(alarms, spec)
    found = view.of_policy(policy)
    for alarm in found:
        yield from _step(policy, alarm, service, graph, spec)
    if found:
        return
    hidden = graph.hidden(ALARM)
    if hidden is None:
        hidden = next(iter(view.loose_actions), None)
    if hidden is not None:
        reason = f"which alarm sets {policy.address} off is not known: {hidden.reason}"
        yield Trigger(policy, _unknown(reason, step), step, step, tracks=False)


def _step(policy: Resource, alarm: Alarm, service: Resource | None, graph: Graph, spec: Spec) -> Iterator[Trigger]:
    operator = alarm.resource.at("ComparisonOperator")
    metric: Metric | Unknown = _published(alarm.metric, service, alarm.resource.address, graph, spec)
    if isinstance(operator.value, Unknown):
        metric = operator.value if isinstance(metric, Unknown) or metric is not Metric.OTHER else metric
    elif operator.value not in RISING:
        return
    if alarm.computed and metric is not Metric.OTHER:
        metric = _unknown(f"{alarm.resource.address} watches the result of an expression", alarm.metric)
    doubt = alarm.resource.conditional if policy.conditional is None else policy.conditional
    yield Trigger(policy, metric, alarm.resource.at("Threshold"), alarm.metric, tracks=False, doubt=doubt)


def _published(metric: Property, service: Resource | None, address: str, graph: Graph, spec: Spec) -> Metric | Unknown:
    """Return what a `Namespace` and `MetricName` stand for, if it is this service's."""
    if isinstance(metric.value, Unknown):
        return metric.value
    doubt: Unknown | None = None
    for kind, namespace, name in PUBLISHED:
        found: Any = is_metric(metric, namespace, name)
        if isinstance(found, Unknown):
            doubt = found
        elif found:
            return kind if kind is Metric.REQUESTS else _own(kind, metric, service, address, graph, spec)
    return Metric.OTHER if doubt is None else doubt


def _own(
    kind: Metric, metric: Property, service: Resource | None, address: str, graph: Graph, spec: Spec
) -> Metric | Unknown:
    owners = graph.memo(alarms, spec).owners(dimensions_of(metric), address)
    if isinstance(owners, Unknown):
        return owners
    return kind if service is None or service in owners else Metric.OTHER


def _unknown(reason: str, prop: Property) -> Unknown:
    return Unknown(UnknownKind.UNSUPPORTED, reason, location=prop.trace.location)


__all__ = ["STEP", "TRACKING", "Metric", "Trigger", "loose_trigger", "triggers"]
