"""GitLab's code quality report: what its documentation asks for, and nothing lost."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema

from asbuilt.model import Location, Verdict
from asbuilt_reports import gitlab
from reports import golden, sample

# docs.gitlab.com, "Code Quality", "Code Quality report format" (2026-11); its paths may not begin with `./`.
CONTRACT = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!\\./|/)."},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}, "end": {"type": "integer"}},
                    },
                },
            },
        },
    },
}


def issues(results: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(gitlab.render(results))
    jsonschema.validate(found, CONTRACT)
    return found


def test_golden() -> None:
    golden.check("codequality.json", gitlab.render(sample.results()))


def test_every_failure_and_every_doubt_is_an_issue_of_its_own() -> None:
    results = sample.results()
    found = issues(results)
    kept = [f for f in results.findings if f.verdict in (Verdict.FAIL, Verdict.UNKNOWN, Verdict.ERROR)]
    unread = [gap for gap in results.gaps if gap.incomplete]
    assert len(found) == len(kept) + len(unread)
    assert unread
    assert len({issue["fingerprint"] for issue in found}) == len(found)
    assert all(issue["location"]["lines"]["end"] >= issue["location"]["lines"]["begin"] for issue in found)


def test_severities_and_doubts() -> None:
    results = sample.results()
    by_severity = {finding.severity.value: finding for finding in results.findings if finding.verdict is Verdict.FAIL}
    words = {"critical": "blocker", "high": "critical", "medium": "major", "low": "minor", "info": "info"}
    for name, finding in by_severity.items():
        (issue,) = issues(replace(results, findings=(finding,), gaps=()))
        assert issue["severity"] == words[name]
    unknown = next(finding for finding in results.findings if finding.verdict is Verdict.UNKNOWN)
    (issue,) = issues(replace(results, findings=(unknown,), gaps=()))
    assert issue["severity"] == "info"
    assert issue["description"].startswith("Could not be decided: ")
    # What was not decided and then fails is another issue.
    (failing,) = issues(replace(results, findings=(replace(unknown, verdict=Verdict.FAIL),), gaps=()))
    assert failing["fingerprint"] != issue["fingerprint"]


def test_the_fingerprint_does_not_move_with_the_line() -> None:
    results = sample.results()
    finding = next(f for f in results.findings if f.verdict is Verdict.FAIL and f.evidence)
    moved = replace(finding.evidence[0], location=Location("elsewhere.tf", 99))
    (one,) = issues(replace(results, findings=(finding,), gaps=()))
    (other,) = issues(replace(results, findings=(replace(finding, evidence=(moved,)),), gaps=()))
    assert one["location"] != other["location"]
    assert one["fingerprint"] == other["fingerprint"]


def test_nothing_found_is_an_empty_list() -> None:
    assert issues(sample.clean()) == []
