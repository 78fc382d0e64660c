"""AWS SAM: what matters is written out at its place; the rest by SAM's translator, or told as a gap."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from textwrap import dedent

import pytest

from asbuilt.model import Unknown, UnknownKind
from asbuilt.sources.cloudformation.reading.files import parse
from asbuilt.sources.cloudformation.serverless import translator as translators
from asbuilt.sources.cloudformation.serverless.types import MAKES, makes
from sources.cloudformation.templates import codes, graph_of, resource, scan, write

APP = """\
Transform: AWS::Serverless-2016-10-31
Parameters:
  Key: {Type: String, Default: alias/orders}
Globals:
  Function:
    Runtime: python3.12
    Timeout: 10
    Environment:
      Variables:
        LOG_LEVEL: info
        TABLE: none
    Layers: [arn:aws:lambda:eu-west-1:123456789012:layer:base:1]
    VpcConfig:
      SubnetIds: [subnet-1]
Resources:
  Orders:
    Type: AWS::Serverless::Function
    DependsOn: Table
    Properties:
      Handler: app.handler
      CodeUri: s3://code/orders.zip
      MemorySize: 512
      Environment:
        Variables: {TABLE: !Ref Table}
      Layers: [arn:aws:lambda:eu-west-1:123456789012:layer:own:2]
      Tracing: Active
      Tags: {Team: shop}
      DeadLetterQueue: {Type: SQS, TargetArn: arn:aws:sqs:eu-west-1:123456789012:dead}
      Policies:
        - arn:aws:iam::123456789012:policy/own
        - Version: "2012-10-17"
          Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "*"}]
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      InlineCode: "pass"
      Role: arn:aws:iam::123456789012:role/worker
  Table:
    Type: AWS::Serverless::SimpleTable
    Properties:
      TableName: orders
      PrimaryKey: {Name: order, Type: Number}
      SSESpecification: {SSEEnabled: true}
      Tags: {Team: shop}
  Log:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: !Sub "/aws/lambda/${Orders}", RetentionInDays: 30}
"""
EVENTS = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.12
      CodeUri: ./src
      Policies:
        - DynamoDBReadPolicy: {TableName: orders}
        - AmazonS3ReadOnlyAccess
      Events:
        Get: {Type: Api, Properties: {Path: /orders, Method: get}}
        Nightly: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties: {DefinitionUri: ./flow.json, Role: arn:aws:iam::123456789012:role/flow}
  Layer:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: ./layer}
  Web:
    Type: AWS::Serverless::HttpApi
    Properties: {StageName: live, DefaultRouteSettings: {ThrottlingBurstLimit: 10}}
  Public:
    Type: AWS::Serverless::Api
    Properties: {StageName: prod, TracingEnabled: true, MethodSettings: [{LoggingLevel: INFO}]}
Outputs:
  Url: {Value: !Sub "https://${ServerlessRestApi}.execute-api.${AWS::Region}.amazonaws.com/Prod"}
"""


@pytest.fixture
def without(monkeypatch) -> None:
    """Be where aws-sam-translator is not installed."""
    monkeypatch.setattr(translators, "find_spec", lambda name: None)


def line_of(text: str, what: str) -> int:
    return text[: text.index(what)].count("\n") + 1


def test_functions_and_tables_are_written_out_at_their_places(tmp_path: Path, without) -> None:
    graph = graph_of(tmp_path, APP)
    assert {(r.address, r.type) for r in graph.resources} == {
        ("Orders", "AWS::Lambda::Function"),
        ("OrdersRole", "AWS::IAM::Role"),
        ("Worker", "AWS::Lambda::Function"),
        ("Table", "AWS::DynamoDB::Table"),
        ("Log", "AWS::Logs::LogGroup"),
    }
    assert not graph.gaps
    assert not graph.diagnostics
    orders = resource(graph, "Orders")
    assert orders.location.start_line == line_of(APP, "Orders:")
    assert orders.get("Environment.Variables.TABLE") == "orders"
    assert orders.get("Environment.Variables.LOG_LEVEL") == "info"
    assert [layer.rpartition("layer:")[2] for layer in orders.get("Layers")] == ["base:1", "own:2"]
    for path, written in (
        ("Timeout", "Timeout: 10"),
        ("Environment.Variables.LOG_LEVEL", "LOG_LEVEL"),
        ("Environment.Variables.TABLE", "{TABLE"),
        ("MemorySize", "MemorySize"),
        ("TracingConfig.Mode", "Tracing"),
        ("Layers.0", "layer:base"),
        ("Layers.1", "layer:own"),
        ("VpcConfig.SubnetIds.0", "subnet-1"),
    ):
        assert orders.at(path).trace.location.start_line == line_of(APP, written), path
    role = resource(graph, "OrdersRole")
    assert role.location.start_line == line_of(APP, "Orders:")
    assert role.get("Policies.1.PolicyDocument.Statement.0.Action") == "s3:GetObject"
    assert role.at("Policies.1.PolicyDocument.Statement.0.Action").trace.location.start_line == line_of(
        APP, "s3:GetObject"
    )
    assert role.get("ManagedPolicyArns.3") == "arn:aws:iam::123456789012:policy/own"
    assert role.get("ManagedPolicyArns.0").suffix.endswith(":iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")
    assert ("Role", "OrdersRole") in {(e.attribute, e.target.rpartition("//")[2]) for e in orders.edges()}
    assert resource(graph, "Worker").get("Role") == "arn:aws:iam::123456789012:role/worker"
    assert resource(graph, "Table").get("AttributeDefinitions.0.AttributeType") == "N"
    assert isinstance(resource(graph, "Log").get("LogGroupName"), Unknown)


