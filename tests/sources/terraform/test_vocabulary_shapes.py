"""Resources that become several, resources that add to others, and security groups' rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from asbuilt.graph import Graph
from asbuilt.model import ABSENT, Edge, Location, Resource, Unknown
from asbuilt.sources.terraform.resources import to_resources
from sources.terraform.fake_instance import FakeInstance, ref, variable


def made(*instances: FakeInstance) -> dict[str, Resource]:
    return {resource.address: resource for resource in to_resources(instances)}


def rule(**arguments: Any) -> FakeInstance:
    return FakeInstance("aws_security_group_rule.r", {"security_group_id": ref("aws_security_group.a"), **arguments})


def test_routes_inside_a_table_are_resources() -> None:
    found = made(
        FakeInstance("aws_internet_gateway.a", {"vpc_id": ref("aws_vpc.a")}),
        FakeInstance(
            "aws_route_table.a",
            {
                "vpc_id": ref("aws_vpc.a"),
                "route": [
                    {"cidr_block": "0.0.0.0/0", "gateway_id": ref("aws_internet_gateway.a")},
                    variable("more"),
                ],
            },
        ),
    )
    assert set(found) == {
        "aws_internet_gateway.a",
        "aws_internet_gateway.a.vpc_id",
        "aws_route_table.a",
        "aws_route_table.a.route[0]",
        "aws_route_table.a.route[1]",
    }
    route = found["aws_route_table.a.route[0]"]
    assert route.type == "AWS::EC2::Route"
    assert route.get("DestinationCidrBlock") == "0.0.0.0/0"
    assert route.at("GatewayId").trace.location.file == "route/0/gateway_id"
    assert route.native(("GatewayId",)) == "route[0].gateway_id"
    assert route.location.file == "route/0"
    graph = Graph(found.values())
    assert graph.target(route.at("RouteTableId")) == found["aws_route_table.a"]
    assert graph.target(route.at("GatewayId")) == found["aws_internet_gateway.a"]
    maybe = found["aws_route_table.a.route[1]"]
    assert maybe.conditional == variable("more")
    assert maybe.get("GatewayId") == variable("more")
    attachment = found["aws_internet_gateway.a.vpc_id"]
    assert attachment.type == "AWS::EC2::VPCGatewayAttachment"
    assert graph.target(attachment.at("InternetGatewayId")) == found["aws_internet_gateway.a"]
    assert attachment.get("VpcId") == ref("aws_vpc.a")


def test_routes_that_are_unknown_altogether() -> None:
    found = made(FakeInstance("aws_route_table.a", {"route": variable("routes")}))
    route = found["aws_route_table.a.route[*]"]
    assert route.conditional == variable("routes")
    assert route.get("DestinationCidrBlock") == variable("routes")


def test_the_main_route_table() -> None:
    found = made(
        FakeInstance(
            "aws_default_route_table.d", {"default_route_table_id": ref("aws_vpc.a", "default_route_table_id")}
        ),
        FakeInstance("aws_route_table.b", {"vpc_id": ref("aws_vpc.b")}),
        FakeInstance("aws_main_route_table_association.b", {"route_table_id": ref("aws_route_table.b")}),
    )
    assert set(found) == {"aws_default_route_table.d", "aws_route_table.b"}
    assert found["aws_default_route_table.d"].get("Main") is True
    assert found["aws_default_route_table.d"].get("VpcId").references[0].target == "root:aws_vpc.a"
    assert found["aws_route_table.b"].get("Main") is True
    assert found["aws_route_table.b"].get("VpcId") == ref("aws_vpc.b")


def test_inline_rules_one_for_each_source() -> None:
    group = made(
        FakeInstance(
            "aws_security_group.a",
            {
                "ingress": [
                    {"from_port": 80, "to_port": 80, "protocol": "TCP", "cidr_blocks": ["10.0.0.0/8", variable("c")]},
                    {"from_port": 0, "to_port": 0, "protocol": -1, "self": True, "cidr_blocks": None},
                    variable("more"),
                    {"from_port": "22", "to_port": "22", "protocol": "6", "cidr_blocks": variable("list")},
                ]
            },
        )
    )["aws_security_group.a"]
    tcp = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}
    rules = group.get("SecurityGroupIngress")
    assert rules[0] == {**tcp, "CidrIp": "10.0.0.0/8"}
    assert rules[1] == {**tcp, "CidrIp": variable("c")}
    assert rules[2]["IpProtocol"] == "-1"
    assert rules[2]["SourceSecurityGroupId"].references[0].target == group.key
    assert rules[3] == variable("more")
    assert rules[4] == {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": variable("list")}
    assert group.at("SecurityGroupIngress.1.CidrIp").trace.location.file == "ingress/0/cidr_blocks/1"
    assert group.at("SecurityGroupIngress.4.FromPort").trace.location.file == "ingress/3/from_port"
    assert group.native(("SecurityGroupIngress", 4, "FromPort")) == "ingress[3].from_port"
    assert group.native(("SecurityGroupIngress", 0, "CidrIp")) == "ingress[0].cidr_blocks[0]"


def test_a_rule_of_its_own() -> None:
    found = made(rule(type="ingress", protocol="tcp", from_port=443, to_port=443, cidr_blocks=["0.0.0.0/0"]))
    only = found["aws_security_group_rule.r"]
    assert only.type == "AWS::EC2::SecurityGroupIngress"
    assert only.get("CidrIp") == "0.0.0.0/0"
    assert only.at("CidrIp").trace.location.file == "cidr_blocks/0"
    assert only.get("GroupId") == ref("aws_security_group.a")


def test_a_rule_over_several_ranges_is_several() -> None:
    found = made(rule(type="egress", cidr_blocks=["10.0.0.0/8"], ipv6_cidr_blocks=["::/0"], self=False))
    assert {(r.address, r.get("CidrIp"), r.get("CidrIpv6")) for r in found.values()} == {
        ("aws_security_group_rule.r.cidr_blocks[0]", "10.0.0.0/8", ABSENT),
        ("aws_security_group_rule.r.ipv6_cidr_blocks[0]", ABSENT, "::/0"),
    }
    assert {r.type for r in found.values()} == {"AWS::EC2::SecurityGroupEgress"}


def test_a_rule_to_itself() -> None:
    only = made(rule(type="ingress", self=True))["aws_security_group_rule.r"]
    assert only.get("SourceSecurityGroupId") == only.get("GroupId") == ref("aws_security_group.a")


def test_a_rule_whose_direction_is_unknown_may_be_either() -> None:
    found = to_resources([rule(type=variable("t"), cidr_blocks=["0.0.0.0/0"])])
    assert {r.type for r in found} == {"AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"}
    assert all(r.conditional == variable("t") for r in found)
    assert len({r.key for r in found}) == 2


ROLE = FakeInstance("aws_iam_role.a", {"name": "task", "managed_policy_arns": ["arn:one"]})


def attachment(role: Any, **more: Any) -> FakeInstance:
    return FakeInstance("aws_iam_role_policy_attachment.x", {"role": role, "policy_arn": "arn:two"}, **more)


def test_an_attachment_adds_to_its_role() -> None:
    for reference in (ref("aws_iam_role.a", "name"), "task"):
        found = made(attachment(reference), ROLE)
        assert set(found) == {"aws_iam_role.a"}
        role = found["aws_iam_role.a"]
        assert role.get("ManagedPolicyArns") == ["arn:one", "arn:two"]
        assert role.at("ManagedPolicyArns.0").trace.location.file == "managed_policy_arns/0"
        assert role.at("ManagedPolicyArns.1").trace.location.file == "policy_arn"


def test_an_attachment_to_nothing_in_the_code_stays() -> None:
    for reference in (variable("role"), "another", None):
        found = made(ROLE, attachment(reference))
        assert set(found) == {"aws_iam_role.a", "aws_iam_role_policy_attachment.x"}
        assert found["aws_iam_role_policy_attachment.x"].type == "Terraform::aws_iam_role_policy_attachment"
        assert found["aws_iam_role.a"].get("ManagedPolicyArns") == ["arn:one"]


def test_of_two_roles_with_one_name_the_source_says_which() -> None:
    twin = FakeInstance("module.b.aws_iam_role.a", {"name": "task"})
    edge = Edge("role", Location("main.tf", 3), twin.key, "name")
    found = made(ROLE, twin, attachment("task", references=(edge,)))
    assert found["module.b.aws_iam_role.a"].get("ManagedPolicyArns") == ["arn:two"]
    assert found["aws_iam_role.a"].get("ManagedPolicyArns") == ["arn:one"]
    assert "aws_iam_role_policy_attachment.x" in made(ROLE, twin, attachment("task"))


def test_an_attachment_that_may_not_exist_adds_something_unknown() -> None:
    role = made(ROLE, attachment("task", conditional=variable("count")))["aws_iam_role.a"]
    assert role.get("ManagedPolicyArns") == ["arn:one", variable("count")]


def test_one_attachment_to_several_roles() -> None:
    other = FakeInstance("aws_iam_role.b", {"name": "b"})
    both = FakeInstance(
        "aws_iam_policy_attachment.x", {"roles": ["task", ref("aws_iam_role.b", "name")], "policy_arn": "arn:two"}
    )
    found = made(ROLE, other, both)
    assert found["aws_iam_role.a"].get("ManagedPolicyArns") == ["arn:one", "arn:two"]
    assert found["aws_iam_role.b"].get("ManagedPolicyArns") == ["arn:two"]


def test_a_buckets_settings_come_together() -> None:
    bucket = FakeInstance("aws_s3_bucket.a", {"bucket": "data"})
    rules = [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms"}]}]
    found = made(
        FakeInstance(
            "aws_s3_bucket_server_side_encryption_configuration.a", {"bucket": ref("aws_s3_bucket.a"), "rule": rules}
        ),
        FakeInstance(
            "aws_s3_bucket_public_access_block.a", {"bucket": ref("aws_s3_bucket.a"), "block_public_acls": True}
        ),
        FakeInstance("aws_s3_bucket_policy.a", {"bucket": ref("aws_s3_bucket.a"), "policy": "{}"}),
        bucket,
    )
    assert set(found) == {"aws_s3_bucket.a", "aws_s3_bucket_policy.a"}
    made_bucket = found["aws_s3_bucket.a"]
    at = "BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.SSEAlgorithm"
    assert made_bucket.get(at) == "aws:kms"
    assert made_bucket.at(at).trace.location.file == ("rule/0/apply_server_side_encryption_by_default/0/sse_algorithm")
    assert made_bucket.get("PublicAccessBlockConfiguration") == {"BlockPublicAcls": True}


def test_targets_are_registered_with_their_group() -> None:
    group = FakeInstance("aws_lb_target_group.a", {"name": "a"})
    targets = [
        FakeInstance(
            f"aws_lb_target_group_attachment.{n}",
            {"target_group_arn": ref("aws_lb_target_group.a", "arn"), "target_id": f"i-{n}", "port": 80},
        )
        for n in (1, 2)
    ]
    found = made(group, *targets)["aws_lb_target_group.a"]
    assert found.get("Targets") == [{"Id": "i-1", "Port": 80}, {"Id": "i-2", "Port": 80}]
    assert found.at("Targets.1.Id").trace.location.file == "target_id"


def test_an_association_with_a_gateway_is_not_one_with_a_subnet() -> None:
    found = to_resources(
        [
            FakeInstance("aws_route_table_association.a", {"subnet_id": ref("aws_subnet.a")}),
            FakeInstance("aws_route_table_association.b", {"gateway_id": ref("aws_internet_gateway.a")}),
        ]
    )
    assert [r.type for r in found] == [
        "AWS::EC2::SubnetRouteTableAssociation",
        "AWS::EC2::GatewayRouteTableAssociation",
    ]


def test_a_conditional_instance_is_a_conditional_resource() -> None:
    maybe = replace(FakeInstance("aws_vpc.a"), conditional=variable("count"))
    (vpc,) = to_resources([maybe])
    assert isinstance(vpc.conditional, Unknown)


def test_twenty_thousand_instances_evaluate_nothing() -> None:
    instances = [FakeInstance(f"aws_ecs_service.s{n}", {"name": variable("n")}) for n in range(20_000)]
    assert len(to_resources(instances)) == 20_000
    assert not any(instance.asked for instance in instances)
