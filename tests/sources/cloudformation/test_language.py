"""Loops, includes, imports, macros, conditions in three values, partly known texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from asbuilt.model import ABSENT, Unknown, UnknownKind
from sources.cloudformation.templates import codes, graph_of, resource, scan, write


def test_loops_are_written_out(tmp_path: Path) -> None:
    text = """
        Transform: AWS::LanguageExtensions
        Parameters:
          Names: {Type: CommaDelimitedList, Default: "api,web-1"}
        Conditions:
          Fn::ForEach::Each:
            - Name
            - !Ref Names
            - "Is&{Name}": !Equals ["${Name}", api]
        Resources:
          Fn::ForEach::Services:
            - Name
            - !Ref Names
            - "Service&{Name}":
                Type: AWS::ECS::Service
                Condition: "Is&{Name}"
                Properties: {ServiceName: !Ref Name}
              "Logs&{Name}":
                Type: AWS::Logs::LogGroup
                Properties:
                  LogGroupName: !Sub "/ecs/${Name}"
                  Tags:
                    - {Key: service, Value: "${Name}"}
                  Fn::ForEach::More:
                    - Key
                    - [A, B]
                    - "${Key}${Name}": !Ref Key
    """
    graph = graph_of(tmp_path, text)
    assert not graph.diagnostics
    logs = resource(graph, "Logsweb1")
    assert logs.get("LogGroupName") == "/ecs/web-1"
    assert logs.get("Tags") == [{"Key": "service", "Value": "web-1"}]
    assert (logs.get("Aweb-1"), logs.get("Bweb-1")) == ("A", "B")
    assert logs.location.start_line == 18
    assert logs.at("Aweb-1").trace.location.start_line == 27
    assert [r.address for r in graph.of_type("AWS::ECS::Service")] == ["Serviceapi"]


def test_a_loop_over_what_is_not_known_is_a_gap_for_its_types(tmp_path: Path) -> None:
    text = """
        Parameters: {Names: {Type: CommaDelimitedList}}
        Resources:
          Fn::ForEach::L: [Name, !Ref Names, {"T${Name}": {Type: AWS::SNS::Topic}}]
          Q: {Type: AWS::SQS::Queue}
    """
    graph = graph_of(tmp_path, text)
    assert [r.address for r in graph.resources] == ["Q"]
    assert graph.hidden("AWS::SNS::Topic") is not None
    assert graph.hidden("AWS::SQS::Queue") is None
    assert not graph.gaps[0].incomplete


LOOPS = """
    Transform: AWS::LanguageExtensions
    Parameters: {Names: {Type: CommaDelimitedList}}
    Conditions:
      "Fn::ForEach::C": [N, !Ref Names, {"Is${N}": !Equals [a, b]}]
    Resources:
      Topic:
        Type: AWS::SNS::Topic
        Condition: IsX
        Properties:
          DisplayName: written
          "Fn::ForEach::P": [N, !Ref Names, {"${N}": true}]
      Queue:
        Type: AWS::SQS::Queue
        Properties:
          RedrivePolicy: {"Fn::ForEach::R": [N, !Ref Names, {"${N}": 1}]}
    Outputs:
      "Fn::ForEach::O": [N, !Ref Names, {"Out${N}": {Value: !Ref Topic}}]
