"""Which security groups are attached to what: a group's role is that of its members, whatever it is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Property, Resource, Unknown, UnknownKind
from asbuilt.records import dataclass
from asbuilt.topology.load_balancing import LOAD_BALANCER, load_balancing
from asbuilt.topology.network import VPC
from asbuilt.topology.security_groups import (
    PREFIX_LIST,
    RANGES,
    Maybe,
    default_group,
    first_doubt,
    groups_at,
    is_within,
    vpc_blocks,
)
from asbuilt.topology.services import ECS_SERVICE
from asbuilt.topology.tasks import INTERFACE
from asbuilt.topology.tiers import cidr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asbuilt.graph import Graph
    from asbuilt.spec.models import Spec

MEMBERS = {
    "load_balancer": {LOAD_BALANCER: "SecurityGroups"},
    "tasks": {ECS_SERVICE: "NetworkConfiguration.AwsvpcConfiguration.SecurityGroups"},
    "database": {"AWS::RDS::DBInstance": "VPCSecurityGroups", "AWS::RDS::DBCluster": "VpcSecurityGroupIds"},
    "cache": {
        "AWS::ElastiCache::ReplicationGroup": "SecurityGroupIds",
        "AWS::ElastiCache::ServerlessCache": "SecurityGroupIds",
        "AWS::ElastiCache::CacheCluster": "VpcSecurityGroupIds",
    },
}
ENDPOINT = "AWS::EC2::VPCEndpoint"
RULES = ("AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")
WORDS = {
    "internet": "the internet",
    "vpc": "the VPC",
    "self": "each other",
    "load_balancer": "the load balancer",
    "tasks": "ECS tasks",
    "discovery": "service discovery",
    "database": "the database",
    "cache": "the cache",
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A group of a member. `where` is the element that names the group."""

    owner: Resource
    where: Property
    group: Resource | Unknown


class Attachments:
    """The groups of every role."""

    def __init__(self, graph: Graph, spec: Spec) -> None:
        self.graph = graph
        self.spec = spec
        self.blocks = vpc_blocks(graph, spec.network.vpc_cidr)
        self._of = {role: tuple(self._read(role)) for role in MEMBERS}
        self._groups: dict[str, dict[str, Resource]] = {}

    def _read(self, role: str) -> Iterator[Attachment]:
        for type_, path in MEMBERS[role].items():
            for owner in self._owners(type_):
                prop = owner.at(path)
                if prop.value is ABSENT or prop.value is None or prop.value == []:
                    if not _inherits(owner):
                        yield Attachment(owner, prop, default_group(owner, self.graph))
                    continue
                yield from attached(owner, prop, self.graph)

    def _owners(self, type_: str) -> Iterable[Resource]:
        if type_ == LOAD_BALANCER:
            return self.graph.memo(load_balancing, self.spec).front_doors()
        return self.graph.of_type(type_)

    def of(self, role: str) -> tuple[Attachment, ...]:
        """Return the groups of a role's members; of the roles without members, none."""
        return self._of.get(role, ())

    def groups(self, role: str) -> dict[str, Resource]:
        """Return the groups of a role that are known, by key."""
        if role not in self._groups:
            self._groups[role] = {a.group.key: a.group for a in self.of(role) if isinstance(a.group, Resource)}
        return self._groups[role]

    def perhaps(self, role: str, group: Resource) -> Unknown | None:
        """Return why a group may be one of a role, if it is not certain whether it is."""
        doubts = (a.group for a in self.of(role) if isinstance(a.group, Unknown))
        return next((doubt for doubt in doubts if group in doubt.arms), None)

    def admits(self, source: Property, peers: Iterable[str], role: str = "") -> Maybe:
        """Whether a source of a permission is one of the peers; `role` is what `self` stands for."""
        peers = tuple(role if peer == "self" and role else peer for peer in peers)
        if "internet" in peers:
            return True
        name = str(source.path[-1])
        if name in RANGES:
            return self._admits_range(source, peers)
        if name == "SourcePrefixListId":
            return self._admits_list(source, peers)
        verdicts = [self._admits_group(found, source, peers) for found in groups_at(source, self.graph)]
        doubt = first_doubt(*verdicts)
        return bool(verdicts) and all(verdicts) if doubt is None else doubt

    def _admits_range(self, source: Property, peers: tuple[str, ...]) -> Maybe:
        value = source.value
        if isinstance(value, Unknown):
            of_vpc = any(
                self.graph.referred(ref, (VPC,)) and "cidr" in ref.attribute.lower() for ref in value.references
            )
            if "vpc" in peers and value.exact and of_vpc:
                return True
            # An address range, whichever it is, is no group; what is not exact may be an empty list.
            return False if value.exact and "vpc" not in peers else value
        block = cidr(value)
        return "vpc" in peers and block is not None and is_within(block, self.blocks)

    def _admits_list(self, source: Property, peers: tuple[str, ...]) -> Maybe:
        value = source.value
        if "vpc" not in peers:
            return value if isinstance(value, Unknown) and not value.exact else False
        found = self.graph.target(source, PREFIX_LIST)
        if not isinstance(found, Resource):
            return Unknown(UnknownKind.UNREAD, f"what is in the prefix list {_text(value)} is not known")
        for entry in found.at("Entries").items():
            block = entry if isinstance(entry.value, Unknown) else entry.at("Cidr")
            if isinstance(block.value, Unknown):
                return block.value
            network = cidr(block.value)
            if network is None or not is_within(network, self.blocks):
                return False
        return True

    def _admits_group(self, found: Resource | Unknown, source: Property, peers: tuple[str, ...]) -> Maybe:
        if isinstance(found, Resource) and "vpc" in peers:
            return True
        for peer in peers:
            if isinstance(found, Resource):
                if found.key in self.groups(peer):
                    return True
            elif any(_same(a.where.value, source.value) for a in self.of(peer)):
                return True
        if isinstance(found, Unknown):
            return found
        return next((doubt for peer in peers if (doubt := self.doubt(peer)) is not None), False)

    def doubt(self, role: str) -> Unknown | None:
        """Return why a role may have more groups than are known, if so."""
        if role == "discovery":
            return Unknown(UnknownKind.UNSUPPORTED, "which groups are for service discovery cannot be told by members")
        if role not in MEMBERS:
            return None
        for attachment in self.of(role):
            if isinstance(attachment.group, Unknown):
                reason = f"a group of {attachment.owner.address} is not known: {attachment.group.reason}"
                return Unknown(attachment.group.kind, reason, attachment.group.location)
        if not self.of(role):
            return Unknown(UnknownKind.UNREAD, f"{WORDS[role]} is not among what was scanned")
        return self.graph.hidden(*MEMBERS[role])


