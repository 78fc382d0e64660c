"""SG-5: the cache is reached by ECS tasks, on its port."""

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
    id="cache-ingress",
    severity="critical",
    enforces="security_groups.cache",
    needs=(*MEMBERS["cache"], GROUP, INGRESS),
)
def cache_ingress(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The cache lets in others than ECS tasks, opens other ports, or is closed to the tasks.

    Why: the security group is what stands between the data and everything else in the VPC, and beyond.

    Fix: let the groups attached to the cache name the tasks' group as the only source, on the port stated.

    Source: Amazon ElastiCache User Guide, "Understanding ElastiCache and Amazon VPCs"; read 2026-11.
    """
    stated = spec.security_groups.cache

    def wanted(_: Resource) -> Iterator[Wanted]:
        for port in stated.ports or ():
            for peer in stated.from_ or ():
                yield Wanted(port, peer, tuple(stated.protocols or ("tcp",)))

    yield from hold_ingress("cache", spec, graph, wanted)
