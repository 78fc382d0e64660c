from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from asbuilt.model import Verdict
from asbuilt.results import Results
from asbuilt_reports.ocsf import VERSION, render
from reports import sample
from reports.test_hostile import named

SCHEMA = OcsfJsonSchemaEmbedded(get_ocsf_schema(VERSION))
PLAIN = Draft202012Validator(SCHEMA.get_class_schema("compliance_finding"))
CLOUD = Draft202012Validator(SCHEMA.get_class_schema("compliance_finding", profiles=["cloud"]))


def events(results: Results) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(render(results))
    return found


@pytest.mark.parametrize("results", [sample.results(), sample.clean(), sample.many(30)])
def test_valid(results: Results) -> None:
    found = events(results)
    assert found
    for event in found:
        assert [error.message for error in PLAIN.iter_errors(event)] == []


@pytest.mark.parametrize("text", [sample.HOSTILE, "\r", " "])
def test_valid_whatever_names_are(text: str) -> None:
    assert all(PLAIN.is_valid(event) for event in events(named(text)))


def test_valid_with_an_account() -> None:
    results = sample.results()
    for event in events(replace(results, run=replace(results.run, account="123456789012"))):
        assert [error.message for error in CLOUD.iter_errors(event)] == []
        assert event["cloud"]["account"]["uid"] == "123456789012"


def test_the_schema_refuses_what_is_wrong() -> None:
    event = events(sample.results())[0]
    assert not PLAIN.is_valid({**event, "class_uid": "2003"})
    assert not PLAIN.is_valid({key: value for key, value in event.items() if key != "compliance"})


def test_verdicts() -> None:
    results = sample.results()
    found = events(results)
    of = {v.value: [e for e in found if e["unmapped"]["verdict"] == v.value] for v in Verdict}
    assert len(found) == len(results.findings) + sum(map(len, results.passes.values()))
    assert all(of.values())
    assert {e["compliance"]["status"] for e in of["fail"]} == {"Fail"}
    assert {e["compliance"]["status"] for e in of["pass"]} == {"Pass"}
    for verdict in ("unknown", "error"):
        assert {(e["compliance"]["status_id"], e["severity_id"]) for e in of[verdict]} == {(0, 0)}
        assert all(e["compliance"]["status_details"] for e in of[verdict])
    (waived,) = of["waived"]
    assert (waived["compliance"]["status"], waived["status"]) == ("Fail", "Suppressed")
    assert waived["unmapped"]["waiver"]["owner"] == "media-team"


def test_one_identity_for_failing_and_passing() -> None:
    failing = sample.log_group("api")
    before = replace(sample.clean(), findings=(failing,), passes={})
    after = replace(before, findings=(), passes={failing.rule: (failing.resource.address,)})
    (one,), (other,) = events(before), events(after)
    assert one["finding_info"]["uid"] == other["finding_info"]["uid"]
    assert (one["compliance"]["status"], other["compliance"]["status"]) == ("Fail", "Pass")


def test_identities_are_unique() -> None:
    twins = replace(sample.results(), findings=sample.results().findings * 2)
    uids = [event["finding_info"]["uid"] for event in events(twins)]
    assert len(set(uids)) == len(uids)
