"""What a permission opens, in three values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from asbuilt.graph import Graph
from asbuilt.model import Location, Reference, Resource, Unknown, UnknownKind
from asbuilt.topology.network import VPC
from asbuilt.topology.security_groups import GROUP, INGRESS, Permission, Permissions, default_group, groups_at, within

UNKNOWN = Unknown(UnknownKind.VARIABLE, "no value")


def resource(key: str, type_: str, **properties: Any) -> Resource:
    return Resource(key, key, type_, properties, Location("main.tf", 1))


def permission(**properties: Any) -> Permission:
    return Permission(resource("rule", INGRESS, **properties).at())


def reference(target: str, attribute: str = "id") -> Unknown:
    return Unknown(UnknownKind.COMPUTED, "after apply", references=(Reference(target, attribute),), exact=True)


@pytest.mark.parametrize("protocol", ["tcp", "TCP", "6", 6])
def test_a_range_opens_its_ports(protocol: Any) -> None:
    found = permission(IpProtocol=protocol, FromPort="80", ToPort=443)
    assert found.opens(80, ("tcp",)) is True
    assert found.opens(443, ("tcp",)) is True
    assert found.opens(444, ("tcp",)) is False
    assert found.opens(80, ("udp",)) is False


@pytest.mark.parametrize("protocol", ["-1", -1, "all"])
def test_every_protocol_opens_every_port(protocol: Any) -> None:
    found = permission(IpProtocol=protocol, FromPort=0, ToPort=0)
    assert found.opens(5432, ("tcp",)) is True
    assert found.everything


@pytest.mark.parametrize("ports", [{}, {"FromPort": -1, "ToPort": -1}, {"FromPort": 0, "ToPort": 65535}])
def test_no_ports_are_all_ports(ports: dict[str, int]) -> None:
    assert permission(IpProtocol="tcp", **ports).everything


def test_other_protocols_open_no_port() -> None:
    found = permission(IpProtocol="icmp", FromPort=-1, ToPort=-1)
    assert found.opens(22, ("tcp", "udp")) is False
    assert not found.everything


@pytest.mark.parametrize("name", ["IpProtocol", "FromPort", "ToPort"])
def test_what_is_unknown_opens_perhaps(name: str) -> None:
    values = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, name: UNKNOWN}
    found = permission(**values)
    assert found.opens(80, ("tcp",)) is UNKNOWN
    assert not found.everything
    assert found.unknown_part().path == (name,)


def test_ports_that_are_no_numbers_are_not_known() -> None:
    assert isinstance(permission(IpProtocol="tcp", FromPort="http", ToPort=80).ports, Unknown)


def test_permissions_are_inline_and_resources_of_their_own() -> None:
    group = resource("g", GROUP, SecurityGroupIngress=[{"IpProtocol": "tcp"}, UNKNOWN])
    own = resource("own", INGRESS, GroupId=reference("g"), IpProtocol="udp")
    other = resource("other", INGRESS, GroupId="sg-1", IpProtocol="udp")
    loose = resource("loose", INGRESS, GroupId=UNKNOWN, IpProtocol="udp")
    found = Permissions(Graph([group, own, other, loose]))
    assert [p.where.resource.key for p in found.of(group)] == ["g", "g", "own"]
    assert [p.where.resource.key for p, _ in found.loose] == ["loose"]


@pytest.mark.parametrize("attribute", ["default_security_group_id", "DefaultSecurityGroup"])
def test_rules_of_a_default_group_that_is_no_resource_are_of_no_other_group(attribute: str) -> None:
    vpc = resource("v", VPC)
    rule = resource("r", INGRESS, GroupId=reference("v", attribute), IpProtocol="-1")
    found = Permissions(Graph([vpc, resource("g", GROUP), rule]))
    assert found.loose == []
    assert [(p.where.resource.key, owner.key) for p, owner in found.of_defaults] == [("r", "v")]


def test_rules_of_a_default_group_that_is_managed_are_its_own() -> None:
    vpc = resource("v", VPC)
    group = resource("d", GROUP, GroupName="default", VpcId=reference("v"))
    rule = resource("r", INGRESS, GroupId=reference("v", "default_security_group_id"), IpProtocol="-1")
    found = Permissions(Graph([vpc, group, rule]))
    assert (found.loose, found.of_defaults) == ([], [])
    assert [p.where.resource.key for p in found.of(group)] == ["r"]


def test_the_default_group_of_a_vpc_is_the_one_that_is_managed() -> None:
    vpc = resource("v", VPC)
    default = resource("d", GROUP, GroupName="default", VpcId=reference("v"))
    user = resource("u", "AWS::RDS::DBInstance", VPCSecurityGroups=[reference("v", "default_security_group_id")])
    prop = user.at("VPCSecurityGroups")
    assert list(groups_at(prop, Graph([vpc, default, user]))) == [default]
    assert default_group(user, Graph([vpc, default])) == default
    abroad = replace(user, region="us-west-2")
    assert isinstance(default_group(abroad, Graph([vpc, default])), Unknown)
    [unmanaged] = groups_at(prop, Graph([vpc, user]))
    assert isinstance(unmanaged, Unknown)
    assert isinstance(default_group(user, Graph([vpc])), Unknown)


def test_a_group_elsewhere_is_not_known() -> None:
    user = resource("u", "AWS::RDS::DBInstance", VPCSecurityGroups=["sg-1"])
    [found] = groups_at(user.at("VPCSecurityGroups"), Graph([user]))
    assert isinstance(found, Unknown)


def test_one_of_several_groups_is_not_known() -> None:
    groups = [resource("a", GROUP), resource("b", GROUP)]
    either = Unknown(UnknownKind.CONDITION, "var.x", arms=(reference("a"), reference("b")))
    user = resource("u", "AWS::RDS::DBInstance", VPCSecurityGroups=[either])
    [found] = groups_at(user.at("VPCSecurityGroups"), Graph([*groups, user]))
    assert isinstance(found, Unknown)


@pytest.mark.parametrize(
    ("ports", "inside"), [((80, 80), True), ((80, 81), True), ((80, 443), False), ((80, 10**15), False)]
)
def test_ranges_of_any_size_are_held_to_the_ports_stated(ports: tuple[int, int], inside: bool) -> None:
    assert within(ports, {80, 81, 443}) is inside
