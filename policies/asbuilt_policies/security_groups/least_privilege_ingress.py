"""SG-6: security groups open nothing that the architecture does not name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Resource, Unknown
from asbuilt.rules import examined, inapplicable, platform_rule, undecided, violation
from asbuilt.topology.attachments import ENDPOINT, MEMBERS, attachments, users
from asbuilt.topology.load_balancing import LOAD_BALANCER
from asbuilt.topology.security_groups import (
    EVERY_PROTOCOL,
    GROUP,
    INGRESS,
    RANGES,
    default_groups,
    is_everywhere,
    permissions,
    within,
)
from asbuilt.topology.tasks import INTERFACE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec
    from asbuilt.topology.security_groups import Permission


@platform_rule(
    id="least-privilege-ingress", severity="high", enforces="security_groups.least_privilege", needs=(GROUP, INGRESS)
)
def least_privilege_ingress(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A security group in use opens everything, or something to the whole internet, or the default group has rules.

    Why: the default group is what everything gets that names none; a rule for every port or for everybody lets in
    what nobody thought of.

    Fix: name the protocol, the ports and the source that are needed; take the rules out of the default group.

    Source: AWS Well-Architected Framework, SEC05-BP02 "Control traffic flow within your network layers"; AWS Security
    Hub, EC2.2 (default security groups); read 2026-11.
    """
    if not spec.security_groups.least_privilege:
        yield inapplicable(None, "the architecture does not ask for it", subject="groups")
        return
    attached, defaults = graph.memo(attachments, spec), set(default_groups(graph))
    used = {key: group for role in MEMBERS for key, group in attached.groups(role).items()}
    found = False
    unseen = graph.hidden(ENDPOINT, INTERFACE, *(type_ for members in MEMBERS.values() for type_ in members))
    spare: list[Resource] = []
    for group in graph.of_type(GROUP):
        evidence = _hold(group, group in defaults, spec, graph)
        known = group in defaults or group.key in used
        if known or (evidence and any(True for _ in users(group, graph))):
            found = True
            yield from evidence or [examined(group)]
        elif not evidence:
            spare.append(group)  # whoever uses it: there is nothing to say against it
        elif unseen is not None:
            found = True
            reason = f"{evidence[0].message}; whether {group.address} is in use is not known: {unseen.reason}"
            yield undecided(unseen, reason, evidence[0].prop or group.at("SecurityGroupIngress"))
    for permission, vpc in graph.memo(permissions).of_defaults:
        found = True
        rule = permission.where.resource
        message = f"{rule.address} adds {permission} to the default group of {vpc.address}; it should have no rules"
        yield violation(rule.at("GroupId"), message, expected="no rules", actual=str(permission), related=(vpc,))
    for group in spare if not found or unseen is not None else ():
        found = True
        yield examined(group)
    yield from _loose(spec, graph)
    if not found:
        message = "no security group in use is among what was scanned"
        doubt = graph.hidden(GROUP)
        subject = "groups"
        yield (
            inapplicable(None, message, subject=subject)
            if doubt is None
            else undecided(doubt, message, subject=subject)
        )


def _hold(group: Resource, is_default: bool, spec: Spec, graph: Graph) -> list[Evidence]:
    view = graph.memo(permissions)
    roles = graph.memo(attachments, spec)
    doubt = roles.perhaps("load_balancer", group)
    if doubt is None and not any(group.key in roles.groups(role) for role in MEMBERS):
        doubt = graph.hidden(LOAD_BALANCER)  # whose it is, only the load balancer says
    balanced = group.key in roles.groups("load_balancer") if doubt is None else doubt
    found = [e for permission in view.of(group) for e in _judge(permission, group, is_default, balanced, spec)]
    hidden = view.doubt()
    if found or hidden is None:
        return found
    reason = f"rules of {group.address} may be where asbuilt cannot see them: {hidden.reason}"
    return [undecided(hidden, reason, group.at("SecurityGroupIngress"))]


def _judge(
    permission: Permission, group: Resource, is_default: bool, balanced: bool | Unknown, spec: Spec
) -> Iterator[Evidence]:
    where = permission.where
    if isinstance(where.value, Unknown):
        yield undecided(where.value, f"what {group.address} lets in is not known: {where.value.reason}", where)
        return
    if is_default:
        message = f"{group.address}, the default group of a VPC, lets in {permission}; it should have no rules"
        yield violation(where, message, expected="no rules", actual=str(permission))
        return
    protocol, ports = permission.protocol, permission.ports
    if permission.everything:
        name = "IpProtocol" if protocol == EVERY_PROTOCOL else "FromPort"
        message = f"{group.address} opens {permission}; nothing in the architecture needs that"
        yield violation(where.at(name), message, expected="the protocol and ports needed")
    elif isinstance(protocol, Unknown):
        yield undecided(
            protocol, f"which protocol {group.address} opens is not known: {protocol.reason}", permission.unknown_part()
        )
    elif isinstance(ports, Unknown):
        yield undecided(
            ports, f"which ports {group.address} opens is not known: {ports.reason}", permission.unknown_part()
        )
    yield from _judge_ranges(permission, group, balanced, spec)


def _judge_ranges(permission: Permission, group: Resource, balanced: bool | Unknown, spec: Spec) -> Iterator[Evidence]:
    """Hold a permission to what may be public: the load balancer's ports."""
    ports, stated = permission.ports, set(spec.security_groups.load_balancer.ports or ())
    public = isinstance(ports, Unknown) or within(ports, stated)
    if public and balanced is True:
        return
    for source in permission.sources:
        if source.path[-1] not in RANGES:
            continue
        if isinstance(source.value, Unknown):
            if not source.value.exact:
                reason = f"whom {group.address} lets in on {permission} is not known: {source.value.reason}"
                yield undecided(source.value, reason, source)
        elif is_everywhere(source.value) and public and isinstance(balanced, Unknown):
            reason = f"{group.address} opens {permission} to {source.value}, and whether it is the load balancer's"
            yield undecided(balanced, f"{reason} is not known: {balanced.reason}", source)
        elif is_everywhere(source.value):
            message = f"{group.address} opens {permission} to {source.value}; only the load balancer's ports are public"
            yield violation(source, message, expected="a security group, or the range needed")


def _loose(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """Yield an unknown for rules whose group cannot be told, where they open too much for any group."""
    for permission, doubt in graph.memo(permissions).loose:
        rule = permission.where.resource
        if any(True for _ in _judge(permission, rule, False, False, spec)):
            reason = f"whether {rule.address} adds {permission} to a group in use is not known: {doubt.reason}"
            yield undecided(doubt, reason, rule.at("GroupId"))
