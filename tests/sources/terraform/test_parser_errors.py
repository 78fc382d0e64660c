"""The native-syntax parser: what it refuses, where, and what it saves of the rest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from asbuilt.sources.terraform.parsing.parser import Limits, parse, parse_expression, parse_template
from asbuilt.sources.terraform.parsing.syntax import Body, SourceFile
from sources.terraform.trees import show_body

DATA = Path(__file__).parent / "data"
CASES = json.loads((DATA / "syntax_cases.json").read_text())
# Where Terraform points at the end of the damage and we at its beginning, or the other way round.
OTHER_LINES = {
    "x = a[*\n]\n": 1,
    "a = {for x in y : z\n\n": 3,
    "a = <<E\n%{if x}\nE\n": 2,
}


def errors(text: str) -> list[tuple[str, int]]:
    _, diagnostics = parse(SourceFile("x.tf", text))
    return [(d.code, d.location.start_line) for d in diagnostics if d.location]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_agrees_with_terraform(case: dict) -> None:
    found = errors(case["text"])
    first = [line for code, line in found if code != "unclosed-block"] or [line for _, line in found]
    assert min(first, default=0) == OTHER_LINES.get(case["text"], case["line"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a = 1\na = 2\n", "duplicate-attribute"),
        ('x "a${b}" {}\n', "template-in-label"),
        ('{"resource": {}}\n', "json-in-native-file"),
        ('a = "\\q"\n', "invalid-escape"),
        ('a = "\\ud800"\n', "invalid-escape"),
        ("a = 'b'\n", "single-quote"),
        ('a = "b\n', "unterminated-string"),
        ("a = <<E\nb\n", "unterminated-heredoc"),
        ("a = <<E x\nb\nE\n", "invalid-heredoc"),
        ('a = "${b"\n', "unclosed-interpolation"),
        ('a = "${b c}"\n', "extra-characters"),
        ('a = "%{if b}"\n', "unclosed-directive"),
        ('a = "%{endif}"\n', "unbalanced-directive"),
        ('a = "%{while}"\n', "invalid-directive"),
        ("a = (1\n", "unbalanced-parentheses"),
        ("a = [1 2]\n", "missing-item-separator"),
        ("a = { b = 1 c = 2 }\n", "missing-attribute-separator"),
        ("a = { b }\n", "missing-attribute-value"),
        ("a = b(1 2)\n", "missing-argument-separator"),
        ("a = b[1\n", "missing-close-bracket"),
        ("a = b.*.c.*\n", "nested-splat"),
        ("a = b.0.1\n", "invalid-legacy-index"),
        ("a = b.\n", "invalid-attribute-name"),
        ("a = b ? c\n", "missing-false-expression"),
        ("a = [for b c]\n", "invalid-for"),
        ("a = 1.2.3\n", "invalid-number"),
        ("a = 1e999999999\n", "invalid-number"),
        ("a = x::\n", "missing-function-name"),
        ("a =\n", "missing-expression"),
        ("a = 1, b = 2\n", "unexpected-comma"),
        ("a = 1 b = 2\n", "missing-newline"),
        ("a {\n", "unclosed-block"),
        ("a { b = 1, c = 2 }\n", "invalid-one-line-block"),
        ("a\n{\n}\n", "invalid-block"),
        ('"a" = 1\n', "invalid-argument-name"),
        ("}\n", "unexpected-brace"),
        ("a\u00a0b = 1\n", "invalid-character"),
        ("a = \ud800\n", "invalid-encoding"),
    ],
)
def test_code(text: str, code: str) -> None:
    assert errors(text)[0][0] == code


RECOVERY = [
    # An attribute that is wrong costs itself.
    ("a = 1\nb = = 2\nc = 3\n", ["a = 1", "b = ERROR", "c = 3"]),
    ("x {\n  a = [1\n  b = 2\n}\ny {}\n", ["x", "  a = ERROR", "  b = 2", "y"]),
    ('x {\n  a = "b\n  c = 2\n}\ny {}\n', ["x", "  a = ERROR", "  c = 2", "y"]),
    ("x {\n  a = f(\n}\ny {}\n", ["x", "  a = ERROR", "y"]),
    ("x {\n  a = {\n    b = 1 c = 2\n    d = 3\n  }\n  e = 4\n}\n", ["x", "  a = ERROR", "  e = 4"]),
    ("x {\n  a = <<E\n  b\n  c = 1\n}\ny {}\n", ["x", "  a = ERROR", "  c = 1", "y"]),
    # What is lost without a trace in the tree leaves its body marked.
    ("x {\n  a b = 1\n  c = 2\n}\n", ["x broken", "  c = 2"]),
    ("x {\n  5 = 1\n  c = 2\n}\n", ["x broken", "  c = 2"]),
    ('x "${a}" {\n  b = 1\n}\ny {}\n', ["x", "  b = 1", "y"]),
    ('x {\n  y\n  {\n    b = 1\n  }\n  c = 1\n}\n', ["x broken", "  c = 1"]),
    ("x { a = 1, b = 2 }\ny {}\n", ["x broken", "  a = 1", "y"]),
    ("x {\n  a = 1\n}}\ny {}\n", ["x", "  a = 1", "y"]),
    # A missing brace: what begins in the first column is not part of the block.
    ("x {\n  a = 1\n\ny {\n  b = 2\n}\n\nz {}\n", ["x broken", "  a = 1", "y", "  b = 2", "z"]),
    ("x {\n  n {\n    a = 1\n}\ny {}\n", ["x broken", "  n", "    a = 1", "y"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "tree"), RECOVERY, ids=lambda value: repr(value)[:40])
def test_one_error_costs_only_itself(text: str, tree: list[str]) -> None:
    body, diagnostics = parse(SourceFile("x.tf", text))
    assert diagnostics
    assert show_body(body) == tree


def test_the_first_of_two_attributes_stays() -> None:
    body, diagnostics = parse(SourceFile("x.tf", "a = 1\nb = 2\na = 3\n"))
    assert show_body(body) == ["a = 1", "b = 2"]
    assert "line 1" in diagnostics[0].message


NESTED = {
    "parentheses": ("(", "1", ")"),
    "lists": ("[", "1", "]"),
    "objects": ("{a=", "1", "}"),
    "calls": ("f(", "1", ")"),
    "indexes": ("a[", "1", "]"),
    "operators": ("1+a[", "1", "]"),
    "conditionals": ("a?", "1", ":2"),
    "chained conditionals": ("a?1:", "1", ""),
    "signs": ("-", "1", ""),
    "templates": ('"${', "1", '}"'),
    "loops": ("[for x in ", "a", ": x]"),
    "splats": ("", "a", "[*]"),
    "directives": ('"%{if x}${', "1", '}%{endif}"'),
}


@pytest.mark.parametrize("kind", NESTED)
def test_depth_is_bounded(kind: str) -> None:
    opening, middle, closing = NESTED[kind]
    for depth, codes in ((30, []), (140, []), (5000, ["nested-too-deep"])):
        text = opening * depth + middle + closing * depth
        _, diagnostics = parse_expression(SourceFile("x.tf", text))
        found = [d.code for d in diagnostics]
        assert found in (codes, ["expression-too-long"] if codes else [])


def test_nested_blocks_are_bounded() -> None:
    body, diagnostics = parse(SourceFile("x.tf", "a {\n" * 100 + "}\n" * 100))
    assert (len(body.blocks), diagnostics) == (1, [])
    body, diagnostics = parse(SourceFile("x.tf", "a {\n" * 5000 + "}\n" * 5000 + "b = 1\n"))
    assert "nested-too-deep" in {d.code for d in diagnostics}


@pytest.mark.parametrize("text", ["a" + ".b" * 5000, "1" + "+1" * 5000, "a" + "[0]" * 5000, "a.*" + ".b" * 5000])
def test_chains_are_bounded(text: str) -> None:
    _, diagnostics = parse_expression(SourceFile("x.tf", text))
    assert [d.code for d in diagnostics] == ["expression-too-long"]
    assert parse(SourceFile("x.tf", f"a = {text}\nb = 1\n"))[0].attributes.keys() == {"a", "b"}


def test_size_is_bounded() -> None:
    body, diagnostics = parse(SourceFile("x.tf", "a = 1\n"), limits=Limits(size=3))
    assert [d.code for d in diagnostics] == ["file-too-large"]
    assert body.broken
    assert parse_template(SourceFile("x", "abcd"), limits=Limits(size=3))[1][0].code == "file-too-large"


def test_the_number_of_errors_is_bounded() -> None:
    body, diagnostics = parse(SourceFile("x.tf", "a b\n" * 1000), limits=Limits(errors=5))
    assert [d.code for d in diagnostics] == ["invalid-block"] * 5 + ["too-many-errors"]
    assert isinstance(body, Body)
    assert body.broken
