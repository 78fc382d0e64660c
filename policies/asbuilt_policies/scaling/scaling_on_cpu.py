"""AS-1: services scale on CPU utilization at the target stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import service_rule
from asbuilt.topology.scaling import SCALABLE_TARGET, SCALING_POLICY
from asbuilt.topology.scaling_policies import Metric
from asbuilt_policies.scaling.metrics import scales_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec
    from asbuilt.topology.services import Service


@service_rule(
    id="scaling-on-cpu",
    severity="medium",
    enforces="scaling.cpu_target",
    needs=(SCALABLE_TARGET, SCALING_POLICY),
)
def scaling_on_cpu(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A service does not scale on CPU utilization, or at another value than the architecture says.

    Why: at a higher target tasks are saturated before help arrives, at a lower one the bill grows for nothing; without
    a policy the number of tasks stays what it is while requests queue.

    Fix: give the service's scalable target a target tracking policy on ECSServiceAverageCPUUtilization with the
    architecture's value, or a step scaling policy with an alarm at that value.

    Source: Application Auto Scaling API Reference, TargetTrackingScalingPolicyConfiguration and
    PredefinedMetricSpecification; Amazon ECS Developer Guide, "Automatically scale your Amazon ECS service";
    read 2026-11.
    """
    wanted = spec.scaling.cpu_target
    if wanted is not None:
        yield from scales_at(Metric.CPU, wanted, service, spec, graph)
