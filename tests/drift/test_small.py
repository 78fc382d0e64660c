"""Comparisons of a few resources: defaults, ways of writing the same, names, waivers, what cannot be told."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from asbuilt import scan
from asbuilt.assertions import rules_for
from asbuilt.drift.board import Sources
from asbuilt.drift.drift import drift
from asbuilt.drift.model import State
from asbuilt.graph import joined
from asbuilt.sources.aws.account import read_account
from asbuilt.sources.aws.session import Access
from asbuilt.sources.aws.words import words_of
from asbuilt.waivers import WaiverOptions
from asbuilt.waivers.file import read_waivers
from sources.aws.overlay import Overlay
from waivers.test_everywhere import DOCUMENT, HERE, SPEC, WAIVERS, graph

if TYPE_CHECKING:
    from asbuilt.drift.model import Drift

Answers = dict[str, Any]


def answers() -> Answers:
    found: Answers = yaml.safe_load((HERE / "account.yaml").read_text())
    return found


def compared(
    account: Answers | Regions,
    source: str,
    folder: Path,
    waivers: str = "",
    code: str = "",
    template: Path | None = None,
    regions: tuple[str, ...] = ("eu-west-1",),
) -> Drift:
    """Compare the code of a source, or other Terraform, with what an account answers."""
    if template is not None:
        ours = scan.read(DOCUMENT, scan.Options(paths=[template], environment="prod", root=folder), lambda _: None)
    elif code:
        (folder / "code").mkdir()
        (folder / "code/main.tf").write_text(code)
        options = scan.Options(paths=[folder / "code"], environment="prod", root=folder)
        ours = scan.read(DOCUMENT, options, lambda _: None)
    else:
        ours = graph(source, folder)
    overlay = Overlay(account) if isinstance(account, dict) else account
    words = words_of(SPEC, DOCUMENT.names_of("prod"))
    read = read_account(Access(attempts=1), regions, words, prepare=overlay.install)
    theirs = joined(read.parts)
    today = datetime.now(UTC).date()
    file = read_waivers(waivers.encode(), "waivers.yaml", today) if waivers else None
    options = scan.Options(paths=(), environment="prod", waivers=WaiverOptions(file))
    judged = [scan.judge(DOCUMENT, SPEC, options, one, scan.Clock()) for one in (ours, theirs)]
    types = {rule.id: frozenset(rule.resources) for rule in rules_for(SPEC)}
    aside = tuple(resource for part in read.parts for resource in part.aside)
    return drift(Sources(SPEC, ours, judged[0], theirs, judged[1], aside, types))


def rows(found: Drift, *rules: str) -> set[tuple[str, str, str]]:
    return {(row.state.value, row.rule, row.subject) for row in found.rows if not rules or row.rule in rules}


RULES = ("log-group-retention", "subnet-availability-zone", "deployment-circuit-breaker")
SAME = {
    ("log-group-retention", "AWS::Logs::LogGroup//shop/prod/api"),
    ("log-group-retention", "AWS::Logs::LogGroup//shop/prod/analytics"),
    ("subnet-availability-zone", "AWS::EC2::Subnet/10.0.101.0/24"),
    ("subnet-availability-zone", "AWS::EC2::Subnet/10.0.1.0/24"),
    ("deployment-circuit-breaker", "AWS::ECS::Service/api"),
    ("deployment-circuit-breaker", "AWS::ECS::Service/analytics"),
}


@pytest.mark.parametrize("source", ["terraform", "plan", "state", "cloudformation"])
def test_any_code_that_breaks_the_spec_as_the_account_does_is_both_break(source: str, tmp_path: Path) -> None:
    found = compared(answers(), source, tmp_path)
    assert rows(found, *RULES) == {("both_break", rule, subject) for rule, subject in SAME}
    others = {row.rule: row for row in found.rows if row.state not in (State.BOTH_BREAK, State.UNKNOWN)}
    assert set(others) <= {"traces-received"}, others  # which only an account tells
    assert found.exit_code == 1


@pytest.mark.parametrize("source", ["terraform", "cloudformation"])
def test_account_that_was_mended_by_hand_leaves_the_code_behind(source: str, tmp_path: Path) -> None:
    account = answers()
    account["logs.DescribeLogGroups"]["logGroups"][0]["retentionInDays"] = 30
    found = compared(account, source, tmp_path)
    (row,) = [row for row in found.rows if row.subject.endswith("/shop/prod/api") and row.rule == "log-group-retention"]
    assert row.state is State.CODE_BEHIND
    assert (row.expected, row.code.value, row.account.value) == (30, 7, 30)
    assert "undoes" in row.do


def test_waiver_holds_for_both_sides_and_lets_nothing_else_through(tmp_path: Path) -> None:
    found = compared(answers(), "terraform", tmp_path, WAIVERS)
    assert {subject for state, _, subject in rows(found, *RULES) if state == "waived"} == {
        "AWS::Logs::LogGroup//shop/prod/api",
        "AWS::EC2::Subnet/10.0.101.0/24",
        "AWS::ECS::Service/analytics",
    }
    assert ("both_break", "log-group-retention", "AWS::Logs::LogGroup//shop/prod/analytics") in rows(found)


def test_waiver_for_the_code_alone_does_not_excuse_the_account(tmp_path: Path) -> None:
    day = datetime.now(UTC).date() + timedelta(days=9)
    address = json.dumps('aws_cloudwatch_log_group.services["api"]')
    own = f"waivers: [{{rule: log-group-retention, resource: {address}, reason: x, owner: y, expires: {day}}}]\n"
    found = compared(answers(), "terraform", tmp_path, own)
    assert ("both_break", "log-group-retention", "AWS::Logs::LogGroup//shop/prod/api") in rows(found)


SERVICE = """\
resource "aws_ecs_cluster" "main" { name = "shop-prod" }
resource "aws_ecs_task_definition" "api" {
  family                   = "shop-api"
  requires_compatibilities = ["FARGATE"]
  cpu                      = "%(cpu)s"
  memory                   = "%(memory)s"
  container_definitions    = jsonencode([{ name = "api", image = "shop/api:1" }])
}
resource "aws_ecs_service" "api" {
  name            = "api"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.api.arn
  launch_type     = "FARGATE"
  %(more)s
}
"""


def of_service(account: Answers) -> Answers:
    """Keep the service api of an account, and nothing else."""
    ecs = {name: answer for name, answer in account.items() if name.startswith("ecs.")}
    ecs["ecs.ListServices"]["serviceArns"] = ecs["ecs.ListServices"]["serviceArns"][:1]
    ecs["ecs.DescribeServices"]["services"] = ecs["ecs.DescribeServices"]["services"][:1]
    return ecs


def differing(found: Drift) -> set[tuple[str, str]]:
    """Return what differs although the spec allows it, or is unknown in one of the two."""
    return {(row.subject, row.property) for row in found.rows if row.state is State.DIFFERS}


def test_defaults_that_aws_fills_in_are_no_drift(tmp_path: Path) -> None:
    account = of_service(answers())
    account["ecs.DescribeServices"]["services"][0] |= {
        "deploymentConfiguration": {
            "deploymentCircuitBreaker": {"enable": False, "rollback": False},
            "minimumHealthyPercent": 100,
            "maximumPercent": 200,
        },
        "healthCheckGracePeriodSeconds": 0,
        "enableExecuteCommand": False,
        "platformVersion": "LATEST",
        "loadBalancers": [],
        "serviceRegistries": [],
    }
    code = SERVICE % {"cpu": "2 vCPU", "memory": "4 GB", "more": ""}
    assert differing(compared(account, "", tmp_path, code=code)) == set()


def test_default_of_aws_against_another_value_is_a_difference(tmp_path: Path) -> None:
    account = of_service(answers())
    account["ecs.DescribeServices"]["services"][0]["healthCheckGracePeriodSeconds"] = 45
    code = SERVICE % {"cpu": "2048", "memory": "4096", "more": "deployment_maximum_percent = 200"}
    found = compared(account, "", tmp_path, code=code)
    told = [row for row in found.rows if row.property == "HealthCheckGracePeriodSeconds"]
    assert [(row.code.value, row.code.absent, row.account.value) for row in told] == [(0, True, 45)]


def test_two_resources_of_one_name_are_told_and_not_guessed(tmp_path: Path) -> None:
    account = {"logs.DescribeLogGroups": answers()["logs.DescribeLogGroups"]}
    group = 'resource "aws_cloudwatch_log_group" "%s" {\n  name = "/shop/prod/api"\n}\n'
    found = compared(account, "", tmp_path, code=group % "one" + group % "two")
    told = [row for row in found.rows if row.state is State.UNKNOWN and row.type == "AWS::Logs::LogGroup"]
    assert any("cannot be told which is which" in row.why for row in told)
    assert found.compared.pairs == 0


def test_name_that_is_not_known_makes_neither_missing_nor_unmanaged(tmp_path: Path) -> None:
    account = {"logs.DescribeLogGroups": answers()["logs.DescribeLogGroups"]}
    code = 'variable "name" {}\nresource "aws_cloudwatch_log_group" "one" {\n  name = var.name\n}\n'
    found = compared(account, "", tmp_path, code=code)
    assert not {row.state for row in found.rows} & {State.MISSING, State.UNMANAGED}
    assert any(row.state is State.UNKNOWN and "its name is not known" in row.why for row in found.rows)


def test_module_that_is_not_on_disk_may_make_what_no_code_makes(tmp_path: Path) -> None:
    account = {"logs.DescribeLogGroups": answers()["logs.DescribeLogGroups"]}
    code = 'module "logs" {\n  source  = "acme/logs/aws"\n  version = "1.0.0"\n}\n'
    found = compared(account, "", tmp_path, code=code)
    assert State.UNMANAGED not in {row.state for row in found.rows}
    told = [row for row in found.rows if row.type == "AWS::Logs::LogGroup" and row.account.address]
    assert told
    assert all(row.state is State.UNKNOWN for row in told)
    assert any("may make it" in row.why for row in told)


def test_same_account_and_code_say_the_same_twice(tmp_path: Path) -> None:
    first, second = (compared(answers(), "terraform", tmp_path) for _ in range(2))
    assert first.rows == second.rows
    assert len({row.id for row in first.rows}) == len(first.rows)
    assert replace(first.compared) == second.compared


def test_advice_on_what_is_live_names_no_place_in_a_file(tmp_path: Path) -> None:
    account = answers()
    for answer in account["ecs.DescribeTaskDefinition"]:
        del answer["response"]["taskDefinition"]["requiresCompatibilities"]
    found = compared(account, "terraform", tmp_path)
    (row,) = [row for row in found.rows if row.rule == "fargate-only" and row.subject.endswith("/shop-api")]
    assert row.account.fix.startswith("name FARGATE in `ecs.DescribeTaskDefinition")
    assert ":0" not in row.account.fix


SCALED = """\
Resources:
  Target:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties:
      ResourceId: service/shop-prod/api
      ScalableDimension: ecs:service:DesiredCount
      ServiceNamespace: ecs
      MinCapacity: 5
      MaxCapacity: 20
  Policy:
    Type: AWS::ApplicationAutoScaling::ScalingPolicy
    Properties:
      PolicyName: shop-api-cpu
      PolicyType: TargetTrackingScaling
      ScalingTargetId: !Ref Target
      TargetTrackingScalingPolicyConfiguration:
        TargetValue: 70
        PredefinedMetricSpecification: {PredefinedMetricType: ECSServiceAverageCPUUtilization}
