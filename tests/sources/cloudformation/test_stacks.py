"""Templates become resources: nested stacks, conditions, references."""

from __future__ import annotations

from pathlib import Path

import pytest

from asbuilt.model import Unknown, UnknownKind
from asbuilt.reading import Options, ScanError, evaluate_expression
from asbuilt.spec import load_spec
from asbuilt.topology.services import inventory
from sources.cloudformation.templates import codes, graph_of, resource, scan, write

NESTED = """
    Parameters:
      Cidr: {Type: String}
      Zones: {Type: CommaDelimitedList, Default: "a, b"}
    Resources:
      Vpc:
        Type: AWS::EC2::VPC
        Properties: {CidrBlock: !Ref Cidr}
      A:
        Type: AWS::EC2::Subnet
        Properties:
          VpcId: !Ref Vpc
          CidrBlock: !Select [1, !Cidr [!GetAtt Vpc.CidrBlock, 4, 8]]
          AvailabilityZone: !Select [1, !Ref Zones]
      B:
        Type: AWS::EC2::Subnet
        Properties: {VpcId: !Ref Vpc}
    Outputs:
      Subnets: {Value: !Join [",", [!Ref A, !Ref B]]}
"""
MAIN = """
    Resources:
      Network:
        Type: AWS::CloudFormation::Stack
        Properties:
          TemplateURL: ./network.yaml
          Parameters: {Cidr: 10.0.0.0/16}
      Service:
        Type: AWS::ECS::Service
        Properties:
          ServiceName: api
          NetworkConfiguration:
            AwsvpcConfiguration:
              Subnets: !Split [",", !GetAtt Network.Outputs.Subnets]
"""


def test_nested_stacks_take_parameters_and_give_outputs(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, MAIN, network_yaml=NESTED)
    assert {r.address for r in graph.resources} == {"Network", "Service", "Network.Vpc", "Network.A", "Network.B"}
    assert [source.path for source in graph.sources] == [str(tmp_path / "main.yaml")]
    subnet = resource(graph, "Network.A")
    assert subnet.get("CidrBlock") == "10.0.1.0/24"
    assert subnet.get("AvailabilityZone") == "b"
    subnets = resource(graph, "Service").at("NetworkConfiguration.AwsvpcConfiguration.Subnets")
    assert [found.address for found in graph.targets(subnets, "AWS::EC2::Subnet")] == ["Network.A", "Network.B"]
    trace = resource(graph, "Network.Vpc").at("CidrBlock").trace
    assert (trace.location.file, trace.location.start_line) == (str(tmp_path / "network.yaml"), 8)
    assert [(step.what, step.location.start_line) for step in trace.via] == [("parameter Cidr", 7)]
    assert not graph.diagnostics
    assert not graph.gaps


def test_conditions_decide_what_exists(tmp_path: Path) -> None:
    text = """
        Parameters:
          Env: {Type: String}
        Conditions:
          IsProd: !Equals [!Ref Env, prod]
          IsDev: !Not [!Condition IsProd]
        Resources:
          P: {Type: AWS::SNS::Topic, Condition: IsProd, Properties: {DisplayName: !If [IsProd, p, q]}}
          D: {Type: AWS::SNS::Topic, Condition: IsDev}
    """
    assert [r.address for r in graph_of(tmp_path, text, "Env=prod").resources] == ["P"]
    assert [r.address for r in graph_of(tmp_path, text, "Env=dev").resources] == ["D"]
    unknown = graph_of(tmp_path, text).resources
    assert [r.conditional is not None for r in unknown] == [True, True]
    assert unknown[0].get("DisplayName") == "p", "where it exists, its condition holds"


def test_a_reference_keeps_what_is_known(tmp_path: Path) -> None:
    text = """
        Resources:
          Cluster: {Type: AWS::ECS::Cluster}
          Service: {Type: AWS::ECS::Service, Properties: {ServiceName: api, Cluster: !Ref Cluster}}
          Target:
            Type: AWS::ApplicationAutoScaling::ScalableTarget
            DependsOn: [Service]
            Properties:
              ResourceId: !Sub service/${Cluster}/${Service.Name}
    """
    graph = graph_of(tmp_path, text)
    value = resource(graph, "Target").get("ResourceId")
    assert isinstance(value, Unknown)
    assert (value.kind, value.prefix, value.suffix) == (UnknownKind.COMPUTED, "service/", "/api")
    pointed = {
        (edge.attribute, edge.target.partition("//")[2], edge.target_attribute) for edge in graph.resources[2].edges()
    }
    assert pointed == {
        ("ResourceId", "Cluster", "Ref"),
        ("ResourceId", "Service", "Name"),
        ("DependsOn", "Service", ""),
    }


