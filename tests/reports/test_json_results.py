from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from asbuilt.results import Results
from asbuilt_reports.json_reading import ResultsError
from asbuilt_reports.json_results import from_json, to_json
from reports import golden, sample

SCHEMA = json.loads(files("asbuilt_reports").joinpath("results.schema.json").read_text("utf-8"))


def test_golden() -> None:
    golden.check("results.json", to_json(sample.results()))


@pytest.mark.parametrize("results", [sample.results(), sample.clean(), sample.many(200)])
def test_round_trip_is_equal(results: Results) -> None:
    assert from_json(to_json(results)) == results
    assert to_json(from_json(to_json(results))) == to_json(results)


@pytest.mark.parametrize("results", [sample.results(), sample.clean(), sample.many(50)])
def test_the_schema_holds(results: Results) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(json.loads(to_json(results)))


def test_the_schema_refuses_what_is_no_result() -> None:
    data = json.loads(to_json(sample.results()))
    data["findings"][0]["verdict"] = "pass"
    assert not Draft202012Validator(SCHEMA).is_valid(data)
    del data["findings"][0]
    assert Draft202012Validator(SCHEMA).is_valid(data)
    data["more"] = 1
    assert not Draft202012Validator(SCHEMA).is_valid(data)


def test_outline() -> None:
    data = json.loads(to_json(sample.results()))
    assert data["summary"]["fail"] == 8
    (one,) = (f for f in data["findings"] if f["rule"] == "log-group-retention" and f["resource"]["service"] == "api")
    assert one["evidence"][0]["property"] == "RetentionInDays"
    assert one["evidence"][0]["via"][-1] == {
        "what": "log_days = 7",
        "file": "environments/prod/terraform.tfvars",
        "start_line": 3,
        "start_column": 12,
        "end_line": 3,
        "end_column": 13,
    }


def test_ascii_only_and_one_finding_a_line() -> None:
    text = to_json(sample.results())
    assert all(char == "\n" or " " <= char <= "~" for char in text)
    lines = text.splitlines()
    start = lines.index(' "findings": [')
    assert [json.loads(line.rstrip(",]"))["rule"] for line in lines[start + 1 : start + 3]] == [
        "task-no-public-ip",
        "task-no-public-ip",
    ]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(expected=json_values, actual=json_values, text=st.text())
def test_any_value_survives(expected: Any, actual: Any, text: str) -> None:
    one = sample.log_group("api")
    item = replace(one.evidence[0], expected=expected, actual=actual, message=text)
    results = sample.results((replace(one, evidence=(item,), reason=text, waiver={text: actual}),))
    assert from_json(to_json(results)) == results


def test_another_version_is_named() -> None:
    with pytest.raises(ResultsError, match="schema_version '7' is not supported"):
        from_json(to_json(sample.results()).replace('"schema_version": "1"', '"schema_version": "7"'))


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("run",), [], r"results\.run: an object is expected, found a list"),
        (("findings", 0, "verdict"), "passed", r"findings\[0\]\.verdict: 'passed' is none of"),
        (("findings", 0, "evidence", 0, "absent"), 1, r"evidence\[0\]\.absent: true or false is expected"),
        (("summary", "fail"), True, r"summary\.fail: a whole number is expected, found true or false"),
        (("sections",), [1], r"results\.sections: every element has to be a string"),
    ],
)
def test_what_is_wrong_is_named(path: tuple[Any, ...], value: Any, words: str) -> None:
    data = json.loads(to_json(sample.results()))
    node = data
    for part in path[:-1]:
        node = node[part]
    node[path[-1]] = value
    with pytest.raises(ResultsError, match=words):
        from_json(json.dumps(data))


@pytest.mark.parametrize("text", ["", "[]", "null", '{"a":', "\x00", "{}", "[" * 100_000, b"\xff\xfe"])
def test_no_results_is_an_error_of_ours(text: str | bytes) -> None:
    with pytest.raises(ResultsError):
        from_json(text)
