"""Whatever the text: a tree and diagnostics, never an exception, and every position inside the file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from asbuilt.sources.terraform.parsing.parser import parse, parse_expression, parse_json, parse_template
from asbuilt.sources.terraform.parsing.syntax import (
    Attribute,
    Block,
    Body,
    ErrorExpr,
    GetAttr,
    Name,
    Node,
    SourceFile,
    SplatElement,
)

ROOT = Path(__file__).parents[2]
REAL = [path.read_text() for path in sorted((ROOT / "fixtures").rglob("*.tf"))]
CASES = [case["text"] for case in json.loads((ROOT / "tests/sources/terraform/data/syntax_cases.json").read_text())]
SOUP = [
    *"\"{}()[]=:?,.#!-+*/%<>|&~$\\\n\t \r'`;@é\u00a0\ud800",
    *("${", "%{", "~}", "$${", "%%{", "<<E\n", "<<-E\n", "\nE\n", "//", "/*", "*/", "...", "=>", "==", "[*]", ".*"),
    *("for ", " in ", "if ", "else", "endif", "endfor", "true", "a", "b.c", ".0", "1", "1.5e3", '"x"', "\\u00", "::"),
]
many = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def nodes(item: Any) -> Iterator[Node]:
    todo = [item]
    while todo:
        item = todo.pop()
        if isinstance(item, list):
            todo.extend(item)
        elif isinstance(item, dict):
            todo.extend(item.values())
        elif is_dataclass(item) and not isinstance(item, SourceFile):
            if isinstance(item, Node):
                yield item
            todo.extend(getattr(item, f.name) for f in fields(item))


def check(text: str, tree: Node, diagnostics: list[Any], *, native: bool = True) -> None:
    lines = text.count("\n") + 1
    for diagnostic in diagnostics:
        assert diagnostic.severity == "error"
        assert diagnostic.message
        place = diagnostic.location
        assert 1 <= place.start_line <= place.end_line <= lines
        assert place.start_column >= 1
    for node in nodes(tree):
        assert 0 <= node.start <= node.end <= len(text), node
        if not native:
            continue
        piece = text[node.start : node.end]
        if isinstance(node, Name | Attribute | Block) and not isinstance(node, ErrorExpr):
            name = node.type if isinstance(node, Block) else node.name
            assert piece.startswith(name)
        elif isinstance(node, GetAttr):
            assert piece.endswith(node.name)
        elif isinstance(node, SplatElement):
            assert piece == "*"
        elif isinstance(node, Body) and node.start and not node.broken and not diagnostics:
            assert piece[0] + piece[-1] == "{}"


def everything(text: str) -> None:
    for read in (parse, parse_expression, parse_template):
        check(text, *read(SourceFile("x.tf", text)))
    for variables in (False, True):
        check(text, *parse_json(SourceFile("x.tf.json", text), variables=variables), native=False)


@given(st.text())
@many
def test_any_text(text: str) -> None:
    everything(text)


@given(st.lists(st.sampled_from(SOUP), max_size=40).map("".join))
@example('a = "${' * 300)
@example("a = <<E\n" * 300)
@example("a = {\n" * 300)
@example("x {\n" * 300)
@example("a = f(\n" * 300)
@example("/*" * 2000)
@example("\\" * 2001 + '"')
@many
def test_token_soup(text: str) -> None:
    everything(text)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(REAL + CASES))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 8)))
        text = text[:start] + draw(st.sampled_from(["", *SOUP])) + text[end:]
    return text


@given(mutated())
@many
def test_mutated_files(text: str) -> None:
    check(text, *parse(SourceFile("x.tf", text)))


@given(
    st.sampled_from(["(", "[", "{a=", "{\n", "f(", "a[", '"${', "-", "a ? ", "[for x in ", "<<E\n${", '"%{if ']),
    st.integers(0, 3000),
)
@settings(max_examples=60, deadline=None)
def test_deep_nesting(opening: str, depth: int) -> None:
    text = f"a = {opening * depth}\nb = 1\n"
    check(text, *parse(SourceFile("x.tf", text)))


KEYS = ["resource", "variable", "type", "depends_on", "dynamic", "content", "lifecycle", "//", "${a}"]
leaves = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text()
json_values = st.recursive(
    leaves | st.sampled_from(["${a.b}", "x ${", "%{if a}", "a.b[0]"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.sampled_from(KEYS), inner, max_size=3),
)


@given(json_values, st.sampled_from([None, 1]))
@many
def test_json_documents(value: Any, indent: int | None) -> None:
    text = json.dumps({"resource": {"aws_x": {"a": value}}, "locals": {"v": value}}, indent=indent)
    check(text, *parse_json(SourceFile("x.tf.json", text)), native=False)
