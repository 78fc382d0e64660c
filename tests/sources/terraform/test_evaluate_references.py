"""References between resources, data sources, providers, policy documents, edges."""

# ruff: noqa: E501 - a configuration reads better on one line

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Reference, Unknown, UnknownKind
from sources.terraform.configurations import errors, loaded

if TYPE_CHECKING:
    from pathlib import Path


def key(directory: Path, address: str) -> str:
    return f"{directory}//{address}"


def test_a_written_attribute_of_another_resource_is_its_value_and_another_is_an_exact_reference(tmp_path: Path) -> None:
    _, found = loaded(
        tmp_path,
        """
        resource "aws_ecs_cluster" "c" { name = "main" }
        resource "aws_ecs_service" "s" {
          a = aws_ecs_cluster.c.name
          b = aws_ecs_cluster.c.id
          c = "${aws_ecs_cluster.c.arn}/x"
          d = aws_ecs_cluster.c.service_connect_defaults[0].namespace
        }
        """,
    )
    service = found["aws_ecs_service.s"]
    assert service.value("a") == "main"
    exact = service.value("b")
    assert (exact.kind, exact.exact) == (UnknownKind.COMPUTED, True)
    assert exact.references == (Reference(key(tmp_path, "aws_ecs_cluster.c"), "id"),)
    assert (service.value("c").exact, service.value("c").suffix) == (False, "/x")
    deep = service.value("d")
    assert deep.references == (Reference(key(tmp_path, "aws_ecs_cluster.c"), "service_connect_defaults[0].namespace"),)


def test_references_to_repeated_resources_keep_the_instance(tmp_path: Path) -> None:
    _, found = loaded(
        tmp_path,
        """
        resource "aws_subnet" "s" {
          for_each   = { a = "10.0.1.0/24", b = "10.0.2.0/24" }
          cidr_block = each.value
        }
        resource "aws_route_table_association" "r" {
          for_each  = aws_subnet.s
          subnet_id = each.value.id
          cidr      = each.value.cidr_block
        }
        resource "aws_x" "y" {
          ids   = values(aws_subnet.s)[*].id
          one   = aws_subnet.s["b"].cidr_block
          bad   = try(aws_subnet.s["c"].id, "none")
        }
        """,
    )
    one = found['aws_route_table_association.r["a"]']
    assert one.value("subnet_id").references == (Reference(key(tmp_path, 'aws_subnet.s["a"]'), "id"),)
    assert one.value("cidr") == "10.0.1.0/24"
    assert [u.references[0].target.rpartition("//")[2] for u in found["aws_x.y"].value("ids")] == [
        'aws_subnet.s["a"]', 'aws_subnet.s["b"]',
    ]  # fmt: skip
    assert found["aws_x.y"].value("one") == "10.0.2.0/24"
    assert found["aws_x.y"].value("bad") == "none"


def test_a_splat_over_an_unknown_number_of_instances_keeps_the_reference(tmp_path: Path) -> None:
    _, found = loaded(
        tmp_path,
        """
        variable "n" { type = number }
        resource "aws_subnet" "s" {
          count = var.n
          vpc   = "v"
        }
        resource "aws_x" "y" {
          ids = aws_subnet.s[*].id
          for = [for s in aws_subnet.s : s.id]
          one = aws_subnet.s[0].vpc
        }
        """,
    )
    for name in ("ids", "for"):
        value = found["aws_x.y"].value(name)
        assert isinstance(value, Unknown)
        assert Reference(key(tmp_path, "aws_subnet.s[*]"), "id") in value.references
    assert found["aws_x.y"].value("one") == "v"


