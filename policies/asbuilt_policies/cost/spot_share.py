"""COST-1: services of a class run on Fargate Spot to the share the architecture gives the class."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from asbuilt.model import Severity, UnknownValueError
from asbuilt.rules import inapplicable, service_rule, undecided, violation
from asbuilt.topology.capacity import ON_DEMAND, SPOT, strategy
from asbuilt_policies.statements import counted, percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Property
    from asbuilt.spec.models import Spec
    from asbuilt.topology.capacity import Entry, Strategy
    from asbuilt.topology.services import Service


@service_rule(id="spot-share", severity="medium", enforces="capacity.spot_share", needs="AWS::ECS::Service")
def spot_share(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A service runs on Fargate Spot to another share than the architecture says.

    Why: Spot costs a fraction of On-Demand and can be taken away with two minutes' notice: the share decides the bill,
    and how much of a service goes when Spot does.

    The share is the weight of FARGATE_SPOT among the weights of the capacity provider strategy. It is no promise for
    the tasks that run at a moment: of one task, none or all run on Spot. A base, which the architecture does not name,
    moves the share, the more the fewer tasks there are.

    Fix: give FARGATE_SPOT and FARGATE weights in the ratio of the architecture, and no base.

    Source: Amazon ECS API Reference, CapacityProviderStrategyItem (default weight 0, default base 0), CreateService
    (the cluster's default strategy applies where a service has none); read 2026-11.
    """
    kind = service.spec.class_ or ""
    wanted = spec.capacity.spot_share.get(kind)
    if not wanted:
        said = "runs On-Demand only" if wanted is not None else "has no Spot share"
        yield inapplicable(service.resource, f"{service.name} {said} in the architecture ({kind or 'no class'})")
        return
    capacity = strategy(service.resource, graph)
    if capacity.unknown is not None:
        reason = f"which capacity {service.name} runs on is not known: {capacity.unknown.reason}"
        yield undecided(capacity.unknown, reason, capacity.prop, service=service.name)
        return
    try:
        yield from _weights(capacity, service, wanted)
    except UnknownValueError as error:
        reason = f"the Spot share of {service.name} is not known: {error.unknown.reason}"
        yield undecided(error.unknown, reason, error.prop, service=service.name)
    for entry in capacity.entries:
        yield from _base(entry, service, wanted)


def _weights(capacity: Strategy, service: Service, wanted: float) -> Iterator[Evidence]:
    share = capacity.spot_share()
    if share is not None and math.isclose(share, wanted, abs_tol=1e-6):
        return
    found = "has only weights of 0" if share is None else f"runs {percent(share)} on Fargate Spot"
    where = ", the default of its cluster" if capacity.inherited else ""
    ratio = f"{100 * wanted:g} : {100 * (1 - wanted):g}"
    offender = _offender(capacity)
    yield violation(
        offender,
        f"{service.name} {found} ({capacity}{where}); the architecture says {percent(wanted)}",
        expected=f"{SPOT} : {ON_DEMAND} = {ratio}",
        actual=str(capacity),
        fix=f"give {SPOT} and {ON_DEMAND} weights in the ratio {ratio} at {offender.trace.origin}",
        service=service.name,
        requirement=f"capacity.spot_share.{service.spec.class_}",
    )


def _offender(capacity: Strategy) -> Property:
    """Return what to point at: the weight of Spot, else the provider there is instead, else the launch type."""
    for entry in capacity.entries:
        if entry.name == SPOT:
            return entry.prop.at("Weight")
    return capacity.entries[0].provider if capacity.entries else capacity.prop


def _base(entry: Entry, service: Service, wanted: float) -> Iterator[Evidence]:
    base = entry.base
    if base <= 0:
        return
    spot = entry.name == SPOT
    tasks = service.spec.tasks
    shares = []
    for count in dict.fromkeys(n for n in (tasks.min, tasks.max) if n):
        rest = max(0, count - base)
        shares.append(f"{percent(((count - rest) * spot + rest * wanted) / count)} on Spot with {counted(count)}")
    effect = f", which makes {', '.join(shares)}" if shares else ""
    prop = entry.prop.at("Base")
    yield violation(
        prop,
        f"{service.name} starts its first {counted(base)} on {entry.name}{effect}; the architecture names no base",
        expected=0,
        severity=Severity.LOW,
        fix=f"remove the base at {prop.trace.origin}, or have the architecture name it",
        service=service.name,
        requirement=f"capacity.spot_share.{service.spec.class_}",
    )
