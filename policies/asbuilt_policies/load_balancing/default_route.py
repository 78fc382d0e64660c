"""ALB-6: what no rule matches goes to the default service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Outcome, Severity, Unknown
from asbuilt.rules import either, examined, missing, note, platform_rule, undecided, violation
from asbuilt.topology.destinations import hold_destination
from asbuilt.topology.load_balancing import LISTENER, LISTENER_RULE, load_balancing
from asbuilt.topology.routing_table import CATCH_ALL, Route, https_doors, route, routes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec


@platform_rule(
    id="default-route", severity="high", enforces="load_balancer.default_service", needs=(LISTENER, LISTENER_RULE)
)
def default_route(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """Requests that no rule matches do not go to the default service.

    Why: the default is the rest of the site; its users get an error, or another service's answers.

    Fix: let the HTTPS listener's default action, or its rule for /*, forward to the target group in which the default
    service registers its tasks.

    Source: Elastic Load Balancing User Guide, "Listener rules for your Application Load Balancer" (default rules);
    read 2026-11.
    """
    view = graph.memo(load_balancing, spec)
    doors = https_doors(view, spec)
    for prop, doubt in doors.doubts:
        yield undecided(doubt, f"whether {prop.resource.address} routes to services is not known: {doubt.reason}", prop)
    if not doors.listeners and not doors.doubts:
        found = missing("default route", "there is no HTTPS listener that could send requests to the default service")
        yield either(graph, found, LISTENER)
    for listener in doors.listeners:
        yield examined(listener)
        found_routes = routes(listener, view)
        catching = [each for each in found_routes if each.catches_all]
        yield from _hold_action(listener, found_routes, spec, graph)
        for caught in catching:
            yield from _hold_rule(caught, spec, graph)
        for other in found_routes:
            yield from _hold_doubtful(other, spec)
        for rule, doubt in view.loose_rules:
            if route(rule).catches_all or route(rule).paths.doubt is not None:
                reason = f"whether {rule.address} belongs to {listener.address} is not known: {doubt.reason}"
                yield undecided(doubt, reason, rule.at("ListenerArn"))


def _hold_action(listener: Resource, found: list[Route], spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """Hold the default action; one that does not forward is never reached behind a rule that takes everything."""
    actions, service = listener.at("DefaultActions"), spec.load_balancer.default_service or ""
    certain = next((each for each in found if each.catches_all and each.rule.conditional is None), None)
    doubt = _doubt(found, spec, graph)
    for evidence in hold_destination(actions, service, f"the default action of {listener.address}", spec, graph):
        prop = evidence.prop
        if prop is None or prop.path[-1] != "Type" or evidence.outcome is not Outcome.VIOLATION:
            yield evidence
        elif certain is not None:
            yield note(prop, f"{certain.rule.address} takes every request before the default action does")
        elif doubt is not None:
            yield undecided(doubt, f"{evidence.message}, unless a rule takes every request: {doubt.reason}", prop)
        else:
            yield evidence


def _doubt(found: list[Route], spec: Spec, graph: Graph) -> Unknown | None:
    """Return why there may be a rule that takes every request, if so."""
    for each in found:
        if each.catches_all:
            return each.rule.conditional
        maybe = _may_catch_all(each, spec)
        if maybe is not None:
            return maybe
    loose = graph.memo(load_balancing, spec).loose_rules
    return loose[0][1] if loose else graph.hidden(LISTENER_RULE)


def _may_catch_all(found: Route, spec: Spec) -> Unknown | None:
    """Return why a rule may be a catch-all, where only it could be one."""
    if found.priority in {row.priority for row in spec.load_balancer.rules or ()} or found.narrowing:
        return None
    if found.paths.doubt is None and found.paths.values & CATCH_ALL:
        return found.hosts.doubt
    return found.paths.doubt


def _hold_rule(found: Route, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    rule, service = found.rule, spec.load_balancer.default_service or ""
    yield examined(rule)
    yield from hold_destination(rule.at("Actions"), service, rule.address, spec, graph)
    wanted = spec.load_balancer.default_priority
    if wanted is None or found.priority == wanted:
        return
    prop = rule.at("Priority")
    if isinstance(found.priority, Unknown):
        reason = f"whether the catch-all {rule.address} has priority {wanted} is not known: {found.priority.reason}"
        yield undecided(found.priority, reason, prop, expected=wanted)
    else:
        message = f"the catch-all {rule.address} has priority {found.priority}, not {wanted}"
        yield violation(prop, message, expected=wanted, severity=Severity.LOW)


def _hold_doubtful(found: Route, spec: Spec) -> Iterator[Evidence]:
    """Yield an unknown for a rule that may be a catch-all, where only it could be one."""
    maybe = _may_catch_all(found, spec)
    if maybe is not None:
        reason = f"whether {found.rule.address} takes every request is not known: {maybe.reason}"
        yield undecided(maybe, reason, found.paths.where)
