"""checkov's results against ours."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from asbuilt.checkov.addresses import Addresses, bare, parts
from asbuilt.checkov.compare import external_run
from asbuilt.checkov.output import read_output
from asbuilt.checkov.readings import READINGS
from asbuilt.checkov.run import Said, Target
from asbuilt.discovery import discover
from asbuilt.model import Severity, Verdict
from asbuilt.results import ExternalRun, Finding, Results
from beside.fakes import output, record
from reports import sample

API = 'module.ecs.aws_cloudwatch_log_group.services["api"]'
RETENTION = "CKV_AWS_338"


def run(text: str, results: Results | None = None, **changes: Any) -> ExternalRun:
    said = [Said(Target(Path("/repo/prod"), "terraform"), read_output(text.encode()))]
    return external_run(said, sample.results() if results is None else results, gates=False, **changes)


def ours(*findings: Finding, **passes: tuple[str, ...]) -> Results:
    return replace(sample.results(findings), passes={rule.replace("_", "-"): found for rule, found in passes.items()})


def log_group(address: str, verdict: Verdict = Verdict.FAIL) -> Finding:
    one = sample.log_group("api", verdict)
    return replace(one, id=address, resource=replace(one.resource, address=address))


@pytest.mark.parametrize(
    ("theirs", "meant"),
    [
        ("aws_x.a", ["aws_x.a"]),
        ("aws_x.b", ['aws_x.b["one.two"]', "aws_x.b[1]"]),
        ('aws_x.b["one.two"]', ['aws_x.b["one.two"]']),
        ("aws_x.b[1]", ["aws_x.b[1]"]),
        ("aws_x.b[2]", []),
        ("module.m.aws_x.a", ['module.m["k"].aws_x.a']),
        ('module.m["other"].aws_x.a', []),
        ("aws_x", []),
        ("AWS::Logs::LogGroup.Api", ["Shop.Api"]),
        ("AWS::Logs::LogGroup.Web", []),
        ("AWS::Logs::LogGroup.Twice", []),
        ("", []),
        ("]]]\x00", []),
    ],
)
def test_which_resources_checkov_means(theirs: str, meant: list[str]) -> None:
    known = ["aws_x.a", 'aws_x.b["one.two"]', "aws_x.b[1]", 'module.m["k"].aws_x.a', "Shop.Api", "Twice", "A.Twice"]
    assert Addresses(known).meant(theirs) == meant


def test_parts_of_an_address() -> None:
    assert parts('module.a["x.\\"y]"].aws_b.c[0]') == (
        ("module", ""),
        ("a", '["x.\\"y]"]'),
        ("aws_b", ""),
        ("c", "[0]"),
    )
    assert bare('module.a["x"].aws_b.c[0]') == "module.a.aws_b.c"


def test_a_failure_that_we_report_too_is_marked() -> None:
    found = run(output([record(check_id=RETENTION, resource=API)]), ours(log_group(API)))
    (one,) = found.findings
    assert (one.rules, one.requirements) == (("log-group-retention",), ("MON-3",))
    assert (found.own, found.disputes) == ((), ())


def test_a_failure_where_we_pass_is_explained() -> None:
    found = run(output([record(check_id=RETENTION, resource=API)]), ours(log_group_retention=(API,)))
    (dispute,) = found.disputes
    assert (dispute.theirs, dispute.ours, dispute.address) == ("fail", Verdict.PASS, API)
    assert "at least 365 days" in dispute.why
    assert "number of days stated" in dispute.why
    assert found.findings[0].rules == ()


def test_a_pass_where_we_fail_is_explained_if_it_answers_the_same_question() -> None:
    both = [record(check_id=RETENTION, resource=API), record(check_id="CKV_AWS_66", resource=API)]
    found = run(output(passed=both), ours(log_group(API)))
    assert [(one.check, one.theirs, one.ours) for one in found.disputes] == [(RETENTION, "pass", Verdict.FAIL)]
    assert (found.passes, found.findings) == (2, ())
    assert "7 days" in found.disputes[0].found or found.disputes[0].found


def test_a_pass_of_what_we_cannot_decide_is_told() -> None:
    found = run(output(passed=[record(check_id=RETENTION, resource=API)]), ours(log_group(API, Verdict.UNKNOWN)))
    assert [dispute.ours for dispute in found.disputes] == [Verdict.UNKNOWN]


def test_instances_that_checkov_took_for_one() -> None:
    whole = "module.ecs.aws_cloudwatch_log_group.services"
    web = f'{whole}["web"]'
    found = run(output([record(check_id=RETENTION, resource=whole)]), ours(log_group(API), log_group_retention=(web,)))
    assert found.findings[0].rules == ("log-group-retention",)
    (dispute,) = found.disputes
    assert dispute.address == web
    assert "all instances as one" in dispute.why


def test_an_address_of_two_roots_with_two_verdicts_says_nothing() -> None:
    found = run(output([record(check_id=RETENTION, resource=API)]), ours(log_group(API), log_group_retention=(API,)))
    assert (found.findings[0].rules, found.disputes) == ((), ())


def test_no_identity_twice() -> None:
    twice = [record(), record(file_line_range=[7, 9])]
    found = run(output(twice, passed=twice, skipped=[record(check_result={"result": "SKIPPED"})]))
    assert (len(found.findings), found.passes) == (1, 0)
    assert found.findings[0].status == "fail"


def test_the_fingerprint_holds_when_lines_and_files_move() -> None:
    (one,) = run(output([record()])).findings
    (two,) = run(output([record(file_line_range=[70, 90], file_abs_path="/repo/prod/logs.tf")])).findings
    assert one.id == two.id
    (other,) = run(output([record(resource="aws_cloudwatch_log_group.web")])).findings
    assert other.id != one.id


def test_the_same_logical_id_in_two_templates_is_two() -> None:
    one = record(resource="AWS::Logs::LogGroup.Api", file_abs_path="/repo/a.yaml")
    found = run(output([one, {**one, "file_abs_path": "/repo/b.yaml"}]))
    assert len({finding.id for finding in found.findings}) == 2


def test_new_and_known() -> None:
    before = replace(sample.results(), external=(run(output([record()])),))
    found = run(output([record(), record(check_id="CKV_AWS_66")]), baseline=before)
    assert [(one.check, one.baseline) for one in found.findings] == [("CKV_AWS_158", "known"), ("CKV_AWS_66", "new")]


def test_places_severity_and_links() -> None:
    one = record(
        resource="module.logs.aws_cloudwatch_log_group.api",
        file_path="/../modules/logs/main.tf",
        file_abs_path="/repo/modules/logs/main.tf",
        caller_file_path="/main.tf",
        caller_file_line_range=[5, 9],
        severity="HIGH",
        guideline="https://docs.example.com/x",
    )
    (found,) = run(output([one])).findings
    assert str(found.location) == "/repo/modules/logs/main.tf:1:1"
    assert found.called is not None
    assert (found.called.file, found.called.start_line) == ("/repo/main.tf", 5)
    assert found.severity is Severity.HIGH
    assert found.guideline == "https://docs.example.com/x"
    odd = record(guideline="javascript:alert(1)", severity={"name": "HIGH"}, file_abs_path=None)
    (plain,) = run(output([odd])).findings
    assert (plain.guideline, plain.severity) == ("", None)


def test_readings_name_rules_that_there_are() -> None:
    known = {rule.id for rule in discover()}
    assert {reading.rule for reading in READINGS} <= known
    assert len({(reading.check, reading.rule) for reading in READINGS}) == len(READINGS)
    assert {reading.answers for reading in READINGS} == {"both", "failure"}
