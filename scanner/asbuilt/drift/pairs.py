"""Find for each resource of the code the one of the account that it became.

By name first (`asbuilt.topology.canonical`), then by the service of the spec, by what a resource belongs to, by what it
does, and by what points at it from both sides. What could be one of several is told, never guessed.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import field
from typing import TYPE_CHECKING, Final

from asbuilt.drift.properties import TYPES
from asbuilt.drift.values import View, told
from asbuilt.model import Resource, Unknown
from asbuilt.records import dataclass
from asbuilt.topology.canonical import canonical
from asbuilt.topology.services import inventory

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

    from asbuilt.graph import Graph
    from asbuilt.spec.models import Spec

# What points from one resource at another: both sides' targets belong together.
_POINTERS: Final = {
    "AWS::Logs::LogGroup": ("KmsKeyId",),
    "AWS::RDS::DBInstance": ("KmsKeyId", "DBSubnetGroupName"),
    "AWS::ElastiCache::ReplicationGroup": ("KmsKeyId", "CacheSubnetGroupName"),
    "AWS::ECS::Service": ("TaskDefinition", "Cluster", "NetworkConfiguration.AwsvpcConfiguration.SecurityGroups"),
    "AWS::ECS::TaskDefinition": ("ExecutionRoleArn", "TaskRoleArn"),
    "AWS::CloudWatch::Alarm": ("AlarmActions",),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("SecurityGroups",),
    "AWS::ElasticLoadBalancingV2::Listener": ("LoadBalancerArn",),
    "AWS::ElasticLoadBalancingV2::ListenerRule": ("ListenerArn",),
    "AWS::EC2::Subnet": ("VpcId",),
    "AWS::EC2::SubnetRouteTableAssociation": ("RouteTableId", "SubnetId"),
    "AWS::EC2::NatGateway": ("SubnetId",),
    "AWS::EC2::VPCEndpoint": ("SecurityGroupIds",),
    "AWS::ServiceDiscovery::Service": ("DnsConfig.NamespaceId",),
}
# Of these a platform has one: the only ones left on both sides belong together.
_SINGLE: Final = ("AWS::EC2::VPC", "AWS::EC2::InternetGateway", "AWS::CloudFront::Distribution")
# What a resource belongs to, and what tells it from its kind there.
_WITHIN: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "AWS::EC2::NatGateway": (("SubnetId",), ()),
    "AWS::EC2::SubnetRouteTableAssociation": (("SubnetId",), ()),
    "AWS::EC2::VPCGatewayAttachment": (("InternetGatewayId",), ()),
    "AWS::EC2::Route": (("RouteTableId",), ("DestinationCidrBlock", "DestinationIpv6CidrBlock")),
    "AWS::ElasticLoadBalancingV2::Listener": (("LoadBalancerArn",), ("Port",)),
    "AWS::ElasticLoadBalancingV2::ListenerRule": (("ListenerArn",), ("Priority",)),
    "AWS::ServiceDiscovery::Service": (("DnsConfig.NamespaceId",), ("Name",)),
}


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Resources of one name, of which nobody can tell which is which."""

    type: str
    name: str
    code: tuple[Resource, ...]
    account: tuple[Resource, ...]


@dataclass(slots=True)
class Pairs:
    """The pairs by the key of either side; `names` give each side's resources the name of their pair."""

    code: View
    account: View
    to_account: dict[str, Resource] = field(default_factory=dict)
    to_code: dict[str, Resource] = field(default_factory=dict)
    ambiguous: list[Ambiguous] = field(default_factory=list)

    def join(self, code: Resource, account: Resource) -> None:
        """Note a pair."""
        self.to_account[code.key] = account
        self.to_code[account.key] = code
        self.code.names[code.key] = self.account.names[account.key] = ("pair", code.key)

    def left(self, *types: str) -> tuple[list[Resource], list[Resource]]:
        """Return what of some types has no counterpart yet."""
        return (
            [one for one in self.code.graph.of_type(*types) if one.key not in self.to_account],
            [one for one in self.account.graph.of_type(*types) if one.key not in self.to_code],
        )


def pair(code: Graph, account: Graph, spec: Spec, belongs: Callable[[Resource], bool]) -> Pairs:
    """Pair the resources of two graphs; of several in the account, those that belong to the platform come first."""
    found = Pairs(View("code", code, {}), View("account", account, {}))
    by_name(found, belongs)
    _by_service(found, spec)
    for _ in range(4):  # what belongs to what was paired in the round before
        before = len(found.to_account)
        _by_pointers(found)
        _by_place(found)
        _by_function(found)
        if len(found.to_account) == before:
            break
    _only_ones(found, belongs)
    _by_pointers(found)
    _by_place(found)
    return found


