"""ALB-1: the load balancer faces whom it should."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import examined, expect, platform_rule
from asbuilt.topology.load_balancing import LOAD_BALANCER, load_balancing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@platform_rule(id="load-balancer-scheme", severity="high", enforces="load_balancer.scheme", needs=LOAD_BALANCER)
def load_balancer_scheme(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The load balancer in front of the services faces the wrong side.

    Why: an internal load balancer cannot be reached by users, an internet-facing one by everybody.

    Fix: set Scheme on the load balancer (it is replaced by that).

    Source: Elastic Load Balancing API Reference, CreateLoadBalancer (Scheme, default internet-facing); read 2026-11.
    """
    wanted = spec.load_balancer.scheme
    for balancer in graph.memo(load_balancing, spec).front_doors():
        yield examined(balancer)
        message = f"{balancer.name or balancer.address} is not {wanted}"
        yield from expect(balancer.at("Scheme"), wanted, message, default="internet-facing")
