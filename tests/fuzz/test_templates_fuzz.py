"""Whatever a template holds: resources and diagnostics, never an exception, and every position inside the file."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from asbuilt.graph import Graph
from asbuilt.scan import Options, ScanError, read
from sources.cloudformation.test_language import __file__ as language
from sources.cloudformation.test_positions import JSON, YAML

ROOT = Path(__file__).parents[2]
REAL = [path.read_bytes() for path in sorted((ROOT / "fixtures").rglob("*.template.yaml"))[::40]]
SEEDS = [YAML.encode(), JSON.encode(), *REAL, Path(language).read_bytes()]
FUNCTIONS = (
    *("Ref", "Condition", "Fn::Sub", "Fn::GetAtt", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::If", "Fn::FindInMap"),
    *("Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals", "Fn::Base64", "Fn::Cidr", "Fn::GetAZs", "Fn::ImportValue"),
    *("Fn::Length", "Fn::ToJsonString", "Fn::Transform", "Fn::ForEach::X", "Fn::GetStackOutput", "Fn::What"),
)
NAMES = ("P", "Q", "A", "B", "N", "C", "D", "AWS::Region", "AWS::NoValue", "AWS::StackName", "Outputs.O", "Nope")
TEXTS = (*NAMES, "", ",", "${P}", "${A.Arn}", "${!x}", "${", "a-${Q}-${C}", "10.0.0.0/16", "A.Arn", "{{resolve:ssm:x}}")
many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

scalars = st.one_of(st.sampled_from(TEXTS), st.integers(-2, 300), st.booleans(), st.none(), st.floats(0, 1), st.text())
trees: Any = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from([*FUNCTIONS, "X", "Y"]), inner, max_size=2),
        st.builds(lambda name, value: {name: value}, st.sampled_from(FUNCTIONS), inner),
        st.builds(
            lambda name, value: {name: value}, st.sampled_from(FUNCTIONS), st.lists(inner, min_size=1, max_size=4)
        ),
    ),
    max_leaves=12,
)


def read_all(files: dict[str, bytes]) -> Graph | None:
    """Read files and ask for whatever can be asked for."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in files.items():
            (folder / file).write_bytes(content)
        try:
            graph = read(None, Options(paths=[folder], root=folder, parameters=("P=x",)), lambda _: None)
        except ScanError:
            return None
        lines = {str(folder / f): content.count(b"\n") + content.count(b"\r") + 1 for f, content in files.items()}
        places = []
        for resource in graph.resources:
            places.append(resource.location)
            assert resource.conditional is None or resource.conditional.reason
            _ = resource.name, resource.identifiers, resource.region, list(resource.edges())
            for key in list(resource.properties):
                trace = resource.at(key).trace
                places += [trace.location, *(step.location for step in trace.via)]
                for item in resource.at(key).items():
                    places.append(item.trace.location)
        places += [remark.location for remark in graph.diagnostics if remark.location is not None]
        places += [gap.location for gap in graph.gaps if gap.location is not None]
        places += [comment.location for comment in graph.comments]
        for place in places:
            assert 1 <= place.start_line <= max(place.end_line, place.start_line) <= lines.get(place.file, 1), place
            assert place.start_column >= 1
        return graph


@many
@given(st.binary(max_size=200))
@example(b"Resources:\n  A: {Type: 'AWS::X::Y', Properties: &a {B: *a}}")
@example(b'\xef\xbb\xbf{"Resources": {"A": {"Type": "AWS::X::Y"}}}')
@example("Resources: {A: {Type: 'AWS::X::Y'}}".encode("utf-16"))
def test_any_bytes(data: bytes) -> None:
    read_all({"a.yaml": data, "b.json": data, "c.yaml": b"AWSTemplateFormatVersion: x\nResources:\n  A::B:\n" + data})


@many
@given(
    st.sampled_from(SEEDS), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), st.binary(max_size=4)), max_size=4)
)
def test_damaged_templates(seed: bytes, changes: list[tuple[float, int, bytes]]) -> None:
    for where, length, instead in changes:
        at = int(where * len(seed))
        seed = seed[:at] + instead + seed[at + length :]
    read_all({"a.yaml": seed, "a.json": seed})


@settings(many, max_examples=150)
@given(st.lists(trees, min_size=6, max_size=6))
def test_any_combination_of_functions(values: list[Any]) -> None:
    one, two, three, four, five, six = values
    data = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {"P": {"Type": "String"}, "Q": {"Type": "List<String>", "Default": one}, "N": {"Type": "Number"}},
        "Mappings": {"P": {"Q": {"A": two}}, "M": one},
        "Conditions": {"C": three, "D": {"Fn::Not": [{"Condition": "C"}]}},
        "Resources": {
            "A": {"Type": "AWS::ECS::Service", "Condition": "C", "Properties": {"X": one, "Y": {"Z": [four, two]}}},
            "B": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": five, "Parameters": six}},
            "E": {"Type": "AWS::Logs::LogGroup", "Properties": four, "DependsOn": one, "Metadata": {"asbuilt": two}},
            "F": {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {"TemplateURL": "n.json", "Parameters": {"P": six}},
            },
            "G": {
                "Type": "AWS::SNS::Topic",
                "Properties": {"X": {"Fn::GetAtt": ["F", "Outputs.O"]}, "Y": {"Fn::Sub": one}},
            },
            "Fn::ForEach::L": ["X", six, {"H${X}": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": five}}}],
        },
        "Outputs": {"O": {"Value": six, "Export": {"Name": five}, "Condition": "C"}},
    }
    text = json.dumps(data).encode()
    read_all({"a.json": text, "n.json": text.replace(b'"F"', b'"FF"'), "b.yaml": json.dumps(data, indent=1).encode()})
