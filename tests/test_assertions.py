"""Assertions of a spec, over real Terraform, through a whole scan."""

from __future__ import annotations

import pytest

from asbuilt import scan
from asbuilt.discovery import DuplicateRuleError
from asbuilt.spec import SpecError, load_spec

HEAD = "asbuilt: 1\nname: shop\nenvironments: {prod: {}, staging: {}}\n"
SPEC = (
    HEAD
    + """
assertions:
  kept:
    resource: AWS::Logs::LogGroup
    select: {name: "/app/*", tags: {Team: "web-*"}, environments: [prod]}
    schema:
      required: [KmsKeyId]
      properties:
        RetentionInDays: {enum: [30, 60]}
    message: Logs of the web team are encrypted and kept.
    severity: high
    why: Because.
    fix: Set both.
"""
)
TERRAFORM = """
variable "days" { type = number }
variable "team" { type = string }
resource "aws_kms_key" "this" {}
resource "aws_cloudwatch_log_group" "good" {
  name              = "/app/good"
  retention_in_days = 60
  kms_key_id        = aws_kms_key.this.arn
  tags              = { Team = "web-1" }
}
resource "aws_cloudwatch_log_group" "bad" {
  name              = "/app/bad"
  retention_in_days = 7
  tags              = { Team = "web-1" }
}
resource "aws_cloudwatch_log_group" "open" {
  name              = "/app/open"
  retention_in_days = var.days
  kms_key_id        = aws_kms_key.this.arn
  tags              = { Team = "web-2" }
}
resource "aws_cloudwatch_log_group" "whose" {
  name = "/app/whose"
  tags = { Team = var.team }
}
resource "aws_cloudwatch_log_group" "other" {
  name = "/app/other"
  tags = { Team = "mobile" }
}
resource "aws_cloudwatch_log_group" "elsewhere" {
  name = "/lib/x"
  tags = { Team = "web-1" }
}
"""


def scanned(tmp_path, spec=SPEC, environment="prod", **options):
    (tmp_path / "spec.yaml").write_text(spec, "utf-8")
    code = tmp_path / "code"
    code.mkdir(exist_ok=True)
    (code / "main.tf").write_text(TERRAFORM, "utf-8")
    document = load_spec(str(tmp_path / "spec.yaml"))
    resolved = document.resolve(environment)
    return scan.check(document, resolved, scan.Options(paths=[code], root=code, **options))


def verdicts(results):
    found = {f.resource.name: f.verdict.value for f in results.findings if f.rule == "kept"}
    return found | {address.split(".")[-1]: "pass" for address in results.passes.get("kept", ())}


def test_verdicts_of_selected_resources(tmp_path):
    assert verdicts(scanned(tmp_path)) == {
        "good": "pass",
        "/app/bad": "fail",
        "/app/open": "unknown",
        "/app/whose": "unknown",
        "/app/other": "not_applicable",
        "/lib/x": "not_applicable",
    }


def test_evidence_points_at_the_line_and_cites_the_assertion(tmp_path):
    results = scanned(tmp_path)
    (finding,) = [f for f in results.findings if f.verdict.value == "fail"]
    assert {item.path: item.location.start_line for item in finding.evidence} == {"KmsKeyId": 11, "RetentionInDays": 13}
    assert {item.path: item.expected for item in finding.evidence} == {
        "KmsKeyId": "set",
        "RetentionInDays": "enum [30, 60]",
    }
    assert finding.severity.value == "high"
    assert finding.fix == "Set both."
    assert finding.requirement.id == "kept"
    assert finding.requirement.location.start_line == 6
    assert results.run.exit_code == 1


def test_other_environments_are_not_meant(tmp_path):
    assert set(verdicts(scanned(tmp_path, environment="staging")).values()) == {"not_applicable"}


def test_an_assertion_may_enforce_a_statement_of_the_spec(tmp_path):
    spec = SPEC.replace("    why: Because.", "    requirement: LOG-1") + (
        "region: eu-west-1\nrequirements:\n  - {id: LOG-1, section: Logs, statement: We keep logs., values: [region]}\n"
    )
    results = scanned(tmp_path, spec)
    assert {f.requirement.id for f in results.findings if f.rule == "kept"} == {"LOG-1"}


def test_skip_and_only_know_assertions(tmp_path):
    assert verdicts(scanned(tmp_path, skip=["kept"])) == {}
    assert len(verdicts(scanned(tmp_path, only=["kept"]))) == 6


def test_a_name_of_a_rule_is_taken(tmp_path):
    with pytest.raises(DuplicateRuleError, match="log-group-retention"):
        scanned(tmp_path, SPEC.replace("  kept:", "  log-group-retention:"))


@pytest.mark.parametrize(
    ("schema", "line", "message"),
    [
        ("{properties: {A: {type: nmber}}}", 7, "is no JSON Schema"),
        ("\n      properties:\n        A:\n          minimum: many", 10, "is no JSON Schema: 'many'"),
        ("\n      properties:\n        A: {pattern: '['}", 9, "is no regular expression"),
        ("{unevaluatedProperties: false}", 7, "is not supported"),
        ("{$ref: 'https://example.com/x.json'}", 7, "outside of this schema"),
        ("{$ref: '#/$defs/none'}", 7, "is not in this schema"),
    ],
)
def test_mistakes_in_a_schema_are_found_at_their_line(tmp_path, schema, line, message):
    text = f"{HEAD}assertions:\n  a:\n    resource: AWS::S3::Bucket\n    schema: {schema}\n    message: x\n"
    path = tmp_path / "spec.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(SpecError) as caught:
        load_spec(str(path))
    problem = caught.value.problems[0]
    assert message in problem.message
    assert problem.location.start_line == line


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ("requirement: NO-1", "`NO-1` is no statement"),
        ("select: {environments: [qa]}", "`qa` is no environment"),
        ("selct: {}", "unknown key `selct`"),
        ("severity: huge", "cannot be"),
    ],
)
def test_mistakes_in_an_assertion(tmp_path, extra, message):
    text = f"{HEAD}assertions:\n  a:\n    resource: AWS::S3::Bucket\n    schema: {{}}\n    message: x\n    {extra}\n"
    path = tmp_path / "spec.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(SpecError) as caught:
        load_spec(str(path))
    assert any(message in problem.message for problem in caught.value.problems)


def test_names_in_schemas_are_filled_in(tmp_path):
    spec = HEAD + (
        "assertions:\n  kept:\n    resource: AWS::Logs::LogGroup\n    message: x\n"
        "    schema: {properties: {LogGroupName: {pattern: '^/app/${environment}'}}}\n"
    )
    assert verdicts(scanned(tmp_path, spec))["/app/bad"] == "fail"
    assert verdicts(scanned(tmp_path, spec.replace("${environment}", "")))["bad"] == "pass"
