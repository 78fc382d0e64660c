"""Other tools' results in every format: each said once, what is suppressed shown as that, nothing a verdict of ours."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from importlib.resources import files
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator

from asbuilt.results import ExternalRun, Results
from asbuilt_reports import digest, external, html, markdown, sarif, text
from asbuilt_reports.json_reading import ResultsError
from asbuilt_reports.json_results import from_json, to_json
from asbuilt_reports.write import FORMATS
from reports import golden, sample

SCHEMA = json.loads(files("asbuilt_reports").joinpath("results.schema.json").read_text("utf-8"))


def results(**changes: object) -> Results:
    return replace(sample.results(), external=(replace(sample.others(), **changes),))


def checkov_run(profile: str = "github") -> dict[str, object]:
    (run,) = (
        run for run in sarif.as_dict(results(), profile=profile)["runs"] if run["tool"]["driver"]["name"] != "asbuilt"
    )
    return run


def test_json_holds_it_and_reads_it_back() -> None:
    assert from_json(to_json(results())) == results()
    Draft202012Validator(SCHEMA).validate(json.loads(to_json(results())))
    assert from_json(to_json(sample.results())).external == ()


def test_results_of_older_versions_are_read() -> None:
    data = json.loads(to_json(sample.results()))
    del data["external"]
    assert from_json(json.dumps(data)) == sample.results()


def test_a_link_that_is_not_https_is_no_link() -> None:
    data = json.loads(to_json(results()))
    data["external"][0]["findings"][2]["guideline"] = "javascript:alert(1)"
    assert not Draft202012Validator(SCHEMA).is_valid(data)
    assert from_json(json.dumps(data)).external[0].findings[2].guideline == ""
    data["external"][0]["findings"][2]["status"] = 7
    with pytest.raises(ResultsError, match="status"):
        from_json(json.dumps(data))


def test_text() -> None:
    shown = text.render(results(), width=100)
    section = shown[shown.index("\ncheckov 3.3.30 ") + 1 : shown.index("\nSummary ")]
    golden.check("text-checkov.txt", section + "\n")
    assert text.render(sample.results()) == text.render(replace(results(), external=()))


def test_the_score_and_the_counts_stay_ours() -> None:
    assert digest.sentence(results()) == digest.sentence(sample.results())
    assert digest.score(results()) == digest.score(sample.results())


def test_sarif_has_a_run_of_the_other_tool_and_says_nothing_twice() -> None:
    whole = sarif.as_dict(results())
    assert sarif.lint_github(whole) == []
    run = checkov_run()
    assert [result["ruleId"] for result in run["results"]] == ["CKV_AWS_18", "CKV_AWS_18"]  # 338 is among ours
    assert run["automationDetails"]["id"] == "asbuilt-checkov/prod/"
    categories = [run["automationDetails"]["id"] for run in whole["runs"]]
    assert len(set(categories)) == len(categories)


def test_the_full_profile_keeps_what_comments_suppress() -> None:
    found = checkov_run("full")["results"]
    assert [result["ruleId"] for result in found] == ["CKV_AWS_338", "CKV_AWS_18", "CKV_AWS_18", "CKV_AWS_21"]
    assert [bool(result.get("suppressions")) for result in found] == [False, False, False, True]
    assert found[0]["properties"]["reportedBy"] == ["log-group-retention"]


def test_csv_says_whose_a_row_is_and_never_that_it_is_a_verdict_of_ours() -> None:
    rows = list(csv.DictReader(io.StringIO(FORMATS["csv"](results()))))
    others = [row for row in rows if row["tool"] == "checkov"]
    assert [row["verdict"] for row in others] == ["other: fail"] * 3 + ["other: suppressed"]
    assert {row["tool"] for row in rows} == {"asbuilt", "checkov"}


@pytest.mark.parametrize(("gates", "failures"), [(False, 0), (True, 2)])
def test_junit_fails_only_where_they_gate_and_are_new(gates: bool, failures: int) -> None:
    root = ET.fromstring(FORMATS["junit"](results(gates=gates)))
    (suite,) = (suite for suite in root if suite.get("name") == "checkov")
    assert (suite.get("tests"), suite.get("failures")) == ("4", str(failures))
    assert all(len(case) == 1 for case in suite)  # none of them is a passed test


def test_html_and_markdown_show_the_reason_of_a_difference() -> None:
    why = "checkov asks for 365 days; the architecture asks for exactly the number of days stated"
    for shown in (html.render(results()), markdown.render(results())):
        assert why.split(";")[0] in shown
        assert "1 suppressed in the code" in shown
    assert 'href="https://docs.example.com/s3"' in html.render(results())
    assert 'id="other-0"' not in html.render(sample.results())


def test_words() -> None:
    run = sample.others()
    assert external.headline(run) == (
        "3 failures, 415 passed, 1 suppressed in the code; asbuilt reports 1 of the failures too; "
        "2 resources are judged differently."
    )
    assert "listed only" in external.gate(run)
    assert "exit 1" in external.gate(replace(run, gates=True))
    assert external.headline(ExternalRun("checkov", "3.3.30", 2)) == "0 failures, 2 passed."


def test_the_exit_code_is_explained_by_the_other_tool_where_it_gates() -> None:
    assert "failures of checkov" not in digest.exit_meaning(results())
    assert digest.exit_meaning(results(gates=True)).endswith("or failures of checkov")
