"""Where properties stand, to the column: of the entry, from its key to the end of its value."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sources.cloudformation.templates import graph_of, resource, scan

YAML = """\
# A comment
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Days: {Type: Number, Default: 30}
  Name:
    Type: String
    Default: api
Mappings:
  Sizes:
    prod: {Cpu: 512}
Resources:
  Service:
    Type: AWS::ECS::Service
    Properties:
      ServiceName: !Ref Name
      DesiredCount:   2   # two
      "Cluster": 'main'
      LoadBalancers:
        - ContainerName: api
          ContainerPort: 80
        - {ContainerName: web, ContainerPort: !Sub "${Days}"}
      NetworkConfiguration:
        AwsvpcConfiguration:
          Subnets:
            - subnet-1
            - !If [Never, subnet-2, !Ref AWS::NoValue]
            - subnet-3
          AssignPublicIp: DISABLED

  Logs:
    Type: AWS::Logs::LogGroup
    Properties:
      RetentionInDays: !Ref Days
      LogGroupName: !Join
        - /
        - [a, b]
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties: {Cpu: !FindInMap [Sizes, prod, Cpu], Family: api, Volumes: [{Name: a}, {Name: b}]}
  Role:
    Type: AWS::IAM::Role
    Properties:
      Description: |
        first
        second

      Policies:
        - PolicyName: p
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
            - Effect: Allow
              Action: ["s3:*", 'ecs:Run']
              Resource: "*"
      RoleName: >-
        folded
      Path: äöü/"x"
      Tags: []
Conditions:
  Never: !Equals [a, b]
"""
# address, property: start line and column, end line and column; then what it comes from, likewise
EXPECTED = {
    ("Service", "ServiceName"): ((15, 7, 15, 29), ("parameter Name", 7, 5, 7, 17)),
    ("Service", "DesiredCount"): ((16, 7, 16, 24), None),
    ("Service", "Cluster"): ((17, 7, 17, 24), None),
    ("Service", "LoadBalancers"): ((18, 7, 21, 62), None),
    ("Service", "LoadBalancers.0"): ((19, 11, 20, 28), None),
    ("Service", "LoadBalancers.0.ContainerName"): ((19, 11, 19, 29), None),
    ("Service", "LoadBalancers.0.ContainerPort"): ((20, 11, 20, 28), None),
    ("Service", "LoadBalancers.1"): ((21, 11, 21, 62), None),
    ("Service", "LoadBalancers.1.ContainerName"): ((21, 12, 21, 30), None),
    ("Service", "LoadBalancers.1.ContainerPort"): ((21, 32, 21, 61), ("parameter Days", 4, 24, 4, 35)),
    ("Service", "NetworkConfiguration"): ((22, 7, 28, 35), None),
    ("Service", "NetworkConfiguration.AwsvpcConfiguration.Subnets"): ((24, 11, 27, 23), None),
    ("Service", "NetworkConfiguration.AwsvpcConfiguration.Subnets.0"): ((25, 15, 25, 23), None),
    ("Service", "NetworkConfiguration.AwsvpcConfiguration.Subnets.1"): ((27, 15, 27, 23), None),
    ("Service", "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp"): ((28, 11, 28, 35), None),
    ("Service", "NetworkConfiguration.AwsvpcConfiguration.Nothing"): ((23, 9, 28, 35), None),
    ("Service", "TaskDefinition"): ((12, 3, 12, 10), None),
    ("Logs", "RetentionInDays"): ((33, 7, 33, 33), ("parameter Days", 4, 24, 4, 35)),
    ("Logs", "LogGroupName"): ((34, 7, 36, 17), None),
    ("Task", "Cpu"): ((39, 18, 39, 52), ("mapping Sizes/prod/Cpu", 10, 12, 10, 20)),
    ("Task", "Family"): ((39, 54, 39, 65), None),
    ("Task", "Volumes"): ((39, 67, 39, 98), None),
    ("Task", "Volumes.1.Name"): ((39, 89, 39, 96), None),
    ("Role", "Description"): ((43, 7, 45, 15), None),
    ("Role", "Policies.0.PolicyName"): ((48, 11, 48, 24), None),
    ("Role", "Policies.0.PolicyDocument"): ((49, 11, 54, 28), None),
    ("Role", "Policies.0.PolicyDocument.Version"): ((50, 13, 50, 34), None),
    ("Role", "Policies.0.PolicyDocument.Statement.0"): ((52, 15, 54, 28), None),
    ("Role", "Policies.0.PolicyDocument.Statement.0.Action"): ((53, 15, 53, 42), None),
    ("Role", "Policies.0.PolicyDocument.Statement.0.Action.1"): ((53, 32, 53, 41), None),
    ("Role", "Policies.0.PolicyDocument.Statement.0.Resource"): ((54, 15, 54, 28), None),
    ("Role", "RoleName"): ((55, 7, 56, 15), None),
    ("Role", "Path"): ((57, 7, 57, 20), None),
    ("Role", "Tags"): ((58, 7, 58, 15), None),
}  # fmt: skip
HEADERS = {"Service": (12, 3, 12, 10), "Logs": (30, 3, 30, 7), "Task": (37, 3, 37, 7), "Role": (40, 3, 40, 7)}


def span(location) -> tuple[int, int, int, int]:
    return location.start_line, location.start_column, location.end_line, location.end_column


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory):
    return graph_of(tmp_path_factory.mktemp("positions"), YAML)


@pytest.mark.parametrize(("address", "path"), EXPECTED)
def test_a_property_stands_where_it_is_written(address: str, path: str, graph) -> None:
    place, origin = EXPECTED[address, path]
    trace = resource(graph, address).at(path).trace
    assert span(trace.location) == place
    assert [(step.what, *span(step.location)) for step in trace.via] == ([origin] if origin else [])


ALIASES = """\
Resources:
  A:
    Type: AWS::S3::Bucket
    Properties:
      Tags:
        - &tag
          Key: a
          Value: &text |
            b

        - *tag
        - {Key: c, Value: *text}
        - Key: &key d
          Value: e
        - *key : f
