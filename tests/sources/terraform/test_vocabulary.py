"""The table language, on single resources."""

from __future__ import annotations

import json
from typing import Any

from asbuilt.model import ABSENT, Resource, Sensitive, Unknown, UnknownKind
from asbuilt.sources.terraform.resources import to_resources
from sources.terraform.fake_instance import FakeInstance, ref, variable


def one(address: str, default_tags: Any = ABSENT, **arguments: Any) -> Resource:
    (found,) = to_resources([FakeInstance(address, arguments, default_tags)])
    return found


def traced(resource: Resource, path: str) -> str:
    """Return the Terraform path a property is traced to."""
    return resource.at(path).trace.location.file


def native(resource: Resource, path: str) -> str:
    return resource.native(resource.at(path).path)


SERVICE = {
    "name": "api",
    "desired_count": "3",
    "network_configuration": [{"assign_public_ip": True, "subnets": ["a", variable("b")]}],
    "load_balancer": [{"container_port": 4000, "target_group_arn": ref("aws_lb_target_group.api", "arn")}],
    "deployment_circuit_breaker": [{"enable": True, "rollback": None}],
    "deployment_maximum_percent": 200,
    "enable_execute_command": "false",
}


def test_a_service_reads_like_cloudformation() -> None:
    service = one("aws_ecs_service.api", **SERVICE)
    assert service.type == "AWS::ECS::Service"
    assert service.native_type == "aws_ecs_service"
    assert service.name == "api"
    assert service.identifiers == {"name": "api"}
    assert service.get("DesiredCount") == 3
    assert service.get("EnableExecuteCommand") is False
    assert service.get("NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp") == "ENABLED"
    assert service.get("NetworkConfiguration.AwsvpcConfiguration.Subnets.0") == "a"
    assert service.get("NetworkConfiguration.AwsvpcConfiguration.Subnets.1") == variable("b")
    assert service.get("LoadBalancers.0.ContainerPort") == 4000
    assert service.get("LoadBalancers.0.TargetGroupArn").references[0].target == "root:aws_lb_target_group.api"
    assert service.get("DeploymentConfiguration") == {
        "DeploymentCircuitBreaker": {"Enable": True},
        "MaximumPercent": 200,
    }
    assert service.get("LaunchType") is ABSENT
    assert service.get("DeploymentConfiguration.DeploymentCircuitBreaker.Rollback") is ABSENT


def test_the_way_back_goes_through_blocks() -> None:
    service = one("aws_ecs_service.api", **SERVICE)
    assert traced(service, "NetworkConfiguration.AwsvpcConfiguration.Subnets.1") == "network_configuration/0/subnets/1"
    assert traced(service, "DeploymentConfiguration.MaximumPercent") == "deployment_maximum_percent"
    assert traced(service, "LoadBalancers.0.ContainerPort") == "load_balancer/0/container_port"
    assert traced(service, "LaunchType") == "main.tf"  # not set: the resource itself
    assert native(service, "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp") == (
        "network_configuration.assign_public_ip"
    )
    assert native(service, "LoadBalancers.0.ContainerPort") == "load_balancer[0].container_port"
    assert native(service, "LaunchType") == "launch_type"
    assert native(service, "DeploymentConfiguration.MinimumHealthyPercent") == "deployment_minimum_healthy_percent"


def test_nothing_is_evaluated_before_it_is_asked_for() -> None:
    instance = FakeInstance("aws_ecs_service.api", dict(SERVICE))
    (service,) = to_resources([instance])
    assert instance.asked == []
    service.get("LaunchType")
    service.get("LaunchType")
    assert instance.asked == ["launch_type"]


def test_properties_are_a_mapping() -> None:
    service = one("aws_ecs_service.api", **SERVICE, launch_type=None)
    assert set(service.properties) == {
        "ServiceName",
        "DesiredCount",
        "NetworkConfiguration",
        "LoadBalancers",
        "DeploymentConfiguration",
        "EnableExecuteCommand",
    }
    assert len(service.properties) == 6
    assert "LaunchType" not in service.properties
    assert dict(service.properties)["ServiceName"] == "api"


CONTAINERS = [
    {
        "name": "api",
        "image": "repo/api:1",
        "portMappings": [{"containerPort": 4000, "hostPort": None}],
        "environment": [{"name": "portMappings", "value": "x"}],
        "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/aws/ecs/api", "name": "kept"}},
        "dockerLabels": {"name": "lower"},
        "somethingNew": {"name": 1},
    }
]


