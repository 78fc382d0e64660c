"""ALB-5: the routing table: each path goes to its service, by a rule of the priority stated."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from asbuilt.model import Severity, Unknown
from asbuilt.records import dataclass
from asbuilt.rules import either, examined, missing, note, platform_rule, undecided, violation
from asbuilt.topology.destinations import hold_destination, leads_to
from asbuilt.topology.load_balancing import LISTENER, LISTENER_RULE, load_balancing
from asbuilt.topology.routing_table import NAMES, Route, https_doors, routes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import RoutingRule, Spec


@dataclass(slots=True)
class _Table:
    """The rules of a listener, and those of them that are some row of the table stated."""

    listener: Resource
    routes: list[Route]
    rows: tuple[RoutingRule, ...]
    loose: list[tuple[Resource, Unknown]]
    used: list[Route] = field(default_factory=list)


@platform_rule(id="listener-rules", severity="high", enforces="load_balancer.rules", needs=(LISTENER, LISTENER_RULE))
def listener_rules(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A path does not go to its service by the rule of the routing table, or a rule is not in the table.

    Why: requests that no rule takes, or another one takes first, reach the wrong service.

    Fix: give the HTTPS listener one rule for each row of the table: its priority, its path patterns, and forwarding
    to the target group in which the service registers its tasks.

    Source: Elastic Load Balancing User Guide, "Listener rules for your Application Load Balancer"; read 2026-11.
    """
    view = graph.memo(load_balancing, spec)
    doors = https_doors(view, spec)
    for prop, doubt in doors.doubts:
        yield undecided(doubt, f"whether {prop.resource.address} routes to services is not known: {doubt.reason}", prop)
    if not doors.listeners and not doors.doubts:
        found = missing("routing table", "there is no HTTPS listener whose rules could send paths to services")
        yield either(graph, found, LISTENER)
    for listener in doors.listeners:
        table = _Table(listener, routes(listener, view), spec.load_balancer.rules or (), view.loose_rules)
        for row in table.rows:
            yield from _hold_row(row, table, spec, graph)
        for route in table.routes:
            yield from _hold_order(route, table, spec, graph)
        for rule, doubt in view.loose_rules:
            reason = f"whether {rule.address} belongs to {listener.address} is not known: {doubt.reason}"
            yield undecided(doubt, reason, rule.at("ListenerArn"))


