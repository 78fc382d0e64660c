"""The policy for audits: exactly the calls that an audit makes, and nothing that reads what is stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from asbuilt.cli.iam_policy import command
from asbuilt.scan import Options
from asbuilt.scan import read as read_code
from asbuilt.sources.aws.collect import operations
from asbuilt.sources.aws.policy import policy
from sources.aws.overlay import ACCOUNT, model_of
from sources.aws.test_collect import CLUSTER, read, services

FORBIDDEN = ("secretsmanager:GetSecretValue", "ssm:GetParameter", "kms:Decrypt", "s3:GetObject", "logs:GetLogEvents")
GROUP = f"arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:targetgroup/api/1"
BALANCER = f"arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:loadbalancer/app/broxiva/1"


def actions(document: dict[str, Any]) -> set[str]:
    return {action for statement in document["Statement"] for action in statement["Action"]}


def test_the_policy_allows_exactly_what_an_audit_calls() -> None:
    answers = services("api")
    answers["ecs.DescribeServices"]["services"][0]["taskDefinition"] = "api:1"
    extra = f"arn:aws:ecs:us-east-1:{ACCOUNT}:service/broxiva-prod/api"
    answers["ecs.ListServices"] = {"serviceArns": [extra]}
    task = {"taskArn": f"{CLUSTER.replace('cluster', 'task')}/1", "group": "service:api"}
    definition = {"taskDefinitionArn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:task-definition/api:1", "family": "api"}
    answers |= {
        "ecs.DescribeTaskDefinition": {"taskDefinition": definition},
        "ecs.ListTasks": {"taskArns": [task["taskArn"]]},
        "ecs.DescribeTasks": {"tasks": [task]},
        "kms.DescribeKey": {"KeyMetadata": {"KeyId": "k", "Arn": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k"}},
        "ec2.DescribeVpcs": {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]},
        "elbv2.DescribeLoadBalancers": {"LoadBalancers": [{"LoadBalancerArn": BALANCER, "VpcId": "vpc-1"}]},
        "elbv2.DescribeListeners": {
            "Listeners": [{"ListenerArn": f"{BALANCER}/2", "SslPolicy": "ELBSecurityPolicy-2031-01"}]
        },
        "elbv2.DescribeTargetGroups": {"TargetGroups": [{"TargetGroupArn": GROUP}]},
        "logs.DescribeLogGroups": {"logGroups": [{"logGroupName": "/aws/ecs/broxiva-prod/api", "kmsKeyId": "k"}]},
        "servicediscovery.ListNamespaces": {"Namespaces": [{"Id": "ns-1", "Name": "a.local", "Type": "DNS_PRIVATE"}]},
        "servicediscovery.ListServices": {"Services": [{"Id": "srv-1", "Name": "api"}]},
    }
    _, part, overlay = read(answers)
    assert part.gaps == []
    called = {name for name in overlay.calls if name != "sts.GetCallerIdentity"}
    assert called == {str(operation) for operation in operations()}
    allowed = actions(policy())
    assert allowed == {operation.action for operation in operations()} | {"sts:GetCallerIdentity"}
    assert not any(action.startswith(FORBIDDEN) or "*" in action for action in allowed)


def test_operations_only_read_and_are_botocores() -> None:
    for operation in operations():
        model = model_of(operation.service).operation_model(operation.name)
        assert operation.name.startswith(("Describe", "List", "Get")), operation
        assert operation.items.split(".")[0] in model.output_shape.members, operation


def test_statements_are_one_a_service_with_a_name_that_iam_takes() -> None:
    found = policy()["Statement"]
    assert all(statement["Sid"].isalnum() for statement in found)
    assert len({statement["Sid"] for statement in found}) == len(found)
    assert actions({"Statement": found}) >= {"elasticloadbalancing:DescribeRules", "cloudwatch:DescribeAlarms"}


def test_the_role_for_terraform_is_read_back_as_the_same_policy(tmp_path: Path) -> None:
    arguments = ["--format", "terraform", "--principal", "210987654321", "--external-id", "a:b/c"]
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0, result.output
    (tmp_path / "main.tf").write_text(result.stdout)
    graph = read_code(None, Options(paths=[tmp_path], root=tmp_path), lambda _: None)
    (role,) = graph.of_type("AWS::IAM::Role")
    (inline,) = graph.of_type("AWS::IAM::RolePolicy")
    assert inline.get("PolicyDocument") == policy()
    (statement,) = role.get("AssumeRolePolicyDocument")["Statement"]
    assert statement["Principal"] == {"AWS": "210987654321"}
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "a:b/c"}}


def test_the_role_for_cloudformation_has_the_policy() -> None:
    result = CliRunner().invoke(
        command, ["--format", "cloudformation", "--principal", "arn:aws:iam::210987654321:role/x"]
    )
    properties = json.loads(result.stdout)["Resources"]["Audit"]["Properties"]
    assert properties["Policies"][0]["PolicyDocument"] == policy()
    assert "Condition" not in properties["AssumeRolePolicyDocument"]["Statement"][0]


def test_a_role_without_a_principal_is_refused() -> None:
    for arguments in (["--format", "terraform"], ["--format", "terraform", "--principal", '"*"'], ["--principal", "1"]):
        assert CliRunner().invoke(command, arguments).exit_code == 2
