from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from sarif_kit.validate import validation_errors

from asbuilt.results import Results
from asbuilt_reports import sarif, sarif_lint
from asbuilt_reports.sarif import as_dict, lint_github, render
from reports import golden, sample


def log_of(results: Results, **options: Any) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(render(results, **options))
    return log


def test_golden() -> None:
    golden.check("results.sarif", render(sample.results()))


@pytest.mark.parametrize("results", [sample.results(), sample.clean(), sample.many(120)])
def test_valid_for_oasis_and_github(results: Results) -> None:
    log = log_of(results)
    assert validation_errors(log) == []
    assert lint_github(log) == []
    assert validation_errors(log_of(results, profile="full")) == []


def test_an_empty_run_is_still_a_file() -> None:
    log = log_of(sample.clean())
    assert log["runs"][0]["results"] == []
    assert log["runs"][0]["invocations"][0]["executionSuccessful"] is True


def test_an_incomplete_run_says_so() -> None:
    invocation = log_of(sample.results())["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert "modules/cache/main.tf" in invocation["toolExecutionNotifications"][0]["message"]["text"]


def test_verdicts() -> None:
    kept = [r["properties"]["verdict"] for r in log_of(sample.results())["runs"][0]["results"]]
    assert {verdict: kept.count(verdict) for verdict in set(kept)} == {"fail": 8, "unknown": 2, "error": 1}
    full = log_of(sample.results(), profile="full")["runs"][0]["results"]
    (waived,) = (r for r in full if r["properties"]["verdict"] == "waived")
    assert waived["suppressions"][0]["justification"] == "archived elsewhere until the migration ends"
    (other,) = (r for r in full if r["properties"]["verdict"] == "not_applicable")
    assert (other["kind"], other["level"]) == ("notApplicable", "none")


def test_unknown_never_wears_the_severity_of_the_rule() -> None:
    run = log_of(sample.results())["runs"][0]
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    unknown = rules["log-group-encryption/unknown"]
    assert "security-severity" not in unknown["properties"]
    assert "unknown" in unknown["properties"]["tags"]
    assert {r["level"] for r in run["results"] if r["ruleId"].endswith("/unknown")} == {"note"}
    assert rules["secret-in-environment"]["properties"]["security-severity"] == "9.5"


def test_columns_come_from_the_attribute_and_statement_is_related() -> None:
    (one,) = log_of(sample.results((sample.log_group("api"),)))["runs"][0]["results"]
    region = one["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 12, "startColumn": 23, "endLine": 12, "endColumn": 35}
    related = [entry["physicalLocation"]["artifactLocation"]["uri"] for entry in one["relatedLocations"]]
    assert related == ["docs/architecture.md", "modules/ecs/variables.tf", "environments/prod/terraform.tfvars"]
    assert one["relatedLocations"][2]["message"]["text"] == "change it here: log_days = 7"


def test_moving_a_block_keeps_the_fingerprint() -> None:
    one = sample.log_group("api")
    moved = replace(one, evidence=(replace(one.evidence[0], location=sample.at("other.tf", 99, 1, 5)),))
    prints = [log_of(sample.results((f,)))["runs"][0]["results"][0]["partialFingerprints"] for f in (one, moved)]
    assert prints[0] == prints[1]


def test_every_finding_has_a_place() -> None:
    one = sample.log_group("api")
    bare = replace(
        one,
        evidence=(),
        resource=replace(one.resource, location=None),
        requirement=replace(one.requirement, location=None),
    )
    for options, file in (({}, sample.SPEC), ({"anchor": "spec.md"}, "spec.md")):
        log = log_of(sample.results((bare,)), **options)
        where = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
        assert where["artifactLocation"]["uri"] == file
        assert lint_github(log) == []


def test_live_findings_are_anchored_at_the_statement() -> None:
    one = sample.log_group("api")
    live = replace(one, evidence=(), resource=replace(one.resource, location=None, address="arn:aws:logs:…"))
    (result,) = log_of(sample.results((live,)))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 212
    assert "arn:aws:logs" in result["message"]["text"]


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("a b/c#d.tf", "a%20b/c%23d.tf"),
        ("/abs/x.tf", "abs/x.tf"),
        ("../up/x.tf", "up/x.tf"),
        ("javascript:alert(1)", "javascript%3Aalert%281%29"),
        ("", "unnamed"),
        ("ü\\x.tf", "%C3%BC%5Cx.tf"),
    ],
)
def test_uris_are_relative_and_encoded(file: str, uri: str) -> None:
    assert sarif.uri(file) == uri


def test_too_many_results_keep_the_worst(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MAX_RESULTS", 3)
    run = log_of(sample.results())["runs"][0]
    assert len(run["results"]) == 3
    assert {r["properties"]["severity"] for r in run["results"]} == {"critical", "high"}
    assert any("8 more" in n["message"]["text"] for n in run["invocations"][0]["toolExecutionNotifications"])


def test_names_form_no_links_and_no_controls() -> None:
    text = render(sample.results(), profile="full")
    assert "](https://evil" not in text
    assert "\\u001b" not in text
    assert "\\u202e" not in text.replace("\\\\u202e", "")


def test_unknown_profile_is_refused() -> None:
    with pytest.raises(ValueError, match="profile 'all'"):
        as_dict(sample.results(), profile="all")


def _break(change: str) -> dict[str, Any]:
    log = copy.deepcopy(as_dict(sample.results()))
    run = log["runs"][0]
    exec(change, {"log": log, "run": run, "result": run["results"][0], "rule": run["tool"]["driver"]["rules"][0]})
    return log


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("log['version'] = '2.0.0'", "version"),
        ("log['runs'] = [run] * 21", "more than 20"),
        ("run['originalUriBaseIds'] = {}", "originalUriBaseIds"),
        ("run['automationDetails']['id'] = 'x'", "last slash"),
        ("del run['results']", "results: is missing"),
        ("rule['help'] = {}", "help.text"),
        ("rule['fullDescription']['text'] = 'x' * 1025", "longer than 1024"),
        ("rule['properties']['security-severity'] = 9.5", "security-severity"),
        ("rule['properties']['security-severity'] = '11'", "security-severity"),
        ("rule['properties']['tags'] = ['t'] * 21", "tags"),
        ("result['locations'] = []", "whole file is rejected"),
        ("result['message'] = {}", "message.text"),
        ("result['partialFingerprints'] = {}", "primaryLocationLineHash"),
        ("result['ruleId'] = 'other'", "no such rule"),
        ("result['suppressions'] = [{}]", "suppressions"),
        ("result['locations'][0]['physicalLocation']['region'].pop('endColumn')", "region"),
        ("result['locations'][0]['physicalLocation']['region']['endColumn'] = 1", "ends before"),
        ("result['locations'][0]['physicalLocation']['artifactLocation']['uri'] = 'file:///x'", "relative"),
        ("result['locations'][0]['physicalLocation']['artifactLocation']['uri'] = 'a b'", "percent-encoded"),
        ("run['properties']['commit'] = ''", "an empty string"),
        ("run['results'].append(dict(result))", "same fingerprint"),
    ],
)
def test_lint_sees(change: str, words: str) -> None:
    assert any(words in problem for problem in lint_github(_break(change)))


def test_lint_has_nothing_against_the_unbroken() -> None:
    assert lint_github(_break("pass")) == []
    assert sarif_lint.MAX_RESULTS == 25_000
