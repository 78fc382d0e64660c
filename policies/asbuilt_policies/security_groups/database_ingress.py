"""SG-4: the database is reached by ECS tasks, on its port."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import platform_rule
from asbuilt.topology.attachments import MEMBERS
from asbuilt.topology.coverage import Wanted
from asbuilt.topology.ingress import hold_ingress
from asbuilt.topology.security_groups import GROUP, INGRESS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec


@platform_rule(
    id="database-ingress",
    severity="critical",
    enforces="security_groups.database",
    needs=(*MEMBERS["database"], GROUP, INGRESS),
)
def database_ingress(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The database lets in others than ECS tasks, opens other ports, or is closed to the tasks.

    Why: the security group is what stands between the data and everything else in the VPC, and beyond.

    Fix: let the groups attached to the database name the tasks' group as the only source, on the port stated.

    Source: Amazon RDS User Guide, "Controlling access with security groups"; read 2026-11.
    """
    stated = spec.security_groups.database

    def wanted(_: Resource) -> Iterator[Wanted]:
        for port in stated.ports or ():
            for peer in stated.from_ or ():
                yield Wanted(port, peer, tuple(stated.protocols or ("tcp",)))

    yield from hold_ingress("database", spec, graph, wanted)
