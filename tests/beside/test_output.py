"""What checkov wrote is believed only when it is whole."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.checkov.output import read_output
from asbuilt.checkov.program import CheckovError, supported
from beside.fakes import output, record


def test_failures_passes_and_what_is_suppressed() -> None:
    skipped = record(check_result={"result": "SKIPPED", "suppress_comment": "later"})
    found = read_output(output([record()], [record(check_id="CKV_AWS_66")], [skipped], ["/repo/bad.tf"]).encode())
    assert (len(found.failed), len(found.passed), len(found.suppressed)) == (1, 1, 1)
    assert found.suppressed[0].check_result.suppress_comment == "later"
    assert found.unread == ("/repo/bad.tf",)
    assert found.version == "3.3.30"


def test_several_frameworks_are_a_list() -> None:
    both = [json.loads(output([record()])), json.loads(output([record(check_id="CKV_AWS_66")]))]
    assert [one.check_id for one in read_output(json.dumps(both).encode()).failed] == ["CKV_AWS_158", "CKV_AWS_66"]


def test_nothing_to_check() -> None:
    counts = dict.fromkeys(("passed", "failed", "skipped", "parsing_errors", "resource_count"), 0)
    assert read_output(json.dumps({**counts, "checkov_version": "3.3.30"}).encode()).failed == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        (output([record()])[:-1], "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "empty"),
        ("{}", "not as expected"),
        ("null", "not as expected"),
        ('{"passed": 0, "failed": 0, "parsing_errors": 2, "checkov_version": "3.3.30"}', "not as expected"),
        (output([record()], summary={"failed": 2}), "counts other results"),
        (output([record(check_id="CKV; rm -rf /")]), "check_id"),
        (output([record(resource=7)]), "resource"),
        (output([record(file_line_range=[1])]), "file_line_range"),
        (output([record(file_line_range=[-1, 2])]), "file_line_range"),
        (output([record(resource="x" * 5000)]), "resource"),
        (output([record(check_result={"result": "FINE"})]), "check_result.result"),
        (output(summary={"checkov_version": "2.5.9"}), "2.5.9 is not supported"),
        (output(summary={"checkov_version": "4.0.0"}), "4.0.0 is not supported"),
    ],
)
def test_anything_else_is_no_result(text: str, said: str) -> None:
    with pytest.raises(CheckovError, match=said):
        read_output(text.encode())


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with pytest.raises(CheckovError):
        read_output(raw)


@pytest.mark.parametrize("text", ["3.2.0", "3.2.471", "3.3.30\n", "3.9.0rc1"])
def test_supported_versions(text: str) -> None:
    assert supported(text) == text.strip()


@pytest.mark.parametrize("text", ["3.1.99", "4.0.0", "", "checkov", "3", "\x1b[31m3.2.1", "99999999999.1.1"])
def test_other_versions_are_refused(text: str) -> None:
    with pytest.raises(CheckovError):
        supported(text)
