"""What expressions lead to, held against cfn-lint's own resolver; and whether conditions hold, against its solver."""

from __future__ import annotations

import json
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from sources.cloudformation.templates import graph_of, resource

HEAD = """
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::LanguageExtensions
Parameters:
  Name: {Type: String, Default: api}
  Empty: {Type: String, Default: ""}
  Days: {Type: Number, Default: 30}
  Zones: {Type: CommaDelimitedList, Default: "a,b,c"}
  Stage: {Type: String, Default: prod}
  Size: {Type: String, Default: Cpu}
Mappings:
  Sizes:
    prod: {Cpu: 512, Memory: "1024", Names: [x, y]}
    test: {Cpu: 256, Memory: "512", Names: [z]}
  "1":
    "2": {"3": four}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsTest: !Equals [!Ref Stage, test]
"""
LISTS = ["[a, b, c]", "[!Ref Name, x]", "!Ref Zones", '!Split ["/", "one/two/three"]', '[!Ref Days, !Sub "${Name}"]']
TEXTS = [
    '!Sub "${Name}"',
    '!Sub "${Name}-${Stage}"',
    '!Sub "x${Name}y"',
    '!Sub "${Days} days"',
    '!Sub "plain"',
    '!Sub "${ Name }"',
    '!Sub "a ${Empty} b"',
    '!Sub "${Name}${Name}"',
    '!Sub "$Name ${Name} $"',
    '!Sub "{Name}"',
    '!Sub ["${x}", {x: y}]',
    '!Sub ["${x}-${Name}", {x: !Ref Days}]',
    '!Sub ["${x}-${x}", {x: !Ref Stage}]',
    '!Sub ["${Name}", {Name: mine}]',
    '!Sub ["${a}${b}", {a: !FindInMap [Sizes, prod, Memory], b: "!"}]',
    '!Sub ["${z}", {z: !Select [0, !Ref Zones]}]',
    '!Sub ["${z}", {z: !Join ["+", !Ref Zones]}]',
    "!Ref Name",
    "!Ref Days",
    "!Ref Stage",
    '!Ref "Zones"',
    '!Join ["", [!Ref Name, !Sub "-${Stage}"]]',
    '!Join ["/", [service, !Join ["-", [!Ref Stage, cluster]], !Ref Name]]',
    '!Join ["-", !Split [".", "a.b.c"]]',
    '!Join ["-", [!Select [1, !Ref Zones], !Select [2, !Ref Zones]]]',
    '!Join ["-", [!If [IsProd, p, q], r]]',
    '!Select [0, !Split ["-", !Ref Name]]',
    '!Select [1, !Split ["-", !Sub "${Name}-${Stage}"]]',
    '!Select [2, !Split [":", "arn:aws:ecs:eu-west-1:1:x"]]',
    '!Select ["1", [a, b]]',
    "!Select [0, !FindInMap [Sizes, prod, Names]]",
    "!Select [1, !FindInMap [Sizes, !Ref Stage, Names]]",
    '!Split [",", !Sub "a,${Name}"]',
    '!Split [",", !Join [",", !Ref Zones]]',
    "!If [IsProd, yes-it-is, no]",
    "!If [IsTest, a, !If [IsProd, b, c]]",
    "!If [IsProd, !Ref Name, !Ref Stage]",
    "!If [IsTest, !Ref Name, !Sub '${Name}-${Stage}']",
    "!If [IsProd, [a], [b]]",
    "!FindInMap [Sizes, !Ref Stage, !Ref Size]",
    "!FindInMap [Sizes, !If [IsProd, prod, test], Cpu]",
    '!FindInMap ["1", "2", "3"]',
    "!FindInMap [Sizes, !Select [1, [test, prod]], Memory]",
    '!FindInMap [Sizes, !Sub "${Stage}", Memory]',
    "!FindInMap [Sizes, nowhere, Cpu, {DefaultValue: 128}]",
    "!FindInMap [Sizes, prod, Cpu, {DefaultValue: 128}]",
    "!FindInMap [Sizes, prod, Disk, {DefaultValue: !Ref Days}]",
    '!FindInMap [Sizes, nowhere, Cpu, {DefaultValue: !Sub "${Name}"}]',
    '{"Fn::ToJsonString": {a: 1, b: [x, 2]}}',
    '{"Fn::ToJsonString": [a, b]}',
]
ROWS, CELLS = ["prod", "test"], ["Cpu", "Memory", "Names"]
BETWEEN = ["", "-", ",", "/", "::", " and ", "|"]
SPLIT = ["a,b-c", "xaby ab", "", ",-,", "a"]
VALUES = ["1", "a", "!Ref Days", "!Ref Name"]
BEFORE, AFTER = ["", "a", "${Name}", "${Stage}"], ["", "/", "${Days}", "${Name}."]
EXPRESSIONS = [
    *(f"!Join ['{between}', {items}]" for between, items in product(BETWEEN, LISTS)),
    *(f"!Select [{index}, {items}]" for index, items in product([0, 1], LISTS)),
    *(f"!Split ['{by}', '{text}']" for by, text in product([",", "-", "ab", " "], SPLIT)),
    *(f"!FindInMap [Sizes, {row}, {cell}]" for row, cell in product(ROWS, CELLS)),
    *(f"!Sub ['${{v}}:{text}', {{v: {value}}}]" for text, value in product(["", "x", "${Name}", "${v}"], VALUES)),
    *(f"!Sub '{before}{after}'" for before, after in product(BEFORE, AFTER) if before or after),
    *TEXTS,
]


