"""NET-9: no network interface of a task has a public address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT
from asbuilt.rules import rule, violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec


@rule(
    id="task-interfaces-not-public",
    resource="AWS::EC2::NetworkInterface",
    severity="high",
    enforces="tasks.public_ip",
    live=True,
)
def task_interfaces_not_public(interface: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A network interface of a task has a public address.

    Why: tasks that somebody ran by hand, or a schedule, do not follow the setting of a service; their interfaces show
    who can be reached.

    Fix: stop the task, and run it without a public address (assignPublicIp DISABLED in what starts it).

    Source: Amazon EC2 API Reference, NetworkInterfaceAssociation (PublicIp); read 2026-11.
    """
    prop = interface.at("PublicIp")
    address = prop.require()
    if spec.tasks.public_ip is False and address is not ABSENT and address:
        yield violation(prop, f"a task has the public address {address}", expected=["no public address"])