def test_a_resource_passed_whole_through_a_module_keeps_its_attributes(tmp_path: Path) -> None:
    _, found = loaded(
        tmp_path,
        {
            "main.tf": 'resource "aws_vpc" "v" {\ncidr_block = "10.0.0.0/16"\n}\nmodule "m" {\nsource = "./m"\nvpc = aws_vpc.v\nvpcs = [aws_vpc.v]\n}',
            "m/main.tf": """
                variable "vpc" { type = object({ id = string, cidr_block = string }) }
                variable "vpcs" { type = list(object({ id = string })) }
                resource "aws_x" "y" {
                  id   = var.vpc.id
                  cidr = var.vpc.cidr_block
                  ids  = var.vpcs[*].id
                }
            """,
        },
    )
    inner = found["module.m.aws_x.y"]
    assert inner.value("cidr") == "10.0.0.0/16"
    assert inner.value("id").references == (Reference(key(tmp_path, "aws_vpc.v"), "id"),)
    assert inner.value("ids")[0].references == (Reference(key(tmp_path, "aws_vpc.v"), "id"),)


def test_providers_give_region_and_default_tags_through_modules_and_aliases(tmp_path: Path) -> None:
    _, found = loaded(
        tmp_path,
        {
            "main.tf": """
                variable "env" { default = "prod" }
                provider "aws" {
                  region = "us-east-1"
                  default_tags { tags = { Env = var.env } }
                }
                provider "aws" {
                  alias  = "dr"
                  region = "eu-west-1"
                }
                resource "aws_x" "plain" {}
                resource "aws_x" "dr" { provider = aws.dr }
                module "inherits" { source = "./m" }
                module "passed" {
                  source    = "./m"
                  providers = { aws = aws.dr }
                }
            """,
            "m/main.tf": 'data "aws_region" "r" {}\nresource "aws_x" "y" {\nregion_name = data.aws_region.r.name\n}',
        },
    )
    assert (found["aws_x.plain"].region, found["aws_x.plain"].default_tags) == ("us-east-1", {"Env": "prod"})
    assert (found["aws_x.dr"].region, found["aws_x.dr"].default_tags) == ("eu-west-1", ABSENT)
    assert found["module.inherits.aws_x.y"].region == "us-east-1"
    assert found["module.passed.aws_x.y"].region == "eu-west-1"
    assert found["module.passed.aws_x.y"].value("region_name") == "eu-west-1"


POLICY = """
resource "aws_s3_bucket" "b" { bucket = "x" }
data "aws_iam_policy_document" "base" {
  statement {
    sid       = "Keep"
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "p" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]
  statement {
    effect    = "Deny"
    actions   = ["s3:PutObject", "s3:DeleteObject"]
    resources = %s
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:username"
      values   = ["&{aws:username}"]
    }
  }
}
resource "aws_x" "y" { policy = data.aws_iam_policy_document.p.json }
"""


def test_a_policy_document_is_the_json_that_aws_gets(tmp_path: Path) -> None:
    _, found = loaded(tmp_path, POLICY % '["arn:aws:s3:::x/*"]')
    assert json.loads(found["aws_x.y"].value("policy")) == {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "Keep", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
            {
                "Effect": "Deny",
                "Action": ["s3:PutObject", "s3:DeleteObject"],
                "Resource": "arn:aws:s3:::x/*",
                "Principal": {"AWS": "*"},
                "Condition": {"StringEquals": {"aws:username": "${aws:username}"}},
            },
        ],
    }


def test_a_policy_document_keeps_what_is_known_beside_an_unknown(tmp_path: Path) -> None:
    _, found = loaded(tmp_path, POLICY % '["${aws_s3_bucket.b.arn}/*"]')
    policy = found["aws_x.y"].value("policy")
    assert isinstance(policy, Unknown)
    deny = policy.structure["Statement"][1]
    assert deny["Action"] == ["s3:PutObject", "s3:DeleteObject"]
    assert isinstance(deny["Resource"], Unknown)
    assert deny["Resource"].suffix == "/*"