"""


def test_what_stands_under_an_alias_stands_where_its_anchor_does(tmp_path: Path) -> None:
    places = {
        "Tags.0": (6, 11, 9, 14),
        "Tags.1": (6, 11, 9, 14),
        "Tags.1.Key": (7, 11, 7, 17),
        "Tags.2.Value": (12, 20, 12, 25),
        "Tags.3": (13, 11, 14, 19),
        "Tags.4.d": (13, 16, 15, 19),
    }
    found = resource(graph_of(tmp_path, ALIASES), "A")
    assert {path: span(found.at(path).trace.location) for path in places} == places
    assert [tag["Value"] for tag in found.at("Tags").value[:3]] == ["b\n", "b\n", "b\n"]


def test_a_resource_stands_at_its_logical_id(graph) -> None:
    assert {r.address: span(r.location) for r in graph.resources} == HEADERS


JSON = """{
  "Parameters": {"Days": {"Type": "Number",
    "Default": 30}},
  "Resources": {
    "Logs": {
      "Type": "AWS::Logs::LogGroup",
      "Properties": {
        "RetentionInDays": {"Ref": "Days"},
        "LogGroupName" : "a,b]}\\"x\\u00e4",
        "Tags": [ {"Key": "a", "Value": 1}, {"Key" : "b",
          "Value": true } ]
      }
    }, "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "x"}}
  }
}
"""
EXPECTED_JSON = {
    ("Logs", "RetentionInDays"): ((8, 9, 8, 43), ("parameter Days", 3, 5, 3, 18)),
    ("Logs", "LogGroupName"): ((9, 9, 9, 42), None),
    ("Logs", "Tags"): ((10, 9, 11, 28), None),
    ("Logs", "Tags.0"): ((10, 19, 10, 43), None),
    ("Logs", "Tags.0.Value"): ((10, 32, 10, 42), None),
    ("Logs", "Tags.1.Key"): ((10, 46, 10, 57), None),
    ("Logs", "Tags.1.Value"): ((11, 11, 11, 24), None),
    ("Logs", "KmsKeyId"): ((5, 5, 5, 11), None),
    ("Topic", "DisplayName"): ((13, 60, 13, 78), None),
}


@pytest.mark.parametrize(("address", "path"), EXPECTED_JSON)
def test_a_property_of_json_stands_where_it_is_written(address: str, path: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(JSON, "utf-8")
    place, origin = EXPECTED_JSON[address, path]
    trace = resource(scan(tmp_path), address).at(path).trace
    assert span(trace.location) == place
    assert [(step.what, *span(step.location)) for step in trace.via] == ([origin] if origin else [])


def test_brackets_in_texts_of_json_nest_nothing(tmp_path: Path) -> None:
    text = {"A": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": '\\"' + "[{" * 200, "TopicName": "}]"}}}
    (tmp_path / "a.json").write_text(json.dumps({"Resources": text}, indent=1) + " \n" * 1000, "utf-8")
    found = resource(scan(tmp_path), "A")
    assert [span(found.at(name).trace.location)[:3] for name in ("DisplayName", "TopicName")] == [(6, 5, 6), (7, 5, 7)]


def test_every_place_holds_what_is_written_there(tmp_path: Path) -> None:
    """The text at each place of a leaf, read as JSON, is its key and value."""
    (tmp_path / "a.json").write_text(JSON, "utf-8")
    lines = JSON.split("\n")
    found = resource(scan(tmp_path), "Logs")
    for path, value in (("LogGroupName", 'a,b]}"xä'), ("Tags.1.Value", "true"), ("Tags.0.Key", "a")):
        place = found.at(path).trace.location
        assert place.start_line == place.end_line
        text = lines[place.start_line - 1][place.start_column - 1 : place.end_column - 1]
        [(key, written)] = json.loads("{" + text + "}").items()
        assert key == path.rpartition(".")[2]
        assert str(written).lower() == value.lower()
