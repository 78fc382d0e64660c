"""SG-3: DNS is open inside the VPC only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Unknown
from asbuilt.rules import examined, inapplicable, note, platform_rule, undecided, violation
from asbuilt.topology.attachments import WORDS, attachments
from asbuilt.topology.ingress import shown
from asbuilt.topology.security_groups import GROUP, INGRESS, permissions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec
    from asbuilt.topology.security_groups import Permission


@platform_rule(id="discovery-ingress", severity="low", enforces="security_groups.discovery", needs=(GROUP, INGRESS))
def discovery_ingress(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A security group for DNS is open to more than the VPC.

    Why: a resolver that answers strangers tells them what runs here, and takes part in attacks on others. The names
    of Cloud Map are answered by the resolver of the VPC, which is behind no security group.

    Fix: let the rules for port 53 name the block of the VPC as source.

    Source: Amazon Route 53 Developer Guide, "What is Route 53 VPC Resolver?"; Amazon VPC User Guide, "Security
    groups" (traffic they do not filter); read 2026-11.
    """
    stated, view = spec.security_groups.discovery, graph.memo(permissions)
    groups = {group: list(view.of(group)) for group in graph.of_type(GROUP)}
    found = {group: rules for group, rules in groups.items() if any(_is_for(rule, stated.ports) for rule in rules)}
    for group, rules in found.items():
        yield examined(group)
        yield from _judge(group, rules, spec, graph)
    if found:
        return
    message = "no security group is for DNS; the VPC's resolver, which answers for Cloud Map, needs none"
    doubt = _doubt(groups, graph)
    yield inapplicable(None, message, subject="discovery") if doubt is None else undecided(doubt, subject="discovery")


def _is_for(permission: Permission, ports: tuple[int, ...] | None) -> bool:
    """Whether a permission is for these ports and no others."""
    opened = permission.ports if permission.where.known else None
    return isinstance(opened, tuple) and any(opened == (port, port) for port in ports or ())


def _doubt(groups: dict[Resource, list[Permission]], graph: Graph) -> Unknown | None:
    for rules in groups.values():
        for permission in rules:
            if isinstance(permission.where.value, Unknown):
                return permission.where.value
            if isinstance(permission.ports, Unknown):
                return permission.ports
    loose = graph.memo(permissions).loose
    return loose[0][1] if loose else graph.hidden(GROUP, INGRESS)


def _judge(group: Resource, rules: list[Permission], spec: Spec, graph: Graph) -> Iterator[Evidence]:
    stated, attached = spec.security_groups.discovery, graph.memo(attachments, spec)
    peers, protocols = stated.from_ or (), stated.protocols or ("udp", "tcp")
    opened: set[str] = set()
    for permission in rules:
        if isinstance(permission.where.value, Unknown):
            reason = f"what else {group.address} lets in is not known: {permission.where.value.reason}"
            yield undecided(permission.where.value, reason, permission.where)
            continue
        verdicts = [permission.opens(port, protocols) for port in stated.ports or ()]
        if all(verdict is False for verdict in verdicts):
            continue
        if isinstance(permission.protocol, str):
            opened.add(permission.protocol)
        for source in permission.sources:
            admitted = attached.admits(source, peers)
            if admitted is False and True in verdicts:
                allowed = " and ".join(WORDS[peer] for peer in peers)
                message = f"{group.address} lets {shown(source, graph)} send DNS requests; the architecture lets in "
                yield violation(source, message + allowed, expected=allowed)
            elif admitted is not True:
                candidates = (admitted, permission.protocol, permission.ports)
                doubt = next((value for value in candidates if isinstance(value, Unknown)), None)
                if doubt is not None:
                    yield undecided(doubt, f"what {group.address} opens to whom is not known: {doubt.reason}", source)
    for protocol in protocols:
        if protocol not in opened and "-1" not in opened:
            message = f"{group.address} does not open port 53 over {protocol}; DNS uses both udp and tcp"
            yield note(group.at("SecurityGroupIngress"), message)
