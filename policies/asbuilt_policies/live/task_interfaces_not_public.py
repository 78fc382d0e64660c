"""NET-9: no network interface of a task has a public address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Unknown
from asbuilt.rules import examined, inapplicable, platform_rule, undecided, violation
from asbuilt.topology.tasks import INTERFACE, TASK, interfaces_of_tasks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@platform_rule(
    id="task-interfaces-not-public",
    needs=(INTERFACE, TASK),
    severity="high",
    enforces="tasks.public_ip",
    live=True,
)
def task_interfaces_not_public(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A network interface of a task has a public address.

    Why: tasks that somebody ran by hand, or a schedule, do not follow the setting of a service; their interfaces show
    who can be reached.

    Fix: stop the task, and run it without a public address (assignPublicIp DISABLED in what starts it).

    Source: Amazon EC2 API Reference, NetworkInterfaceAssociation (PublicIp); Amazon ECS API Reference, Attachment
    (networkInterfaceId); read 2026-11.
    """
    if spec.tasks.public_ip is not False:
        return
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
        prop = interface.at("PublicIp")
        if isinstance(prop.value, Unknown):
            yield undecided(prop.value, "", prop)
        elif prop.value is not ABSENT and prop.value:
            message = f"a task has the public address {prop.value}"
            yield violation(prop, message, expected=["no public address"])
