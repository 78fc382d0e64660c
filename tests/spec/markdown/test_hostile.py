"""Documents that are large, odd or broken are read or refused; none crashes the reader."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asbuilt.spec import SpecError
from asbuilt.spec.markdown.outline import LONGEST
from asbuilt.spec.markdown.read import read_markdown

LINES = [
    line
    for name in ("paraphrase.md", "bakery.md")
    for line in (Path(__file__).parent / name).read_text("utf-8").splitlines()
]
ODD = [
    "|||",
    "- ",
    "```",
    "| a |",
    "- x: " + "9" * 400 + " days",
    "│ a │",
    "- 10.0.0.0/99 - 10.0.0.0/33",
    "- VPC: 1.2.3.4/5",
]


def outcome(text):
    try:
        return read_markdown(text.encode(), "doc.md")
    except SpecError as error:
        return error


@pytest.mark.parametrize(
    "text",
    [
        "\n".join("  " * depth + "- x" for depth in range(300)),
        ">" * 3000 + " x",
        "- log retention " + "1" * 1000 + " days",
        "| Service | CPU | Port |\n|---|---|---|\n| a | 1e999 | " + "9" * 500 + " |\n",
        "runs " * 20000,
        "namespace " + "a." * 20000,
        "```\n" + "│" * 5000 + "\n```",
        "```\nnever closed",
        "- [x](y) ![z](w) <b>bold</b> &amp; `code",
        "\x00\x01",
    ],
)
def test_odd_documents(text):
    assert outcome(text)


def test_a_text_too_long_to_be_a_statement_is_listed():
    text = f"- Log retention: 30 days\n- {'logs ' * LONGEST}\n"
    _, notes = read_markdown(text.encode(), "doc.md")
    assert [(note.location.start_line, note.message) for note in notes] == [(2, "not read: a text of 9,999 characters")]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*LINES, *ODD]), max_size=40))
def test_any_order_of_lines_is_read_or_refused(lines):
    outcome("\n".join(lines))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    outcome(text.encode("utf-8", "replace").decode())


@pytest.mark.parametrize("text", ["\r0", "# a\r\rb\r", "a\r\n\rb\n\r- **Port**: 3\r"])
def test_lines_may_end_in_carriage_returns_only(text):
    outcome(text)
