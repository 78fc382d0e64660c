"""Patterns that are compiled when they are used are patterns."""

import re

import pytest

from asbuilt import patterns
from asbuilt.patterns import when_used


def test_answers_as_the_compiled_pattern_does() -> None:
    late, real = when_used(r"(\w)(\d+)", re.ASCII), re.compile(r"(\w)(\d+)", re.ASCII)
    text = "a1 b22 c"
    assert late.findall(text) == real.findall(text) == [("a", "1"), ("b", "22")]
    assert late.sub(r"\2", text) == real.sub(r"\2", text)
    assert late.fullmatch(text) is None
    assert (late.pattern, late.flags, late.groups) == (real.pattern, real.flags, real.groups)
    assert when_used(rb"\d").findall(b"1a2") == [b"1", b"2"]


def test_is_compiled_once_and_not_before_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    real = re.compile
    monkeypatch.setattr(patterns.re, "compile", lambda text, flags=0: compiled.append(text) or real(text, flags))
    late = when_used("a+")
    assert compiled == []
    assert late.search("caat")
    assert late.search("x") is None
    assert compiled == ["a+"]


def test_a_pattern_that_is_none_is_told_when_it_is_used() -> None:
    late = when_used("(")
    with pytest.raises(re.error, match="unterminated"):
        late.search("x")
