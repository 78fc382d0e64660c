"""INV-6: as many tasks run as the inventory says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Unknown, UnknownKind
from asbuilt.rules import inapplicable, service_rule, undecided, violation
from asbuilt.topology.tasks import is_deploying

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec
    from asbuilt.topology.services import Service


@service_rule(id="running-tasks", severity="medium", enforces="services.*.tasks", live=True)
def running_tasks(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A service runs fewer tasks than its minimum, or more than its maximum.

    Why: scaling may be set as the architecture says while tasks fail to start, or were started by hand; what runs is
    what serves and what is paid for. While a deployment replaces tasks, their number says nothing.

    Fix: look at the service's events for why tasks do not start; set the desired count within the bounds.

    Source: Amazon ECS API Reference, Service (runningCount, deployments); read 2026-11.
    """
    least, most = service.spec.tasks.min, service.spec.tasks.max
    if least is None and most is None:
        yield inapplicable(service.resource, f"the architecture gives {service.name} no number of tasks")
        return
    running, path = service.at("RunningCount"), f"services.{service.name}.tasks"
    count = running.require()
    if count is ABSENT or count is None:
        unknown = Unknown(UnknownKind.UNREAD, f"how many tasks of {service.name} run is not told")
        yield undecided(unknown, "", running, requirement=path)
        return
    within = (least is None or count >= least) and (most is None or count <= most)
    if within:
        return
    message = f"{count} tasks of {service.name} run; the architecture says {least} to {most}"
    if is_deploying(service):
        unknown = Unknown(UnknownKind.UNREAD, f"{message}; a deployment is replacing tasks")
        yield undecided(unknown, "", running, requirement=path)
    else:
        yield violation(running, message, expected=[f"{least} to {most}"], service=service.name, requirement=path)
