"""COST-1, COST-2: the tasks that run are on the capacity that the architecture gives their class."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Property, Severity, Unknown, UnknownKind
from asbuilt.rules import inapplicable, service_rule, undecided, violation
from asbuilt.topology.capacity import ON_DEMAND, SPOT
from asbuilt.topology.services import ECS_SERVICE
from asbuilt.topology.tasks import TASK, is_deploying, tasks_of
from asbuilt_policies.statements import counted, percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec
    from asbuilt.topology.services import Service


@service_rule(
    id="running-capacity", severity="high", enforces="capacity.spot_share", needs=(ECS_SERVICE, TASK), live=True
)
def running_capacity(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The tasks of a service run on other capacity than the architecture says.

    Why: a strategy decides where tasks are started, not where those run that are there already, or that somebody
    started by hand; a critical task on Spot ends with two minutes' notice, whatever the strategy says by now.

    A share of Spot is no promise for the tasks of a moment: one task is off by rounding, another by scaling in, and
    what is further off is told with the severity info.

    Fix: force a new deployment, which starts the tasks by the strategy of the service.

    Source: Amazon ECS API Reference, Task (capacityProviderName, launchType) and CapacityProviderStrategyItem (the
    weight counts the tasks launched); read 2026-11.
    """
    kind = service.spec.class_ or ""
    wanted = spec.capacity.spot_share.get(kind)
    tasks = tasks_of(service)
    if wanted is None or not tasks:
        said = f"{service.name} has no Spot share in the architecture" if wanted is None else "no task of it runs"
        yield inapplicable(service.resource, said)
        return
    for found in _judge(service, [_place(task) for task in tasks], wanted):
        yield _unless_deploying(service, found)


def _place(task: Resource) -> Property:
    """Return what tells where a task runs: its capacity provider, else its launch type."""
    provider = task.at("CapacityProviderName")
    return task.at("LaunchType") if provider.value in (ABSENT, None) else provider


def _judge(service: Service, places: list[Property], wanted: float) -> Iterator[Evidence]:
    cite = {"service": service.name, "requirement": f"capacity.spot_share.{service.spec.class_}"}
    counts = Counter(prop.value for prop in places if isinstance(prop.value, str))
    said = f"{percent(wanted)} on Fargate Spot" if wanted else "On-Demand only"
    told = ", ".join(f"{count} on {name}" for name, count in sorted(counts.items()))
    message = f"of {counted(len(places))} of {service.name}, {told}; the architecture says {said}"
    more = {"expected": said, "actual": dict(counts), **cite}
    untold = next((prop for prop in places if not isinstance(prop.value, str)), None)
    elsewhere = next((prop for prop in places if _is_wrong(prop, wanted)), None)
    if elsewhere is not None:
        yield violation(elsewhere, message, **more)
    elif untold is not None:
        reason = f"on which capacity a task of {service.name} runs is not told"
        doubt = untold.value if isinstance(untold.value, Unknown) else Unknown(UnknownKind.UNREAD, reason)
        yield undecided(doubt, reason, untold, **cite)
    elif wanted and abs(counts[SPOT] - wanted * len(places)) >= 2:  # one is off by rounding, another by scaling in
        yield violation(places[0], message, severity=Severity.INFO, **more)


def _is_wrong(prop: Property, wanted: float) -> bool:
    return isinstance(prop.value, str) and prop.value not in ((ON_DEMAND, SPOT) if wanted else (ON_DEMAND,))


def _unless_deploying(service: Service, found: Evidence) -> Evidence:
    """Leave open what a deployment is about to change."""
    if found.unknown is not None or not is_deploying(service):
        return found
    unknown = Unknown(UnknownKind.UNREAD, f"{found.message}; a deployment is replacing tasks")
    return undecided(unknown, "", found.prop, service=service.name, requirement=found.requirement)