def check_containers(task: Resource) -> None:
    at = "ContainerDefinitions.0"
    assert task.get(f"{at}.PortMappings.0") == {"ContainerPort": 4000}
    assert task.get(f"{at}.Environment.0") == {"Name": "portMappings", "Value": "x"}
    assert task.get(f"{at}.LogConfiguration.Options") == {"awslogs-group": "/aws/ecs/api", "name": "kept"}
    assert task.get(f"{at}.DockerLabels") == {"name": "lower"}
    assert task.get(f"{at}.somethingNew") == {"name": 1}
    assert traced(task, f"{at}.PortMappings.0.ContainerPort") == (
        "container_definitions/0/portMappings/0/containerPort"
    )
    assert traced(task, f"{at}.LogConfiguration.Options.awslogs-group") == (
        "container_definitions/0/logConfiguration/options/awslogs-group"
    )
    assert native(task, f"{at}.PortMappings.0.ContainerPort") == (
        "container_definitions[0].portMappings[0].containerPort"
    )


def test_container_definitions_from_text() -> None:
    task = one("aws_ecs_task_definition.api", family="api", cpu=256, container_definitions=json.dumps(CONTAINERS))
    check_containers(task)
    assert task.get("ContainerDefinitions.0.Image") == "repo/api:1"
    assert task.get("Cpu") == "256"
    assert task.name == "api"


def test_container_definitions_with_an_unknown_inside() -> None:
    tree = [{**CONTAINERS[0], "image": variable("image")}, variable("sidecar")]
    text = Unknown(UnknownKind.VARIABLE, "an unknown inside", structure=tree)
    task = one("aws_ecs_task_definition.api", container_definitions=text)
    check_containers(task)
    assert task.get("ContainerDefinitions.0.Image") == variable("image")
    assert task.get("ContainerDefinitions.1") == variable("sidecar")


def test_container_definitions_under_a_condition() -> None:
    arms = tuple(json.dumps([{"name": name}]) for name in ("a", "b"))
    task = one("aws_ecs_task_definition.api", container_definitions=variable("x", arms=arms))
    assert task.get("ContainerDefinitions").arms == ([{"Name": "a"}], [{"Name": "b"}])


def test_text_that_is_not_json_is_an_error_not_an_absence() -> None:
    task = one("aws_ecs_task_definition.api", container_definitions="[{")
    found = task.get("ContainerDefinitions")
    assert isinstance(found, Unknown)
    assert found.kind is UnknownKind.ERROR


def test_keys_of_container_definitions_are_read_in_any_case() -> None:
    """The provider is written in Go, which reads JSON names without regard to case."""
    task = one("aws_ecs_task_definition.api", container_definitions='[{"Name": "a", "PortMappings": []}]')
    assert task.get("ContainerDefinitions.0") == {"Name": "a", "PortMappings": []}


def test_unknown_blocks_stay_unknown() -> None:
    service = one(
        "aws_ecs_service.api",
        network_configuration=variable("net"),
        capacity_provider_strategy=[{"capacity_provider": "FARGATE", "weight": 1}, variable("more")],
    )
    assert service.get("NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp") == variable("net")
    assert service.get("CapacityProviderStrategy") == [{"CapacityProvider": "FARGATE", "Weight": 1}, variable("more")]
    group = one("aws_lb_target_group.a", health_check=[variable("check")], port="80")
    assert group.get("HealthCheckPath") == variable("check")
    assert group.get("Matcher.HttpCode") == variable("check")
    assert group.get("Port") == 80


def test_the_arms_of_a_condition_are_converted() -> None:
    net = [{"assign_public_ip": variable("public", arms=(True, None))}]
    service = one("aws_ecs_service.api", network_configuration=net)
    assert service.at("NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp").possible() == ("ENABLED", ABSENT)


def test_sensitive_values_keep_their_mark() -> None:
    database = one("aws_db_instance.a", password=Sensitive("hunter2"), port=Sensitive(5432))
    assert database.at("MasterUserPassword").sensitive
    assert database.get("Port") == "5432"
    assert "hunter2" not in repr(dict(database.properties))
    task = one("aws_ecs_task_definition.a", container_definitions=Sensitive('[{"name": "a"}]'))
    assert task.at("ContainerDefinitions.0.Name").sensitive
    assert task.get("ContainerDefinitions.0.Name") == "a"


