"""AS-2: services scale on memory utilization at the target stated."""

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
    id="scaling-on-memory",
    severity="medium",
    enforces="scaling.memory_target",
    needs=(SCALABLE_TARGET, SCALING_POLICY),
)
def scaling_on_memory(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A service does not scale on memory utilization, or at another value than the architecture says.

    Why: a task that runs out of memory is killed; scaling on memory adds tasks before that, and only if the
    target leaves room for it.

    Fix: give the service's scalable target a target tracking policy on ECSServiceAverageMemoryUtilization with the
    architecture's value, or a step scaling policy with an alarm at that value.

    Source: Application Auto Scaling API Reference, TargetTrackingScalingPolicyConfiguration and
    PredefinedMetricSpecification; Amazon ECS Developer Guide, "Automatically scale your Amazon ECS service";
    read 2026-11.
    """
    wanted = spec.scaling.memory_target
    if wanted is not None:
        yield from scales_at(Metric.MEMORY, wanted, service, spec, graph)