def test_another_data_source_is_unknown_and_says_which(tmp_path: Path) -> None:
    _, found = loaded(
        tmp_path,
        'data "aws_vpc" "v" {\nid = "vpc-1"\n}\nresource "aws_x" "y" {\na = data.aws_vpc.v.cidr_block\nb = data.aws_vpc.v.id\n}',
    )
    value = found["aws_x.y"].value("a")
    assert (value.kind, value.exact) == (UnknownKind.DATA_SOURCE, True)
    assert "data.aws_vpc.v.cidr_block" in value.reason
    assert found["aws_x.y"].value("b") == "vpc-1"
    assert found["data.aws_vpc.v"].mode == "data"


def test_edges_name_the_attribute_also_where_the_value_is_known(tmp_path: Path) -> None:
    _, found = loaded(
        tmp_path,
        {
            "main.tf": """
                resource "aws_sg" "s" { name = "sg" }
                module "m" {
                  source = "./m"
                  groups = [aws_sg.s.id]
                }
                resource "aws_x" "y" {
                  name = aws_sg.s.name
                  dynamic "rule" {
                    for_each = [1]
                    content { source = aws_sg.s.id }
                  }
                }
            """,
            "m/main.tf": 'variable "groups" {}\nresource "aws_z" "z" {\nnetwork {\ngroups = var.groups\n}\n}',
        },
    )
    edges = {(e.attribute, e.target.rpartition("//")[2], e.target_attribute) for e in found["aws_x.y"].edges()}
    assert edges == {("name", "aws_sg.s", "name"), ("rule.source", "aws_sg.s", "id")}
    (edge,) = found["module.m.aws_z.z"].edges()
    assert (edge.attribute, edge.target_attribute) == ("network.groups", "id")


def test_a_cycle_is_an_error_and_unknown(tmp_path: Path) -> None:
    report, found = loaded(
        tmp_path, 'locals {\na = local.b\nb = local.a\n}\nresource "aws_x" "y" {\nv = local.a\nw = 1\n}'
    )
    assert isinstance(found["aws_x.y"].value("v"), Unknown)
    assert found["aws_x.y"].value("w") == 1
    assert any("Cycle" in message and "local.a" in message for message in errors(report))


def test_an_unknown_condition_keeps_both_arms(tmp_path: Path) -> None:
    _, found = loaded(
        tmp_path,
        'variable "prod" { type = bool }\nresource "aws_x" "y" {\nv = var.prod ? 30 : 7\nt = "d-${var.prod ? 30 : 7}"\n}',
    )
    assert found["aws_x.y"].value("v").arms == (30, 7)
    assert found["aws_x.y"].value("t").arms == ("d-30", "d-7")


def test_meta_arguments_and_blocks_are_no_properties(tmp_path: Path) -> None:
    _, found = loaded(
        tmp_path,
        'resource "aws_x" "y" {\ncount = 1\nname = "n"\ndepends_on = []\nlifecycle {\nprevent_destroy = true\n}\nrule {\na = 1\n}\n}',
    )
    assert dict(found["aws_x.y[0]"].values()) == {"name": "n", "rule": [{"a": 1}]}


def test_try_on_an_instance_that_may_not_exist_keeps_the_fallback(tmp_path: Path) -> None:
    _, found = loaded(
        tmp_path,
        {
            "main.tf": """
                variable "on" { type = bool }
                resource "aws_q" "q" {
                  count = var.on ? 1 : 0
                  name  = "queue"
                }
                module "m" {
                  source = "./m"
                  count  = var.on ? 1 : 0
                }
                resource "aws_x" "y" {
                  name   = try(aws_q.q[0].name, "none")
                  module = try(module.m[0].name, "none")
                  arn    = try(aws_q.q[0].arn, "none")
                  can    = can(aws_q.q[0].name)
                  plain  = aws_q.q[0].name
                }
            """,
            "m/main.tf": 'output "name" { value = "inner" }',
        },
    )
    y = found["aws_x.y"]
    assert y.value("name").arms == ("queue", "none")
    assert y.value("module").arms == ("inner", "none")
    assert [isinstance(arm, Unknown) for arm in y.value("arn").arms] == [True, False]
    assert isinstance(y.value("can"), Unknown)
    assert y.value("plain") == "queue"  # without it Terraform stops: there is no other value