"""


def test_a_loop_outside_of_the_resources_hides_no_resources(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, LOOPS)
    assert not graph.gaps
    assert not graph.diagnostics
    topic, queue = resource(graph, "Topic"), resource(graph, "Queue")
    assert topic.conditional is not None
    assert topic.get("DisplayName") == "written"
    assert topic.get("FifoTopic").kind is UnknownKind.VARIABLE
    assert queue.get("RedrivePolicy.maxReceiveCount").kind is UnknownKind.VARIABLE


def test_an_output_of_a_loop_that_is_not_known_is_unknown(tmp_path: Path) -> None:
    text = """
        Resources:
          N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./nested.yaml}}
          T: {Type: AWS::SNS::Topic, Properties: {DisplayName: !GetAtt N.Outputs.OutX}}
    """
    graph = graph_of(tmp_path, text, nested_yaml=LOOPS)
    assert resource(graph, "T").get("DisplayName").kind is UnknownKind.VARIABLE
    assert not graph.diagnostics


@pytest.mark.parametrize("type_", ["AWS::CloudFormation::Stack", "Our::Own::Thing::MODULE", "AWS::${N}"])
def test_a_loop_over_stacks_hides_anything(tmp_path: Path, type_: str) -> None:
    text = f"""
        Parameters: {{Names: {{Type: CommaDelimitedList}}}}
        Resources:
          "Fn::ForEach::S": [N, !Ref Names, {{"${{N}}": {{Type: "{type_}"}}}}]
          T: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: !Ref MadeByTheLoop}}}}
    """
    graph = graph_of(tmp_path, text)
    assert graph.hidden("AWS::ECS::Service") is not None
    assert resource(graph, "T").get("DisplayName").kind is UnknownKind.VARIABLE
    assert not graph.diagnostics


def test_of_two_exports_of_a_name_the_one_whose_condition_holds_counts(tmp_path: Path) -> None:
    text = """
        Conditions: {Live: !Equals [a, a], Idle: !Not [!Condition Live]}
        Resources:
          T: {Type: AWS::SNS::Topic}
          U: {Type: AWS::SNS::Topic}
          V: {Type: AWS::SNS::Topic, Properties: {DisplayName: !ImportValue topic}}
        Outputs:
          A: {Condition: Idle, Value: !Ref T, Export: {Name: topic}}
          B: {Condition: Live, Value: !Ref U, Export: {Name: topic}}
    """
    graph = graph_of(tmp_path, text)
    assert graph.target(resource(graph, "V").at("DisplayName")) == resource(graph, "U")


def test_includes_are_read_from_disk_inside_of_the_root(tmp_path: Path) -> None:
    text = """
        Resources:
          Topic:
            Type: AWS::SNS::Topic
            Properties:
              DisplayName: x
              Fn::Transform: {Name: AWS::Include, Parameters: {Location: more.yaml}}
          Fn::Transform:
            Name: AWS::Include
            Parameters: {Location: ./resources.yaml}
          Out:
            Type: AWS::SNS::Topic
            Properties:
              Fn::Transform: {Name: AWS::Include, Parameters: {Location: ../../etc/passwd}}
    """
    graph = graph_of(
        tmp_path / "a",
        text,
        more_yaml="TopicName: !Ref AWS::StackName\nKmsMasterKeyId: k\n",
        resources_yaml="Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: !GetAtt Topic.TopicName}}\n",
    )
    assert resource(graph, "Topic").get("KmsMasterKeyId") == "k"
    assert resource(graph, "Queue").location.file.endswith("resources.yaml")
    refused = resource(graph, "Out").get("DisplayName")
    assert isinstance(refused, Unknown)
    assert refused.kind is UnknownKind.CONFINED


def test_what_an_unread_include_adds_is_not_taken_for_absent(tmp_path: Path) -> None:
    text = """
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties:
              Engine: postgres
              MultiAZ: "true"
              Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://there/more.yaml}}
              ProcessorFeatures:
                - Name: coreCount
                  Fn::Transform: {Name: Macro}
    """
    found = resource(graph_of(tmp_path, text), "Db")
    assert (found.get("Engine"), found.get("MultiAZ")) == ("postgres", True)
    assert isinstance(found.get("StorageEncrypted"), Unknown)
    assert isinstance(found.get("ProcessorFeatures.0.Value"), Unknown)
    assert sorted(found.properties) == ["Engine", "MultiAZ", "ProcessorFeatures"]


def test_imports_read_exports_of_the_same_scan(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "net.yaml": """
                Resources: {Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}}
                Outputs:
                  Id: {Value: !Ref Vpc, Export: {Name: !Sub "${AWS::StackName}-VpcId"}}
                  Cidr: {Value: !GetAtt Vpc.CidrBlock, Export: {Name: net-cidr}}
            """,
            "app.yaml": """
                Parameters: {Net: {Type: String}}
                Resources:
                  S:
                    Type: AWS::EC2::Subnet
                    Properties:
                      VpcId: !ImportValue {"Fn::Sub": "${Net}-VpcId"}
                      CidrBlock: !ImportValue net-cidr
                      AvailabilityZone: !ImportValue net-zone
            """,
        },
    )
    graph = scan(tmp_path)
    subnet = resource(graph, "S")
    vpc = graph.target(subnet.at("VpcId"), "AWS::EC2::VPC")
    assert vpc is resource(graph, "Vpc")
    assert subnet.get("CidrBlock") == "10.0.0.0/16"
    assert "no template that was read exports net-zone" in subnet.get("AvailabilityZone").reason


def test_a_macro_may_make_anything_of_a_template(tmp_path: Path) -> None:
    text = """
        Transform: [AWS::LanguageExtensions, MyMacro]
        Resources:
          T: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref MadeByTheMacro}}
          U: {Type: AWS::SNS::Topic, Properties: {DisplayName: {"Fn::Transform": {Name: Other}}}}
          V: {Type: AWS::SNS::Topic, Properties: {DisplayName: written}}
          W: {Type: AWS::SNS::Topic}
    """
    graph = graph_of(tmp_path, text)
    [gap] = graph.gaps
    assert "MyMacro" in gap.reason
    assert (gap.incomplete, gap.kind) == (False, UnknownKind.UNSUPPORTED)
    assert graph.hidden("AWS::ECS::Service") is not None
    kinds = {r.address: r.get("DisplayName").kind for r in graph.resources}
    assert set(kinds.values()) == {UnknownKind.UNSUPPORTED}
    assert not graph.diagnostics


@pytest.mark.parametrize(
    "text",
    [
        "T: {Type: AWS::SNS::Topic, Properties: {DisplayName: written, 'Fn::Transform': {Name: Mine}}}",
        "T: {Type: AWS::SNS::Topic, Properties: {DisplayName: written}, 'Fn::Transform': {Name: Mine}}",
        "T: {Type: AWS::SNS::Topic, 'Fn::Transform': {Name: AWS::Include, Parameters: {Location: ./more.yaml}}}",
        "{'Fn::Transform': [{Name: Mine}], T: {Type: AWS::SNS::Topic, Properties: {DisplayName: written}}}",
    ],
    ids=["properties", "resource", "include", "section"],
)
def test_a_transform_may_change_what_stands_beside_it(tmp_path: Path, text: str) -> None:
    graph = graph_of(tmp_path, "Resources:\n  " + text)
    topic = resource(graph, "T")
    assert topic.get("DisplayName").kind is UnknownKind.UNSUPPORTED
    assert topic.get("KmsMasterKeyId").kind is UnknownKind.UNSUPPORTED


def test_a_transform_changes_nothing_above_it(tmp_path: Path) -> None:
    text = """
        Resources:
          T:
            Type: AWS::SNS::Topic
            Properties:
              DisplayName: written
              Tags: [{Key: a, Value: b, "Fn::Transform": {Name: Mine}}]
    """
    topic = resource(graph_of(tmp_path, text), "T")
    assert topic.get("DisplayName") == "written"
    assert topic.get("Tags.0.Key").kind is UnknownKind.UNSUPPORTED


def test_a_function_that_is_not_known_makes_its_value_unknown(tmp_path: Path) -> None:
    text = 'Resources: {V: {Type: AWS::SNS::Topic, Properties: {DisplayName: {"Fn::Brandnew": x}}}}'
    graph = graph_of(tmp_path, text)
    assert resource(graph, "V").get("DisplayName").kind is UnknownKind.UNSUPPORTED
    assert [(d.severity, d.code) for d in graph.diagnostics] == [("warning", "unknown-function")]


def test_unknown_conditions_keep_both_arms(tmp_path: Path) -> None:
    text = """
        Parameters: {Env: {Type: String}}
        Conditions:
          Prod: !Equals [!Ref Env, prod]
          NotProd: !Not [!Condition Prod]
          Never: !And [!Condition Prod, !Equals [a, b]]
          Always: !Or [!Equals [a, a], !Condition Prod]
        Resources:
          R:
            Type: Custom::R
            Properties:
              Value: !If [Prod, 1, 2]
              Same: !If [Prod, x, x]
              Nothing: !If [Prod, !Ref AWS::NoValue, y]
              Text: !Sub ["a-${V}", {V: !If [Prod, p, d]}]
              Nested: !If [Prod, !If [NotProd, wrong, right], other]
              Mapping: !If [Prod, {A: 1, B: 2}, {A: 1, C: 3}]
              Never: !If [Never, 1, 2]
              Always: !If [Always, 1, 2]
              Index: !Select [!If [Prod, 0, 1], [a, b]]
    """
    found = resource(graph_of(tmp_path, text), "R")
    assert found.get("Value").arms == (1, 2)
    assert found.get("Value").reason == "the parameter Env has no value"
    assert found.get("Same") == "x"
    assert found.get("Nothing").arms == (ABSENT, "y")
    assert found.get("Text").arms == ("a-p", "a-d")
    assert found.get("Nested").arms == ("right", "other")
    assert found.get("Mapping.A") == 1
    assert found.get("Mapping.B").arms == (2, ABSENT)
    assert (found.get("Never"), found.get("Always")) == (2, 1)
    assert isinstance(found.get("Index"), Unknown)


def test_partly_known_texts_keep_their_ends_and_their_json(tmp_path: Path) -> None:
    text = """
        Parameters: {Image: {Type: String}}
        Resources:
          Role: {Type: AWS::IAM::Role}
          R:
            Type: Custom::R
            Properties:
              Arn: !Sub "arn:aws:iam::${AWS::AccountId}:role/x"
              Json: !Sub '{"image": "${Image}", "port": 80}'
              ToJson: {"Fn::ToJsonString": {image: !Ref Image, port: 80}}
              Alone: !Sub "${Role.Arn}"
              Joined: !Join ["/", [service, !Ref Role, api]]
    """
    graph = graph_of(tmp_path, text)
    found = resource(graph, "R")
    arn = found.get("Arn")
    assert (arn.prefix, arn.suffix) == ("arn:aws:iam::", ":role/x")
    assert found.get("Json.port") == 80
    assert found.get("ToJson.port") == 80
    assert graph.target(found.at("Alone")) is resource(graph, "Role")
    assert found.get("Alone").exact
    joined = found.get("Joined")
    assert (joined.prefix, joined.suffix, joined.exact) == ("service/", "/api", False)


def test_addresses_of_several_templates_are_told_apart(tmp_path: Path) -> None:
    topic = "Resources: {T: {Type: AWS::SNS::Topic}, %s: {Type: AWS::SNS::Topic}}\n"
    write(tmp_path, {"a.yaml": topic % "A", "x/b.yaml": topic % "B", "y/b.yaml": topic % "C"})
    graph = scan(tmp_path)
    addresses = sorted(r.address for r in graph.resources)
    assert addresses == sorted(["A", "B", "C", "a.yaml/T", f"{tmp_path}/x/b.yaml/T", f"{tmp_path}/y/b.yaml/T"])
    assert len({r.key for r in graph.resources}) == 6


def test_a_template_that_is_not_on_disk_is_a_gap_until_its_folder_is_named(tmp_path: Path) -> None:
    text = """
        Resources:
          Net:
            Type: AWS::CloudFormation::Stack
            Properties: {TemplateURL: https://bucket.s3.amazonaws.com/t/net.yaml}
          R: {Type: Custom::R, Properties: {Id: !GetAtt Net.Outputs.Id}}
    """
    net = "Resources: {V: {Type: AWS::EC2::VPC}}\nOutputs: {Id: {Value: !Ref V}}\n"
    write(tmp_path / "there", {"net.yaml": net})
    graph = graph_of(tmp_path / "here", text)
    [gap] = graph.gaps
    assert (gap.kind, gap.incomplete) == (UnknownKind.MODULE, False)
    assert "--module-dir" in gap.action
    assert resource(graph, "R").get("Id").kind is UnknownKind.MODULE
    graph = scan(tmp_path / "here", module_dirs={"https://bucket.s3.amazonaws.com/t": tmp_path / "there"})
    assert not graph.gaps
    assert graph.target(resource(graph, "R").at("Id")) is resource(graph, "Net.V")
    assert codes(graph) == set()


def test_nested_templates_stay_inside_of_the_root(tmp_path: Path) -> None:
    write(tmp_path, {"out.yaml": "Resources: {V: {Type: AWS::EC2::VPC}}\n"})
    text = "Resources: {N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ../out.yaml}}}\n"
    graph = graph_of(tmp_path / "in", text)
    assert [r.address for r in graph.resources] == ["N"]
    assert "leads out of the scanned root" in graph.gaps[0].reason
    (tmp_path / "in" / "link.yaml").symlink_to(tmp_path / "out.yaml")
    graph = scan(tmp_path / "in")
    assert [r.address for r in graph.resources] == ["N"]
    [link] = [gap for gap in graph.gaps if gap.what.endswith("link.yaml")]
    assert (link.kind, link.incomplete) == (UnknownKind.CONFINED, False)


def test_types_of_properties_are_those_of_cloudformation(tmp_path: Path) -> None:
    text = """
        Parameters: {Yes: {Type: String, Default: "true"}, Port: {Type: String, Default: "80"}}
        Resources:
          Db: {Type: AWS::RDS::DBInstance, Properties: {MultiAZ: !Ref Yes, Port: 5432, AllocatedStorage: "20"}}
          Lb: {Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {Port: !Ref Port}}
          T:
            Type: AWS::ECS::TaskDefinition
            Properties:
              Cpu: 256
              ContainerDefinitions: [{Environment: [{Name: PIN, Value: 1234}], PortMappings: [{ContainerPort: "80"}]}]
    """
    graph = graph_of(tmp_path, text)
    database = resource(graph, "Db")
    assert (database.get("MultiAZ"), database.get("Port"), database.get("AllocatedStorage")) == (True, "5432", "20")
    assert resource(graph, "Lb").get("Port") == 80
    task = resource(graph, "T")
    assert task.get("Cpu") == "256"
    assert task.get("ContainerDefinitions.0.Environment.0.Value") == "1234"
    assert task.get("ContainerDefinitions.0.PortMappings.0.ContainerPort") == 80
