"""How the work of rules grows with what is scanned: counted, not timed."""

from __future__ import annotations

import shutil
from pathlib import Path

from asbuilt.assertions import rules_for
from asbuilt.evaluate import evaluate
from asbuilt.graph import Graph
from asbuilt.model import Resource
from asbuilt.scan import Options, read
from asbuilt.spec import load_spec

FIXTURES = Path(__file__).parents[1] / "fixtures" / "broxiva"
ROOT = """
module "network" {
  source                      = "../modules/network"
  name                        = "broxiva-prod"
  aws_region                  = "us-east-1"
  vpc_cidr                    = "10.0.0.0/16"
  availability_zones          = ["us-east-1a", "us-east-1b", "us-east-1c"]
  endpoints_security_group_id = "sg-0123456789abcdef0"
}
"""


def work(folder: Path, monkeypatch) -> int:
    """Return how often rules ask for a property or follow a reference over all that is in a folder."""
    document = load_spec("broxiva")
    spec = document.resolve("prod")
    graph = read(document, Options([folder], "prod"), lambda _: None)
    asked = 0

    def counted(call):
        def called(*arguments):
            nonlocal asked
            asked += 1
            return call(*arguments)

        return called

    with monkeypatch.context() as patched:
        patched.setattr(Graph, "targets", counted(Graph.targets))
        patched.setattr(Resource, "at", counted(Resource.at))
        evaluate(rules_for(spec), spec, graph)
    return asked


def test_twice_the_templates_of_networks_are_twice_the_work(tmp_path, monkeypatch):
    found = []
    for count in (8, 16):
        folder = tmp_path / str(count)
        folder.mkdir()
        for number in range(count):
            shutil.copy(FIXTURES / "cloudformation" / "network.yaml", folder / f"network-{number}.yaml")
        found.append(work(folder, monkeypatch))
    assert found[0] > 1000
    assert found[1] < 2.2 * found[0]


def test_twice_the_roots_of_networks_are_twice_the_work(tmp_path, monkeypatch):
    found = []
    for count in (4, 8):
        top = tmp_path / str(count)
        shutil.copytree(FIXTURES / "terraform" / "modules" / "network", top / "modules" / "network")
        for number in range(count):
            root = top / f"root-{number}"
            root.mkdir()
            (root / "main.tf").write_text(ROOT)
        found.append(work(top, monkeypatch))
    assert found[0] > 500
    assert found[1] < 2.2 * found[0]


SERVICES = """
locals {
  names = toset([for number in range(%d) : "service-${number}"])
}

resource "aws_ecs_cluster" "this" {
  name = "shop"
}

resource "aws_ecs_service" "this" {
  for_each = local.names
  name     = each.key
  cluster  = aws_ecs_cluster.this.id
}

resource "aws_cloudwatch_metric_alarm" "cpu" {
  for_each    = local.names
  alarm_name  = "${each.key}-cpu"
  namespace   = "AWS/ECS"
  metric_name = "CPUUtilization"
  dimensions  = { ClusterName = "shop", ServiceName = each.key }
}

resource "aws_appautoscaling_target" "this" {
  for_each           = local.names
  service_namespace  = "ecs"
  resource_id        = "service/shop/${each.key}"
  scalable_dimension = "ecs:service:DesiredCount"
  min_capacity       = 1
  max_capacity       = 4
}

resource "aws_appautoscaling_policy" "cpu" {
  for_each           = local.names
  name               = "${each.key}-cpu"
  service_namespace  = "ecs"
  resource_id        = "service/shop/${each.key}"
  scalable_dimension = "ecs:service:DesiredCount"
  policy_type        = "TargetTrackingScaling"
}
"""


def test_twice_the_services_with_alarms_and_scaling_are_twice_the_work(tmp_path, monkeypatch):
    found = []
    for count in (20, 40):
        folder = tmp_path / str(count)
        folder.mkdir()
        (folder / "main.tf").write_text(SERVICES % count)
        found.append(work(folder, monkeypatch))
    assert found[0] > 500
    assert found[1] < 2.2 * found[0]
