from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt_reports.escape import value, visible, visible_lines


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain", "plain"),
        ("żółć 名前", "żółć 名前"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\x9b", "\\x9b"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\u202e\u2066\u200b\ufeff", "\\u202e\\u2066\\u200b\\ufeff"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
    ],
)
def test_visible(raw: str, shown: str) -> None:
    assert visible(raw) == shown


@given(st.text())
def test_visible_always_prints(raw: str) -> None:
    assert visible(raw).isprintable()
    visible(raw).encode()
    assert all(line.isprintable() for line in visible_lines(raw).split("\n"))


def test_values() -> None:
    assert value("x") == "x"
    assert value("") == '""'
    assert value(" x") == '" x"'
    assert value(None) == "null"
    assert value(None, absent=True) == "(not set)"
    assert value({"b": [1, True], "a": "ü"}) == '{"a": "ü", "b": [1, true]}'
    assert value("x" * 500) == "x" * 400 + "… (100 more characters)"
