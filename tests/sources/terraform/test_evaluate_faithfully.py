"""What other readers of Terraform get wrong, each as a configuration."""

# ruff: noqa: E501 - a configuration reads better on one line

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asbuilt.model import ABSENT, Unknown, UnknownKind
from sources.terraform.configurations import errors, loaded

if TYPE_CHECKING:
    from pathlib import Path


def test_a_null_in_one_element_leaves_the_other_elements_and_itself_expanded(tmp_path: Path) -> None:
    _, found = loaded(
        tmp_path,
        """
        locals {
          targets = {
            api = { port = 4000, host_header = null }
            web = { port = 3000, host_header = "www.example.com" }
          }
        }
        resource "aws_lb_target_group" "this" {
          for_each = local.targets
          name     = each.key
          port     = each.value.port
        }
        """,
    )
    assert {a: (i.value("name"), i.value("port")) for a, i in found.items()} == {
        'aws_lb_target_group.this["api"]': ("api", 4000),
        'aws_lb_target_group.this["web"]': ("web", 3000),
    }


@pytest.mark.parametrize("argument", ["for_each = var.services", "count = var.services"])
def test_an_unknown_number_of_instances_is_one_conditional_instance(tmp_path: Path, argument: str) -> None:
    _, found = loaded(
        tmp_path, f'variable "services" {{}}\nresource "aws_sqs_queue" "q" {{\n{argument}\nfifo_queue = true\n}}'
    )
    (queue,) = found.values()
    assert queue.address == "aws_sqs_queue.q[*]"
    assert queue.conditional is not None
    assert queue.conditional.kind is UnknownKind.VARIABLE
    assert queue.value("fifo_queue") is True


def test_a_module_with_unknown_for_each_keeps_its_resources(tmp_path: Path) -> None:
    _, found = loaded(
        tmp_path,
        {
            "main.tf": 'variable "names" {}\nmodule "m" {\nsource = "./m"\nfor_each = var.names\nname = each.key\n}',
            "m/main.tf": 'variable "name" {}\nresource "aws_sqs_queue" "q" {\nname = var.name\ndelay_seconds = 5\n}',
        },
    )
    (queue,) = found.values()
    assert queue.address == "module.m[*].aws_sqs_queue.q"
    assert queue.conditional is not None
    assert queue.value("delay_seconds") == 5
    assert isinstance(queue.value("name"), Unknown)


def test_static_and_dynamic_blocks_stand_side_by_side_in_source_order(tmp_path: Path) -> None:
    _, found = loaded(
        tmp_path,
        """
        resource "aws_security_group" "s" {
          ingress { from_port = 22 }
          dynamic "ingress" {
            for_each = [80, 443]
            iterator = port
            content {
              from_port = port.value
              description = "rule ${port.key}"
            }
          }
          ingress { from_port = 8080 }
        }
        """,
    )
    blocks = found["aws_security_group.s"].value("ingress")
    assert [block["from_port"] for block in blocks] == [22, 80, 443, 8080]
    assert blocks[1]["description"] == "rule 0"


def test_every_element_of_a_dynamic_block_is_there(tmp_path: Path) -> None:
    _, found = loaded(
        tmp_path,
        """
        variable "strategy" {
          default = [
            { provider = "FARGATE", weight = 20, base = 1 },
            { provider = "FARGATE_SPOT", weight = 80, base = null },
          ]
        }
        resource "aws_ecs_service" "s" {
          dynamic "capacity_provider_strategy" {
            for_each = { for s in var.strategy : s.provider => s }
            content {
              capacity_provider = capacity_provider_strategy.key
              weight            = capacity_provider_strategy.value.weight
              base              = capacity_provider_strategy.value.base
            }
          }
        }
        """,
    )
    assert found["aws_ecs_service.s"].value("capacity_provider_strategy") == [
        {"capacity_provider": "FARGATE", "weight": 20, "base": 1},
        {"capacity_provider": "FARGATE_SPOT", "weight": 80, "base": None},
    ]


def test_a_dynamic_block_over_something_unknown_is_an_unknown_element(tmp_path: Path) -> None:
    _, found = loaded(
        tmp_path,
        """
        variable "ports" {}
        resource "aws_security_group" "s" {
          ingress { from_port = 22 }
          dynamic "ingress" {
            for_each = var.ports
            content { from_port = ingress.value }
          }
        }
        """,
    )
    first, second = found["aws_security_group.s"].value("ingress")
    assert first == {"from_port": 22}
    assert isinstance(second, Unknown)
    assert second.kind is UnknownKind.VARIABLE


@pytest.mark.parametrize(
    "expression",
    ["jsonencode(var.x)", "coalesce(null, var.x)", "merge(var.x, { a = 1 })", "length(var.x)", "toset(var.x)"],
)
def test_no_value_is_made_up_for_an_unknown(tmp_path: Path, expression: str) -> None:
    _, found = loaded(tmp_path, f'variable "x" {{}}\nresource "aws_x" "y" {{\nv = {expression}\n}}')
    value = found["aws_x.y"].value("v")
    assert isinstance(value, Unknown)
    assert value.kind is UnknownKind.VARIABLE
    assert "var.x" in value.reason


