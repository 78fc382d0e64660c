"""The region of a stack: given, or insisted on by the template's rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from asbuilt.model import Unknown
from sources.cloudformation.templates import graph_of, resource

TEMPLATE = """
    Rules:
      Place:
        Assertions:
          - AssertDescription: It may be called anything.
            Assert: !Not [!Equals [!Ref AWS::StackName, ""]]
          - AssertDescription: Only here.
            Assert: {assertion}
    Resources:
      Vpc: {{Type: AWS::EC2::VPC}}
      Nested: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: nested.yaml}}}}
"""
NESTED = """
    Resources:
      Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: !Sub "${AWS::Region}-a", DisplayName: !Ref AWS::Region}}
"""


@pytest.mark.parametrize(
    "assertion",
    [
        "!Equals [!Ref AWS::Region, us-east-1]",
        "!Equals [us-east-1, !Ref AWS::Region]",
        "{'Fn::Contains': [[us-east-1], !Ref AWS::Region]}",
        "!And [!Equals [a, a], !Equals [!Ref AWS::Region, us-east-1]]",
    ],
)
def test_the_rules_of_a_template_say_where_its_stack_can_be(tmp_path: Path, assertion: str) -> None:
    graph = graph_of(tmp_path, TEMPLATE.format(assertion=assertion), nested_yaml=NESTED)
    topic = resource(graph, "Nested.Topic")
    assert resource(graph, "Vpc").region == topic.region == "us-east-1"
    assert topic.get("TopicName") == "us-east-1-a"
    trace = topic.at("DisplayName").trace
    assert [(step.what, step.location.start_line) for step in trace.via] == [("rule Place", 8)]


@pytest.mark.parametrize(
    "assertion",
    [
        "!Not [!Equals [!Ref AWS::Region, us-east-1]]",
        "!Or [!Equals [!Ref AWS::Region, us-east-1], !Equals [a, a]]",
        "{'Fn::Contains': [[us-east-1, us-west-2], !Ref AWS::Region]}",
        "{'Fn::Contains': [!Ref AWS::Region, us-east-1]}",
        "!Equals [!Ref AWS::Region]",
        "[]",
    ],
)
def test_what_leaves_the_region_open_says_nothing_of_it(tmp_path: Path, assertion: str) -> None:
    graph = graph_of(tmp_path, TEMPLATE.format(assertion=assertion), nested_yaml=NESTED)
    assert isinstance(resource(graph, "Vpc").region, Unknown)


def test_a_rule_with_a_condition_holds_sometimes_only(tmp_path: Path) -> None:
    text = TEMPLATE.format(assertion="!Equals [!Ref AWS::Region, us-east-1]")
    text = text.replace("Assertions:", "RuleCondition: !Equals [!Ref AWS::StackName, shop]\n        Assertions:")
    assert isinstance(resource(graph_of(tmp_path, text, nested_yaml=NESTED), "Vpc").region, Unknown)


def test_the_region_given_wins(tmp_path: Path) -> None:
    text = TEMPLATE.format(assertion="!Equals [!Ref AWS::Region, us-east-1]")
    graph = graph_of(tmp_path, text, "AWS::Region=eu-west-1", nested_yaml=NESTED)
    assert resource(graph, "Nested.Topic").region == "eu-west-1"


@pytest.mark.parametrize(
    "rules", ["Rules: 3", "Rules: {A: 3}", "Rules: {A: {Assertions: 3}}", "Rules: {A: {Assertions: [3, {}]}}"]
)
def test_rules_that_are_none_are_no_trouble(tmp_path: Path, rules: str) -> None:
    graph = graph_of(tmp_path, f"{rules}\nResources:\n  Vpc: {{Type: AWS::EC2::VPC}}\n")
    assert isinstance(resource(graph, "Vpc").region, Unknown)
