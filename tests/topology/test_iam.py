"""Which policies a role has, wherever they stand, and whose the resources are that they name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from asbuilt.graph import Graph
from asbuilt.model import Location, Reference, Resource, Unknown, UnknownKind
from asbuilt.topology.iam import aws_managed_policies, boundary_of, policies_of, role_targets, task_roles
from asbuilt.topology.policies import Doubt, Statement
from asbuilt.topology.scope import Scope, scope_of

ROOT = Path(__file__).parents[2]
HERE = Location("main.tf", 1)


def resource(kind: str, key: str, name: str = "", **properties: Any) -> Resource:
    return Resource(key, key, kind, properties, HERE, name=name)


def role(**properties: Any) -> Resource:
    return resource("AWS::IAM::Role", "aws_iam_role.task", "shop-task", RoleName="shop-task", **properties)


def document(action: str) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


def to(key: str, attribute: str = "arn", *, exact: bool = True, **more: Any) -> Unknown:
    return Unknown(
        UnknownKind.COMPUTED, "known after apply", references=(Reference(key, attribute),), exact=exact, **more
    )


def hidden(**more: Any) -> Unknown:
    return Unknown(UnknownKind.VARIABLE, "var.x has no value", **more)


def allowed(graph: Graph, of: Resource) -> set[str]:
    found = [item for item in policies_of(of, graph) if isinstance(item, Statement)]
    return {element.value for item in found for element in item.actions}


def doubts(graph: Graph, of: Resource) -> list[Doubt]:
    return [item for item in policies_of(of, graph) if isinstance(item, Doubt)]


def test_inline_policies_in_every_form() -> None:
    task = role(Policies=[{"PolicyName": "a", "PolicyDocument": document("a:A")}])
    graph = Graph(
        [
            task,
            resource("AWS::IAM::RolePolicy", "b", RoleName="shop-task", PolicyDocument=document("b:B")),
            resource("AWS::IAM::RolePolicy", "c", RoleName=to(task.key, "id"), PolicyDocument=document("c:C")),
            resource("AWS::IAM::Policy", "d", Roles=["shop-task", "other"], PolicyDocument=document("d:D")),
            resource("AWS::IAM::ManagedPolicy", "e", Roles=[to(task.key, "name")], PolicyDocument=document("e:E")),
            resource("AWS::IAM::RolePolicy", "f", RoleName="other", PolicyDocument=document("f:F")),
            resource("AWS::IAM::ManagedPolicy", "g", "g", PolicyDocument=document("g:G")),
        ]
    )
    assert allowed(graph, task) == {"a:A", "b:B", "c:C", "d:D", "e:E"}
    assert not doubts(graph, task)


@pytest.mark.parametrize(
    "arn",
    [
        to("aws_iam_policy.shared"),
        "arn:aws:iam::123456789012:policy/shared",
        "arn:aws:iam::123456789012:policy/team/shared",
        hidden(prefix="arn:aws:iam::", suffix=":policy/shared"),
    ],
)
def test_managed_policies_by_reference_or_arn(arn: Any) -> None:
    task = role(ManagedPolicyArns=[arn])
    shared = resource("AWS::IAM::ManagedPolicy", "aws_iam_policy.shared", "shared", PolicyDocument=document("s:S"))
    graph = Graph([task, shared])
    assert (allowed(graph, task), doubts(graph, task)) == ({"s:S"}, [])


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov"])
def test_aws_managed_policies_are_known(partition: str) -> None:
    task = role(ManagedPolicyArns=[f"arn:{partition}:iam::aws:policy/AWSXRayDaemonWriteAccess"])
    graph = Graph([task])
    assert allowed(graph, task) >= {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
    assert not doubts(graph, task)


@pytest.mark.parametrize(
    "arn", [hidden(), "arn:aws:iam::aws:policy/SomethingNew", "arn:aws:iam::123456789012:policy/elsewhere"]
)
def test_a_policy_that_cannot_be_read_is_a_doubt(arn: Any) -> None:
    task = role(ManagedPolicyArns=[arn])
    (doubt,) = doubts(Graph([task]), task)
    assert doubt.prop is not None
    assert doubt.prop.path[0] == "ManagedPolicyArns"


def test_a_policy_of_an_unknown_role_and_one_that_may_not_exist_are_doubts() -> None:
    task = role(ManagedPolicyArns=[to("aws_iam_policy.maybe")])
    loose = resource("AWS::IAM::RolePolicy", "loose", RoleName=hidden(), PolicyDocument=document("a:A"))
    attachment = resource("Terraform::aws_iam_role_policy_attachment", "attachment", role=hidden())
    maybe = Resource(
        "aws_iam_policy.maybe",
        "maybe",
        "AWS::IAM::ManagedPolicy",
        {"PolicyDocument": document("b:B")},
        HERE,
        conditional=hidden(),
    )
    graph = Graph([task, loose, attachment, maybe])
    assert len(doubts(graph, task)) == 3
    assert not allowed(graph, task)


def test_a_boundary_is_read_like_a_managed_policy() -> None:
    assert boundary_of(role(), Graph([])) is None
    bounded = role(PermissionsBoundary="arn:aws:iam::aws:policy/PowerUserAccess")
    found = boundary_of(bounded, Graph([bounded]))
    assert found
    assert all(isinstance(item, Statement) for item in found)


def test_roles_of_task_definitions() -> None:
    task = role()
    named = [
        to(task.key),
        "arn:aws:iam::123456789012:role/team/shop-task",
        hidden(suffix=":role/shop-task"),
        "shop-task",
    ]
    definitions = [
        resource("AWS::ECS::TaskDefinition", f"t{at}", TaskRoleArn=value)
        for at, value in enumerate([*named, "arn:aws:iam::123456789012:role/other", hidden()])
    ]
    graph = Graph([task, *definitions])
    found = task_roles(graph)
    assert found.roles == (task,)
    assert [prop.resource.key for prop, _ in found.loose] == ["t4", "t5"]
    assert role_targets(definitions[0].at("ExecutionRoleArn"), graph) == ()


BUCKET = resource("AWS::S3::Bucket", "aws_s3_bucket.media", "media-files")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("*", Scope.EVERYTHING),
        ("arn:aws:s3:::*", Scope.EVERYTHING),
        ("arn:aws:s3:*", Scope.EVERYTHING),
        ("arn:aws:secretsmanager:eu-west-1:123456789012:secret:*", Scope.EVERYTHING),
        ("arn:aws:ssm:*:*:parameter/*", Scope.EVERYTHING),
        ("arn:aws:s3:::shop-media/*", Scope.OWN),
        ("arn:aws:s3:::Shop", Scope.OWN),
        ("arn:aws:ssm:eu-west-1:123456789012:parameter/shop/prod/*", Scope.OWN),
        ("arn:aws:s3:::workshop-media/*", Scope.FOREIGN),
        ("arn:aws:s3:::*-shop-media", Scope.FOREIGN),
        ("arn:aws:s3:::media-files/*", Scope.OWN),
        ("arn:aws:s3:::other-files/*", Scope.FOREIGN),
        (to(BUCKET.key), Scope.OWN),
        (to(BUCKET.key, exact=False, suffix="/*"), Scope.OWN),
        (to("data.aws_s3_bucket.elsewhere"), None),
        (hidden(), None),
        (hidden(prefix="arn:aws:s3:::", suffix="/*"), None),
        (hidden(prefix="arn:aws:s3:::shop-", suffix="/*"), Scope.OWN),
        (hidden(prefix="arn:aws:logs:eu-west-1:", suffix=":log-group:/shop/*"), Scope.OWN),
        (hidden(prefix="arn:aws:secretsmanager:eu-west-1:", suffix=":secret:*"), Scope.EVERYTHING),
        (hidden(prefix="arn:aws:secretsmanager:eu-west-1:", suffix=":secret:billing/*"), Scope.FOREIGN),
        (hidden(prefix="arn:", suffix=":s3:::other-files/*"), Scope.FOREIGN),
        (hidden(prefix="arn:", suffix=":s3:::shop-media/*"), Scope.OWN),
        (hidden(suffix=":*"), None),
    ],
)
def test_whose_a_resource_is(value: Any, expected: Scope | None) -> None:
    found = scope_of(value, "shop", Graph([BUCKET]))
    assert (None if isinstance(found, Unknown) else found) is expected


def test_table_of_managed_policies_is_what_the_script_makes() -> None:
    script = ROOT / "scripts" / "make_managed_policies.py"
    assert subprocess.run([sys.executable, str(script), "--check"], check=False).returncode == 0
    assert "service-role/AmazonECSTaskExecutionRolePolicy" in aws_managed_policies()
