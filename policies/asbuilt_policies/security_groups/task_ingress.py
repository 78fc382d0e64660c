"""SG-2: tasks are reached by the load balancer and by each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Unknown
from asbuilt.rules import platform_rule
from asbuilt.topology.attachments import MEMBERS
from asbuilt.topology.coverage import Wanted
from asbuilt.topology.ingress import hold_ingress
from asbuilt.topology.security_groups import GROUP, INGRESS
from asbuilt.topology.services import inventory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec


@platform_rule(
    id="task-ingress", severity="high", enforces="security_groups.tasks", needs=(*MEMBERS["tasks"], GROUP, INGRESS)
)
def task_ingress(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """ECS tasks let in others than the load balancer and each other, or one of these cannot reach a service's port.

    Why: a task that others reach is reached past the load balancer, its TLS and its logs; one that the load balancer
    cannot reach is unhealthy.

    Fix: in the groups attached to the ECS services, name the load balancer's group and the tasks' own as sources, on
    the ports of the services; no address ranges.

    Source: Amazon VPC User Guide, "Security group rules" (referencing security groups); read 2026-11.
    """
    services = {service.resource.key: service for service in graph.memo(inventory, spec).services()}

    def wanted(resource: Resource) -> Iterator[Wanted]:
        service = services.get(resource.key)
        if service is None:
            return
        registered, stated = _registered(resource), service.spec.port
        # A port that is not the one stated is a finding of its own: here either of them will do.
        for port in registered or ([] if stated is None else [stated]):
            for peer in spec.security_groups.tasks.from_ or ():
                yield Wanted(port, peer, others=() if stated is None else (stated,))

    yield from hold_ingress("tasks", spec, graph, wanted)


def _registered(service: Resource) -> list[int]:
    """Return the ports a service is registered with in its target groups."""
    found = []
    for entry in service.at("LoadBalancers").items():
        port = entry.value if isinstance(entry.value, Unknown) else entry.at("ContainerPort").value
        if not isinstance(port, Unknown) and str(port).isdigit():
            found.append(int(port))
    return sorted(set(found))
