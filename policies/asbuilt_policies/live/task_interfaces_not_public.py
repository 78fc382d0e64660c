"""NET-9: no network interface of a task has a public address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Unknown
from asbuilt.rules import examined, platform_rule, undecided, violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


INTERFACE = "AWS::EC2::NetworkInterface"


@platform_rule(
    id="task-interfaces-not-public",
    needs=INTERFACE,
    severity="high",
    enforces="tasks.public_ip",
    live=True,
)
def task_interfaces_not_public(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A network interface of a task has a public address.

    Why: tasks that somebody ran by hand, or a schedule, do not follow the setting of a service; their interfaces show
    who can be reached.

    Fix: stop the task, and run it without a public address (assignPublicIp DISABLED in what starts it).

    Source: Amazon EC2 API Reference, NetworkInterfaceAssociation (PublicIp); read 2026-11.
    """
    if spec.tasks.public_ip is not False:
        return
    for interface in graph.of_type(INTERFACE):
        yield examined(interface)
        prop = interface.at("PublicIp")
        if isinstance(prop.value, Unknown):
            yield undecided(prop.value, "", prop)
        elif prop.value is not ABSENT and prop.value:
            message = f"a task has the public address {prop.value}"
            yield violation(prop, message, expected=["no public address"])
