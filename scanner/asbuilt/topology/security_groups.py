"""What security groups let in: every permission, inline or a resource of its own, with its ports and sources.

A permission lets in what its protocol, ports and sources say, all permissions of all groups of a member together
(Amazon VPC User Guide, "Security group rules"; EC2 API Reference, IpPermission; read 2026-11).
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Property, Resource, Unknown, UnknownKind
from asbuilt.topology.network import VPC
from asbuilt.topology.tiers import cidr

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from ipaddress import IPv4Network, IPv6Network

    from asbuilt.graph import Graph

GROUP = "AWS::EC2::SecurityGroup"
INGRESS = "AWS::EC2::SecurityGroupIngress"
PREFIX_LIST = "AWS::EC2::PrefixList"
RANGES = ("CidrIp", "CidrIpv6")
SOURCES = (*RANGES, "SourcePrefixListId", "SourceSecurityGroupId", "SourceSecurityGroupName")
CLOUDFRONT = "com.amazonaws.global.cloudfront.origin-facing"  # AWS's list of the servers CloudFront fetches from
EVERY_PROTOCOL = "-1"
ALL_PORTS = (0, 65535)
PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": EVERY_PROTOCOL}

Maybe = bool | Unknown


class Permission:
    """What one rule lets in. `where` is an element of `SecurityGroupIngress`, or the whole of a rule's resource."""

    def __init__(self, where: Property) -> None:
        self.where = where

    @cached_property
    def protocol(self) -> str | Unknown:
        """The protocol by its name, `-1` for every protocol."""
        value = self.where.at("IpProtocol").value
        if isinstance(value, Unknown):
            return value
        text = EVERY_PROTOCOL if value is ABSENT or value is None else str(value).lower()
        return PROTOCOLS.get(text, text)

    @cached_property
    def ports(self) -> tuple[int, int] | Unknown:
        """The first and the last port; all of them for protocols without ports."""
        protocol = self.protocol
        if isinstance(protocol, Unknown):
            return protocol
        if protocol not in ("tcp", "udp"):
            return ALL_PORTS
        first, last = (self.where.at(name).value for name in ("FromPort", "ToPort"))
        for value in (first, last):
            if isinstance(value, Unknown):
                return value
        try:
            return _port(first, ALL_PORTS[0]), _port(last, ALL_PORTS[1])
        except ValueError:
            return Unknown(UnknownKind.ERROR, f"{first} to {last} are no ports", self.where.trace.location)

    def unknown_part(self) -> Property:
        """Return what of the protocol and the ports is not known, the whole where all is."""
        parts = (self.where.at(name) for name in ("IpProtocol", "FromPort", "ToPort"))
        return next((part for part in parts if not part.known), self.where)

    @cached_property
    def sources(self) -> tuple[Property, ...]:
        """The address ranges, prefix lists and groups it lets in."""
        given = [name for name in SOURCES if (value := self.where.get(name)) is not ABSENT and value is not None]
        return tuple(self.where.at(name) for name in given)

    def opens(self, port: int, protocols: Iterable[str]) -> Maybe:
        """Whether a port is open for one of the protocols."""
        protocol, ports = self.protocol, self.ports
        if isinstance(protocol, Unknown):
            return protocol
        if protocol == EVERY_PROTOCOL:
            return True
        if protocol not in protocols:
            return False
        return ports if isinstance(ports, Unknown) else ports[0] <= port <= ports[1]

    @property
    def everything(self) -> bool:
        """Whether it is known to open every port there is."""
        protocol, ports = self.protocol, self.ports
        if isinstance(protocol, Unknown) or isinstance(ports, Unknown):
            return False
        return protocol == EVERY_PROTOCOL or (protocol in ("tcp", "udp") and ports[0] <= 1 and ports[1] == ALL_PORTS[1])

    def __str__(self) -> str:
        protocol, ports = self.protocol, self.ports
        if isinstance(protocol, Unknown) or isinstance(ports, Unknown):
            return "some port"
        if protocol == EVERY_PROTOCOL:
            return "every port and protocol"
        if protocol not in ("tcp", "udp"):
            return protocol
        if ports == ALL_PORTS:
            return f"every {protocol} port"
        return f"{protocol} {ports[0]}" if ports[0] == ports[1] else f"{protocol} {ports[0]}-{ports[1]}"


def first_doubt(*values: object) -> Unknown | None:
    """Return the first of several values that is unknown."""
    return next((value for value in values if isinstance(value, Unknown)), None)


def _port(value: Any, default: int) -> int:
    number = default if value is ABSENT or value is None else int(value)
    return default if number == -1 else number


