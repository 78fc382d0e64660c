"""Values in words."""

from __future__ import annotations

import pytest

from asbuilt.spec.markdown import words
from asbuilt.spec.markdown.diagram import boxes


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("10.0.101.0/24 - 10.0.103.0/24", ("10.0.101.0/24", "10.0.102.0/24", "10.0.103.0/24")),
        ("10.0.0.0/20 to 10.0.32.0/20", ("10.0.0.0/20", "10.0.16.0/20", "10.0.32.0/20")),
        ("10.1.0.0/24, 10.1.2.0/24", ("10.1.0.0/24", "10.1.2.0/24")),
        ("10.0.3.0/24 - 10.0.1.0/24", None),
        ("10.0.1.0/24 - 10.0.2.0/25", None),
        ("10.0.0.0/24 - 10.255.0.0/24", None),
        ("10.0.1 - 10.0.2.0/24", None),
        ("none", ()),
    ],
)
def test_blocks(text, found):
    assert words.blocks(text) == found


@pytest.mark.parametrize(
    ("text", "header", "found"),
    [
        ("4096 MB", "", 4096),
        ("2 GB", "", 2048),
        ("0.5 GiB", "", 512),
        ("512", "", 512),
        ("2", "RAM (GB)", 2048),
        ("2", "", None),
        ("lots", "", None),
    ],
)
def test_memory(text, header, found):
    assert words.mebibytes(text, header) == found


@pytest.mark.parametrize(
    ("text", "header", "found"),
    [
        ("0.5 vCPU", "", 512),
        ("2048 (prod)", "", 2048),
        ("1", "", 1024),
        ("0.25", "vCPU", 256),
        ("1,024", "", 1024),
        ("-", "", None),
    ],
)
def test_cpu(text, header, found):
    assert words.cpu_units(text, header) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("60 seconds", 60),
        ("3 minutes", 180),
        ("three minutes", 180),
        ("120s", 120),
        ("10 per minute", 60),
        ("2h", 7200),
        ("soon", None),
    ],
)
def test_seconds(text, found):
    assert words.seconds(text) == found


@pytest.mark.parametrize(
    ("text", "found"), [("30 days", 30), ("two weeks", 14), ("1 year", 365), ("90-day", 90), ("x", None)]
)
def test_days(text, found):
    assert words.days(text) == found


@pytest.mark.parametrize(
    ("text", "found"), [("Yes", True), ("disabled", False), ("not enabled", None), ("maybe", None)]
)
def test_truth(text, found):
    assert words.truth(text) is found


def test_pieces_stay_whole_inside_parentheses():
    assert words.pieces("30 days (prod, live), 14 days (staging) and 1,000 more") == [
        "30 days (prod, live)",
        "14 days (staging)",
        "1,000 more",
    ]


def test_labels_of_a_drawing_are_joined_below_their_border():
    drawing = "┌──────┐ ┌──────┐\n│ Host │ │ Path │\n│ rout │ │      │\n└──────┘ └──────┘\nUsers ──▶ CDN\n"
    assert [(text, line) for text, line, _ in boxes(drawing)] == [
        ("Host rout", 1),
        ("Path", 1),
        ("Users", 4),
        ("CDN", 4),
    ]


def test_labels_of_a_mermaid_graph():
    assert [text for text, _, _ in boxes("graph LR\n  A[CloudFront] --> B(ALB)\n")] == ["CloudFront", "ALB"]
