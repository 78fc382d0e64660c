"""What the AWS CDK synthesises: regions from its manifest, nested stacks from its assets, findings by construct."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from asbuilt.model import Unknown
from asbuilt.scan import Options, check
from asbuilt.spec import load_spec
from asbuilt_reports import html, json_reading, json_results, sarif, text
from sources.cloudformation.templates import codes, resource, scan

CDK = Path(__file__).parents[3] / "fixtures" / "cdk"
OUT = CDK / "cdk.out"
NESTED = "LoggingNestedStackLoggingNestedStackResourceBF8F7D28"


@pytest.fixture(scope="module")
def graph():
    return scan(OUT)


def test_the_stacks_of_the_manifests_are_read_and_nothing_else(graph) -> None:
    assert [(Path(source.path).name, source.resources) for source in graph.sources] == [
        ("Anywhere.template.json", 1),
        ("ProdNetwork2D2E7D69.template.json", 21),
        ("ProdServiceC810982D.template.json", 9),
    ]
    assert not graph.gaps
    assert not graph.diagnostics, "neither the version of the bootstrap stack nor its rule is a remark"
    assert "AWS::CDK::Metadata" not in set(graph.types())
    assert "Elsewhere" not in {r.address for r in graph.resources}, "data of the application"


def test_account_and_region_are_those_of_the_manifest(graph) -> None:
    service = resource(graph, "ApiService89E3D990")
    assert service.region == "us-east-1"
    group = resource(graph, "GroupC77FDACD")
    assert isinstance(group.region, Unknown), "a stack for any environment"
    options = resource(graph, "Task79114B6B").get("ContainerDefinitions.0.LogConfiguration.Options")
    assert options["awslogs-region"] == "us-east-1"
    assert options["awslogs-group"] == "/ecs/api", "the output of the nested stack"


def test_nested_stacks_are_found_among_the_assets(graph, tmp_path: Path) -> None:
    group = resource(graph, f"{NESTED}.ApiF70053CD")
    assert group.get("RetentionInDays") == 7
    assert group.location.file.endswith("ProdServiceLoggingD499FA8F.nested.template.json")
    shutil.copytree(OUT, tmp_path / "out")
    for template in (tmp_path / "out").rglob("*.template.json"):
        template.write_text(template.read_text("utf-8").replace("aws:asset:path", "aws:asset:other"), "utf-8")
    again = scan(tmp_path / "out")
    assert resource(again, f"{NESTED}.ApiF70053CD").get("RetentionInDays") == 7, "by the hash in its URL"


def test_references_between_stacks_are_followed(graph) -> None:
    service = resource(graph, "ApiService89E3D990")
    subnets = service.at("NetworkConfiguration.AwsvpcConfiguration.Subnets")
    found = {r.address for r in graph.targets(subnets, "AWS::EC2::Subnet")}
    assert found == {"VpcPrivateSubnet1Subnet536B997A", "VpcPrivateSubnet2Subnet3788AAA1"}


def test_findings_are_traced_to_the_construct_in_every_form() -> None:
    document = load_spec("broxiva")
    options = Options(paths=[OUT], environment="prod", root=CDK)
    results = check(document, document.resolve("prod"), options)
    finding = next(f for f in results.findings if f.rule == "task-cpu")
    assert finding.resource.construct == "Prod/Service/Api/Service"
    assert "in the CDK construct Prod/Service/Task/Resource" in finding.fix
    written = json_results.render(results)
    assert "Prod/Service/Api/Service" in {f["resource"].get("construct") for f in json.loads(written)["findings"]}
    assert json_reading.read_results(json.loads(written)).findings[0].resource == results.findings[0].resource
    assert "construct  Prod/Service/Api/Service" in text.render(results)
    assert "construct <code>Prod/Service/Api/Service</code>" in html.render(results)
    names = {
        name["fullyQualifiedName"]
        for result in sarif.as_dict(results)["runs"][0]["results"]
        for name in result["locations"][0]["logicalLocations"]
    }
    assert {"ApiService89E3D990", "Prod/Service/Api/Service"} <= names


def _changed(tmp_path: Path, change) -> Path:
    shutil.copytree(OUT, tmp_path / "out")
    manifest = tmp_path / "out" / "assembly-Prod" / "manifest.json"
    data = json.loads(manifest.read_text("utf-8"))
    change(data["artifacts"]["ProdServiceC810982D"])
    manifest.write_text(json.dumps(data, indent=1), "utf-8")
    return tmp_path / "out"


def test_parameters_of_the_manifest_count_and_those_of_the_command_line_count_more(tmp_path: Path) -> None:
    def change(stack) -> None:
        stack["properties"]["parameters"] = {"Image": "from-manifest"}

    out = _changed(tmp_path, change)
    task = resource(scan(out), "Task79114B6B").at("ContainerDefinitions.0.Image")
    assert task.value == "from-manifest"
    assert [(step.what, Path(step.location.file).name) for step in task.trace.via] == [
        ("the CDK's manifest", "manifest.json")
    ]
    given = resource(scan(out, parameters=["Image=mine"]), "Task79114B6B")
    assert given.get("ContainerDefinitions.0.Image") == "mine"


def test_a_stack_without_its_template_is_a_gap(tmp_path: Path) -> None:
    def change(stack) -> None:
        stack["properties"]["templateFile"] = "Gone.template.json"

    gap = scan(_changed(tmp_path, change)).gaps[0]
    assert gap.what.endswith("Gone.template.json")
    assert gap.incomplete
    assert Path(gap.location.file).name == "manifest.json"


STACK = {"type": "aws:cloudformation:stack"}
ASSETS = {"type": "cdk:asset-manifest"}


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        ("", True),
        ("{", True),
        ([], True),
        ({}, True),
        ({"artifacts": []}, True),
        ({"artifacts": {"a": None, "b": STACK}}, False),
        ({"artifacts": {"b": {**STACK, "environment": 7, "properties": []}}}, False),
        ({"artifacts": {"b": {**ASSETS, "properties": {"file": "../../../etc/passwd"}}}}, False),
        ({"artifacts": {"b": {**ASSETS, "properties": {"file": "a\0"}}}}, False),
    ],
)
def test_whatever_a_manifest_says_the_templates_are_read(tmp_path: Path, manifest, told: bool) -> None:
    shutil.copytree(OUT, tmp_path / "out")
    written = manifest if isinstance(manifest, str) else json.dumps(manifest)
    (tmp_path / "out" / "assembly-Prod" / "manifest.json").write_text(written, "utf-8")
    graph = scan(tmp_path / "out")
    assert resource(graph, "ApiService89E3D990").get("DesiredCount") == 2
    assert ("no-manifest" in codes(graph)) == told


def test_a_name_that_no_file_can_have_is_a_gap(tmp_path: Path) -> None:
    out = _changed(tmp_path, lambda stack: stack["properties"].update(templateFile="a\0b"))
    assert scan(out).gaps[0].incomplete


def test_an_asset_outside_of_the_root_is_refused(tmp_path: Path) -> None:
    shutil.copytree(OUT, tmp_path / "out")
    (tmp_path / "other.json").write_text('{"Resources": {"X": {"Type": "AWS::SNS::Topic"}}}')
    template = tmp_path / "out" / "assembly-Prod" / "ProdServiceC810982D.template.json"
    text_ = template.read_text("utf-8").replace("ProdServiceLoggingD499FA8F.nested.template.json", "../../other.json")
    template.write_text(text_, "utf-8")
    graph = scan(tmp_path / "out")
    assert [gap.what for gap in graph.gaps] == [f"the nested stack {NESTED}"]
    assert "leads out of the scanned root" in graph.gaps[0].reason