def by_name(pairs: Pairs, belongs: Callable[[Resource], bool]) -> None:
    """Pair what has the same name on both sides, and no other of its region has it."""
    ours, theirs = _named(pairs.code.graph), _named(pairs.account.graph)
    for name, all_mine in ours.items():
        all_others = theirs.get(name, [])
        all_others = [one for one in all_others if belongs(one)] or all_others
        for mine, others in _by_region(all_mine, all_others):
            if len(mine) == 1 and len(others) == 1:
                pairs.join(mine[0], others[0])
            elif others:
                type_, _, rest = name.partition("/")
                pairs.ambiguous.append(Ambiguous(type_, rest, tuple(mine), tuple(others)))


def _by_region(mine: list[Resource], others: list[Resource]) -> Iterator[tuple[list[Resource], list[Resource]]]:
    """Yield what may be the same of several that bear a name: where all regions are known, those of each region."""
    alone = len(mine) == len(others) == 1
    if alone or not all(isinstance(one.region, str) and one.region for one in (*mine, *others)):
        yield mine, others
        return
    for region in dict.fromkeys(one.region for one in mine):
        yield [one for one in mine if one.region == region], [one for one in others if one.region == region]


def _named(graph: Graph) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = defaultdict(list)
    for resource in graph.of_type(*TYPES):
        if name := canonical(resource, graph):
            found[name].append(resource)
    return found


def _by_service(pairs: Pairs, spec: Spec) -> None:
    """Pair the ECS services that are the same service of the spec, under whatever name."""
    ours = pairs.code.graph.memo(inventory, spec).found
    theirs = pairs.account.graph.memo(inventory, spec).found
    for name, views in ours.items():
        others = theirs.get(name, ())
        if len(views) == 1 and len(others) == 1:
            mine, other = views[0].resource, others[0].resource
            if mine.key not in pairs.to_account and other.key not in pairs.to_code:
                pairs.join(mine, other)


def _by_pointers(pairs: Pairs) -> None:
    """Pair what the two of a pair point at in the same place, where most agree; an id in the account is enough."""
    votes: dict[str, Counter[Hashable]] = defaultdict(Counter)
    targets: dict[str, Resource] = {}
    meant: dict[Hashable, Resource | str] = {}
    for ours, theirs in pairs.to_account.items():
        code = pairs.code.graph.get(ours)
        for path in _POINTERS.get(theirs.type, ()) if code is not None else ():
            assert code is not None  # noqa: S101 - for the type checker
            mine, other = _only(code, path, pairs.code), _only(theirs, path, pairs.account)
            if not isinstance(mine, Resource) or mine.key in pairs.code.names or not _may_be(mine, other):
                continue
            key = other.key if isinstance(other, Resource) else other
            if isinstance(other, Resource) and other.key in pairs.to_code:
                continue
            targets[mine.key] = mine
            meant[key] = other  # type: ignore[assignment]
            votes[mine.key][key] += 1
    taken: Counter[Hashable] = Counter()
    best = {key: counted.most_common(2) for key, counted in votes.items()}
    sure = {key: ranked[0][0] for key, ranked in best.items() if len(ranked) < 2 or ranked[0][1] > ranked[1][1]}
    taken.update(sure.values())
    for key, other_key in sure.items():
        other = meant[other_key]
        if taken[other_key] > 1:
            continue
        if isinstance(other, Resource):
            pairs.join(targets[key], other)
        else:
            pairs.code.names[key] = pairs.account.meaning(other)


def _only(resource: Resource, path: str, view: View) -> Resource | str | None:
    """Return the one thing a property points at."""
    items = list(resource.at(path).items())
    if len(items) != 1:
        return None
    found = view.referred(items[0])
    return None if isinstance(found, Unknown) else found


def _may_be(mine: Resource, other: Resource | str | None) -> bool:
    """Whether nothing speaks against two being one: another type, another name."""
    if other is None:
        return False
    if isinstance(other, Resource):
        return other.type == mine.type and (not mine.name or not other.name or mine.name == other.name)
    return not mine.name or re.split(r"[:/]", other)[-1] == mine.name.rpartition("/")[2]


