"""Edits in templates: which are made, how they are written, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from click.testing import CliRunner

from asbuilt.cli import main
from asbuilt.fixes.document import RefusedError
from asbuilt.fixes.templates import TemplateDocument, written
from asbuilt.model import Location

SPEC = """\
asbuilt: 1
name: small
logging:
  retention_days: 30
"""


def fix(folder: Path, name: str, text: str, *more: str, spec: str = SPEC) -> tuple[str, str]:
    """Write a template, mend it, and return what it is then and what was said."""
    path = folder / name
    path.write_bytes(text.encode())
    (folder / "spec.yaml").write_text(spec, "utf-8")
    arguments = [str(path), "--root", str(folder), "--spec", str(folder / "spec.yaml"), "--write", "-q", *more]
    done = CliRunner().invoke(main, ["fix", *arguments])
    assert done.exit_code == 0, done.output
    return path.read_bytes().decode(), done.stderr


def groups(*bodies: str) -> str:
    return _resources("AWS::Logs::LogGroup", bodies)


def services(*bodies: str) -> str:
    return _resources("AWS::ECS::Service", bodies)


def _resources(kind: str, bodies: tuple[str, ...]) -> str:
    resources = "".join(
        f"  G{at}:\n    Type: {kind}\n" + "".join(f"    {line}\n" for line in dedent(body).strip().split("\n"))
        for at, body in enumerate(bodies)
    )
    return f"Resources:\n{resources}"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("RetentionInDays: 7", "RetentionInDays: 30"),
        ("RetentionInDays:   7   # a week", "RetentionInDays:   30   # a week"),
        ('RetentionInDays: "7"', 'RetentionInDays: "30"'),
        ("RetentionInDays: '7'", "RetentionInDays: '30'"),
        ("RetentionInDays: !If [Long, 7, 90]", "RetentionInDays: !If [Long, 30, 90]"),
        ('"RetentionInDays": 7', '"RetentionInDays": 30'),
        ("RetentionInDays:\n        7", "RetentionInDays:\n        30"),
    ],
)
def test_a_plain_value_is_replaced_as_it_is_written(tmp_path: Path, old: str, new: str) -> None:
    text = "Conditions: {Long: !Equals [a, a]}\n" + groups(f"Properties:\n  LogGroupName: x # stays\n  {old}")
    assert fix(tmp_path, "t.yaml", text)[0] == text.replace(old.replace("\n", "\n    "), new.replace("\n", "\n    "))


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Properties:\n  LogGroupName: x # here", "Properties:\n  LogGroupName: x # here\n  RetentionInDays: 30"),
        (
            "Properties:\n  Tags:\n    - {Key: a, Value: b}\n  LogGroupName: x",
            "Properties:\n  RetentionInDays: 30\n  Tags:\n    - {Key: a, Value: b}\n  LogGroupName: x",
        ),
        ("Properties: {LogGroupName: x}", "Properties: {LogGroupName: x, RetentionInDays: 30}"),
        ("Properties: { LogGroupName: x, }", "Properties: { LogGroupName: x, RetentionInDays: 30 }"),
        ("Properties: {}", "Properties: {RetentionInDays: 30}"),
    ],
)
def test_a_missing_property_is_added_where_others_stand(tmp_path: Path, old: str, new: str, ending: str) -> None:
    after, said = fix(tmp_path, "t.yaml", groups(old).replace("\n", ending))
    assert after == groups(new).replace("\n", ending), said


@pytest.mark.parametrize("indent", [None, 2, 4])
@pytest.mark.parametrize(
    "properties",
    [{"LogGroupName": "x"}, {"RetentionInDays": 7}, {"RetentionInDays": "7"}, {"Tags": [{"Key": "a", "Value": "b"}]}],
)
def test_json_stays_json(tmp_path: Path, indent: int | None, properties: dict[str, Any]) -> None:
    template = {"Resources": {"G": {"Type": "AWS::Logs::LogGroup", "Properties": properties}}}
    before = json.dumps(template, indent=indent)
    after, said = fix(tmp_path, "t.json", before)
    found = json.loads(after)["Resources"]["G"]["Properties"]
    kept = "30" if properties.get("RetentionInDays") == "7" else 30
    assert found == {**properties, "RetentionInDays": kept}, said
    if "RetentionInDays" in properties or indent is None:
        assert len(after) <= len(before) + len(', "RetentionInDays": 30')
    else:
        assert set(before.split("\n")) - {'          "LogGroupName": "x"'} - set(
            after.replace(",\n", "\n").split("\n")
        ) <= {line for line in before.split("\n") if line.endswith(",")}


BREAKER = """\
asbuilt: 1
name: small
service_classes:
  critical: {title: Critical}
