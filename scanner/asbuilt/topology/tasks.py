"""The tasks that run: whose they are, and whether a deployment is replacing them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from asbuilt.patterns import when_used

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Resource
    from asbuilt.topology.services import Service

TASK: Final = "Live::ECS::Task"
INTERFACE: Final = "AWS::EC2::NetworkInterface"
# How ECS describes the interfaces of its tasks (Amazon ECS Developer Guide, "Fargate task networking"; read 2026-11).
_ATTACHED: Final = when_used(r"arn:aws[a-z-]*:ecs:[^:]*:[^:]*:attachment/")
# The group of a task that a service started is called after it (Amazon ECS API Reference, Task; read 2026-11).
OF_SERVICE: Final = "service:"


def tasks_of(service: Service) -> tuple[Resource, ...]:
    """Return the tasks of a service that run, or are about to. Stops the rule where it is unknown whose some are."""
    cluster, name = (str(service.at(path).require()) for path in ("Cluster", "ServiceName"))
    return tuple(service.graph.memo(_grouped).get((cluster, f"{OF_SERVICE}{name}"), ()))


def of_no_service(graph: Graph) -> Iterator[tuple[str, str, list[Resource]]]:
    """Yield cluster, group and tasks of what no service started: somebody by hand, a schedule, an event."""
    for (cluster, group), tasks in graph.memo(_grouped).items():
        if not group.startswith(OF_SERVICE):
            yield cluster, group, tasks


def _grouped(graph: Graph) -> dict[tuple[str, str], list[Resource]]:
    found: dict[tuple[str, str], list[Resource]] = defaultdict(list)
    for task in graph.of_type(TASK):
        cluster, group = (task.at(path).require() for path in ("Cluster", "Group"))
        found[str(cluster), group if isinstance(group, str) else ""].append(task)
    return found


def interfaces_of_tasks(graph: Graph) -> Iterator[Resource]:
    """Yield the network interfaces of tasks: those that tasks name, and those that ECS describes so."""
    named = {item.require() for task in graph.of_type(TASK) for item in task.at("NetworkInterfaceIds").items()}
    for interface in graph.of_type(INTERFACE):
        if interface.identifiers.get("id0") in named or _ATTACHED.match(str(interface.at("Description").require())):
            yield interface


def is_deploying(service: Service) -> bool:
    """Whether a deployment is replacing the tasks of a service."""
    deployments = list(service.at("Deployments").items())
    return len(deployments) > 1 or any(d.at("RolloutState").value == "IN_PROGRESS" for d in deployments)
