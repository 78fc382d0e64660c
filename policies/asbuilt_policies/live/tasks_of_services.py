"""INV-1: what runs in the clusters are tasks of services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import examined, inapplicable, platform_rule, undecided, violation
from asbuilt.topology.scaling import CLUSTER
from asbuilt.topology.tasks import TASK, of_no_service
from asbuilt_policies.statements import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@platform_rule(id="tasks-of-services", severity="low", enforces="services.*.class", needs=(TASK, CLUSTER), live=True)
def tasks_of_services(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A task that no service started runs in a cluster of the platform.

    Why: what somebody runs by hand, on a schedule or by an event follows none of the settings of a service, its network
    included, and is in no list of what the platform consists of.

    Fix: let the architecture name the job; stop the task where nobody needs it.

    Source: Amazon ECS API Reference, RunTask (group: the family of the task definition unless given, startedBy) and
    Task; read 2026-11.
    """
    clusters, hidden = graph.of_type(CLUSTER), graph.hidden(TASK)
    for cluster in clusters:
        if hidden is None:
            yield examined(cluster)
        else:
            yield undecided(hidden, f"what runs in {cluster.name} is not known: {hidden.reason}", resource=cluster)
    if not clusters:
        doubt = graph.hidden(CLUSTER)
        message = "no cluster is among what was scanned"
        subject = "clusters"
        yield (
            inapplicable(None, message, subject=subject)
            if doubt is None
            else undecided(doubt, message, subject=subject)
        )
    for arn, group, tasks in of_no_service(graph):
        family, place = group.partition(":")[2] or group or "no group", arn.rpartition("/")[2]
        starter = tasks[0].get("StartedBy")
        by = f", started by {starter}" if isinstance(starter, str) and starter else ""
        yield violation(
            tasks[0].at("Group"),
            f"{counted(len(tasks))} of {family} in {place} that no service started{by}",
            expected="tasks of services",
            subject=f"tasks of {family} in {place}",
        )
