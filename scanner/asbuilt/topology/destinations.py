"""Hold where the actions of a listener or a rule lead to: to the tasks of exactly one service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Evidence, Outcome, Property, Resource, Unknown, UnknownKind
from asbuilt.rules import undecided, violation
from asbuilt.topology.load_balancing import TARGET_GROUP, Forward, forwards, load_balancing
from asbuilt.topology.services import ECS_SERVICE, inventory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.spec.models import Spec

PASSING = ("authenticate-cognito", "authenticate-oidc", "jwt-validation")  # what comes before the action that answers


def hold_destination(actions: Property, service: str, what: str, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """Yield evidence where actions do not send every request to the service's tasks."""
    for action in actions.items():
        if isinstance(action.value, Unknown):
            yield undecided(action.value, f"where {what} leads to is not known: {action.value.reason}", action)
            continue
        kind = action.at("Type")
        if isinstance(kind.value, Unknown):
            yield undecided(kind.value, f"what {what} does is not known: {kind.value.reason}", kind)
        elif kind.value == "forward":
            yield from _hold_forward(action, service, what, spec, graph)
        elif kind.value not in PASSING:
            message = f"{what} answers with {kind.value} instead of forwarding to {service}"
            yield violation(kind, message, expected="forward")


def leads_to(actions: Property, service: str, spec: Spec, graph: Graph) -> bool | Unknown:
    """Whether actions send every request to a service."""
    evidence = list(hold_destination(actions, service, "it", spec, graph))
    if any(item.outcome is Outcome.VIOLATION for item in evidence):
        return False
    return next((item.unknown for item in evidence if item.unknown is not None), True)


def _hold_forward(action: Property, service: str, what: str, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    found = list(forwards(action, graph))
    if not found:
        prop = action.at("TargetGroupArn")
        reason = f"the target group {what} forwards to is not among what was scanned"
        hidden = graph.hidden(TARGET_GROUP)
        yield undecided(Unknown(UnknownKind.UNREAD, reason) if hidden is None else hidden, reason, prop)
    for forward in found:
        weight = forward.weight.value if forward.weight is not None else ABSENT
        if str(weight) == "0":
            continue
        for evidence in _hold_target(forward, service, what, spec, graph):
            if isinstance(weight, Unknown) and len(found) > 1:
                reason = f"the share of {what} that goes elsewhere is not known: {weight.reason}"
                yield undecided(weight, reason, forward.weight)
            else:
                yield evidence


def _hold_target(forward: Forward, service: str, what: str, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    target = forward.target
    if isinstance(target, Unknown):
        yield undecided(target, f"where {what} forwards to is not known: {target.reason}", forward.where)
        return
    names = graph.memo(load_balancing, spec).services.get(target.key, set())
    if names == {service}:
        return
    doubt = _doubt(service, spec, graph)
    if not names and doubt is not None:
        reason = f"which service {target.address} belongs to is not known: {doubt.reason}"
        yield undecided(doubt, reason, forward.where)
        return
    behind = " and ".join(sorted(names - {service})) or _stranger(target, graph) or "none of the services"
    message = f"{what} forwards to {target.address}, behind which is {behind}; the architecture says {service}"
    yield violation(forward.where, message, expected=service, actual=target.address, related=(target,))


def _doubt(service: str, spec: Spec, graph: Graph) -> Unknown | None:
    """Return why the service may be behind a target group without that being seen."""
    doubt = graph.memo(_Behind).doubt
    if doubt is not None:
        return doubt
    found = graph.memo(inventory, spec)
    if found.unnamed:
        return Unknown(UnknownKind.UNREAD, f"which service {found.unnamed[0].address} is is not known")
    if service in found.missing:
        hidden = graph.hidden(ECS_SERVICE)
        absent = f"the service {service} is not among what was scanned"
        return Unknown(UnknownKind.UNREAD, absent) if hidden is None else hidden
    return None


def _stranger(target: Resource, graph: Graph) -> str:
    """Return the ECS service behind a target group that is none of the architecture's."""
    return graph.memo(_Behind).services.get(target.key, "")


class _Behind:
    """Which ECS service is behind a target group, by its key; and the first doubt about one."""

    def __init__(self, graph: Graph) -> None:
        self.services: dict[str, str] = {}
        self.doubt: Unknown | None = None
        for resource in graph.of_type(ECS_SERVICE):
            for entry in resource.at("LoadBalancers").items():
                group = entry if isinstance(entry.value, Unknown) else entry.at("TargetGroupArn")
                for target in graph.targets(group, TARGET_GROUP):
                    if not isinstance(target, Unknown):
                        if entry.known:
                            self.services.setdefault(target.key, resource.address)
                    elif self.doubt is None:
                        self.doubt = target
