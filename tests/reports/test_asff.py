from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import botocore.session
import pytest
from botocore.model import Shape
from botocore.validate import ParamValidator

from asbuilt.results import Results
from asbuilt_reports.asff import findings, render
from reports import sample
from reports.test_hostile import named

MODEL = botocore.session.get_session().get_service_model("securityhub").operation_model("BatchImportFindings")
# What the service refuses and botocore's model does not know; from the ASFF syntax page, 2026-11.
LONGEST = {"Id": 512, "GeneratorId": 512, "Title": 256, "Description": 1024}


def read(results: Results) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(render(results))
    return found


def problems(found: list[dict[str, Any]]) -> list[str]:
    report = ParamValidator().validate({"Findings": found}, MODEL.input_shape)
    said = [report.generate_report()] if report.has_errors() else []
    return said + list(_wrong_words(found, MODEL.input_shape.members["Findings"]))


def _wrong_words(value: Any, shape: Shape, where: str = "Findings") -> Any:
    """Yield what is in no enumeration, and texts that are empty: botocore checks neither."""
    if shape.type_name == "structure":
        for key, inner in value.items():
            yield from _wrong_words(inner, shape.members[key], f"{where}.{key}")
    elif shape.type_name == "list":
        for inner in value:
            yield from _wrong_words(inner, shape.member, where)
    elif shape.type_name == "map":
        for key, inner in value.items():
            yield from _wrong_words(inner, shape.value, f"{where}.{key}")
    elif shape.type_name == "string":
        if shape.enum and value not in shape.enum:
            yield f"{where}: {value!r} is none of {shape.enum}"
        if not str(value).strip():
            yield f"{where} is empty"


@pytest.mark.parametrize("results", [sample.results(), sample.clean(), sample.many(30)])
def test_valid(results: Results) -> None:
    found = read(results)
    assert found
    assert problems(found) == []
    for finding in found:
        assert all(len(finding[key]) <= most for key, most in LONGEST.items())
        assert len(json.dumps(finding)) < 240 * 1024
    assert len({finding["Id"] for finding in found}) == len(found)


@pytest.mark.parametrize("text", [sample.HOSTILE, "\r", " ", "x" * 5000])
def test_valid_whatever_names_are(text: str) -> None:
    found = read(named(text))
    assert problems(found) == []
    assert all(len(finding[key]) <= most for finding in found for key, most in LONGEST.items())


def test_the_validation_sees_what_is_wrong() -> None:
    (finding,) = read(replace(sample.clean(), findings=(sample.log_group("api"),), passes={}))
    assert problems([finding]) == []
    assert problems([{**finding, "Title": 1}])
    assert problems([{**finding, "Compliance": {"Status": "PASS"}}])
    assert problems([{**finding, "Title": " "}])


def test_no_verdict_but_pass_is_passed() -> None:
    found: dict[str, set[tuple[str, str]]] = {}
    for finding in read(sample.results()):
        verdict = finding["ProductFields"]["asbuilt/verdict"]
        found.setdefault(verdict, set()).add((finding["Compliance"]["Status"], finding["RecordState"]))
    assert found == {
        "pass": {("PASSED", "ACTIVE")},
        "fail": {("FAILED", "ACTIVE")},
        "waived": {("FAILED", "ACTIVE")},
        "unknown": {("WARNING", "ACTIVE")},
        "error": {("NOT_AVAILABLE", "ACTIVE")},
        "not_applicable": {("NOT_AVAILABLE", "ARCHIVED")},
    }


def test_severity() -> None:
    for finding in read(sample.results()):
        severity, verdict = finding["Severity"], finding["ProductFields"]["asbuilt/verdict"]
        if verdict == "fail":
            original = severity["Original"].upper().replace("INFO", "INFORMATIONAL")
            assert severity["Label"] == original
        else:
            assert severity["Label"] == "INFORMATIONAL"


def test_waivers_are_named_and_never_suppress() -> None:
    (waived,) = (f for f in read(sample.results()) if f["ProductFields"]["asbuilt/verdict"] == "waived")
    assert waived["UserDefinedFields"]["waiver-expires"] == "2027-01-31"
    assert "Workflow" not in waived


def test_account_and_region() -> None:
    first = next(findings(sample.results(), "123456789012", "cn-north-1"))
    assert first["AwsAccountId"] == "123456789012"
    assert first["ProductArn"] == "arn:aws-cn:securityhub:cn-north-1:123456789012:product/123456789012/default"
    assert first["Resources"][0]["Partition"] == "aws-cn"


def test_the_same_check_keeps_its_id() -> None:
    failing = sample.log_group("api")
    before = replace(sample.clean(), findings=(failing,), passes={})
    after = replace(before, findings=(), passes={failing.rule: (failing.resource.address,)})
    moved = replace(before, findings=(replace(failing, id="other", severity=failing.severity),))
    assert read(before)[0]["Id"] == read(after)[0]["Id"] == read(moved)[0]["Id"]
    elsewhere = replace(before, run=replace(before.run, environment="staging"))
    assert read(before)[0]["Id"] != read(elsewhere)[0]["Id"]
