"""Make of the account that `live_platform` builds the one that the code of the fixture makes.

Both were written from the same architecture and by different hands: what the architecture leaves open (names of
alarms' topics, variables of containers, thresholds) differs. Everything here is read from the code's graph.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from live_platform import operations
from live_platform.account import Account, Platform
from live_platform.containers import deploy

from asbuilt.model import ABSENT, Resource, Unknown

if TYPE_CHECKING:
    from asbuilt.graph import Graph

TASK, SECRET, PARAMETER = "AWS::ECS::TaskDefinition", "AWS::SecretsManager::Secret", "AWS::SSM::Parameter"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "rds.amazonaws.com"}}],
}


def align(aws: Account, made: Platform, code: Graph) -> None:
    """Change and add what differs."""
    for role in code.of_type("AWS::IAM::Role"):
        names = {one["RoleName"] for one in aws.iam.list_roles()["Roles"]}
        if role.name not in names:
            aws.iam.create_role(RoleName=role.name, AssumeRolePolicyDocument=json.dumps(TRUST))
            for arn in role.get("ManagedPolicyArns") or ():
                aws.iam.attach_role_policy(RoleName=role.name, PolicyArn=arn)
    log_groups(aws, made, code)
    for parameter in code.of_type(PARAMETER):
        aws.ssm.put_parameter(Name=parameter.name, Value="x", Type="String", Overwrite=True)
    for service in code.of_type("AWS::ECS::Service"):
        task(aws, made, code, service.name)
    alarms(aws, code)
    for policy in code.of_type("AWS::ApplicationAutoScaling::ScalingPolicy"):
        scaling(aws, made, policy)


def log_groups(aws: Account, made: Platform, code: Graph) -> None:
    """Add the log groups that the account lacks."""
    there = {
        group["logGroupName"]
        for page in aws.logs.get_paginator("describe_log_groups").paginate()
        for group in page["logGroups"]
    }
    for group in code.of_type("AWS::Logs::LogGroup"):
        if group.name not in there:
            aws.logs.create_log_group(logGroupName=group.name, kmsKeyId=made.keys["logs"])
            aws.logs.put_retention_policy(logGroupName=group.name, retentionInDays=group.get("RetentionInDays"))


def task(aws: Account, made: Platform, code: Graph, service: str, **changed: Any) -> None:
    """Register the task definition of the code, and run the service on it."""
    family = f"{made.prefix}-{service}"
    there = aws.ecs.describe_task_definition(taskDefinition=family)["taskDefinition"]
    wanted = next(one for one in code.of_type(TASK) if one.name == family)
    containers = [container(aws, code, item) for item in wanted.at("ContainerDefinitions").items()]
    kept = ("family", "requiresCompatibilities", "networkMode", "cpu", "memory", "executionRoleArn", "taskRoleArn")
    given = {key: there[key] for key in kept} | {"containerDefinitions": containers} | changed
    arn = aws.ecs.register_task_definition(**given)["taskDefinition"]["taskDefinitionArn"]
    deploy(aws, made, next(one for one in made.environment.services if one.name == service), arn)


def container(aws: Account, code: Graph, item: Any) -> dict[str, Any]:
    """Return a container as the API takes it."""

    def plain(path: str, otherwise: Any = None) -> Any:
        value = item.at(path).value
        return otherwise if value is ABSENT or isinstance(value, Unknown) else value

    options = {key: value for key, value in plain("LogConfiguration.Options", {}).items() if isinstance(value, str)}
    options["awslogs-group"] = group_of(code, item)
    return {
        "name": plain("Name"),
        "image": plain("Image", "image:1"),
        "essential": plain("Essential", True),
        "memoryReservation": 64,
        "portMappings": [
            {"containerPort": one.at("ContainerPort").value, "protocol": one.at("Protocol").value}
            for one in item.at("PortMappings").items()
        ],
        "environment": [{"name": one.at("Name").value, "value": "x"} for one in item.at("Environment").items()],
        "secrets": [
            {"name": one.at("Name").value, "valueFrom": arn_of(aws, code, one.at("ValueFrom"))}
            for one in item.at("Secrets").items()
        ],
        "logConfiguration": {"logDriver": plain("LogConfiguration.LogDriver"), "options": options},
    }


def group_of(code: Graph, item: Any) -> str:
    where = item.at("LogConfiguration.Options").child("awslogs-group")
    found = code.target(where, "AWS::Logs::LogGroup")
    return found.name if isinstance(found, Resource) else where.value


def arn_of(aws: Account, code: Graph, prop: Any) -> str:
    """Return the ARN of a secret or a parameter in the account."""
    found = code.target(prop, SECRET, PARAMETER)
    assert isinstance(found, Resource), prop
    if found.type == PARAMETER:
        return f"arn:aws:ssm:{aws.region}:{aws.number}:parameter{found.name}"
    arn: str = aws.secretsmanager.describe_secret(SecretId=found.name)["ARN"]
    return arn + (prop.value.suffix if isinstance(prop.value, Unknown) else "")


def alarms(aws: Account, code: Graph) -> None:
    """Give each alarm the topic and the periods of the code."""
    wanted = {alarm.name: alarm for alarm in code.of_type("AWS::CloudWatch::Alarm")}
    topic = f"arn:aws:sns:{aws.region}:{aws.number}:{topic_of(code)}"
    for page in aws.cloudwatch.get_paginator("describe_alarms").paginate():
        for alarm in page["MetricAlarms"]:
            if alarm["AlarmName"] in wanted:
                change_alarm(aws, alarm, topic, wanted[alarm["AlarmName"]].get("EvaluationPeriods"))


def topic_of(code: Graph) -> str:
    alarm = code.of_type("AWS::CloudWatch::Alarm")[0]
    found = code.targets(alarm.at("AlarmActions"))[0]
    assert isinstance(found, Resource)
    return found.name


def change_alarm(aws: Account, alarm: dict[str, Any], topic: str, periods: int) -> None:
    """Put an alarm again."""
    names = ("AlarmName", "Namespace", "MetricName", "Dimensions", "ComparisonOperator", "Threshold", "Period")
    names += ("Statistic", "ExtendedStatistic", "TreatMissingData")
    given = {name: alarm[name] for name in names if alarm.get(name)}
    aws.cloudwatch.put_metric_alarm(**given, AlarmActions=[topic], EvaluationPeriods=periods)


def scaling(aws: Account, made: Platform, policy: Resource) -> None:
    """Give a policy on requests the target value of the code."""
    path = "TargetTrackingScalingPolicyConfiguration"
    if policy.get(f"{path}.PredefinedMetricSpecification.PredefinedMetricType") == "ALBRequestCountPerTarget":
        service = policy.get("ResourceId").rpartition("/")[2]
        group = made.target_groups[service].rpartition(":")[2]
        label = f"{made.balancer.partition(':loadbalancer/')[2]}/{group}"
        metric = {"PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": label}
        operations.policy(aws, made, service, "requests", float(policy.get(f"{path}.TargetValue")), metric)