class Permissions:
    """The permissions of every group; `loose` are those whose group cannot be told.

    `of_defaults` are those added to the default group of a VPC, which is no resource of its own, with that VPC.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.loose: list[tuple[Permission, Unknown]] = []
        self.of_defaults: list[tuple[Permission, Resource]] = []
        self._own: dict[str, list[Permission]] = defaultdict(list)
        self._of: dict[str, tuple[Permission, ...]] = {}
        for rule in graph.of_type(INGRESS):
            for path in ("GroupId", "GroupName"):
                prop = rule.at(path)
                vpc = default_group_of(prop.value, graph)
                for found in groups_at(prop, graph, elsewhere=False):
                    if isinstance(found, Resource):
                        self._own[found.key].append(Permission(rule.at()))
                    elif vpc is not None:
                        self.of_defaults.append((Permission(rule.at()), vpc))
                    else:
                        self.loose.append((Permission(rule.at()), found))

    def of(self, group: Resource) -> tuple[Permission, ...]:
        """Return what a group lets in; one whose `where` is unknown stands for any number of permissions."""
        if group.key not in self._of:
            inline = map(Permission, group.at("SecurityGroupIngress").items())
            self._of[group.key] = (*inline, *self._own.get(group.key, ()))
        return self._of[group.key]

    def doubt(self) -> Unknown | None:
        """Return why any group may let in more than is known, if so."""
        return self.graph.hidden(INGRESS)


def permissions(graph: Graph) -> Permissions:
    """Return the permissions of a graph; call as `graph.memo(permissions)`."""
    return Permissions(graph)


def groups_at(prop: Property, graph: Graph, *, elsewhere: bool = True) -> Iterator[Resource | Unknown]:
    """Yield the groups a property names; one that is not among what was scanned is unknown.

    Without `elsewhere`, ids of such groups are left out.
    """
    for item in prop.items():
        found = graph.targets(item, GROUP)
        if len(found) > 1:
            names = ", ".join(f.address for f in found if isinstance(f, Resource))
            doubt = first_doubt(*found)
            reason = f"it may be one of {names}"
            if doubt is not None:
                reason = f"whether it is {names} is not known: {doubt.reason}"
            yield Unknown(UnknownKind.CONDITION, reason, arms=tuple(found))
        elif found and isinstance(found[0], Unknown):
            default = _default_of(found[0], graph)
            yield found[0] if default is None else default
        elif found:
            yield found[0]
        elif elsewhere and item.known:
            yield Unknown(UnknownKind.UNREAD, f"{item.value} is not among what was scanned")


def _default_of(value: Unknown, graph: Graph) -> Resource | Unknown | None:
    """Return the default group that an attribute of a VPC stands for."""
    vpc = default_group_of(value, graph)
    if vpc is None:
        return None
    for group in default_groups(graph):
        if vpc in graph.targets(group.at("VpcId"), VPC):
            return group
    return Unknown(UnknownKind.UNREAD, f"it is the default group of {vpc.address}, whose rules are not in the code")


def default_group_of(value: Any, graph: Graph) -> Resource | None:
    """Return the VPC whose default group a value is: `default_security_group_id` of it, `DefaultSecurityGroup`."""
    if not isinstance(value, Unknown) or not value.exact or len(value.references) != 1:
        return None
    reference = value.references[0]
    named = reference.attribute.replace("_", "").lower().startswith("defaultsecuritygroup")
    return graph.referred(reference, (VPC,)) if named else None


def default_groups(graph: Graph) -> Iterator[Resource]:
    """Yield the default groups of VPCs, as far as they are managed."""
    return (group for group in graph.of_type(GROUP) if group.get("GroupName") == "default")


def default_group(owner: Resource, graph: Graph) -> Resource | Unknown:
    """Return the group of a member that names none: the default group of its VPC, which is in its own region."""
    found = list(default_groups(graph))
    if len(found) == 1 and owner.region == found[0].region:
        return found[0]
    return Unknown(
        UnknownKind.UNREAD, "it names no group and gets the default group of its VPC, whose rules are not in the code"
    )


def vpc_blocks(graph: Graph, stated: str | None) -> list[IPv4Network | IPv6Network]:
    """Return the blocks of the VPCs, as built and as stated."""
    values = [vpc.get("CidrBlock") for vpc in graph.of_type(VPC, "AWS::EC2::VPCCidrBlock")]
    found = (cidr(value) for value in (*values, stated))
    return [block for block in found if block is not None]


def is_within(block: IPv4Network | IPv6Network, blocks: Iterable[IPv4Network | IPv6Network]) -> bool:
    """Whether a block lies in one of several."""
    return any(block.version == b.version and block.subnet_of(b) for b in blocks)  # type: ignore[arg-type]


def is_everywhere(value: Any) -> bool:
    """Whether an address range is all of IPv4 or IPv6."""
    block = cidr(value)
    return block is not None and block.prefixlen == 0


def within(ports: tuple[int, int], stated: Collection[int]) -> bool:
    """Whether a range of ports holds none but those stated; code may write a range of any size."""
    return ports[1] - ports[0] < len(stated) and all(port in stated for port in range(ports[0], ports[1] + 1))
