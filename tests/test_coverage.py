"""Which statements rules enforce, and what a change of the spec does; both through the command line."""

from __future__ import annotations

import ast
import dis
import inspect
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from asbuilt.cli import main
from asbuilt.coverage import _codes, _readable, _reads, attributes, coverage
from asbuilt.discovery import discover
from asbuilt.impact import impact
from asbuilt.spec import load_spec

HERE = Path(__file__).parent
DOCUMENTS = HERE / "spec" / "markdown"
HEAD = "asbuilt: 1\nname: shop\nenvironments: {prod: {}}\n"
LOGGING = "logging: {retention_days: 30, kms: true}\n"


def written(tmp_path, text, name="spec.yaml"):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return str(path)


def run(*arguments):
    return CliRunner().invoke(main, ["spec", *map(str, arguments)])


def states(document, rules):
    return {row.id: row.state for row in coverage(document, rules).rows}


def test_every_statement_of_the_bundled_spec_is_enforced():
    found = coverage(load_spec("broxiva"), discover())
    assert [row.id for row in found.rows if row.state != "enforced"] == []
    assert len(found.rows) == 68
    assert found.percent == 100.0


def test_without_its_rule_a_statement_is_unverifiable():
    rules = [rule for rule in discover() if rule.id != "log-group-encryption"]
    found = {row.id: row for row in coverage(load_spec("broxiva"), rules).rows}
    assert found["MON-4"].state == "unverifiable"
    assert found["MON-4"].open == ("logging.kms",)
    assert found["MON-3"].state == "enforced"


def test_a_statement_of_two_values_is_enforced_partly():
    rules = [rule for rule in discover() if rule.id != "scale-in-cooldown"]
    found = {row.id: row for row in coverage(load_spec("broxiva"), rules).rows}
    assert found["AS-4"].state == "partly"
    assert found["AS-4"].open == ("scaling.scale_in_cooldown",)


def test_a_rule_that_needs_an_account_counts_as_live():
    rules = [replace(rule, live=True) if rule.id == "log-group-encryption" else rule for rule in discover()]
    found = {row.id: row for row in coverage(load_spec("broxiva"), rules).rows}
    assert found["MON-4"].state == "only live"
    assert found["MON-4"].rules == {"terraform": (), "cloudformation": (), "live": ("log-group-encryption",)}


def test_all_rules_that_come_with_asbuilt_are_about_types_that_code_can_yield():
    ours = [rule for rule in discover() if not rule.live and rule.module.startswith("asbuilt_policies.")]
    assert len(ours) > 70
    assert [rule.id for rule in ours if not _readable(rule.resources)] == []


def test_attributes_that_code_takes_are_those_that_dis_tells():
    modules = {rule.module for rule in discover()} | {"asbuilt.coverage", "asbuilt.evaluate", "asbuilt.model"}
    codes = [code for module in sorted(modules) for code in _codes(module)]
    many = [
        f"x.set_{number} = x.taken_{number}; del x.gone_{number}; super().of.called_{number}()" for number in range(300)
    ]
    codes.append(compile("\n".join(many), "more names than a byte counts", "exec"))
    for code in codes:
        steps = dis.get_instructions(code)
        told = {step.argval for step in steps if step.opname.endswith(("_ATTR", "_METHOD"))}
        assert attributes(code) == told, code
    assert len(codes) > 500


def test_databases_do_not_count_for_the_statement_about_load_balancers():
    rules = [rule for rule in discover() if rule.id not in ("databases-in-database-subnets", "database-not-public")]
    found = states(load_spec("broxiva"), rules)
    assert found["NET-10"] == "unverifiable"
    assert found["NET-7"] == "enforced"


def test_what_was_not_understood_of_a_document_is_no_hundred_percent():
    found = coverage(load_spec(str(DOCUMENTS / "bakery.md")), discover())
    assert found.counts["not understood"] > 5
    assert found.percent < 80


def test_assertions_are_statements(tmp_path):
    text = HEAD + "assertions:\n  a: {resource: 'AWS::S3::Bucket', schema: {}, message: x}\n"
    good = load_spec(written(tmp_path, text))
    from asbuilt.assertions import rules_for

    assert states(good, rules_for(good.resolve(None))) == {"a": "enforced"}
    misspelt = load_spec(written(tmp_path, text.replace("Bucket", "Buket")))
    assert states(misspelt, rules_for(misspelt.resolve(None))) == {"a": "unverifiable"}


def test_coverage_below_the_threshold_exits_1():
    assert run("coverage", "--threshold", "100").exit_code == 0
    result = run("coverage", "--spec", DOCUMENTS / "bakery.md", "--threshold", "95.5")
    assert result.exit_code == 1
    assert "below 95.5 %" in result.output
    assert "log-group-retention" in result.output


def test_coverage_as_json():
    report = json.loads(run("coverage", "--json").stdout)
    assert report["counts"]["enforced"] == len(report["statements"]) == 68
    (row,) = [row for row in report["statements"] if row["id"] == "MON-3"]
    assert row["rules"] == {source: ["log-group-retention"] for source in ("terraform", "cloudformation", "live")}
    assert row["location"].startswith("policies/")


