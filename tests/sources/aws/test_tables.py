"""Every field of a table is in botocore's response, every property in CloudFormation's schema."""

from __future__ import annotations

from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from asbuilt.sources.aws.collectors import modules
from asbuilt.sources.aws.table import CAPITALS, Capitals, Table, pick
from policies.test_rules_meta import OUR_OWN, has
from sources.aws.overlay import model_of

# What the API tells beside what CloudFormation has, and scope or reports need.
MORE = {
    ("AWS::ECS::Service", "PendingCount"),
    ("AWS::EC2::NatGateway", "State"),
    ("AWS::EC2::VPCGatewayAttachment", "State"),
    ("AWS::EC2::NetworkInterface", "VpcId"),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "State"),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "VpcId"),
    ("AWS::RDS::DBSubnetGroup", "VpcId"),
    ("AWS::ElastiCache::SubnetGroup", "VpcId"),
    ("AWS::ElastiCache::CacheCluster", "AtRestEncryptionEnabled"),
}


def tables() -> list[Table]:
    found: list[Table] = []
    for module in modules().values():
        for value in vars(module).values():
            found += [value] if isinstance(value, Table) else []
            found += [v for v in value.values() if isinstance(v, Table)] if isinstance(value, dict) else []
    return found


def shape_at(table: Table) -> Any:
    service, _, operation = table.operation.partition(".")
    shape = model_of(service).operation_model(operation).output_shape
    for part in filter(None, table.at.split(".")):
        shape = shape.members[part.removesuffix("[]")]
        shape = shape.member if part.endswith("[]") else shape
    return shape


@pytest.mark.parametrize("table", tables(), ids=lambda table: f"{table.type}-{table.operation}")
def test_fields_and_properties_exist(table: Table) -> None:
    shape = shape_at(table)
    for name, target in table.fields.items():
        place = shape
        for part in name.split("."):
            if (table.type, name) == ("AWS::EC2::SubnetRouteTableAssociation", "RouteTableId"):
                break
            assert part.removesuffix("[]") in place.members, f"{table.operation} {table.at}: no {name}"
            place = place.members[part.removesuffix("[]")]
            place = place.member if part.endswith("[]") else place
        path = target if isinstance(target, str) else target[0]
        if table.type.startswith("Live::") or (table.type, path) in OUR_OWN or (table.type, path) in MORE:
            continue
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", table.type).schema
        assert has(schema, tuple(path.split("."))), f"{table.type} has no {path}"


def test_fields_are_found_again_from_properties() -> None:
    service = modules()["ecs"].SERVICE
    path = ("NetworkConfiguration", "AwsvpcConfiguration", "Subnets", 1)
    assert service.native(path) == (
        "ecs.DescribeServices services[].networkConfiguration.awsvpcConfiguration.subnets[1]"
    )
    balancer = modules()["elbv2"].LOAD_BALANCER
    assert balancer.native(("Subnets", 2)).endswith("LoadBalancers[].AvailabilityZones[2].SubnetId")
    task = modules()["ecs"].TASK_DEFINITION
    path = ("ContainerDefinitions", 0, "LogConfiguration", "Options", "awslogs-group")
    assert task.native(path).endswith("taskDefinition.containerDefinitions[0].logConfiguration.options.awslogs-group")


def test_capitals_leave_the_users_own_names() -> None:
    converter = Capitals(("options",))
    value = {"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "g"}, "nothing": None}}
    assert converter.convert(value) == {"LogConfiguration": {"LogDriver": "awslogs", "Options": {"awslogs-group": "g"}}}
    assert CAPITALS.convert([{"key": "a"}]) == [{"Key": "a"}]


def test_lists_of_fields_are_picked() -> None:
    assert pick({"A": [{"B": 1}, {"C": 2}, {"B": 3}]}, "A[].B") == [1, 3]
    assert pick({"A": None}, "A[].B") is None
    assert pick({}, "A.B") is None