services:
  api: {class: critical}
deployment: {circuit_breaker: true, rollback: true}
"""


MAXIMUM = "Properties:\n    ServiceName: api\n    DeploymentConfiguration:\n        MaximumPercent: 200"
ENABLED = (
    "Properties:\n  DeploymentConfiguration:\n    DeploymentCircuitBreaker:\n      Enable: true\n  ServiceName: api"
)
FLOW = "DeploymentCircuitBreaker: {Enable: true, Rollback: true}"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("old", "behind", "added"),
    [
        (
            "Properties:\n  ServiceName: api # here\n  NetworkConfiguration:\n    AwsvpcConfiguration: {Subnets: []}",
            "# here",
            "\n  DeploymentConfiguration:\n    DeploymentCircuitBreaker:\n      Enable: true\n      Rollback: true",
        ),
        (
            MAXIMUM,
            "MaximumPercent: 200",
            "\n        DeploymentCircuitBreaker:\n            Enable: true\n            Rollback: true",
        ),
        ("Properties: {ServiceName: api}", "api", f", DeploymentConfiguration: {{{FLOW}}}"),
        ("Properties:\n  ServiceName: api\n  DeploymentConfiguration: {MaximumPercent: 200}", "200", f", {FLOW}"),
        (ENABLED, "Enable: true", "\n      Rollback: true"),
    ],
)
def test_a_missing_mapping_is_added_with_all_that_has_to_be_in_it(
    tmp_path: Path, old: str, behind: str, added: str, ending: str
) -> None:
    after, said = fix(tmp_path, "t.yaml", services(old).replace("\n", ending), spec=BREAKER)
    assert after == services(old.replace(behind, behind + added)).replace("\n", ending), said


@pytest.mark.parametrize("indent", [None, 2, 4])
@pytest.mark.parametrize("around", [{}, {"DeploymentConfiguration": {"MaximumPercent": 200}}])
def test_a_missing_mapping_of_json_is_written_as_the_others_are(
    tmp_path: Path, indent: int | None, around: dict[str, Any]
) -> None:
    def template(configuration: dict[str, Any]) -> str:
        properties = {"ServiceName": "api", **configuration}
        return json.dumps({"Resources": {"S": {"Type": "AWS::ECS::Service", "Properties": properties}}}, indent=indent)

    after, said = fix(tmp_path, "t.json", template(around), spec=BREAKER)
    breaker = {"DeploymentCircuitBreaker": {"Enable": True, "Rollback": True}}
    assert after == template({"DeploymentConfiguration": {**around.get("DeploymentConfiguration", {}), **breaker}}), (
        said
    )


def test_json_that_begins_behind_its_bracket_stays_json(tmp_path: Path) -> None:
    properties = '{"ServiceName": "api",\n  "DesiredCount": 1}'
    text = f'{{"Resources": {{"S": {{"Type": "AWS::ECS::Service", "Properties": {properties}}}}}}}'
    after, said = fix(tmp_path, "t.json", text, spec=BREAKER)
    found = json.loads(after)["Resources"]["S"]["Properties"]
    assert found["DeploymentConfiguration"] == {"DeploymentCircuitBreaker": {"Enable": True, "Rollback": True}}, said


def test_a_mapping_that_would_lack_something_is_not_made(tmp_path: Path) -> None:
    text = services("Properties:\n  ServiceName: api")
    after, said = fix(tmp_path, "t.yaml", text, "--only", "deployment-rollback", spec=BREAKER)
    assert after == text
    assert "DeploymentCircuitBreaker is missing as well, and needs Enable too" in said


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("Properties:\n  LogGroupName: x\n  RetentionInDays: &days 7", "no plain number"),
        ("Properties:\n  LogGroupName: x\n  RetentionInDays: !Ref 'AWS::NoValue'", "decides whether there is a value"),
        ("Properties: &p\n  LogGroupName: x", "a form that is not edited"),
        ("DeletionPolicy: Retain", "is not written out"),
    ],
)
def test_what_is_not_plainly_written_is_refused_with_the_reason(tmp_path: Path, body: str, reason: str) -> None:
    text = groups(body)
    after, said = fix(tmp_path, "t.yaml", text)
    assert after == text
    assert reason in said


def test_a_default_is_edited_unless_it_may_not_have_the_value(tmp_path: Path) -> None:
    head = "Parameters:\n  Days: {Type: Number, Default: 7}\n"
    one = groups("Properties: {RetentionInDays: !Ref Days}")
    assert fix(tmp_path, "t.yaml", head + one)[0] == head.replace("7", "30") + one
    limited = head.replace("Default: 7", "Default: 7, AllowedValues: [7, 14]") + one
    after, said = fix(tmp_path, "t.yaml", limited)
    assert after == limited, "the template would not be valid"
    assert "not mended" in said


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.json", '[\n {"ParameterKey": "Days", "ParameterValue": "7"}\n]\n'),
        ("p.json", '{"Parameters": {"Days": "7"}}'),
        ("p.yaml", "Days: 7 # a week\n"),
    ],
)
def test_a_file_of_parameters_is_edited_where_it_gives_the_value(tmp_path: Path, name: str, text: str) -> None:
    template = "Parameters:\n  Days: {Type: Number}\n" + groups("Properties: {RetentionInDays: !Ref Days}")
    given = tmp_path / name
    given.write_text(text, "utf-8")
    after, said = fix(tmp_path, "t.yaml", template, "--parameters", str(given))
    assert after == template
    assert given.read_text("utf-8") == text.replace("7", "30"), said


@pytest.mark.parametrize(
    ("overrides", "mended"),
    [
        ('"Other=7 Days=7"', '"Other=7 Days=30"'),
        ('["Days=7"] # a week', '["Days=30"] # a week'),
        ('"ParameterKey=Days,ParameterValue=7"', '"ParameterKey=Days,ParameterValue=30"'),
        ("{ Days = 7 }", "{ Days = 30 }"),
        ('{ "Days" = "7" }', '{ "Days" = "30" }'),
        ("'Days=\"7\"'", None),
    ],
)
def test_samconfig_is_edited_where_it_gives_the_value(tmp_path: Path, overrides: str, mended: str | None) -> None:
    template = "Parameters:\n  Days: {Type: Number}\n" + groups("Properties: {RetentionInDays: !Ref Days}")
    head = "version = 0.1\n[default.deploy.parameters]\nparameter_overrides = "
    given = tmp_path / "samconfig.toml"
    given.write_text(head + overrides, "utf-8")
    after, said = fix(tmp_path, "t.yaml", template, "--parameters", str(given))
    assert after == template
    assert given.read_text("utf-8") == head + (mended or overrides), said
    assert ("no plain number" in said) == (mended is None)


def test_a_value_of_the_command_line_is_nobodys_to_edit(tmp_path: Path) -> None:
    template = "Parameters:\n  Days: {Type: Number}\n" + groups("Properties: {RetentionInDays: !Ref Days}")
    after, said = fix(tmp_path, "t.yaml", template, "--parameters", "Days=7")
    assert after == template
    assert "no plain" in said


def test_what_the_cdk_synthesised_is_not_edited(tmp_path: Path) -> None:
    (tmp_path / "cdk.out").write_text("{}", "utf-8")
    (tmp_path / "manifest.json").write_text('{"version": "55.0.0", "artifacts": {}}', "utf-8")
    text = groups("Properties: {RetentionInDays: 7}")
    after, said = fix(tmp_path, "t.yaml", text)
    assert after == text
    assert "synthesised by the CDK" in said


def test_templates_of_sam_are_edited(tmp_path: Path) -> None:
    text = "Transform: AWS::Serverless-2016-10-31\n" + groups("Properties: {RetentionInDays: 7}")
    assert "RetentionInDays: 30" in fix(tmp_path, "t.yaml", text)[0]


def test_edits_are_in_sarif_and_json(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(groups("Properties: {RetentionInDays: 7}"), "utf-8")
    (tmp_path / "spec.yaml").write_text(SPEC, "utf-8")
    arguments = ["check", str(path), "--root", str(tmp_path), "--spec", str(tmp_path / "spec.yaml"), "-q", "--edits"]
    sarif = json.loads(CliRunner().invoke(main, [*arguments, "-o", "sarif"]).stdout)
    fixes = [fix for result in sarif["runs"][0]["results"] for fix in result.get("fixes", ())]
    (replacement,) = fixes[0]["artifactChanges"][0]["replacements"]
    assert replacement["insertedContent"]["text"] == "30"
    assert replacement["deletedRegion"]["startLine"] == 4


@pytest.mark.parametrize(
    ("value", "old", "yaml", "json_"),
    [
        (30, "7", "30", "30"),
        ("2048", "512", "2048", "2048"),
        ("2048", '"512"', '"2048"', '"2048"'),
        (True, "false", "true", "true"),
        (True, '"false"', '"true"', '"true"'),
        ("DISABLED", "ENABLED", "DISABLED", None),
        ("DISABLED", '"ENABLED"', '"DISABLED"', '"DISABLED"'),
        ("yes", "maybe", "'yes'", None),
        ("a: b", "x", "'a: b'", None),
        ("it's # so", "'x'", "'it''s # so'", None),
        ("- x", "x", "'- x'", None),
        ("a:b/c.d@1", "x", "a:b/c.d@1", None),
        ("2048", "x", "'2048'", None),
        ('say "x"', '"y"', '"say \\"x\\""', '"say \\"x\\""'),
    ],
)
def test_how_values_are_written(value: Any, old: str, yaml: str, json_: str | None) -> None:
    assert written(value, old, json_=False) == yaml
    if json_ is not None:
        assert written(value, old, json_=True) == json_


def test_texts_of_several_lines_are_not_written() -> None:
    with pytest.raises(RefusedError):
        written("a\nb", "x", json_=False)


@pytest.mark.parametrize("text", ["a: 1\rb: 2", "a: \u2028b", "a: [", "a: \x85"])
def test_files_that_editors_read_otherwise_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(RefusedError):
        TemplateDocument("t.yaml", str(tmp_path / "t.yaml"), text.encode())


def test_every_entry_is_found_at_its_own_place(tmp_path: Path) -> None:
    text = groups("Properties:\n  LogGroupName: x\n  Tags: [{Key: a, Value: b}, {Key: c, Value: !Sub d}]").encode()
    document = TemplateDocument("t.yaml", str(tmp_path / "t.yaml"), text)
    for path in (
        ("Resources", "G0"),
        ("Resources", "G0", "Properties", "LogGroupName"),
        ("Resources", "G0", "Properties", "Tags", 1, "Key"),
    ):
        stretch = document.stretch(path)
        assert document.path_at(document.location(*stretch)) == (path, False)
        label = document.stretch(path, key=True)
        assert document.path_at(document.location(*label)) == (path, True)
    assert document.path_at(Location("t.yaml", 1, 2, 1, 3)) is None