def _hold_row(row: RoutingRule, table: _Table, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    exact = [route for route in table.routes if route.priority == row.priority]
    # Which of two rules is the row's must not hang on where they stand in a file.
    exact.sort(key=lambda route: (not route.paths.are(row.paths or ()), route.rule.address))
    if exact:
        table.used.extend(exact)
        yield from _hold_route(exact[0], row, spec, graph)
        for other in exact[1:]:
            message = f"{other.rule.address} and {exact[0].rule.address} both have priority {row.priority}"
            yield violation(other.rule.at("Priority"), message, expected="a priority of its own")
        return
    stated = {other.priority for other in table.rows}
    for route in table.routes:
        if route in table.used or route.priority in stated or not route.paths.are(row.paths or ()):
            continue
        table.used.append(route)
        prop = route.rule.at("Priority")
        if isinstance(route.priority, Unknown):
            reason = f"whether {route.rule.address} has priority {row.priority} is not known: {route.priority.reason}"
            yield undecided(route.priority, reason, prop, expected=row.priority)
        else:
            paths = ", ".join(row.paths or ())
            message = f"{route.rule.address}, for {paths}, has priority {route.priority}, not {row.priority}"
            yield violation(prop, message, expected=row.priority)
        yield from _hold_route(route, row, spec, graph)
        return
    yield _absent(row, table, graph)


def _absent(row: RoutingRule, table: _Table, graph: Graph) -> Evidence:
    """Say that a row has no rule, or that it cannot be told which one."""
    subject = f"listener rule {row.priority} for {row.service}"
    paths = ", ".join(row.paths or ())
    message = f"{table.listener.address} has no rule of priority {row.priority} that sends {paths} to {row.service}"
    for route in table.routes:
        if isinstance(route.priority, Unknown) and route not in table.used:
            reason = f"{message}, unless {route.rule.address} is it: {route.priority.reason}"
            return undecided(route.priority, reason, subject=subject, resource=table.listener)
    for rule, doubt in table.loose:
        reason = f"{message}, unless {rule.address} is it: {doubt.reason}"
        return undecided(doubt, reason, subject=subject, resource=table.listener)
    return either(graph, missing(subject, message, expected=paths, resource=table.listener), LISTENER_RULE)


def _hold_route(route: Route, row: RoutingRule, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """Hold the rule of a row to its paths and its service."""
    yield examined(route.rule)
    perhaps = route.rule.conditional
    if perhaps is not None:
        reason = f"whether {route.rule.address} exists is not known: {perhaps.reason}"
        yield undecided(perhaps, reason, route.rule.at("Priority"))
    yield from _hold_paths(route, row)
    for condition in route.narrowing:
        what = NAMES[str(condition.path[-1])]
        message = f"{route.rule.address} looks at {what} too: other requests for its paths do not reach {row.service}"
        yield violation(condition, message, expected="path patterns only")
    if route.hosts.values and not row.hosts:
        message = f"{route.rule.address} is for {', '.join(sorted(route.hosts.values))} only"
        yield note(route.hosts.where, message)
    yield from hold_destination(route.rule.at("Actions"), row.service, route.rule.address, spec, graph)


def _hold_paths(route: Route, row: RoutingRule) -> Iterator[Evidence]:
    wanted, found = frozenset(row.paths or ()), route.paths
    if not wanted or found.are(wanted):
        return
    extra, lacking = sorted(found.values - wanted), sorted(wanted - found.values)
    stated = ", ".join(sorted(wanted))
    if found.doubt is not None and not extra:
        reason = f"the paths of {route.rule.address} are not known: {found.doubt.reason}"
        yield undecided(found.doubt, reason, found.where, expected=stated)
        return
    parts = ([f"also takes {', '.join(extra)}"] if extra else []) + (
        [f"does not take {', '.join(lacking)}"] if lacking and found.doubt is None else []
    )
    message = f"{route.rule.address} {' and '.join(parts)}; the architecture sends {stated} to {row.service}"
    yield violation(found.where, message, expected=stated, actual=", ".join(sorted(found.values)))


def _hold_order(route: Route, table: _Table, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """Hold a rule to what the others need: it is in the table, and takes nothing from a rule that comes later."""
    if route not in table.used and not _is_default(route, spec):
        paths = ", ".join(sorted(route.paths.values)) or "requests"
        message = f"{route.rule.address}, which takes {paths}, is not in the routing table"
        yield violation(route.rule.at("Priority"), message, expected="no other rules", severity=Severity.LOW)
    for row in table.rows:
        early = route.before(row.priority)
        if early is False or row.hosts:
            continue
        for path in row.paths or ():
            pattern = route.covers(path)
            if pattern is None:
                continue
            same = leads_to(route.rule.at("Actions"), row.service, spec, graph)
            if same is True:
                continue
            if isinstance(early, Unknown):
                reason = f"whether {pattern} of {route.rule.address} takes {path} before {row.priority} is not known"
                yield undecided(early, f"{reason}: {early.reason}", route.rule.at("Priority"))
                continue
            message = (
                f"{pattern} of {route.rule.address}, priority {route.priority}, takes {path} before {row.priority}"
            )
            if same is False:
                yield violation(route.paths.where, message, expected=f"a priority above {row.priority}")
            else:
                yield undecided(same, f"{message}; where it leads is not known: {same.reason}", route.paths.where)


def _is_default(route: Route, spec: Spec) -> bool:
    """Whether a rule is, or may be, the catch-all: a statement of its own holds that."""
    if route.paths.doubt is None:
        return route.catches_all
    return isinstance(route.priority, Unknown) or route.priority == spec.load_balancer.default_priority
