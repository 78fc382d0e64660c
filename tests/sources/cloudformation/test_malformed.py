"""Templates that cannot be read or built: each a named diagnostic with its line, the others read all the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from asbuilt.cli import main
from asbuilt.model import UnknownKind
from sources.cloudformation.templates import codes, graph_of, scan, write

GOOD = "Resources: {Good: {Type: AWS::SNS::Topic}}\n"
HEAD = 'AWSTemplateFormatVersion: "2010-09-09"\n'
TOPIC = "Resources:\n  T:\n    Type: AWS::SNS::Topic\n"
# name: (file, text, code, line); the first ones cannot be read at all
UNREADABLE = {
    "a tab": ("a.yaml", f"{HEAD}Resources:\n\tT: {{Type: AWS::SNS::Topic}}\n", "yaml-tab", 3),
    "a bracket left open": ("a.yaml", f"{TOPIC}    Properties: {{DisplayName: [a\n", "yaml-syntax", 5),
    "a bracket left open in JSON": ("a.json", '{"Resources": {"T": {"Type": "AWS::SNS::Topic"\n}\n', "json-syntax", 3),
    "a comma too many": ("a.json", '{"Resources": {\n"T": {"Type": "AWS::SNS::Topic",}}}\n', "json-syntax", 2),
    "not a number": ("a.json", '{"Resources": {"T": {"Type": "AWS::SNS::Topic", "X": NaN}}}', "json-syntax", 1),
    "nested too deeply": ("a.yaml", f"{TOPIC}    Properties: {'[' * 300}{']' * 300}\n", "template-too-deep", 4),
    "nested too deeply in JSON": (
        "a.json",
        '{"Resources": {"T": {"Type": "AWS::SNS::Topic",\n"X": ' + "[" * 200 + "]" * 200 + "}}}",
        "template-too-deep",
        2,
    ),
    "nested a hundred thousand times": (
        "a.json",
        '{"Resources": {"T": {"Type": "AWS::SNS::Topic", "X": ' + "[" * 100_000,
        "template-too-deep",
        1,
    ),
    "an alias bomb": (
        "a.yaml",
        TOPIC
        + "    Properties:\n      A0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"      A{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)),
        "alias-bomb",
        10,  # where the bound is reached
    ),
    "an alias of itself": ("a.yaml", f"{TOPIC}    Properties: &p\n      X: *p\n", "recursive-alias", 4),
    "an alias of nothing": ("a.yaml", f"{TOPIC}    Properties: *nothing\n", "yaml-syntax", 4),
    "an anchor twice": ("a.yaml", f"{TOPIC}    Properties: {{A: &a 1,\n      B: &a 2}}\n", "yaml-syntax", 5),
    "nested a hundred thousand times in YAML": (
        "a.yaml",
        f"{TOPIC}    Properties: {'[' * 100_000}{']' * 100_000}\n",
        "yaml-syntax",
        4,
    ),
    "no YAML behind a key that is a list": ("a.yaml", f"{TOPIC}    ? [a, b]\n    : [c\n", "yaml-syntax", 6),
    "a key that is a list": ("a.yaml", f"{TOPIC}    Properties:\n      ? [a, b]\n      : c\n", "yaml-key", 5),
    "bytes that are not UTF-8": ("a.yaml", None, "not-utf-8", 4),
    "two documents": ("a.yaml", f"{TOPIC}---\n{TOPIC}", "yaml-syntax", 4),
}
WRONG = {
    "a key twice": ("a.yaml", f"{TOPIC}    Type: AWS::SQS::Queue\n", "duplicate-key", 4),
    "a key twice in JSON": (
        "a.json",
        '{"Resources": {"T": {"Type": "AWS::SNS::Topic"},\n"T": {"Type": "AWS::SNS::Topic"}}}',
        "duplicate-key",
        2,
    ),
    "resources that need each other": (
        "a.yaml",
        """
        Resources:
          A: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref B}}
          B: {Type: AWS::SNS::Topic, Properties: {DisplayName: !GetAtt C.TopicName}}
          C: {Type: AWS::SNS::Topic, DependsOn: A}
        """,
        "circular-reference",
        5,
    ),
    "a resource that needs itself": (
        "a.yaml",
        "Resources:\n  A: {Type: AWS::SNS::Topic, Properties: {TopicName: !GetAtt A.TopicName}}\n",
        "circular-reference",
        2,
    ),
    "a condition of itself": (
        "a.yaml",
        "Conditions:\n  A: !Not [!Condition B]\n  B: !And [!Condition A, !Condition A]\n" + TOPIC,
        "circular-condition",
        2,
    ),
    "a variable of nothing": (
        "a.yaml",
        f'{TOPIC}    Properties:\n      DisplayName: !Sub "${{Nope}}"\n',
        "unknown-variable",
        5,
    ),
    "a variable of nothing in JSON": (
        "a.json",
        '{"Resources": {"T": {"Type": "AWS::SNS::Topic",\n"Properties": {\n"DisplayName": {"Fn::Sub": "${No.Pe}"}}}}}',
        "unknown-variable",
        3,
    ),
    "a name of nothing": ("a.yaml", f"{TOPIC}    Properties: {{DisplayName: !Ref Nope}}\n", "unknown-name", 4),
    "a dependence on nothing": ("a.yaml", f"{TOPIC}    DependsOn:\n      - Nope\n", "unknown-name", 5),
    "a condition of nothing": ("a.yaml", f"{TOPIC}    Condition: Nope\n", "unknown-condition", 4),
    "a section that is a list": ("a.yaml", f"{HEAD}{TOPIC}Outputs: []\n", "wrong-section", 5),
    "a resource without a type": ("a.yaml", f"{TOPIC}  U:\n    Properties: {{}}\n", "resource-without-type", 4),
    "a mapping of nothing": (
        "a.yaml",
        f"{TOPIC}    Properties: {{DisplayName: !FindInMap [A, B, C]}}\n",
        "unknown-mapping",
        4,
    ),
    "a value that is not allowed": (
        "a.yaml",
        (
            "Parameters:\n  P: {Type: String, AllowedValues: [a], Default: b}\n"
            f"{TOPIC}    Properties: {{DisplayName: !Ref P}}\n"
        ),
        "parameter-not-allowed",
        2,
    ),
    "a stack that nests itself": (
        "a.yaml",
        "Resources:\n  A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: a.yaml}}\n",
        "nested-stack-cycle",
        2,
    ),
    "a loop without end": (
        "a.yaml",
        "Resources:\n"
        + "".join(f"{'  ' * (n + 1)}Fn::ForEach::L{n}: [V{n}, [{', '.join('abcdefghij')}], {{\n" for n in range(5))
        + '"R${V0}${V1}${V2}${V3}${V4}": {Type: AWS::SNS::Topic}'
        + "}]" * 5,
        "loop-too-long",
        6,
    ),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_cannot_be_read_is_told_and_the_others_are_read(case: str, tmp_path: Path) -> None:
    name, text, code, line = UNREADABLE[case]
    content = f"{TOPIC}    # ".encode() + b"\xff\xfe\n" if text is None else text.encode()
    (tmp_path / name).write_bytes(content)
    write(tmp_path, {"good.yaml": GOOD})
    graph = scan(tmp_path)
    assert [r.address for r in graph.resources] == ["Good"]
    [diagnostic] = graph.diagnostics
    assert (diagnostic.severity, diagnostic.code) == ("error", code)
    assert diagnostic.location is not None
    assert (diagnostic.location.file, diagnostic.location.start_line) == (str(tmp_path / name), line)
    [gap] = graph.gaps
    assert gap.incomplete


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_built_is_told(case: str, tmp_path: Path) -> None:
    name, text, code, line = WRONG[case]
    write(tmp_path, {name: text, "good.yaml": GOOD})
    graph = scan(tmp_path)
    assert "Good" in [r.address for r in graph.resources]
    for found in graph.resources:
        assert dict(found.properties) is not None
    errors = [d for d in graph.diagnostics if d.severity == "error"]
    assert {d.code for d in errors} == {code}
    assert errors[0].location is not None
    assert errors[0].location.start_line == line


def test_one_remark_for_one_mistake(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, 'Resources: {T: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Sub "${X}"}}}\n')
    assert dict(graph.resources[0].properties)
    assert len(graph.diagnostics) == 1


def test_fifty_megabytes_are_refused(tmp_path: Path) -> None:
    body = json.dumps({"Resources": {"T": {"Type": "AWS::SNS::Topic"}}, "Metadata": "x"})
    (tmp_path / "big.json").write_text(body.replace('"x"', '"' + "x" * 50_000_000 + '"'), "utf-8")
    write(tmp_path, {"good.yaml": GOOD})
    graph = scan(tmp_path)
    assert codes(graph) == {"template-too-large"}
    assert graph.gaps[0].kind is UnknownKind.LIMIT
    assert [r.address for r in graph.resources] == ["Good"]


def test_large_data_is_no_template(tmp_path: Path) -> None:
    (tmp_path / "data.json").write_text('{"data": "' + "x" * 20_000_000 + '"}', "utf-8")
    write(tmp_path, {"good.yaml": GOOD})
    graph = scan(tmp_path)
    assert not graph.diagnostics
    assert not graph.gaps


def test_a_check_exits_3_where_a_template_cannot_be_read(tmp_path: Path) -> None:
    write(tmp_path, {"bad.yaml": f"{TOPIC}    Properties: {{DisplayName: [a\n", "good.yaml": GOOD})
    done = CliRunner().invoke(
        main, ["check", str(tmp_path), "--spec", "broxiva", "--env", "prod", "-q", "--fail-on", "critical"]
    )
    assert "bad.yaml:5" in done.output
    assert done.exit_code in (1, 3)
    done = CliRunner().invoke(main, ["inspect", str(tmp_path)])
    assert done.exit_code == 3
    assert "Good  AWS::SNS::Topic" in done.output


NOT_TEMPLATES = {
    "kubernetes.yaml": "apiVersion: v1\nkind: Pod\nspec: {resources: {limits: {cpu: 1}}}\n---\napiVersion: v1\n",
    "broken.yaml": "apiVersion: v1\nkind: [Pod\n",
    "workflow.yml": "on: push\njobs: {a: {steps: [{run: 'echo ${{ github.ref }}'}]}}\n",
    "openapi.json": '{"openapi": "3.1.0", "components": {"schemas": {"Resources": {"type": "object"}}}}',
    "api.yaml": "openapi: 3.1.0\ncomponents:\n  schemas:\n    Resources: {type: array}\nx: a::b\n",
    "compose.yaml": "services: {api: {image: x, deploy: {resources: {limits: {cpus: '1'}}}}}\n",
    "list.json": '[{"Type": "AWS::SNS::Topic"}]',
    "empty.yaml": "",
    "helm.yaml": "{{- if .Values.x }}\nResources: {{ .Values.y }}\n{{- end }}\n",
    "resources.yaml": "Resources:\n  a: {Type: thing}\n  b: [1]\nother: x::y\n",
}


def test_other_files_are_no_broken_templates(tmp_path: Path) -> None:
    write(tmp_path, {**NOT_TEMPLATES, "good.yaml": GOOD})
    graph = scan(tmp_path)
    assert [r.address for r in graph.resources] == ["Good"]
    assert not graph.diagnostics
    assert not graph.gaps