"""


def test_policies_of_other_names_are_paired_by_what_they_scale_on_what(tmp_path: Path) -> None:
    own = {"ResourceId": "service/shop-prod/api", "ServiceNamespace": "ecs"}
    own["ScalableDimension"] = "ecs:service:DesiredCount"
    arn = "arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:1:resource/ecs/x:policyName/api-cpu"
    tracking = {
        "TargetValue": 60.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
    }
    policy = {"PolicyARN": arn, "PolicyName": "api-cpu", "PolicyType": "TargetTrackingScaling", **own}
    policy["TargetTrackingScalingPolicyConfiguration"] = tracking
    account = {
        "application-autoscaling.DescribeScalableTargets": {
            "ScalableTargets": [{**own, "MinCapacity": 5, "MaxCapacity": 20}]
        },
        "application-autoscaling.DescribeScalingPolicies": {"ScalingPolicies": [policy]},
    }
    (tmp_path / "template.yaml").write_text(SCALED)
    found = compared(account, "", tmp_path, template=tmp_path / "template.yaml")
    told = [row for row in found.rows if row.property.endswith("TargetValue")]
    assert [(row.state, row.code.value, row.account.value) for row in told] == [(State.DIFFERS, 70, 60)]
    assert not {row.state for row in found.rows} & {State.MISSING, State.UNMANAGED}


class Regions:
    """The same account in several regions: each has resources of its own, by the same names."""

    def __init__(self, *others: str) -> None:
        text = (HERE / "account.yaml").read_text()
        self.overlays = {"eu-west-1": Overlay(yaml.safe_load(text))}
        for number, region in enumerate(others, 8):
            own = re.sub(r"\b(vpc|subnet|sg|rtb|igw|nat|eni|vpce)-(?=\w)", rf"\1-{number}", text)
            self.overlays[region] = Overlay(yaml.safe_load(own.replace("eu-west-1", region)))

    def install(self, session: Any) -> None:
        session.events.register("before-parameter-build", self._note)
        session.events.register("before-call", self._answer)

    def _note(self, context: dict[str, Any], **given: Any) -> None:
        self._of(context)._note(context=context, **given)

    def _answer(self, context: dict[str, Any], **given: Any) -> Any:
        return self._of(context)._answer(context=context, **given)

    def _of(self, context: dict[str, Any]) -> Overlay:
        return self.overlays.get(context["client_region"], self.overlays["eu-west-1"])


def test_code_of_one_region_is_paired_with_that_region_of_two(tmp_path: Path) -> None:
    code = 'provider "aws" {\n  region = "eu-west-1"\n}\n' + (HERE / "code/main.tf").read_text()
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    one = compared(Regions(), "terraform", folders[0], code=code)
    two = compared(Regions("us-east-1"), "terraform", folders[1], code=code, regions=("eu-west-1", "us-east-1"))
    assert rows(one) <= rows(two)
    more = rows(two) - rows(one)
    assert {state for state, rule, _ in more if rule != "traces-received"} == {"unmanaged"}
    assert ("unmanaged", "region", "AWS::ECS::Cluster/shop-prod") in more
