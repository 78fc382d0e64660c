from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.fixes.literals import literal, quote, same, written
from asbuilt.sources.terraform.parsing.parser import parse_expression
from asbuilt.sources.terraform.parsing.syntax import SourceFile


def read(text: str) -> tuple[Any] | None:
    expr, problems = parse_expression(SourceFile("x.tf", text))
    assert not problems
    return literal(expr, text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7), ("-7", -7), ('"a"', "a"), ("true", True), ("null", None), ('"\\"$${x}"', '"${x}'), ("0.5", 0.5)],
)
def test_literals(text: str, value: Any) -> None:
    assert read(text) == (value,)


@pytest.mark.parametrize("text", ['"${x}"', '"a${x}"', "x", "1 + 1", "[1]", "{}", "-x", "f(1)", "<<E\na\nE\n", "(1)"])
def test_anything_else_is_none(text: str) -> None:
    assert read(text) is None


@given(
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.sampled_from('"\\${%}\n\t\r'))
)
def test_what_is_quoted_reads_back(text: str) -> None:
    assert read(quote(text)) == (unicodedata.normalize("NFC", text),)


def test_same() -> None:
    assert same("1024", 1024)
    assert same(True, "true")
    assert same(None, None)
    assert not same(None, 0)
    assert not same("7", 8)
    assert not same("1", True)


@pytest.mark.parametrize(
    ("value", "before", "text"),
    [
        (30, "7", "30"),
        (30, '"7"', '"30"'),
        ("443", "80", "443"),
        ("443", "", '"443"'),
        (True, "false", "true"),
        (True, '"false"', '"true"'),
        ("true", "false", "true"),
        ("HTTPS", '"HTTP"', '"HTTPS"'),
        (30, "null", "30"),
        (0.5, "1", "0.5"),
        (2.0, "1", "2"),
    ],
)
def test_written(value: Any, before: str, text: str) -> None:
    assert written(value, before) == text
