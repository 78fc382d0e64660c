"""The table of compared properties has what rules read: what it has not is listed here, with why."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from asbuilt import scan
from asbuilt.assertions import rules_for
from asbuilt.drift.properties import FOLDED, SEEN_IN_USE_ONLY, TYPES
from asbuilt.evaluate import evaluate
from asbuilt.model import Property, Resource
from asbuilt.sources.aws.collect import operations
from asbuilt.spec import load_spec

ROOT = Path(__file__).parents[2]
# Type -> properties that rules read and nothing compares.
NAMES = "its name, or what it belongs to: pairs are found by it"
POLICY = "judged by the rules on both sides"
OTHER_FORM = "another form of what is compared, read by the same reader"
NOT_COMPARED: dict[str, dict[str, str]] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": dict.fromkeys(("ResourceId", "ServiceNamespace"), NAMES),
    "AWS::ApplicationAutoScaling::ScalingPolicy": {
        **dict.fromkeys(("ResourceId", "ScalingTargetId", "ServiceNamespace"), NAMES),
        "StepScalingPolicyConfiguration": "its alarms are compared",
    },
    "AWS::CloudWatch::Alarm": {
        "AlarmName": NAMES,
        "DatapointsToAlarm": "EvaluationPeriods where it is not set",
        "Metrics": "metrics of the alarm's own are judged by the rules",
    },
    "AWS::EC2::Route": {
        **dict.fromkeys(("RouteTableId", "DestinationCidrBlock", "DestinationIpv6CidrBlock"), NAMES),
        "NatGatewayId": OTHER_FORM,
    },
    "AWS::EC2::SecurityGroup": {"GroupName": NAMES},
    "AWS::EC2::SubnetRouteTableAssociation": {"SubnetId": NAMES},
    "AWS::EC2::VPCEndpoint": {"ServiceName": NAMES},
    "AWS::ECS::Cluster": {"ClusterName": NAMES},
    "AWS::ECS::Service": {
        "ServiceName": NAMES,
        "TaskDefinition": "a pair of its own",
        "VpcLatticeConfigurations": "no rule holds it to anything",
    },
    "AWS::ElastiCache::ReplicationGroup": dict.fromkeys(("ClusterMode", "NodeGroupConfiguration"), OTHER_FORM),
    "AWS::ElasticLoadBalancingV2::Listener": {"LoadBalancerArn": NAMES},
    "AWS::ElasticLoadBalancingV2::ListenerRule": {"ListenerArn": NAMES},
    "AWS::ElasticLoadBalancingV2::LoadBalancer": {"SubnetMappings": OTHER_FORM},
    "AWS::IAM::ManagedPolicy": dict.fromkeys(("PolicyDocument", "Roles"), POLICY),
    "AWS::IAM::Role": dict.fromkeys(("AssumeRolePolicyDocument", "PermissionsBoundary", "Policies"), POLICY),
    "AWS::KMS::Key": dict.fromkeys(("KeyState", "KeyManager"), "only an account tells it"),
    "AWS::Logs::LogGroup": {"LogGroupName": NAMES},
    "AWS::RDS::DBInstance": dict.fromkeys(
        ("DBClusterIdentifier", "DBSnapshotIdentifier", "SourceDBClusterIdentifier", "SourceDBInstanceIdentifier"),
        "where it comes from, not what it is",
    ),
    "AWS::SSM::Parameter": {"Name": NAMES},
    "AWS::ServiceDiscovery::Service": {"DnsConfig": NAMES, "NamespaceId": NAMES},
}
# Looked at by rules, and no type of the table.
NO_TYPES = {"AWS::IAM::RolePolicy", "AWS::EC2::SecurityGroupIngress", "AWS::ECS::ClusterCapacityProviderAssociations"}


@pytest.fixture(scope="module")
def read() -> dict[str, set[str]]:
    """Return what the rules read of the platform, by type, as they do it."""
    found: dict[str, set[str]] = defaultdict(set)
    at, below, child = Resource.at, Property.at, Property.child

    def of_resource(self: Resource, path: str = "") -> Property:
        if path:
            found[self.type].add(path.partition(".")[0])
        return at(self, path)

    def of_property(self: Property, path: str) -> Property:
        if not self.path:
            found[self.resource.type].add(path.partition(".")[0])
        return below(self, path)

    def of_child(self: Property, part: str | int) -> Property:
        if not self.path:
            found[self.resource.type].add(str(part))
        return child(self, part)

    document = load_spec("broxiva")
    spec = document.resolve("prod")
    options = scan.Options(paths=[ROOT / "fixtures/broxiva/terraform/environments/prod"], environment="prod")
    graph = scan.read(document, options, lambda _: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Resource, "at", of_resource)
        patch.setattr(Property, "at", of_property)
        patch.setattr(Property, "child", of_child)
        evaluate(rules_for(spec), spec, graph)
    return found


def test_what_rules_read_is_compared_or_listed(read: dict[str, set[str]]) -> None:
    assert len(read) > 25, "nothing was recorded"
    silent = {type_: names for type_, names in read.items() if type_ not in TYPES and type_ not in NO_TYPES}
    unseen = {type_ for type_ in silent if type_.startswith("AWS::")}
    assert not unseen, f"rules read these types, and nothing compares them: {silent}"
    missing = {
        type_: left
        for type_, names in read.items()
        if type_ in TYPES
        and (
            left := names
            - {one.path.partition(".")[0] for one in TYPES[type_]}
            - set(NOT_COMPARED.get(type_, {}))
            - {"Tags"}
        )
    }
    assert missing == {}


def test_list_of_what_is_not_compared_holds_nothing_that_is(read: dict[str, set[str]]) -> None:
    for type_, names in NOT_COMPARED.items():
        compared = {one.path.partition(".")[0] for one in TYPES[type_]}
        assert not compared & set(names), type_


def test_every_type_is_one_that_an_account_tells() -> None:
    told = {type_ for operation in operations() for type_ in operation.hides}
    assert set(TYPES) <= told, set(TYPES) - told
    assert set(TYPES) >= SEEN_IN_USE_ONLY
    assert not FOLDED & set(TYPES)


def test_rules_that_the_table_names_exist() -> None:
    known = {rule.id for rule in rules_for(load_spec("broxiva").resolve("prod"))}
    named = {rule for compared in TYPES.values() for one in compared for rule in one.rules}
    assert named <= known, named - known
