"""Hold what is let in to the members of a role (tasks, database …) to the peers and ports the architecture names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Evidence, Outcome, Property, Resource, Unknown
from asbuilt.records import dataclass
from asbuilt.rules import either, examined, inapplicable, undecided, violation
from asbuilt.topology.attachments import MEMBERS, WORDS, Attachment, Attachments, attachments
from asbuilt.topology.coverage import Wanted, cover
from asbuilt.topology.security_groups import (
    EVERY_PROTOCOL,
    GROUP,
    INGRESS,
    PREFIX_LIST,
    Permission,
    Permissions,
    permissions,
    within,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from asbuilt.graph import Graph
    from asbuilt.spec.models import SecurityGroup, Spec


@dataclass(frozen=True, slots=True)
class _View:
    """What holding a role needs to know."""

    role: str
    stated: SecurityGroup
    attached: Attachments
    permitted: Permissions
    graph: Graph

    @property
    def peers(self) -> tuple[str, ...]:
        return tuple(self.stated.from_ or ())

    @property
    def allowed(self) -> str:
        """The peers and ports in words."""
        peers = " and ".join(WORDS[peer] for peer in self.peers) or "nobody"
        protocols = "/".join(self.stated.protocols or ())
        ports = ", ".join(map(str, self.stated.ports or ()))
        return f"{peers} on {protocols} {ports}".replace("  ", " ") if ports else peers


def hold_ingress(
    role: str, spec: Spec, graph: Graph, wanted: Callable[[Resource], Iterable[Wanted]]
) -> Iterator[Evidence]:
    """Yield evidence where a group of a role lets in what is not stated, or a member cannot be reached as stated.

    `wanted` says what must be open to a member.
    """
    stated: SecurityGroup = getattr(spec.security_groups, role)
    view = _View(role, stated, graph.memo(attachments, spec), graph.memo(permissions), graph)
    members = view.attached.of(role)
    if not members:
        message = f"{WORDS[role]} is not among what was scanned"
        hidden = graph.hidden(*MEMBERS[role])
        yield inapplicable(None, message, subject=role) if hidden is None else undecided(hidden, message, subject=role)
        return
    for attachment in members:
        if isinstance(attachment.group, Unknown):
            reason = f"what may reach {attachment.owner.address} is not known: {attachment.group.reason}"
            yield undecided(attachment.group, reason, attachment.where)
    for group in view.attached.groups(role).values():
        yield from _hold_group(group, view)
    yield from _hold_loose(view)
    yield from _hold_coverage(members, view, wanted)


def _hold_group(group: Resource, view: _View) -> Iterator[Evidence]:
    found = [e for permission in view.permitted.of(group) for e in _judge(permission, group, view)]
    hidden = view.permitted.doubt()
    if not found and hidden is not None:
        reason = f"rules of {group.address} may be where asbuilt cannot see them: {hidden.reason}"
        found = [undecided(hidden, reason, group.at("SecurityGroupIngress"))]
    yield from found or [examined(group)]


def _judge(permission: Permission, group: Resource, view: _View) -> Iterator[Evidence]:
    where = permission.where
    if isinstance(where.value, Unknown):
        yield undecided(where.value, f"what {group.address} lets in is not known: {where.value.reason}", where)
        return
    for source in permission.sources:
        admitted = view.attached.admits(source, view.peers, view.role)
        if admitted is False:
            message = f"{group.address} lets {shown(source, view.graph)} reach {WORDS[view.role]} on {permission}"
            yield violation(source, f"{message}; the architecture lets in {view.allowed}", expected=view.allowed)
        elif isinstance(admitted, Unknown):
            message = f"whom {group.address} lets in on {permission} is not known: {admitted.reason}"
            yield undecided(admitted, message, source)
            yield from _judge_ports(permission, group, view)
        else:
            yield from _judge_ports(permission, group, view)


def _judge_ports(permission: Permission, group: Resource, view: _View) -> Iterator[Evidence]:
    """Hold the protocol and the ports, where some are stated."""
    if not view.stated.ports:
        return
    where, protocol, ports = permission.where, permission.protocol, permission.ports
    message = f"{group.address} opens {permission} of {WORDS[view.role]}; the architecture lets in {view.allowed}"
    protocols = view.stated.protocols
    if isinstance(protocol, Unknown):
        yield undecided(
            protocol, f"the protocol {group.address} opens is not known: {protocol.reason}", permission.unknown_part()
        )
    elif protocol == EVERY_PROTOCOL or (protocols and protocol not in protocols):
        yield violation(where.at("IpProtocol"), message, expected=" or ".join(protocols or ("tcp",)))
    if isinstance(ports, Unknown):
        if ports is not protocol:
            yield undecided(
                ports, f"the ports {group.address} opens are not known: {ports.reason}", permission.unknown_part()
            )
        return
    if protocol in ("tcp", "udp") and not within(ports, view.stated.ports):
        name = "FromPort" if ports[0] not in view.stated.ports else "ToPort"
        yield violation(where.at(name), message, expected=", ".join(map(str, view.stated.ports)))


def _hold_loose(view: _View) -> Iterator[Evidence]:
    """Yield an unknown for each rule that may belong to a group of the role, and would break the architecture there."""
    group = next(iter(view.attached.groups(view.role).values()), None)
    if group is None:
        return
    for permission, doubt in view.permitted.loose:
        broken = any(e.outcome is not Outcome.NOTE for e in _judge(permission, group, view))
        if broken:
            rule = permission.where.resource
            reason = f"whether {rule.address} adds {permission} to a group of {WORDS[view.role]} is not known"
            yield undecided(doubt, f"{reason}: {doubt.reason}", rule.at("GroupId"))


def _hold_coverage(
    members: tuple[Attachment, ...], view: _View, wanted: Callable[[Resource], Iterable[Wanted]]
) -> Iterator[Evidence]:
    by_owner: dict[str, list[Attachment]] = {}
    for member in members:
        by_owner.setdefault(member.owner.key, []).append(member)
    for named in by_owner.values():
        owner = named[-1].owner
        groups = [m.group for m in named if isinstance(m.group, Resource)]
        doubt = next((m.group for m in named if isinstance(m.group, Unknown)), None)
        for want in wanted(owner):
            covered = cover(want, groups, view.role, view.attached, view.permitted)
            if covered is not True and doubt is not None:
                break  # told already: the groups of this member are not known
            if isinstance(covered, Unknown):
                reason = f"whether {want.who} may reach {owner.address} on {want} is not known: {covered.reason}"
                yield undecided(covered, reason, groups[0].at("SecurityGroupIngress"))
            elif covered is False:
                message = f"{groups[0].address} does not let {want.who} reach {owner.address} on {want}"
                prop, actual = groups[0].at("SecurityGroupIngress"), ABSENT
                found = violation(prop, message, expected=f"{want} from {want.who}", actual=actual, related=(owner,))
                yield either(view.graph, found, INGRESS, GROUP)


def shown(source: Property, graph: Graph) -> str:
    """Write a source of a permission: the address range, or the group or the prefix list by its address."""
    value = source.value
    if isinstance(value, Unknown):
        found = graph.target(source, GROUP, PREFIX_LIST)
        if isinstance(found, Resource):
            return f"the prefix list {found.address}" if found.type == PREFIX_LIST else found.address
        return f"{source.resource.native(source.path)} ({value.reason})"
    return str(value)
