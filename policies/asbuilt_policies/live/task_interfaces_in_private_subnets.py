"""NET-8: the tasks that run are in the subnets meant for them, whoever started them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import examined, inapplicable, platform_rule, undecided
from asbuilt.topology.network import SUBNET
from asbuilt.topology.placement import expect_in_tier
from asbuilt.topology.services import ECS_SERVICE
from asbuilt.topology.tasks import INTERFACE, TASK, interfaces_of_tasks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@platform_rule(
    id="task-interfaces-in-private-subnets",
    needs=(INTERFACE, TASK, SUBNET, ECS_SERVICE),
    severity="high",
    enforces="tasks.subnets",
    live=True,
)
def task_interfaces_in_private_subnets(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A task that runs is in a subnet that is not one of the private ones.

    Why: tasks that somebody ran by hand, or a schedule, are where these say, in another VPC if need be, and so are
    those that a service left behind; the subnets that services name now are a finding of the services.

    Fix: stop the task, and run it in the private subnets.

    Source: Amazon EC2 API Reference, NetworkInterface (SubnetId); Amazon ECS API Reference, Attachment
    (networkInterfaceId); read 2026-11.
    """
    named = {
        item.value
        for service in graph.of_type(ECS_SERVICE)
        for item in service.at("NetworkConfiguration.AwsvpcConfiguration.Subnets").items()
        if item.known
    }
    found = list(interfaces_of_tasks(graph))
    if not found:
        message, hidden = "no interface of a task is among what was read", graph.hidden(INTERFACE, TASK)
        subject = "interfaces of tasks"
        yield (
            inapplicable(None, message, subject=subject)
            if hidden is None
            else undecided(hidden, message, subject=subject)
        )
    for interface in found:
        yield examined(interface)
        prop = interface.at("SubnetId")
        if prop.value not in named:
            yield from expect_in_tier([prop], spec.tasks.subnets or "", "a task", spec, graph)
