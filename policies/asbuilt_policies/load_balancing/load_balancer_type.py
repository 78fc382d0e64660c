"""ALB-1: the platform has a load balancer of the kind stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import either, expect, missing, platform_rule, present
from asbuilt.topology.load_balancing import LOAD_BALANCER, load_balancing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@platform_rule(id="load-balancer-type", severity="medium", enforces="load_balancer.type", needs=LOAD_BALANCER)
def load_balancer_type(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The load balancer is missing, or not of the type the architecture says.

    Why: only an Application Load Balancer routes by path, redirects HTTP and terminates TLS with the policy stated.

    Fix: set Type on the load balancer (it is replaced by that).

    Source: Elastic Load Balancing API Reference, CreateLoadBalancer (Type, default application); read 2026-11.
    """
    wanted = spec.load_balancer.type
    doors = graph.memo(load_balancing, spec).front_doors()
    if not doors:
        message = f"there is no {wanted} load balancer"
        yield either(graph, missing("load balancer", message, expected=wanted), LOAD_BALANCER)
    yield from present(doors)
    for balancer in doors:
        message = f"{balancer.name or balancer.address} is not the {wanted} load balancer the architecture says"
        yield from expect(balancer.at("Type"), wanted, message, default="application")