def test_tags_with_the_providers_default_tags() -> None:
    vpc = one("aws_vpc.a", {"Team": "shop", "Env": "prod"}, tags={"Name": "main", "Env": "test"})
    assert vpc.get("Tags") == [
        {"Key": "Name", "Value": "main"},
        {"Key": "Env", "Value": "test"},
        {"Key": "Team", "Value": "shop"},
    ]
    assert traced(vpc, "Tags.1.Value") == "tags/Env"
    untagged = one("aws_vpc.a", {"Team": "shop"})
    assert untagged.get("Tags") == [{"Key": "Team", "Value": "shop"}]
    assert list(untagged.properties) == ["Tags"]
    assert one("aws_vpc.a").get("Tags") is ABSENT
    assert one("aws_vpc.a", variable("tags"), tags={"a": "b"}).get("Tags") == [
        {"Key": "a", "Value": "b"},
        variable("tags"),
    ]
    assert one("aws_vpc.a", {"a": "b"}, tags=variable("tags")).get("Tags") == variable("tags")
    assert one("aws_ssm_parameter.a", {"a": "b"}, tags={"c": "d"}).get("Tags") == {"a": "b", "c": "d"}


def test_a_name_prefix_is_a_partly_known_name() -> None:
    group = one("aws_cloudwatch_log_group.a", name_prefix="/aws/ecs/")
    found = group.get("LogGroupName")
    assert isinstance(found, Unknown)
    assert found.prefix == "/aws/ecs/"
    assert group.name == ""
    assert group.identifiers == {}
    both = one("aws_cloudwatch_log_group.a", name_prefix=None, name="x")
    assert both.name == "x"


def test_a_load_balancers_settings_become_attributes() -> None:
    balancer = one(
        "aws_lb.main",
        internal=False,
        access_logs=[{"bucket": "logs", "enabled": True}],
        idle_timeout=60,
        enable_deletion_protection=variable("protect"),
    )
    assert balancer.get("Scheme") == "internet-facing"
    attributes = {entry["Key"]: entry["Value"] for entry in balancer.get("LoadBalancerAttributes")}
    assert attributes == {
        "access_logs.s3.bucket": "logs",
        "access_logs.s3.enabled": "true",
        "idle_timeout.timeout_seconds": "60",
        "deletion_protection.enabled": variable("protect"),
    }
    keys = [entry["Key"] for entry in balancer.get("LoadBalancerAttributes")]
    at = keys.index("idle_timeout.timeout_seconds")
    assert traced(balancer, f"LoadBalancerAttributes.{at}.Value") == "idle_timeout"
    at = keys.index("access_logs.s3.enabled")
    assert traced(balancer, f"LoadBalancerAttributes.{at}.Value") == "access_logs/0/enabled"
    assert one("aws_alb.main").get("Scheme") is ABSENT


def test_policies_are_trees() -> None:
    document = {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    role = one("aws_iam_role.a", name="a", assume_role_policy=json.dumps(document))
    assert role.get("AssumeRolePolicyDocument.Statement.0.Action") == "s3:*"
    assert traced(role, "AssumeRolePolicyDocument.Statement.0.Action") == "assume_role_policy/Statement/0/Action"
    assert one("aws_iam_policy.a", policy=document).get("PolicyDocument") == document
    assert one("aws_iam_policy.a", policy="").get("PolicyDocument") is ABSENT


def test_defaults_that_only_terraform_has() -> None:
    assert one("aws_security_group.a").get("SecurityGroupEgress") == []
    assert one("aws_db_instance.a").get("PubliclyAccessible") is False
    assert one("aws_db_instance.a", publicly_accessible=True).get("PubliclyAccessible") is True
    assert one("aws_appautoscaling_policy.a").get("PolicyType") == "StepScaling"
    assert one("aws_vpc_endpoint.a", private_dns_enabled=variable("x")).get("PrivateDnsEnabled") == variable("x")


def test_maps_become_pairs() -> None:
    alarm = one("aws_cloudwatch_metric_alarm.a", dimensions={"ClusterName": "prod", "ServiceName": variable("s")})
    assert alarm.get("Dimensions") == [
        {"Name": "ClusterName", "Value": "prod"},
        {"Name": "ServiceName", "Value": variable("s")},
    ]
    assert traced(alarm, "Dimensions.1.Value") == "dimensions/ServiceName"


def test_a_type_without_a_table_stays_what_it_is() -> None:
    other = one("aws_unheard_of.a", size=3, nothing=None)
    assert other.type == "Terraform::aws_unheard_of"
    assert dict(other.properties) == {"size": 3}
    assert traced(other, "size") == "size"


def test_data_sources_are_left_out() -> None:
    assert to_resources([FakeInstance("data.aws_vpc.a", mode="data")]) == []


def test_a_name_that_is_sensitive_or_unknown() -> None:
    assert one("aws_ecs_cluster.a", name=variable("n")).name == ""
    assert one("aws_ecs_cluster.a", name=Sensitive("n")).name == "n"
