"""INV-6: the scalable targets of one service say the same."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Resource, Unknown
from asbuilt.rules import service_rule, undecided, violation
from asbuilt.topology.scaling import SCALABLE_TARGET, scaling
from asbuilt_policies.statements import scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec
    from asbuilt.topology.services import Service

BOUNDS = (("MinCapacity", "minimum"), ("MaxCapacity", "maximum"))


@service_rule(
    id="scalable-targets-agree",
    severity="medium",
    enforces="services.*.tasks",
    needs=SCALABLE_TARGET,
)
def scalable_targets_agree(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """Two scalable targets of one service disagree.

    Why: a service has one scalable target. Registering it a second time overwrites the first, so that the numbers in
    force are those of whatever was deployed last.

    Fix: keep one of the scalable targets.

    Source: Application Auto Scaling API Reference, RegisterScalableTarget ("to update a scalable target, specify the
    parameters that you want to change"); read 2026-11.
    """
    view = graph.memo(scaling, spec)
    targets = view.targets(service.resource)
    requirement = f"services.{service.name}.tasks"
    for one, other in combinations(targets, 2):
        same = _same(one.get("ResourceId"), other.get("ResourceId"))
        if isinstance(same, Unknown):
            reason = f"whether {one.address} and {other.address} both scale {service.name} is not known: {same.reason}"
            yield undecided(same, reason, other.at("ResourceId"), service=service.name, requirement=requirement)
        elif same:
            yield from _disagreement(one, other, service, requirement)
    for loose, doubt in view.loose:
        if any(list(_disagreement(target, loose, service, requirement)) for target in targets):
            reason = f"whether {loose.address}, which disagrees, scales {service.name} is not known: {doubt.reason}"
            yield undecided(doubt, reason, loose.at("ResourceId"), service=service.name, requirement=requirement)


def _same(one: Any, other: Any) -> bool | Unknown:
    """Whether two resource ids are one; where both are unknown, they are if all that is known of them is the same."""
    if not isinstance(one, Unknown) and not isinstance(other, Unknown):
        return bool(one == other)
    known = isinstance(one, Unknown) and isinstance(other, Unknown) and bool(one.references)
    if known and (one.prefix, one.suffix, one.references) == (other.prefix, other.suffix, other.references):
        return True
    return one if isinstance(one, Unknown) else other


def _disagreement(one: Resource, other: Resource, service: Service, requirement: str) -> Iterator[Evidence]:
    conditional = one.conditional if one.conditional is not None else other.conditional
    for path, words in BOUNDS:
        values = (one.at(path), other.at(path))
        doubt = next((prop for prop in values if isinstance(prop.value, Unknown)), None)
        if doubt is not None:
            reason = f"{service.name} has two scalable targets; whether they agree is not known: {doubt.value.reason}"
            yield undecided(doubt.value, reason, doubt, service=service.name, requirement=requirement)
            continue
        first, second = (ABSENT if prop.value is None else scalar(prop.value) for prop in values)
        if first == second:
            continue
        message = (
            f"{service.name} has two scalable targets that disagree: the {words} is {_told(first)} in {one.address}, "
            f"{_told(second)} in {other.address}"
        )
        if conditional is not None:
            reason = f"{message}; whether both exist is not known: {conditional.reason}"
            yield undecided(conditional, reason, values[1], service=service.name, requirement=requirement)
        else:
            yield violation(
                values[1],
                message,
                expected="one scalable target",
                service=service.name,
                requirement=requirement,
                related=(one,),
            )


def _told(value: Any) -> str:
    return "not set" if value is ABSENT else f"{value:g}" if isinstance(value, float) else str(value)