def texts(value: Any) -> Any:
    """Return a value with its scalars as CloudFormation hands them on; JSON without the blanks that cfn-lint puts."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        value = json.dumps(json.loads(value)) if value[1:2] in ('"', "") else value
    if isinstance(value, list):
        return [texts(item) for item in value]
    if isinstance(value, dict):
        return {key: texts(item) for key, item in value.items()}
    return str(value).lower() if isinstance(value, bool) else str(value)


@cache
def oracle(text: str) -> tuple[Any, Any]:
    from cfnlint.context import create_context_for_template
    from cfnlint.decode.cfn_yaml import loads
    from cfnlint.helpers import FUNCTIONS
    from cfnlint.jsonschema import CfnTemplateValidator
    from cfnlint.template import Template

    data = loads(text)
    template = Template("t.yaml", data, ["us-east-1"])
    context = create_context_for_template(template).evolve(functions=list(FUNCTIONS))
    return CfnTemplateValidator({}).evolve(context=context, cfn=template), template


def of_cfn_lint(expression: str) -> list[Any]:
    from cfnlint.decode.cfn_yaml import loads

    validator, _ = oracle(HEAD + "Resources:\n  R: {Type: AWS::SNS::Topic}\n")
    raw = loads(f"x: {expression}")["x"]
    return [texts(value) for value, _, error in validator.resolve_value(raw) if error is None]


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return our value of every expression: all in one template, as properties of a resource."""
    lines = [f"      P{at}: {expression}" for at, expression in enumerate(EXPRESSIONS)]
    text = HEAD + "Resources:\n  R:\n    Type: Custom::Thing\n    Properties:\n" + "\n".join(lines)
    graph = graph_of(tmp_path_factory.mktemp("oracle"), text)
    found = resource(graph, "R")
    values = {expression: found.get(f"P{at}") for at, expression in enumerate(EXPRESSIONS)}
    assert not graph.diagnostics
    return values


def test_there_are_enough_expressions() -> None:
    assert len(set(EXPRESSIONS)) >= 150


@pytest.mark.parametrize("expression", dict.fromkeys(EXPRESSIONS))
def test_a_value_is_what_cfn_lint_says(expression: str, ours: dict[str, Any]) -> None:
    wanted = of_cfn_lint(expression)
    assert wanted, "cfn-lint resolves it"
    assert texts(ours[expression]) in wanted
    if "!If" not in expression and "DefaultValue" not in expression:
        assert len(wanted) == 1, "there is one value only"


CONDITIONS = [
    "!Equals [a, a]",
    "!Equals [a, b]",
    '!Equals [!Ref Stage, prod]',
    '!Equals [!Ref Stage, test]',
    '!Equals [prod, !Ref Stage]',
    '!Equals [!Ref Name, !Ref Stage]',
    '!Not [!Equals [!Ref Stage, prod]]',
    '!Not [!Condition IsProd]',
    '!Not [!Condition IsTest]',
    '!And [!Condition IsProd, !Condition IsTest]',
    '!And [!Condition IsProd, !Not [!Condition IsTest]]',
    '!Or [!Condition IsProd, !Condition IsTest]',
    '!Or [!Not [!Condition IsProd], !Condition IsTest]',
    '!And [!Condition IsProd, !Equals [!Ref Name, api]]',
    '!And [!Condition IsProd, !Equals [!Ref Name, web]]',
    '!Or [!Equals [!Ref Name, web], !Equals [!Ref Name, api]]',
    '!Not [!Or [!Condition IsProd, !Condition IsTest]]',
    '!Not [!And [!Condition IsProd, !Condition IsTest]]',
    '!And [!Or [!Condition IsProd, !Condition IsTest], !Equals [!Ref Name, api]]',
    '!Equals [!Ref Days, 30]',
    '!Equals [!Ref Days, 31]',
    '!Not [!Equals [!Ref Empty, ""]]',
    '!Equals [!Ref Empty, ""]',
]  # fmt: skip


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("stage", ["prod", "test", "other"])
def test_a_condition_holds_where_cfn_lint_says_so(condition: str, stage: str, tmp_path: Path) -> None:
    resources = "  R: {Type: AWS::SNS::Topic, Condition: C}\n  S: {Type: AWS::SNS::Topic}\n"
    text = f"{HEAD}  C: {condition}\nResources:\n{resources}"
    _, template = oracle(text)
    given = {"Stage": stage, "Name": "api", "Days": "30", "Empty": ""}
    possible = {value: template.conditions.satisfiable({"C": value}, given) for value in (True, False)}
    graph = graph_of(tmp_path, text, f"Stage={stage}")
    holds = any(found.address == "R" for found in graph.resources)
    assert possible[holds]
    if "!Equals [a," not in condition:  # cfn-lint leaves two literals open
        assert not possible[not holds]
