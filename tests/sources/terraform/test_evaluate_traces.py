"""Traces: where a property is written and where its value comes from."""

# ruff: noqa: E501 - a configuration reads better on one line

from __future__ import annotations

from typing import TYPE_CHECKING

from sources.terraform.configurations import loaded

if TYPE_CHECKING:
    from pathlib import Path

    from asbuilt.sources.terraform.evaluation.managed import ResourceInstance


def stations(instance: ResourceInstance, *path: str | int) -> list[str]:
    """Write a trace as `file:line what` lines, the property first."""
    trace = instance.trace(path)
    assert trace is not None
    lines = [f"{trace.location.file.rpartition('/')[2]}:{trace.location.start_line}"]
    return lines + [f"{s.location.file.rpartition('/')[2]}:{s.location.start_line} {s.what}" for s in trace.via]


def test_a_value_is_followed_through_modules_to_the_tfvars_line(tmp_path: Path) -> None:
    _, found = loaded(
        tmp_path,
        {
            "main.tf": 'variable "days" {}\nmodule "ecs" {\n  source = "./m"\n\n  log_days = var.days\n}\n',
            "terraform.tfvars": "\n\ndays = 30\n",
            "m/m.tf": 'variable "log_days" {}\nresource "aws_cloudwatch_log_group" "g" {\n  retention_in_days = var.log_days\n}\n',
        },
    )
    assert stations(found["module.ecs.aws_cloudwatch_log_group.g"], "retention_in_days") == [
        "m.tf:3",
        "main.tf:5 module.ecs.var.log_days",
        "terraform.tfvars:3 var.days in terraform.tfvars",
    ]


SERVICES = """variable "services" {
  type = map(object({
    cpu    = number
    memory = optional(number, 512)
  }))
  default = {
    api = { cpu = 1024 }
    web = {
      cpu    = 256
      memory = 2048
    }
  }
}
locals {
  merged = { for name, s in var.services : name => merge(s, {
    family = "x-${name}"
  }) }
}
resource "aws_x" "y" {
  for_each = local.merged
  cpu      = each.value.cpu
  memory   = each.value.memory
  family   = each.value.family
  name     = each.key
  json     = jsonencode([{ cpu = each.value.cpu }])
}
"""


def test_each_value_is_followed_to_the_item_it_is_written_in(tmp_path: Path) -> None:
    _, found = loaded(tmp_path, SERVICES)
    web, api = found['aws_x.y["web"]'], found['aws_x.y["api"]']
    assert stations(web, "cpu")[0] == "main.tf:21"
    assert stations(web, "cpu")[-1] == 'main.tf:9 var.services["web"].cpu'
    assert stations(api, "cpu")[-1] == 'main.tf:7 var.services["api"].cpu'
    assert stations(web, "memory")[-1] == 'main.tf:10 var.services["web"].memory'
    assert stations(api, "memory")[-1] == 'main.tf:4 var.services["api"].memory default in the type'
    assert stations(api, "family")[-1] == 'main.tf:16 local.merged["api"].family'
    assert stations(api, "name")[-1] == 'main.tf:7 var.services["api"]'
    assert stations(api, "json", 0, "cpu")[-1] == 'main.tf:7 var.services["api"].cpu'


def test_blocks_dynamic_or_not_have_their_own_lines(tmp_path: Path) -> None:
    _, found = loaded(
        tmp_path,
        """locals {
  ports = [
    80,
    443,
  ]
}
resource "aws_sg" "s" {
  ingress {
    port = 22
  }
  dynamic "ingress" {
    for_each = local.ports
    content {
      port = ingress.value
    }
  }
  tags = {
    Name = "x"
    Env  = "y"
  }
}
""",
    )
    group = found["aws_sg.s"]
    assert stations(group, "ingress", 0, "port") == ["main.tf:9"]
    assert stations(group, "ingress", 2, "port") == ["main.tf:14", "main.tf:4 local.ports[1]"]
    assert stations(group, "tags", "Env") == ["main.tf:19"]
    assert group.trace(("ingress", 0, "absent")) is None
    assert group.trace(("nothing",)) is None


def test_the_arm_of_a_known_condition_and_the_function_that_hands_on_are_followed(tmp_path: Path) -> None:
    _, found = loaded(
        tmp_path,
        """locals {
  prod = true
  days = local.prod ? local.long : local.short
  long = 90
  short = 7
  map  = { a = 1 }
}
resource "aws_x" "y" {
  days   = local.days
  lookup = lookup(local.map, "b", local.short)
  first  = coalesce(null, local.long)
  tried  = try(local.map.zzz, local.map.a)
  sum    = local.long + local.short
  both   = concat([1], [local.short])
}
""",
    )
    y = found["aws_x.y"]
    assert stations(y, "days") == ["main.tf:9", "main.tf:3 local.days", "main.tf:4 local.long"]
    assert stations(y, "lookup")[-1] == "main.tf:5 local.short"
    assert stations(y, "first")[-1] == "main.tf:4 local.long"
    assert stations(y, "tried")[-1] == "main.tf:6 local.map.a"
    assert stations(y, "sum") == ["main.tf:13"]  # no single place made it
    assert stations(y, "both", 1)[-1] == "main.tf:5 local.short"


def test_outputs_and_other_resources_are_stations(tmp_path: Path) -> None:
    _, found = loaded(
        tmp_path,
        {
            "main.tf": 'module "m" {\n  source = "./m"\n}\nresource "aws_x" "y" {\n  v = module.m.name\n  w = module.m.arn\n}\n',
            "m/m.tf": 'resource "aws_q" "q" {\n  name = "queue"\n}\noutput "name" {\n  value = aws_q.q.name\n}\noutput "arn" {\n  value = aws_q.q.arn\n}\n',
        },
    )
    assert stations(found["aws_x.y"], "v") == ["main.tf:5", "m.tf:5 module.m.name", "m.tf:2 module.m.aws_q.q.name"]
    assert stations(found["aws_x.y"], "w") == ["main.tf:6"]  # nobody wrote the ARN: the reference is what one changes


def test_a_value_from_the_command_line_points_at_the_variable(tmp_path: Path) -> None:
    text = '\nvariable "x" {}\nresource "aws_x" "y" {\n  v = var.x\n}\n'
    _, found = loaded(tmp_path, text, variables={"x": "1"})
    assert stations(found["aws_x.y"], "v") == ["main.tf:4", "main.tf:2 var.x given by --var x"]