def test_one_unknown_leaf_leaves_the_rest_of_a_json_document_known(tmp_path: Path) -> None:
    _, found = loaded(
        tmp_path,
        """
        variable "image" { type = string }
        resource "aws_ecs_task_definition" "t" {
          container_definitions = jsonencode([{ name = "api", image = "${var.image}:1", portMappings = [{ containerPort = 4000 }] }])
        }
        """,
    )
    value = found["aws_ecs_task_definition.t"].value("container_definitions")
    assert isinstance(value, Unknown)
    (container,) = value.structure
    assert container["portMappings"] == [{"containerPort": 4000}]
    assert isinstance(container["image"], Unknown)
    assert container["image"].suffix == ":1"


@pytest.mark.parametrize("collection", ['"text"', "true", "5", "null"])
def test_a_dynamic_block_over_no_collection_is_an_error_and_nothing_worse(tmp_path: Path, collection: str) -> None:
    text = (
        f'resource "aws_x" "y" {{\ndynamic "rule" {{\nfor_each = {collection}\ncontent {{ a = 1 }}\n}}\nother = 1\n}}'
    )
    report, found = loaded(tmp_path, text)
    (element,) = found["aws_x.y"].value("rule")
    assert isinstance(element, Unknown)
    assert element.kind is UnknownKind.ERROR
    assert found["aws_x.y"].value("other") == 1
    (message,) = errors(report)
    assert "for_each" in message


def test_a_file_that_does_not_parse_is_a_gap_and_costs_only_what_is_broken(tmp_path: Path) -> None:
    report, found = loaded(
        tmp_path,
        {
            "bad.tf": 'resource "aws_sqs_queue" "good" {\n  fifo_queue = true\n}\nresource "aws_sqs_queue" "bad" {\n  name = = 3\n  delay = 1\n}\n',
            "fine.tf": 'resource "aws_sqs_queue" "fine" {\n  name = "x"\n}\n',
        },
    )
    assert {"aws_sqs_queue.good", "aws_sqs_queue.fine"} <= set(found)
    assert errors(report)
    assert [gap.what.endswith("bad.tf") and gap.incomplete for gap in report.gaps] == [True]
    bad = found["aws_sqs_queue.bad"]
    assert bad.value("delay") == 1
    name = bad.value("name")
    assert isinstance(name, Unknown)
    assert name.kind is UnknownKind.ERROR


def test_what_may_have_been_lost_in_a_broken_block_is_not_simply_absent(tmp_path: Path) -> None:
    _, found = loaded(tmp_path, 'resource "aws_sqs_queue" "bad" {\n  name = "x"\n  ] nonsense [\n  rule {\n')
    policy = found["aws_sqs_queue.bad"].value("policy")
    assert isinstance(policy, Unknown)
    assert policy.kind is UnknownKind.ERROR


def test_tfvars_are_loaded_by_themselves_and_the_command_line_wins(tmp_path: Path) -> None:
    files = {
        "main.tf": 'variable "a" {}\nvariable "b" {}\nvariable "c" { type = list(number) }\nvariable "d" {}\n'
        'resource "aws_x" "y" {\nv = [var.a, var.b, var.c, var.d]\n}',
        "terraform.tfvars": 'a = "file"\nb = "file"\nd = "file"\n',
        "x.auto.tfvars": 'd = "auto"\n',
        "more/extra.tfvars": 'b = "named"\n',
    }
    _, found = loaded(
        tmp_path,
        files,
        variables={"c": "[1, 2]", "a": "given"},
        var_files=[tmp_path / "more/extra.tfvars"],
        environ={"TF_VAR_d": "env"},
    )
    assert found["aws_x.y"].value("v") == ["given", "named", [1, 2], "auto"]


def test_environment_variables_count_only_when_they_are_handed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_VAR_a", "from outside")
    text = 'variable "a" {}\nresource "aws_x" "y" {\nv = var.a\n}'
    _, found = loaded(tmp_path, text)
    assert isinstance(found["aws_x.y"].value("v"), Unknown)
    _, found = loaded(tmp_path, text, environ={"TF_VAR_a": "handed over"})
    assert found["aws_x.y"].value("v") == "handed over"


def test_for_expressions_are_evaluated_and_attributes_have_their_own_lines(tmp_path: Path) -> None:
    _, found = loaded(
        tmp_path,
        "locals {\n  ports = { api = 4000, web = 3000, off = null }\n}\n"
        'resource "aws_x" "y" {\n  name = "n"\n  v    = { for k, p in local.ports : upper(k) => p + 1 if p != null }\n}\n',
    )
    assert found["aws_x.y"].value("v") == {"API": 4001, "WEB": 3001}
    trace = found["aws_x.y"].trace(("v",))
    assert trace is not None
    assert trace.location.start_line == 6
    assert found["aws_x.y"].value("absent") is ABSENT