def test_coverage_tells_by_source_what_decides():
    told = run("coverage").output
    assert "terraform, cloudformation, live: log-group-retention\n" in told
    assert "live only: task-interfaces-not-public\n" in told


def test_an_assertion_about_arguments_of_terraform_is_decided_there_only(tmp_path):
    text = HEAD + "assertions:\n  a: {resource: 'Terraform::aws_sqs_queue', schema: {}, message: x}\n"
    from asbuilt.assertions import rules_for

    document = load_spec(written(tmp_path, text))
    (row,) = coverage(document, rules_for(document.resolve(None))).rows
    assert row.rules == {"terraform": ("a",), "cloudformation": (), "live": ()}


def test_lint_exits_1_only_when_strict(tmp_path):
    assert run("lint").exit_code == 0
    assert run("lint", "--strict").exit_code == 1
    text = HEAD + "assertions:\n  a: {resource: AWS::S3::Buket, schema: {}, message: x}\n"
    result = run("lint", written(tmp_path, text), "--json")
    assert [(row["code"], row["line"]) for row in json.loads(result.stdout)] == [("type-never-read", 5)]


def test_import_writes_a_spec_and_lists_what_it_did_not_understand(tmp_path):
    target = tmp_path / "spec.yaml"
    result = run("import", DOCUMENTS / "bakery.md", "-o", target)
    assert result.exit_code == 0, result.output
    assert "not understood: “There is no CloudFront”" in result.stderr
    assert run("validate", target).exit_code == 0
    assert run("diff", DOCUMENTS / "bakery.md", target).exit_code == 0
    changed = target.read_text("utf-8").replace("365", "30")
    other = written(tmp_path, changed, "other.yaml")
    result = run("diff", target, other)
    assert result.exit_code == 1
    assert "loosened  logging.retention_days: 365 -> 30" in result.output


@pytest.mark.parametrize("name", ["spec.yaml", "missing.md"])
def test_import_refuses_what_is_no_document(tmp_path, name):
    assert run("import", tmp_path / name).exit_code == 2


TERRAFORM = """
resource "aws_kms_key" "this" {}
resource "aws_cloudwatch_log_group" "api" {
  name              = "/shop/api"
  retention_in_days = 30
  kms_key_id        = aws_kms_key.this.arn
}
"""


@pytest.fixture
def code(tmp_path):
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "main.tf").write_text(TERRAFORM, "utf-8")
    return folder


def test_a_tightened_value_makes_code_non_compliant(tmp_path, code):
    old, new = written(tmp_path, HEAD + LOGGING), written(tmp_path, HEAD + LOGGING.replace("30", "60"), "new.yaml")
    result = run("impact", old, new, code, "--env", "prod")
    assert result.exit_code == 1
    assert "tightened logging.retention_days: 30 -> 60" in result.output
    assert "Becomes non-compliant (1)" in result.output
    back = run("impact", new, old, code, "--env", "prod")
    assert back.exit_code == 0
    assert "loosened  logging.retention_days: 60 -> 30" in back.output
    assert "Becomes compliant (1)" in back.output


def test_a_dropped_value_is_no_longer_held(tmp_path, code):
    old = load_spec(written(tmp_path, HEAD + LOGGING))
    new = load_spec(written(tmp_path, HEAD + LOGGING.replace(", kms: true", ""), "new.yaml"))
    found = impact(old, new, [code])
    assert [(item.path, item.kind) for item in found.loosened] == [("logging.kms", "dropped")]
    assert [(change.rule, change.old, change.new) for change in found.changes] == [
        ("log-group-encryption", "pass", "not held")
    ]


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("tasks: {public_ip: false}", "tasks: {public_ip: true}", "loosened"),
        ("database: {encrypted: true}", "database: {encrypted: false}", "loosened"),
        ("monitoring: {alarms: {cpu: {threshold: 80}}}", "monitoring: {alarms: {cpu: {threshold: 90}}}", "loosened"),
        ("endpoints: [s3]", "endpoints: [s3, kms]", "tightened"),
        ("endpoints: [s3, kms]", "endpoints: [kms]", "loosened"),
        (
            "security_groups: {database: {from: [tasks]}}",
            "security_groups: {database: {from: [tasks, vpc]}}",
            "loosened",
        ),
        ("load_balancer: {tls: {minimum: TLSv1.2}}", "load_balancer: {tls: {minimum: TLSv1.1}}", "loosened"),
        ("region: eu-west-1", "region: eu-west-2", "changed"),
        ("region: eu-west-1", "endpoints: [s3]", "dropped"),
    ],
)
def test_kinds_of_differences(tmp_path, old, new, kind):
    from asbuilt.spec.compare import differences

    before = load_spec(written(tmp_path, HEAD + old + "\n"))
    after = load_spec(written(tmp_path, HEAD + new + "\n", "new.yaml"))
    assert differences(before, after)[0].kind == kind


def test_the_code_of_rules_reads_what_their_source_says():
    known = {rule.module: rule for rule in discover()}
    names = set()
    for module, rule in known.items():
        tree = ast.parse(inspect.getsource(sys.modules[module]))
        read = {node.attr.rstrip("_") for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        words = {node.id.rstrip("_") for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert {word for word in read | words if _reads(rule, ("x", word, 0))} == read, module
        names |= words - read
    assert len(known) > 90
    assert len(names) > 100
