"""SG-1: the load balancer is open on its ports, and on no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import note, platform_rule
from asbuilt.topology.attachments import MEMBERS, attachments
from asbuilt.topology.coverage import Wanted, is_cloudfront_only
from asbuilt.topology.ingress import hold_ingress
from asbuilt.topology.security_groups import GROUP, INGRESS, permissions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec


@platform_rule(
    id="load-balancer-ingress",
    severity="high",
    enforces="security_groups.load_balancer",
    needs=(*MEMBERS["load_balancer"], GROUP, INGRESS),
)
def load_balancer_ingress(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The load balancer's security groups open other ports than the architecture says, or not all of them.

    Why: whatever else is open to the internet is attacked within minutes; a port that is closed keeps the users out.

    Fix: let the groups attached to the load balancer open the ports stated, one rule each, and nothing more.

    Source: Elastic Load Balancing User Guide, "Security groups for your Application Load Balancer"; Amazon CloudFront
    Developer Guide, "Restrict access to Application Load Balancers" (managed prefix list); read 2026-11.
    """
    stated = spec.security_groups.load_balancer

    def wanted(balancer: Resource) -> Iterator[Wanted]:
        if balancer.get("Scheme") == "internal":
            return  # nobody on the internet can reach it, whatever its groups say; its scheme is a statement of its own
        for port in stated.ports or ():
            for peer in stated.from_ or ():
                yield Wanted(port, peer, tuple(stated.protocols or ("tcp",)))

    yield from hold_ingress("load_balancer", spec, graph, wanted)
    for group in graph.memo(attachments, spec).groups("load_balancer").values():
        for permission in graph.memo(permissions).of(group):
            for source in permission.sources if permission.where.known else ():
                if is_cloudfront_only(source):
                    message = f"{group.address} lets in CloudFront only, which is stricter than the architecture"
                    yield note(source, message)