def test_a_name_that_is_nothing_is_an_error_with_its_place(tmp_path: Path) -> None:
    text = """
        Resources:
          Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Sub "${Nope}"}}
    """
    graph = graph_of(tmp_path, text)
    assert isinstance(graph.resources[0].get("DisplayName"), Unknown)
    assert codes(graph) == {"unknown-variable"}
    assert graph.diagnostics[0].location.start_line == 3


def test_what_is_made_in_a_nested_stack_is_chosen_where_its_output_is_read(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, MAIN, network_yaml=NESTED)
    trace = resource(graph, "Service").at("NetworkConfiguration.AwsvpcConfiguration.Subnets.0").trace
    assert (trace.origin.file, trace.origin.start_line) == (str(tmp_path / "main.yaml"), 14)


def test_what_is_written_in_an_output_is_found_there(tmp_path: Path) -> None:
    main = """
        Resources:
          Nested: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: nested.yaml}}
          Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !GetAtt Nested.Outputs.Title}}
    """
    nested = """
        Resources:
          Vpc: {Type: AWS::EC2::VPC}
        Outputs:
          Title: {Value: orders}
    """
    trace = resource(graph_of(tmp_path, main, nested_yaml=nested), "Topic").at("DisplayName").trace
    assert [(step.what, step.location.start_line) for step in trace.via] == [("Nested.Outputs.Title", 5)]


def test_a_service_is_told_by_its_stack_where_it_has_no_name(tmp_path: Path) -> None:
    service = "Resources: {Service: {Type: AWS::ECS::Service}}\n"
    stacks = "".join(
        f"  {name}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: ../one/service.yaml}}}}\n"
        for name in ("ApiStack", "AiEngine")
    )
    write(tmp_path, {"one/service.yaml": service, "root/main.yaml": f"Resources:\n{stacks}", "web.yaml": service})
    write(tmp_path, {"recommendation.yaml": service})
    graph = scan(tmp_path)
    found = inventory(graph, load_spec("broxiva").resolve("prod")).found
    assert {name: [view.resource.address for view in views] for name, views in found.items()} == {
        "api": ["ApiStack.Service"],
        "web": ["web.yaml/Service"],
        "ai-engine": ["AiEngine.Service"],
        "recommendation": ["recommendation.yaml/Service"],
    }


def test_expressions_of_terraform_are_not_evaluated_in_templates_and_the_message_says_what_is(tmp_path: Path) -> None:
    write(tmp_path, {"main.yaml": NESTED})
    with pytest.raises(ScanError, match="--resource LOGICAL_ID --property PATH"):
        evaluate_expression(None, Options(paths=[tmp_path]), "var.x", "")


def test_what_a_stack_set_deploys_is_not_seen_unless_it_is_read(tmp_path: Path) -> None:
    text = """
        Resources:
          Ours: {Type: AWS::CloudFormation::StackSet, Properties: {StackSetName: a, TemplateURL: ./other.yaml}}
          Theirs: {Type: AWS::CloudFormation::StackSet, Properties: {StackSetName: b, TemplateURL: https://x/y.yaml}}
    """
    graph = graph_of(tmp_path, text, other_yaml="Resources: {T: {Type: AWS::SNS::Topic}}")
    assert [gap.what for gap in graph.gaps] == ["Theirs"]
    assert graph.hidden("AWS::ECS::Service") is not None


@pytest.mark.parametrize("body", ["null", "text", "[]"])
def test_an_entry_that_is_no_mapping_is_an_error(tmp_path: Path, body: str) -> None:
    graph = graph_of(tmp_path, f"Resources:\n  T: {{Type: AWS::SNS::Topic}}\n  U: {body}\n")
    [remark] = graph.diagnostics
    assert (remark.severity, remark.code, remark.location.start_line) == ("error", "wrong-entry", 3)


@pytest.mark.parametrize("condition", ["No", "[a]", "!Equals [a, b]"])
def test_a_condition_that_is_no_name_is_an_error_and_not_known(tmp_path: Path, condition: str) -> None:
    graph = graph_of(tmp_path, f"Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Condition: {condition}\n")
    [remark] = graph.diagnostics
    assert (remark.code, remark.location.start_line) == ("wrong-argument", 4)
    assert graph.resources[0].conditional is not None