def _by_place(pairs: Pairs) -> None:
    """Pair what stands in the same place of what is paired: a route by its table and destination."""
    for type_, (owners, own) in _WITHIN.items():
        _match(pairs, type_, lambda one, view, owners=owners, own=own: _place(one, view, owners, own))  # type: ignore[misc]
    _match(pairs, "AWS::EC2::RouteTable", _subnets_of)


def _place(one: Resource, view: View, owners: tuple[str, ...], own: tuple[str, ...]) -> Hashable:
    found = [view.refer(one.at(path)) for path in owners]
    if any(not isinstance(item, tuple) or item[0][0] != "pair" for item in found):
        return None
    values = [one.get(path) for path in own]
    if any(isinstance(value, Unknown) for value in values):
        return None
    return (*[item[0] for item in found if isinstance(item, tuple)], *[str(value) for value in values])


def _subnets_of(table: Resource, view: View) -> Hashable:
    """Return the subnets of a route table."""
    found = []
    for association in view.graph.of_type("AWS::EC2::SubnetRouteTableAssociation"):
        if view.referred(association.at("RouteTableId")) == table:
            subnet = view.refer(association.at("SubnetId"))
            if not isinstance(subnet, tuple) or subnet[0][0] != "pair":
                return None
            found.append(subnet[0])
    return frozenset(found) or None


def _by_function(pairs: Pairs) -> None:
    """Pair policies by what they scale on which measure, alarms by what they watch."""
    _match(pairs, "AWS::ApplicationAutoScaling::ScalingPolicy", _measure)
    _match(pairs, "AWS::CloudWatch::Alarm", _watched)
    _match(pairs, "AWS::CloudFront::Distribution", _fetched)


def _measure(policy: Resource, view: View) -> Hashable:
    target = view.referred(policy.at("ScalingTargetId"), "AWS::ApplicationAutoScaling::ScalableTarget")
    scaled = (target if isinstance(target, Resource) else policy).get("ResourceId")
    path = "TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification.PredefinedMetricType"
    measure = policy.get(path)
    return (scaled, measure) if isinstance(scaled, str) and isinstance(measure, str) else None


def _watched(alarm: Resource, view: View) -> Hashable:
    from asbuilt.drift.readers import dimensions

    names = (alarm.get("Namespace"), alarm.get("MetricName"))
    found = told(dimensions, alarm, view)
    if not all(isinstance(name, str) for name in names) or isinstance(found, Unknown) or not found.items:
        return None
    return (*names, found.key)


def _fetched(distribution: Resource, view: View) -> Hashable:
    from asbuilt.drift.readers import origins

    found = told(origins, distribution, view)
    if isinstance(found, Unknown) or not found.items or any(key[0] != "pair" for key in found.items):  # type: ignore[index]
        return None
    return found.key


def _match(pairs: Pairs, type_: str, identify: Callable[[Resource, View], Hashable]) -> None:
    """Pair what is left of a type and identified alike by exactly one on each side."""
    ours, theirs = pairs.left(type_)
    mine, others = _grouped(ours, identify, pairs.code), _grouped(theirs, identify, pairs.account)
    for key, found in mine.items():
        same = others.get(key, [])
        if len(found) == 1 and len(same) == 1:
            pairs.join(found[0], same[0])


def _grouped(
    resources: Iterable[Resource], identify: Callable[[Resource, View], Hashable], view: View
) -> dict[Hashable, list[Resource]]:
    found: dict[Hashable, list[Resource]] = defaultdict(list)
    for resource in resources:
        key = identify(resource, view)
        if key is not None:
            found[key].append(resource)
    return found


def _only_ones(pairs: Pairs, belongs: Callable[[Resource], bool]) -> None:
    for type_ in dict.fromkeys((*_SINGLE, *_unnamed(pairs))):
        ours, theirs = pairs.left(type_)
        theirs = [one for one in theirs if belongs(one)]
        if len(ours) == 1 and len(theirs) == 1:
            pairs.join(ours[0], theirs[0])


def _unnamed(pairs: Pairs) -> Iterator[str]:
    """Yield the types of which the code has one whose name it does not tell."""
    graph = pairs.code.graph
    for type_ in TYPES:
        ours, _ = pairs.left(type_)
        if len(ours) == 1 and not canonical(ours[0], graph) and len(graph.of_type(type_)) == 1:
            yield type_


__all__ = ["Ambiguous", "Pairs", "pair"]
