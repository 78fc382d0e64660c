"""ALB-7: rules look at the host name where the architecture names hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Unknown
from asbuilt.rules import examined, inapplicable, missing, platform_rule, undecided, violation
from asbuilt.topology.load_balancing import LISTENER, LISTENER_RULE, load_balancing
from asbuilt.topology.routing_table import Route, https_doors, routes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import RoutingRule, Spec


@platform_rule(
    id="host-routing", severity="medium", enforces="load_balancer.host_routing", needs=(LISTENER, LISTENER_RULE)
)
def host_routing(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A listener rule is for other host names than the architecture says.

    Why: requests for a host that no rule names go wherever their path alone takes them.

    Fix: name the hosts of the routing table in the rule's host-header condition.

    Source: Elastic Load Balancing User Guide, "Condition types for listener rules" (host conditions); read 2026-11.
    """
    rows = [row for row in spec.load_balancer.rules or () if row.hosts]
    if spec.load_balancer.host_routing and not rows:
        message = (
            "the architecture names no hosts to route by; whether rules look at the right ones is for you to check"
        )
        yield inapplicable(None, message, subject="host routing")
        return
    view = graph.memo(load_balancing, spec)
    doors = https_doors(view, spec)
    for prop, doubt in doors.doubts:
        yield undecided(doubt, f"whether {prop.resource.address} routes to services is not known: {doubt.reason}", prop)
    for listener in doors.listeners:
        found = routes(listener, view)
        for row in rows if spec.load_balancer.host_routing else ():
            yield from _hold_row(
                row, found, view.loose_rules[0][1] if view.loose_rules else graph.hidden(LISTENER_RULE)
            )
        for route in found if not spec.load_balancer.host_routing else ():
            yield examined(route.rule)
            yield from _hold_hosts(route, ())


def _hold_row(row: RoutingRule, found: list[Route], loose: Unknown | None) -> Iterator[Evidence]:
    matching = [route for route in found if route.priority == row.priority]
    for route in matching:
        yield examined(route.rule)
        yield from _hold_hosts(route, row.hosts or ())
    if not matching:
        subject = f"listener rule {row.priority} for {row.service}"
        doubt = next((r.priority for r in found if isinstance(r.priority, Unknown)), loose)
        if doubt is not None:
            yield undecided(
                doubt, f"which rule has priority {row.priority} is not known: {doubt.reason}", subject=subject
            )
        else:
            yield missing(subject, f"no rule of priority {row.priority} routes {', '.join(row.hosts or ())}")


def _hold_hosts(route: Route, wanted: tuple[str, ...]) -> Iterator[Evidence]:
    hosts, stated = route.hosts, ", ".join(wanted) or "any host"
    if hosts.are(wanted):
        return
    if hosts.doubt is not None and not hosts.values - set(wanted):
        reason = f"the hosts of {route.rule.address} are not known: {hosts.doubt.reason}"
        yield undecided(hosts.doubt, reason, hosts.where, expected=stated)
        return
    named = ", ".join(sorted(hosts.values)) or "any host"
    message = f"{route.rule.address} is for {named}; the architecture says {stated}"
    yield violation(hosts.where, message, expected=stated, actual=named)