def attached(owner: Resource, prop: Property, graph: Graph) -> Iterator[Attachment]:
    """Yield the groups that a property of a resource attaches to it."""
    for item in prop.items():
        for group in groups_at(item, graph):
            yield Attachment(owner, item, group)


def users(group: Resource, graph: Graph) -> Iterator[Resource]:
    """Yield whatever else names a group, of any type: endpoints, functions, instances. Reads all there is.

    In an account it is a network interface that says so, of whatever it is; one that is attached to nothing uses none.
    """
    index = graph.memo(_mentioned)
    names = [group.key, *(value for value in group.identifiers.values() if isinstance(value, str))]
    found = {resource.key: resource for name in names for resource in index.get(name, ())}
    yield from sorted(found.values(), key=lambda resource: graph.memo(_order)[resource.key])


def _order(graph: Graph) -> dict[str, int]:
    return {resource.key: at for at, resource in enumerate(graph.resources)}


def _mentioned(graph: Graph) -> dict[str, list[Resource]]:
    """Return what mentions groups, by their keys, names and ids."""
    groups = graph.of_type(RULES[0])
    known = {value for group in groups for value in group.identifiers.values() if isinstance(value, str)}
    index: dict[str, list[Resource]] = {}
    for resource in graph.resources:
        idle = resource.type == INTERFACE and resource.get("Status") == "available"
        if resource.type not in RULES and not idle:
            for name in {name for value in resource.properties.values() for name in _mentions(value, known)}:
                index.setdefault(name, []).append(resource)
    return index


def _mentions(value: object, known: set[str]) -> Iterator[str]:
    if isinstance(value, Unknown):
        for reference in value.references:
            yield reference.target
        for arm in value.arms:
            yield from _mentions(arm, known)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _mentions(item, known)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _mentions(item, known)
    elif isinstance(value, str) and value in known:
        yield value


def _inherits(owner: Resource) -> bool:
    """Whether a member without groups of its own has those of something else, or none."""
    if owner.type == LOAD_BALANCER:
        return owner.get("Type") in ("network", "gateway")
    # Instances of a cluster have the cluster's groups (RDS API, CreateDBInstance).
    return owner.type == "AWS::RDS::DBInstance" and owner.get("DBClusterIdentifier") is not ABSENT


def _same(one: object, other: object) -> bool:
    """Whether two values are one, though it is not known which: both the same attribute of the same thing."""
    if isinstance(one, Unknown) and isinstance(other, Unknown):
        return one.exact and other.exact and bool(one.references) and one.references == other.references
    return isinstance(one, str) and one == other


def _text(value: object) -> str:
    return value.reason if isinstance(value, Unknown) else str(value)


def attachments(graph: Graph, spec: Spec) -> Attachments:
    """Return the attachments of a graph; call as `graph.memo(attachments, spec)`."""
    return Attachments(graph, spec)
