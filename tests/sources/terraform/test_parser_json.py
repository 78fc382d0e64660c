"""Terraform's JSON syntax: the same tree, with positions in the JSON text."""

from __future__ import annotations

import pytest

from asbuilt.sources.terraform.parsing.parser import Limits, parse_json
from asbuilt.sources.terraform.parsing.syntax import Body, GetAttr, SourceFile, Template
from sources.terraform.trees import show, show_body


def read(text: str, *, variables: bool = False) -> Body:
    body, diagnostics = parse_json(SourceFile("x.tf.json", text), variables=variables)
    assert diagnostics == []
    return body


def test_blocks_by_nesting() -> None:
    body = read("""{
      "//": "a comment",
      "terraform": {"required_version": ">= 1.5", "backend": {"s3": {"bucket": "${x}"}}},
      "locals": [{"a": {"${b}": [1, null, true, -2]}}, {"c": "$${d}", "e": "%{if f}g%{endif}"}],
      "resource": {"aws_x": [
        {"one": {"//": "a comment", "name": "x", "lifecycle": {"ignore_changes": ["tags", "all"]}}},
        {"two": [{"ingress": [{"port": 1}]}, {"depends_on": ["aws_y.z[0]", "module.m"], "provider": "aws.west"}],
         "none": null}
      ]},
      "variable": {"v": {"type": "list(object({a = string}))", "default": "${x}", "validation": {"condition": "${w}"}}}
    }""")
    assert body.json
    assert not body.broken
    assert show_body(body) == [
        "terraform",
        "  required_version = '>= 1.5'",
        "  backend 's3'",
        "    bucket = '${x}'",
        "locals",
        "  a = {wrap<b>: [1, None, True, -2]}",
        "locals",
        "  c = '${d}'",
        "  e = template<if(f <'g'> <>)>",
        "resource 'aws_x' 'one'",
        "  name = 'x'",
        "  lifecycle",
        "    ignore_changes = [tags, all]",
        "resource 'aws_x' 'two'",
        "  ingress = [{'port': 1}]",
        "resource 'aws_x' 'two'",
        "  depends_on = [aws_y.z[0], module.m]",
        "  provider = aws.west",
        "variable 'v'",
        "  type = list(object({'a': string}))",
        "  default = '${x}'",
        "  validation",
        "    condition = wrap<w>",
    ]


def test_dynamic_blocks() -> None:
    body = read('{"resource": {"a": {"b": {"dynamic": {"c": {"for_each": "${d}", "content": {"e": "${c.value}"}}}}}}}')
    assert show_body(body)[1:] == ["  dynamic 'c'", "    for_each = wrap<d>", "    content", "      e = wrap<c.value>"]


@pytest.mark.parametrize("lead", ["", r"\n", r"\"\u00e9 ", r"\ud83d\ude00\\", "é"])
def test_positions_survive_escapes(lead: str) -> None:
    text = f'{{"locals": {{"a": "{lead}${{x.y}} {lead}${{z[\\"k\\"].w}}"}}}}'
    value = read(text).blocks[0].body.attributes["a"].expr
    assert isinstance(value, Template)
    assert text[value.start : value.end].startswith(f'"{lead}')
    nodes = [part for part in value.parts if isinstance(part, GetAttr)]
    assert [text[node.start : node.end] for node in nodes] == ["x.y", 'z[\\"k\\"].w']


def test_headers_stand_at_the_last_label() -> None:
    text = '{"resource": {"aws_x": {\n"one": {"a": 1}}}}'
    block = read(text).blocks[0]
    assert text[block.start : block.header_end] == '"one"'
    assert text[block.body.start : block.body.end] == '{"a": 1}'
    attribute = block.body.attributes["a"]
    assert text[attribute.start : attribute.end] == '"a": 1'


def test_variables_are_taken_as_they_stand() -> None:
    body = read('{"resource": "${x}", "b": {"${k}": ["%{y}"]}}', variables=True)
    assert show_body(body) == ["resource = '${x}'", "b = {'${k}': ['%{y}']}"]


@pytest.mark.parametrize(
    ("text", "code", "column", "tree"),
    [
        ("", "invalid-json", 1, []),
        ('{"a": 1', "invalid-json", 8, []),
        ('{"a": }', "invalid-json", 7, []),
        ('{"a" 1}', "invalid-json", 6, []),
        ('{"a": [1,]}', "invalid-json", 10, []),
        ('{"a": 1} x', "invalid-json", 10, []),
        ('{"a": "\\q"}', "invalid-escape", 8, []),
        ('{"a": 01}', "invalid-json", 8, []),
        ("3", "wrong-json-type", 1, []),
        ('{"locals": "x"}', "wrong-json-type", 12, []),
        ('{"locals": {"a": 1, "a": 2}}', "duplicate-attribute", 21, ["locals", "  a = 1"]),
        ('{"locals": {"a": {"b": 1, "b": 2}}}', "duplicate-key", 27, ["locals", "  a = {'b': 1}"]),
        ('{"locals": {"a": "\\n${b", "c": 1}}', "unclosed-interpolation", 21, ["locals", "  a = ERROR", "  c = 1"]),
        ('{"a": ' + "[" * 5000, "nested-too-deep", 156, []),
        ('{"a": 1e999999999}', "invalid-number", 7, []),
    ],
)
def test_errors(text: str, code: str, column: int, tree: list[str]) -> None:
    body, diagnostics = parse_json(SourceFile("x.tf.json", text))
    assert [(d.code, d.location.start_column) for d in diagnostics if d.location] == [(code, column)]
    assert show_body(body) == tree
    assert body.broken is (tree == [])


def test_size_is_bounded() -> None:
    assert parse_json(SourceFile("x", "{    }"), limits=Limits(size=3))[1][0].code == "file-too-large"


def test_an_expression_reads_as_in_the_native_syntax() -> None:
    value = read('{"locals": {"a": "${[for x in y : x.z if x != null]}"}}').blocks[0].body.attributes["a"].expr
    assert show(value) == "wrap<for(x in y: x.z if (x != None))>"
