"""COST-2: services of a class without a Spot share run On-Demand only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Property, Unknown
from asbuilt.rules import inapplicable, service_rule, undecided, violation
from asbuilt.topology.capacity import ON_DEMAND, SPOT, strategy
from asbuilt_policies.statements import percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec
    from asbuilt.topology.capacity import Entry
    from asbuilt.topology.services import Service


@service_rule(id="on-demand-only", severity="high", enforces="capacity.spot_share", needs="AWS::ECS::Service")
def on_demand_only(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A service that must run On-Demand runs on other capacity.

    Why: AWS takes Spot capacity back with two minutes' notice, for all tasks at once if need be; a critical service on
    Spot is down when that happens.

    Fix: use the launch type FARGATE, or a capacity provider strategy that names FARGATE only.

    Source: Amazon ECS Developer Guide, "Amazon ECS clusters for Fargate" (termination notices of Fargate Spot); Amazon
    ECS API Reference, CapacityProviderStrategyItem; read 2026-11.
    """
    kind = service.spec.class_ or ""
    wanted = spec.capacity.spot_share.get(kind)
    name = service.name
    if wanted is None or wanted > 0:
        said = "has no Spot share" if wanted is None else f"runs {percent(wanted)} on Spot"
        yield inapplicable(service.resource, f"{name} {said} in the architecture ({kind or 'no class'})")
        return
    cite = {"service": name, "requirement": f"capacity.spot_share.{kind}"}
    capacity = strategy(service.resource, graph)
    where = ", by the default of its cluster" if capacity.inherited else ""
    if capacity.launch_type and capacity.launch_type != ON_DEMAND:
        message = f"{name} runs on {capacity.launch_type}; the architecture says On-Demand Fargate"
        yield violation(capacity.prop, message, expected=ON_DEMAND, **cite)
    only = len(capacity.entries) == 1 and capacity.unknown is None
    for entry in capacity.entries:
        provider, used = entry.known_name, True if only else _used(entry)
        if provider == ON_DEMAND or used is False:
            continue
        if isinstance(provider, Unknown) or isinstance(used, Unknown):
            doubt = provider if isinstance(provider, Unknown) else used
            assert isinstance(doubt, Unknown)  # noqa: S101 - one of the two is
            reason = f"whether {name} runs On-Demand only is not known: {doubt.reason}"
            yield undecided(doubt, reason, entry.provider, expected=ON_DEMAND, **cite)
            continue
        what = "Fargate Spot" if provider == SPOT else f"the capacity provider {provider}"
        yield violation(
            entry.provider,
            f"{name} runs on {what} ({capacity}{where}); the architecture says On-Demand only",
            expected=ON_DEMAND,
            actual=provider,
            fix=f"use {ON_DEMAND} only, at {entry.provider.trace.origin}",
            **cite,
        )
    if capacity.unknown is not None:
        reason = f"whether {name} runs On-Demand only is not known: {capacity.unknown.reason}"
        yield undecided(capacity.unknown, reason, capacity.prop, expected=ON_DEMAND, **cite)


def _used(entry: Entry) -> bool | Unknown:
    """Whether a strategy with several providers puts tasks on this one: by its weight, or by its base."""
    unknown: Unknown | None = None
    for prop in (entry.prop.at("Weight"), entry.prop.at("Base")):
        if isinstance(prop.value, Unknown):
            unknown = prop.value
        elif _number(prop) > 0:
            return True
    return False if unknown is None else unknown


def _number(prop: Property) -> int:
    return int(prop.value) if prop.value else 0
