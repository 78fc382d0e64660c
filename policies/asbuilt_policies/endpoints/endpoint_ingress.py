"""SEC-1: tasks can reach the VPC's interface endpoints."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Resource, Unknown
from asbuilt.rules import either, examined, inapplicable, platform_rule, undecided, violation
from asbuilt.topology.attachments import ENDPOINT, MEMBERS, attached, attachments
from asbuilt.topology.endpoints import endpoints, kind_of
from asbuilt.topology.security_groups import (
    GROUP,
    INGRESS,
    RANGES,
    Maybe,
    Permission,
    default_group,
    first_doubt,
    is_within,
    permissions,
)
from asbuilt.topology.tiers import cidr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Property
    from asbuilt.spec.models import Spec

HTTPS = 443


@platform_rule(
    id="endpoint-ingress",
    severity="medium",
    enforces="endpoints",
    needs=(ENDPOINT, *MEMBERS["tasks"], GROUP, INGRESS),
)
def endpoint_ingress(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The security groups of an interface endpoint do not let ECS tasks in on port 443.

    Why: with private DNS the service's name leads to the endpoint only; tasks that it turns away cannot pull images
    or read secrets, and do not start.

    Fix: attach a security group to the endpoint that opens tcp 443 to the tasks' group.

    Source: AWS PrivateLink Guide, "Access an AWS service using an interface VPC endpoint" (security groups); read
    2026-11.
    """
    view = graph.memo(endpoints)
    found = [e for service in spec.endpoints or () for e in view.of.get(service, []) if kind_of(e) != "Gateway"]
    for endpoint in found:
        yield examined(endpoint)
        yield from _judge(endpoint, spec, graph)
    if not found:
        message = "there are no interface endpoints; that some are missing is told by itself"
        doubt = view.loose[0][1] if view.loose else graph.hidden(ENDPOINT)
        subject = "interface endpoints"
        yield inapplicable(None, message, subject=subject) if doubt is None else undecided(doubt, subject=subject)


def _judge(endpoint: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    prop = endpoint.at("SecurityGroupIds")
    named = [a.group for a in attached(endpoint, prop, graph)] or [default_group(endpoint, graph)]
    kind, doubt = kind_of(endpoint), next((group for group in named if isinstance(group, Unknown)), None)
    groups = [group for group in named if isinstance(group, Resource)]
    for group in groups:
        for permission in graph.memo(permissions).of(group):
            found = _lets_tasks_in(permission, spec, graph)
            if found is True:
                return
            doubt = first_doubt(doubt, found)
    for permission, loose in graph.memo(permissions).loose:
        if _lets_tasks_in(permission, spec, graph) is not False:
            doubt = first_doubt(doubt, loose)
    doubt = first_doubt(doubt, kind)
    if doubt is not None:
        reason = f"whether tasks may reach {endpoint.address} on tcp {HTTPS} is not known: {doubt.reason}"
        yield undecided(doubt, reason, prop)
        return
    where = groups[0].at("SecurityGroupIngress")
    message = f"{groups[0].address} does not let ECS tasks reach {endpoint.address} on tcp {HTTPS}"
    lacking = violation(where, message, expected=f"tcp {HTTPS} from ECS tasks", actual=ABSENT, related=(endpoint,))
    yield either(graph, lacking, INGRESS, GROUP)


def _lets_tasks_in(permission: Permission, spec: Spec, graph: Graph) -> Maybe:
    where = permission.where
    if isinstance(where.value, Unknown):
        return where.value
    opens = permission.opens(HTTPS, ("tcp",))
    if opens is False:
        return False
    verdicts = [_are_tasks(source, spec, graph) for source in permission.sources]
    if not any(verdict is not False for verdict in verdicts) or isinstance(opens, Unknown):
        return opens if isinstance(opens, Unknown) and verdicts else False
    if any(verdict is True for verdict in verdicts):
        return True if where.resource.conditional is None else where.resource.conditional
    return next(verdict for verdict in verdicts if isinstance(verdict, Unknown))


def _are_tasks(source: Property, spec: Spec, graph: Graph) -> Maybe:
    """Whether a source holds the tasks: their group, or a range around the subnets meant for them."""
    view = graph.memo(attachments, spec)
    if source.path[-1] not in RANGES:
        return view.admits(source, ("tasks",), "tasks")
    if isinstance(source.value, Unknown):
        return True if view.admits(source, ("vpc",)) is True else source.value
    block = cidr(source.value)
    tier = spec.network.subnets.get(spec.tasks.subnets or "")
    wanted = [ip_network(c) for c in (tier.cidrs or () if tier else ())] or view.blocks
    return block is not None and bool(wanted) and all(is_within(network, [block]) for network in wanted)
