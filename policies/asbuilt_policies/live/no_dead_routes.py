"""NET-6: routes lead to something that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT
from asbuilt.rules import rule, violation
from asbuilt.topology.network import ROUTE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec


@rule(
    id="no-dead-routes",
    resource=ROUTE,
    severity="high",
    enforces="network.subnets.*.default_route",
    live=True,
)
def no_dead_routes(route: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A route leads to a gateway that is gone or down.

    Why: what follows the route is dropped without a word: tasks cannot pull images or reach anything outside.

    Fix: point the route at a gateway that is there, or remove it.

    Source: Amazon EC2 API Reference, Route (State: blackhole, when the target is not available or was deleted); read
    2026-11.
    """
    prop = route.at("State")
    if prop.require() == "blackhole":
        names = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
        goal = next((str(route.get(name)) for name in names if route.get(name) is not ABSENT), "")
        yield violation(
            prop, f"{route.get('RouteTableId')} drops what is for {goal}: the target is gone", expected="active"
        )