def test_what_is_written_out_here_is_what_the_translator_makes(tmp_path: Path) -> None:
    ours = graph_of(tmp_path / "ours", APP, "AWS::Region=eu-west-1")
    data = parse(APP.encode(), "app.yaml", "app.yaml").data
    translator = translators.Translator(__import__("sys").executable)
    answer = translator._asked(json.dumps(translators._request(data, {"AWS::Region": "eu-west-1"}, nested=False)))
    translator.close()
    template = {"Parameters": data["Parameters"], "Resources": answer["resources"]}
    theirs = graph_of(tmp_path / "theirs", json.dumps(template), "AWS::Region=eu-west-1")
    assert {r.address for r in ours.resources} == {r.address for r in theirs.resources}
    for mine in ours.resources:
        other = resource(theirs, mine.address)
        assert mine.type == other.type
        assert sorted(mine.properties) == sorted(other.properties), mine.address
        for name in mine.properties:
            assert _plain(mine.properties[name]) == _plain(other.properties[name]), (mine.address, name)


def _plain(value):
    """Values as text, unordered: the translator sorts some mappings and lists of its own."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted((_plain(item) for item in value), key=repr)
    return value.reason if isinstance(value, Unknown) else value


def test_without_the_translator_what_is_left_is_a_gap_that_says_what_to_install(tmp_path: Path, without) -> None:
    graph = graph_of(tmp_path, EVENTS)
    assert {gap.what.partition(":")[0] for gap in graph.gaps} == {"Orders", "Flow", "Layer", "Web", "Public"}
    for gap in graph.gaps:
        assert "pip install 'asbuilt[sam]'" in gap.action
        assert gap.location is not None
        assert not gap.incomplete
    assert "aws-sam-translator is not installed" in graph.hidden("AWS::Events::Rule").reason
    assert graph.hidden("AWS::ECS::Service") is None
    policy = resource(graph, "OrdersRole").get("Policies.0")
    assert isinstance(policy, Unknown)
    assert "DynamoDBReadPolicy" in policy.reason
    assert "asbuilt[sam]" in policy.reason
    assert resource(graph, "PublicprodStage").get("TracingEnabled") is True
    limit = resource(graph, "WebliveStage").at("DefaultRouteSettings.ThrottlingBurstLimit")
    assert limit.trace.location.start_line == line_of(EVENTS, "ThrottlingBurstLimit")
    assert not codes(graph)


def test_the_translator_writes_out_the_rest(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, EVENTS)
    assert not graph.gaps
    assert not graph.diagnostics
    assert resource(graph, "OrdersNightly").get("ScheduleExpression") == "rate(1 day)"
    assert resource(graph, "OrdersNightly").location.start_line == 3, "that of the function"
    role = resource(graph, "OrdersRole")
    assert "dynamodb:GetItem" in role.get("Policies.0.PolicyDocument.Statement.0.Action")
    assert role.get("ManagedPolicyArns.1") == "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    flow = resource(graph, "Flow").get("DefinitionS3Location")
    assert isinstance(flow, Unknown), "where it is uploaded to is not made up"
    assert flow.kind is UnknownKind.COMPUTED
    assert resource(graph, "PublicprodStage").at("TracingEnabled").trace.location.start_line == line_of(
        EVENTS, "Tracing"
    )
    text = " ".join(str(dict(r.properties)) for r in graph.resources)
    assert translators.REGION not in text
    assert translators.BUCKET not in text


def test_what_the_translator_makes_is_what_may_hide_without_it(tmp_path: Path) -> None:
    data = parse(EVENTS.encode(), "app.yaml", "app.yaml").data
    graph = graph_of(tmp_path, EVENTS)
    for r in graph.resources:
        owner = max((name for name in data["Resources"] if r.address.startswith(name)), key=len, default="Orders")
        assert r.type in makes(data["Resources"][owner]["Type"]), r.address
    assert makes("AWS::Serverless::SomethingNew") == frozenset(), "any type may hide behind it"


def test_a_template_that_the_translator_refuses_is_a_gap_with_its_reason(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, EVENTS.replace("Type: Schedule", "Type: Sometimes"))
    assert resource(graph, "Orders").get("Handler") == "app.handler"
    assert any("AWS SAM's translator says" in gap.reason for gap in graph.gaps)
    assert all("Mend the template" in gap.action and "install" not in gap.action for gap in graph.gaps)
    assert graph.hidden("AWS::Events::Rule") is not None


def test_values_of_parameters_reach_the_translator_but_no_default_that_is_replaced(tmp_path: Path) -> None:
    text = EVENTS.replace("      Events:\n", "      AutoPublishAlias: !Ref Stage\n      Events:\n").replace(
        "Resources:", "Parameters:\n  Stage: {Type: String, Default: dev}\nResources:", 1
    )
    assert resource(graph_of(tmp_path / "a", text, "Stage=live"), "OrdersAliaslive").get("Name") == "live"
    assert resource(graph_of(tmp_path / "b", text), "OrdersAliasdev").get("Name") == "dev"


def test_an_application_is_a_nested_stack(tmp_path: Path, without) -> None:
    write(tmp_path, {"apps/orders.yaml": APP})
    main = """
        Transform: AWS::Serverless-2016-10-31
        Resources:
          App: {Type: AWS::Serverless::Application, Properties: {Location: apps/orders.yaml, Parameters: {Key: own}}}
          Far:
            Type: AWS::Serverless::Application
            Properties: {Location: {ApplicationId: "arn:aws:serverlessrepo:x", SemanticVersion: 1.0.0}}
    """
    graph = graph_of(tmp_path, main)
    assert resource(graph, "App.Orders").get("MemorySize") == 512
    assert [source.path for source in graph.sources] == [str(tmp_path / "main.yaml")]
    assert ["Serverless Application Repository" in gap.reason for gap in graph.gaps] == [True]


def test_types_of_sam_without_its_transform_are_an_error(tmp_path: Path, without) -> None:
    graph = graph_of(tmp_path, APP.partition("\n")[2])
    assert codes(graph) == {"missing-transform"}


def test_resources_of_loops_are_a_gap(tmp_path: Path, without) -> None:
    text = """
        Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
        Resources:
          Fn::ForEach::Each:
            - Name
            - [A, B]
            - "F${Name}": {Type: AWS::Serverless::Function, Properties: {Handler: a.b}}
    """
    graph = graph_of(tmp_path, text)
    assert {gap.what.partition(":")[0] for gap in graph.gaps} == {"FA", "FB"}
    assert graph.hidden("AWS::Lambda::Function") is not None


JUNK = [None, [], "text", 7, {"Fn::If": ["C", {}, {"Ref": "AWS::NoValue"}]}, {"Ref": "X"}, [None], [[1]], {"a": None}]
FIELDS = (
    "Properties",
    "Policies",
    "Tags",
    "Events",
    "CodeUri",
    "DeadLetterQueue",
    "Environment",
    "PrimaryKey",
    "StageName",
)


@pytest.mark.parametrize(("kind", "field"), list(product(sorted(MAKES), FIELDS)))
def test_whatever_stands_there_there_is_an_answer(tmp_path: Path, without, kind: str, field: str) -> None:
    for number, junk in enumerate(JUNK):
        properties = junk if field == "Properties" else {"Handler": "a.b", field: junk}
        common = {kind: junk} if number % 2 else {kind: {field: junk}}
        template = {
            "Transform": ["AWS::Serverless-2016-10-31"],
            "Globals": common,
            "Resources": {"X": {"Type": f"AWS::Serverless::{kind}", "Properties": properties}},
        }
        (tmp_path / f"{number}.json").write_text(json.dumps(template))
    graph = scan(tmp_path)
    for r in graph.resources:
        assert str(dict(r.properties))
        assert list(r.edges()) is not None
    assert len(graph.sources) == len(JUNK)


def test_the_translator_is_bounded_and_left_alone_where_nothing_is_left(tmp_path: Path, monkeypatch) -> None:
    started = []
    monkeypatch.setattr(translators.Translator, "_asked", lambda self, request: started.append(request) or {})
    graph_of(tmp_path / "a", APP)
    assert not started
    graph = graph_of(tmp_path / "b", EVENTS + "# " + "x" * translators.MAX_BYTES + "\n")
    assert not started
    assert any("more than 1024 KiB" in gap.reason for gap in graph.gaps)


def test_a_crash_and_a_timeout_of_the_translator_are_gaps(tmp_path: Path, monkeypatch) -> None:
    write(tmp_path, {"crash": "#!/bin/sh\nread line\nexit 1\n", "hang": "#!/bin/sh\nread line\nexec sleep 60\n"})
    document = parse(dedent(EVENTS).encode(), "app.yaml", "app.yaml")
    for name, said in (("crash", "crashed"), ("hang", "took more than")):
        (tmp_path / name).chmod(0o755)
        monkeypatch.setattr(translators, "MAX_SECONDS", 5 if name == "crash" else 0.5)
        translator = translators.Translator(str(tmp_path / name))
        assert said in translator.translate(document, {}, nested=False)
        assert translator._process is None
