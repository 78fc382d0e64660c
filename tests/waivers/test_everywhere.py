"""One file of waivers over one platform, read as Terraform, plan, state, CloudFormation and from an account."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asbuilt import scan
from asbuilt.model import Verdict
from asbuilt.spec import load_spec
from asbuilt.waivers import WaiverOptions
from asbuilt.waivers.file import read_waivers
from asbuilt_reports.json_results import from_json
from asbuilt_reports.json_results import render as to_json
from policies.rule_fixtures import live_graph

if TYPE_CHECKING:
    from asbuilt.graph import Graph
    from asbuilt.results import Results

HERE = Path(__file__).parent / "everywhere"
ROOT = Path(__file__).parents[2]
DOCUMENT = load_spec(str(ROOT / "fixtures/rules/spec.yaml"))
SPEC = DOCUMENT.resolve("prod")
SOURCES = ("terraform", "plan", "state", "cloudformation", "account")
RULES = ("log-group-retention", "subnet-availability-zone", "deployment-circuit-breaker", "service-port")
TODAY = datetime.now(UTC).date()
WHY = f"reason: agreed, owner: ops, expires: {TODAY + timedelta(days=9)}"
WAIVERS = f"""\
waivers:
  - {{rule: log-group-retention, resource: AWS::Logs::LogGroup//shop/prod/api, {WHY}}}
  - {{rule: subnet-availability-zone, resource: "*/10.0.101.0/24", {WHY}}}
  - {{rule: deployment-circuit-breaker, service: analytics, {WHY}}}
  - {{rule: service-port, resource: "AWS::ECS::*/*", service: api, {WHY}}}
"""
ARN = "arn:aws:ecs:eu-west-1:123456789012"
WAIVED = {
    ("log-group-retention", "AWS::Logs::LogGroup//shop/prod/api"),
    ("subnet-availability-zone", "AWS::EC2::Subnet/10.0.101.0/24"),
    ("deployment-circuit-breaker", "AWS::ECS::Service/analytics"),
    ("service-port", "AWS::ECS::Service/api"),
}
FAILING = {
    ("log-group-retention", "AWS::Logs::LogGroup//shop/prod/analytics"),
    ("subnet-availability-zone", "AWS::EC2::Subnet/10.0.1.0/24"),
    ("deployment-circuit-breaker", "AWS::ECS::Service/api"),
}


def plan() -> dict[str, object]:
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        from make_plan import make_plan
    finally:
        sys.path.pop(0)
    from asbuilt.sources.terraform.load import load

    made: dict[str, object] = make_plan(load([HERE / "code"]).roots[0])
    return made


def known(type_: str, key: str) -> dict[str, str]:
    """Return what is known of a resource once it is made."""
    task, cluster = f"{ARN}:task-definition/shop-{key}:1", f"{ARN}:cluster/shop-prod"
    return {
        "aws_vpc": {"id": "vpc-1"},
        "aws_subnet": {"vpc_id": "vpc-1"},
        "aws_ecs_cluster": {"id": cluster, "arn": cluster},
        "aws_ecs_task_definition": {"arn": task},
        "aws_ecs_service": {"task_definition": task, "cluster": cluster},
    }.get(type_, {})


def state() -> dict[str, object]:
    """Return what `terraform show -json` says of the plan once it is applied, as far as it matters here."""
    changes = plan()["resource_changes"]
    assert isinstance(changes, list)
    for one in changes:
        one["change"]["after"] |= known(one["type"], one.get("index", one["name"]))
    wanted = ("address", "mode", "type", "name", "index", "provider_name")
    resources = [
        {**{key: one[key] for key in wanted if key in one}, "values": one["change"]["after"]} for one in changes
    ]
    return {"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": {"resources": resources}}}


def graph(source: str, folder: Path) -> Graph:
    if source == "account":
        return live_graph(HERE / "account.yaml", DOCUMENT)
    path = {"terraform": HERE / "code", "cloudformation": HERE / "template.yaml"}.get(source, folder / "tf.json")
    if source in ("plan", "state"):
        path.write_text(json.dumps(plan() if source == "plan" else state()))
    return scan.read(DOCUMENT, scan.Options(paths=[path], environment="prod"), lambda _: None)


def judged(source: str, folder: Path, waivers: str = WAIVERS) -> Results:
    file = read_waivers(waivers.encode(), "waivers.yaml", TODAY)
    options = scan.Options(paths=(), environment="prod", only=RULES, waivers=WaiverOptions(file))
    return scan.judge(DOCUMENT, SPEC, options, graph(source, folder), scan.Clock())


def found(results: Results, verdict: Verdict) -> set[tuple[str, str]]:
    return {(f.rule, f.resource.canonical) for f in results.findings if f.verdict is verdict}


@pytest.mark.parametrize("source", SOURCES)
def test_one_file_of_waivers_waives_the_same_in_every_source(source: str, tmp_path: Path) -> None:
    results = judged(source, tmp_path)
    assert found(results, Verdict.WAIVED) == WAIVED
    assert found(results, Verdict.FAIL) == FAILING
    assert {row["state"] for row in results.waivers} == {"live"}


@pytest.mark.parametrize("source", SOURCES)
def test_address_of_the_source_holds_there(source: str, tmp_path: Path) -> None:
    group = next(f for f in judged(source, tmp_path).findings if f.resource.canonical.endswith("/shop/prod/analytics"))
    address = group.resource.address
    assert address != group.resource.canonical
    own = f"waivers:\n  - {{rule: log-group-retention, resource: {json.dumps(address)}, {WHY}}}\n"
    waived = [f for f in judged(source, tmp_path, own).findings if f.verdict is Verdict.WAIVED]
    assert [f.resource.address for f in waived] == [address]


def test_name_that_holds_everywhere_changes_no_fingerprint_and_is_in_the_results(tmp_path: Path) -> None:
    results = judged("terraform", tmp_path)
    assert from_json(to_json(results)).findings == results.findings
    from asbuilt.findings import fingerprint

    for finding in results.findings:
        if finding.resource.source == "terraform" and finding.rule == "subnet-availability-zone":
            resource = next(r for r in graph("terraform", tmp_path).resources if r.address == finding.resource.address)
            assert finding.id == fingerprint(finding.rule, resource.address, resource.at("AvailabilityZone"))
