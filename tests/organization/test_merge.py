"""One result of many: what is the same in several accounts stays apart, what is too much is counted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from asbuilt.model import Severity, Verdict
from asbuilt.organization.merge import Limits, exit_code, merged, run_of
from asbuilt.results import Covered, Finding, Requirement, Results, Run, SpecInfo, Subject, Summary
from asbuilt_reports.json_results import from_json, to_json
from asbuilt_reports.write import FORMATS

SPEC = SpecInfo("shop", "Shop", "spec.yaml", "0" * 64)
RUN = Run("audit", "2026-11-27T00:00:00+00:00", 1.0, "prod", SPEC, (), 1)
LOGS = Requirement("LOG-1", "Logging", "We keep logs for 30 days.")


def finding(address: str, verdict: Verdict = Verdict.FAIL, source: str = "aws") -> Finding:
    subject = Subject("AWS::Logs::LogGroup", address, source=source)
    return Finding(
        f"id-{address}"[:16], "log-retention", "Logs.", verdict, Severity.MEDIUM, "7 days", "set 30", LOGS, subject
    )


def results(
    *findings: Finding, passes: tuple[str, ...] = ("arn:aws:logs:eu-west-1:111111111111:log-group:a",)
) -> Results:
    counts = {verdict.value: sum(one.verdict is verdict for one in findings) for verdict in Verdict}
    counts["pass"] = len(passes)
    severities = {severity.value: 0 for severity in Severity} | {"medium": counts["fail"]}
    summary = Summary(counts, None, {"Logging": counts}, severities)
    own = {"log-retention": passes}
    return Results("asbuilt", "1", RUN, summary, findings, own, sections=("Logging",), requirements=(LOGS,))


def row(account: str, found: Results | None, outcome: str = "audited") -> Covered:
    counts = {key: count for key, count in found.summary.counts.items() if count} if found else {}
    code = None if found is None else 1 if counts.get("fail") else 0
    return Covered(account, f"team-{account[0]}", "eu-west-1", "prod", outcome, "", "", code, counts, 3, "jobs/x.json")


def put(*parts: Results, limits: Limits | None = None) -> Results:
    rows = [row(f"{number}" * 12, part) for number, part in enumerate(parts, 1)]
    code = exit_code(rows, allow_incomplete=False)
    empty = Results("asbuilt", "1", run_of(RUN, rows, code), Summary({}, None, {}, {}), (), {})
    return merged(empty, rows, zip(rows, parts, strict=True), limits)


def test_what_has_the_same_name_in_two_accounts_stays_apart() -> None:
    one = results(finding("service payments"))
    whole = put(one, one)
    assert [f.resource.address for f in whole.findings] == [
        "111111111111/eu-west-1 service payments",
        "222222222222/eu-west-1 service payments",
    ]
    assert len({f.id for f in whole.findings}) == 2
    assert whole.summary.counts["fail"] == 2
    assert whole.summary.by_section["Logging"]["pass"] == 2
    assert whole.summary.score == 50.0
    assert put(one, one).findings == whole.findings


def test_an_arn_that_says_where_it_is_stays_as_it_is() -> None:
    address = "arn:aws:logs:eu-west-1:111111111111:log-group:b"
    (found,) = put(results(finding(address))).findings
    assert found.resource.address == address
    (role,) = put(results(finding("arn:aws:iam::111111111111:role/a"))).findings
    assert role.resource.address == "111111111111/eu-west-1 arn:aws:iam::111111111111:role/a"


@pytest.mark.parametrize("name", list(FORMATS))
def test_many_findings_are_counted_in_every_format(name: str) -> None:
    many = results(*(finding(f"group-{n}") for n in range(40)), finding("group-x", Verdict.UNKNOWN))
    whole = put(many, many, limits=Limits(findings=50, passes=1))
    assert len(whole.findings) == 4
    assert whole.summary.counts["fail"] == 80
    messages = [f.message for f in whole.findings]
    assert "40 findings in team-1 (eu-west-1); they are in jobs/111111111111" in messages
    assert "1 finding in team-2 (eu-west-1); it is in jobs/222222222222" in messages
    assert whole.passes == {"log-retention": ("111111111111: 1", "222222222222: 1")}
    assert {f.verdict for f in whole.findings} == {Verdict.FAIL, Verdict.UNKNOWN}
    assert FORMATS[name](whole)


def test_json_can_be_read_back() -> None:
    whole = put(results(finding("a")), results())
    assert from_json(to_json(whole)) == whole


def test_a_waiver_is_unused_only_where_no_account_needs_it() -> None:
    waiver = {"rule": "log-retention", "owner": "team", "state": "unused", "waived": 0, "findings": []}
    used = {**waiver, "state": "live", "waived": 2, "findings": ["a", "b"]}
    whole = put(replace(results(), waivers=(waiver,)), replace(results(), waivers=(used,)))
    (found,) = whole.waivers
    assert (found["state"], found["waived"], len(found["findings"])) == ("live", 2, 2)
    (found,) = put(replace(results(), waivers=(waiver,)), replace(results(), waivers=(waiver,))).waivers
    assert found["state"] == "unused"


@pytest.mark.parametrize(
    ("outcomes", "codes", "allowed", "wanted"),
    [
        (["audited", "audited"], [0, 0], False, 0),
        (["audited", "skipped"], [0, None], False, 0),
        (["audited", "denied"], [0, None], False, 3),
        (["audited", "suspended"], [0, None], False, 3),
        (["audited", "unassigned"], [0, None], False, 3),
        (["audited", "denied"], [0, None], True, 0),
        (["audited", "denied"], [1, None], False, 1),
        (["audited", "audited"], [0, 3], True, 3),
        (["skipped"], [None], False, 3),
        (["denied"], [None], True, 3),
        ([], [], False, 3),
    ],
)
def test_exit_codes(outcomes: list[str], codes: list[int | None], allowed: bool, wanted: int) -> None:
    rows = [
        Covered("1" * 12, "", "eu-west-1", "", word, exit_code=code) for word, code in zip(outcomes, codes, strict=True)
    ]
    assert exit_code(rows, allow_incomplete=allowed) == wanted


def test_a_report_over_an_account_that_was_not_read_claims_nothing() -> None:
    part = results()
    rows = [row("1" * 12, part), row("2" * 12, None, "denied")]
    empty = Results("asbuilt", "1", run_of(RUN, rows, 3), Summary({}, None, {}, {}), (), {})
    whole = merged(empty, rows, [(rows[0], part)])
    for name in ("text", "markdown", "html"):
        report = FORMATS[name](whole)
        assert "No deviation found" not in report
        assert "222222222222" in report
        assert "1 denied" in report


HOSTILE = "<img src=x onerror=alert(1)>\x1b[31m | @everyone\n::error::=1+1"


@pytest.mark.parametrize("name", list(FORMATS))
def test_an_accounts_name_and_reasons_harm_no_report(name: str) -> None:
    part = results(finding("a"))
    bad = replace(row("2" * 12, None, "denied"), name=HOSTILE, reason=HOSTILE, action=HOSTILE, environment=HOSTILE)
    rows = [replace(row("1" * 12, part), name=HOSTILE), bad]
    empty = Results("asbuilt", "1", run_of(RUN, rows, 1), Summary({}, None, {}, {}), (), {})
    for limits in (Limits(), Limits(findings=0, passes=0)):
        report = FORMATS[name](merged(empty, rows, [(rows[0], part)], limits))
        assert "\x1b" not in report
        if name in ("html", "markdown", "junit"):
            assert "<img" not in report
        if name in ("markdown", "text", "github"):
            assert "\n::error" not in report


def test_results_of_an_organisation_are_not_published_as_one_accounts(tmp_path: Path) -> None:
    from asbuilt.cli.publish import command

    file = tmp_path / "results.json"
    file.write_text(to_json(put(results(finding("a")))))
    ran = CliRunner().invoke(command, ["security-hub", str(file), "--region", "eu-west-1", "--dry-run"])
    assert ran.exit_code == 2
    assert "of each account" in ran.output
