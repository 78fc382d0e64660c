"""Read how long a scaling policy waits after it has changed the number of tasks.

Source: Application Auto Scaling API Reference, TargetTrackingScalingPolicyConfiguration (ScaleOutCooldown,
ScaleInCooldown) and StepScalingPolicyConfiguration (Cooldown): 300 seconds for ECS services where unset; read 2026-11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Property, Resource, Unknown
from asbuilt.rules import inapplicable, undecided
from asbuilt.topology.scaling import SCALABLE_TARGET, scales_ecs, scaling
from asbuilt.topology.scaling_policies import STEP, TRACKING
from asbuilt_policies.statements import equals, hold, scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec

DEFAULT = 300


def waits(policy: Resource, wanted: int, spec: Spec, graph: Graph, *, out: bool) -> Iterator[Evidence]:
    """Yield evidence where a policy waits longer or shorter than stated; `out` asks for scaling out, else in."""
    if not _of_ecs(policy, graph):
        yield inapplicable(policy, f"{policy.address} scales something else than an ECS service")
        return
    service = graph.memo(scaling, spec).name_of(policy)
    direction = "out" if out else "in"
    what = f"{policy.name or policy.address}" + (f" ({service})" if service and not policy.name else "")

    def say(value: Any) -> str:
        return f"{what} waits {value} seconds before it scales {direction} again; the architecture says {wanted}"

    found = list(_cooldowns(policy, out=out))
    for prop in found:
        if isinstance(prop, Unknown):
            reason = f"whether {what} scales {direction} is not known: {prop.reason}"
            yield undecided(prop, reason, policy.at(STEP), expected=wanted, service=service)
            continue
        yield from hold(
            prop,
            equals(wanted),
            say,
            what=f"how long {what} waits before it scales {direction} again",
            expected=wanted,
            default=DEFAULT,
            service=service,
        )
    if not found:
        yield inapplicable(policy, f"{what} does not scale {direction}", service=service)


def _of_ecs(policy: Resource, graph: Graph) -> bool:
    target = graph.target(policy.at("ScalingTargetId"), SCALABLE_TARGET)
    return scales_ecs(target if isinstance(target, Resource) else policy)


def _cooldowns(policy: Resource, *, out: bool) -> Iterator[Property | Unknown]:
    tracking, step = policy.at(TRACKING), policy.at(STEP)
    if tracking.value not in (ABSENT, None):
        disabled = tracking.at("DisableScaleIn").value
        if out or scalar(disabled) is not True:
            yield tracking.at("ScaleOutCooldown" if out else "ScaleInCooldown")
    if step.value not in (ABSENT, None):
        yield from _step(step, out=out)


def _step(step: Property, *, out: bool) -> Iterator[Property | Unknown]:
    """Yield the cooldown of a step scaling policy that adds tasks (or takes them away), or why that is unknown."""
    changes = [item.at("ScalingAdjustment").value for item in step.at("StepAdjustments").items()]
    kind = step.at("AdjustmentType").value
    doubt = next((value for value in (kind, *changes) if isinstance(value, Unknown)), None)
    if doubt is not None:
        yield doubt
        return
    numbers = [number for number in map(scalar, changes) if isinstance(number, int | float)]
    # an exact capacity may be more or less than the tasks there are
    if kind == "ExactCapacity" or any((number > 0) if out else (number < 0) for number in numbers):
        yield step.at("Cooldown")
