"""Ways in which infrastructure that breaks the architecture once passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.discovery import discover
from asbuilt.evaluate import Evaluation, evaluate
from asbuilt.model import Unknown, UnknownKind, Verdict
from asbuilt.scan import Options, read
from asbuilt.spec import load_spec

if TYPE_CHECKING:
    from pathlib import Path

    from asbuilt.graph import Graph

SPEC = """
asbuilt: 1
name: shop
load_balancer:
  scheme: internet-facing
  tls_policy: ELBSecurityPolicy-TLS13-1-2-2021-06
  http_redirect: {protocol: HTTPS, port: 443}
"""
ONLY = ("load-balancer-scheme", "listener-tls-policy", "http-redirects-to-https")


def graph_of(folder: Path, code: str) -> Graph:
    (folder / "main.tf").write_text(code)
    (folder / "spec.yaml").write_text(SPEC)
    return read(load_spec(str(folder / "spec.yaml")), Options(paths=(folder,), root=folder), lambda _: None)


def judge(folder: Path, code: str) -> Evaluation:
    graph = graph_of(folder, code)
    spec = load_spec(str(folder / "spec.yaml")).resolve(None)
    return evaluate([rule for rule in discover() if rule.id in ONLY], spec, graph)


def test_nothing_passes_where_everything_is_in_modules_that_are_not_on_disk(tmp_path: Path) -> None:
    found = judge(tmp_path, 'module "alb" {\n  source = "terraform-aws-modules/alb/aws"\n}\n')
    assert not found.passes
    assert {f.rule: f.verdict for f in found.findings} == dict.fromkeys(ONLY, Verdict.UNKNOWN)


def test_nothing_passes_where_there_is_nothing_of_it(tmp_path: Path) -> None:
    found = judge(tmp_path, 'resource "aws_sqs_queue" "mails" {\n  name = "mails"\n}\n')
    assert not found.passes
    assert {f.rule: f.verdict for f in found.findings} == dict.fromkeys(ONLY, Verdict.NOT_APPLICABLE)


def test_what_is_joined_to_references_does_not_vanish_behind_them(tmp_path: Path) -> None:
    code = """
variable "more" {
  type = list(string)
}
resource "aws_security_group" "own" {}
resource "aws_lb" "joined" {
  security_groups = concat([aws_security_group.own.id], var.more)
}
resource "aws_lb" "distinct" {
  security_groups = distinct(compact(concat([aws_security_group.own.id], var.more)))
}
resource "aws_lb" "flat" {
  security_groups = flatten([aws_security_group.own.id, var.more])
}
resource "aws_lb" "set" {
  security_groups = setunion([aws_security_group.own.id], var.more)
}
resource "aws_lb" "mapped" {
  security_groups = [for id in concat([aws_security_group.own.id], var.more) : id]
}
resource "aws_lb" "computed" {
  security_groups = concat([aws_security_group.own.id], aws_vpc_endpoint.other.security_group_ids)
}
resource "aws_vpc_endpoint" "other" {}
"""
    graph = graph_of(tmp_path, code)
    for balancer in graph.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer"):
        found = graph.targets(balancer.at("SecurityGroups"), "AWS::EC2::SecurityGroup")
        assert any(isinstance(target, Unknown) for target in found), balancer.address
    joined = graph.targets(
        graph.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer")[0].at("SecurityGroups"), "AWS::EC2::SecurityGroup"
    )
    kinds = [target.kind if isinstance(target, Unknown) else target.address for target in joined]
    assert kinds == ["aws_security_group.own", UnknownKind.VARIABLE]


def test_a_rule_whose_resources_may_be_in_modules_that_are_not_on_disk_is_unknown(tmp_path: Path) -> None:
    code = 'module "data" {\n  source = "acme/data/aws"\n}\n'
    graph = graph_of(tmp_path, code)
    (tmp_path / "spec.yaml").write_text("asbuilt: 1\nname: shop\ndatabase: {multi_az: true, encrypted: true}\n")
    spec = load_spec(str(tmp_path / "spec.yaml")).resolve(None)
    found = evaluate(discover(), spec, graph)
    assert {f.rule: f.verdict for f in found.findings} == dict.fromkeys(
        ("database-multi-az", "database-encryption"), Verdict.UNKNOWN
    )
