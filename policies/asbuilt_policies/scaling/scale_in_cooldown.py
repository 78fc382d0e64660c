"""AS-4: a service waits as long as stated before it scales in again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import rule
from asbuilt.topology.scaling import SCALING_POLICY
from asbuilt_policies.scaling.cooldowns import waits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec


@rule(id="scale-in-cooldown", resource=SCALING_POLICY, severity="medium", enforces="scaling.scale_in_cooldown")
def scale_in_cooldown(policy: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A service waits longer or shorter than the architecture says before it scales in again.

    Why: taking tasks away too soon makes a service swing between too many and too few; too late pays for tasks that
    nobody needs.

    Fix: set ScaleInCooldown of the policy (Cooldown of a step scaling policy) to the architecture's value; a policy
    without one waits 300 seconds.

    Source: Application Auto Scaling API Reference, TargetTrackingScalingPolicyConfiguration and
    StepScalingPolicyConfiguration (cooldowns of ECS services are 300 seconds by default); read 2026-11.
    """
    wanted = spec.scaling.scale_in_cooldown
    if wanted is not None:
        yield from waits(policy, wanted, spec, graph, out=False)
