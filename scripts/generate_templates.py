"""Write CloudFormation templates to measure with: a folder of many, or one with many resources.

    python scripts/generate_templates.py FOLDER --templates 200
    python scripts/generate_templates.py FOLDER --resources 500

The same arguments give the same bytes. Ten resources make a service: the same parameters, mappings, conditions and
functions that platforms use, some of them wrong by the bundled spec. Every fourth template of a folder is JSON.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import yaml

PER_SERVICE = 10
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
EXECUTION = "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"


def many(folder: Path, count: int) -> None:
    """Write a folder of templates of one to three services each."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        data = template(f"team{number}", 1 + number % 3)
        if number % 4 == 3:
            (folder / f"team-{number:03}.json").write_text(json.dumps(data, indent=2) + "\n", "utf-8")
        else:
            (folder / f"team-{number:03}.yaml").write_text(_yaml(data), "utf-8")


def large(folder: Path, resources: int) -> None:
    """Write one template with that many resources, a multiple of ten."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "platform.yaml").write_text(_yaml(template("platform", resources // PER_SERVICE)), "utf-8")


def template(name: str, services: int) -> dict[str, Any]:
    """Return a template with some services."""
    resources: dict[str, Any] = {}
    for number in range(services):
        resources |= _service(f"{name}-{number}", f"S{number}", number)
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"The services of {name}.",
        "Parameters": {
            "Environment": {"Type": "String", "Default": "prod", "AllowedValues": ["prod", "staging"]},
            "Vpc": {"Type": "AWS::EC2::VPC::Id"},
            "Subnets": {"Type": "List<AWS::EC2::Subnet::Id>"},
            "Cluster": {"Type": "String"},
            "Listener": {"Type": "String"},
            "Key": {"Type": "String"},
            "ImageTag": {"Type": "String", "Default": "1.0.0"},
        },
        "Mappings": {"Sizes": {"prod": {"Cpu": "2048", "Memory": "4096", "Tasks": 3, "Days": 30},
                               "staging": {"Cpu": "512", "Memory": "1024", "Tasks": 1, "Days": 14}}},
        "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Environment"}, "prod"]}},
        "Resources": resources,
        "Outputs": {
            f"Role{number}": {
                "Value": {"Fn::GetAtt": [f"S{number}TaskRole", "Arn"]},
                "Export": {"Name": {"Fn::Sub": "${Environment}-" + f"{name}-{number}-role"}},
            }
            for number in range(services)
        },
    }  # fmt: skip


def _size(what: str) -> dict[str, Any]:
    return {"Fn::FindInMap": ["Sizes", {"Ref": "Environment"}, what]}


def _service(name: str, before: str, number: int) -> dict[str, Any]:
    """Return the ten resources of a service; every fifth keeps its logs too short a time."""
    family = {"Fn::Sub": "${Environment}-" + name}
    group = {"Ref": f"{before}Logs"}
    resource = f"service/${{Cluster}}/${{Environment}}-{name}"
    return {
        f"{before}Logs": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {
                "LogGroupName": {"Fn::Sub": "/aws/ecs/${Environment}/" + name},
                "RetentionInDays": 7 if number % 5 == 4 else _size("Days"),
                "KmsKeyId": {"Ref": "Key"},
            },
        },
        f"{before}TaskRole": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": TRUST, "Policies": [_policy(name)]},
        },
        f"{before}ExecutionRole": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": TRUST, "ManagedPolicyArns": [{"Fn::Sub": EXECUTION}]},
        },
        f"{before}Group": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {
                "GroupDescription": f"Tasks of {name}",
                "VpcId": {"Ref": "Vpc"},
                "SecurityGroupIngress": [
                    {"IpProtocol": "tcp", "FromPort": 8000 + number, "ToPort": 8000 + number, "CidrIp": "10.0.0.0/16"}
                ],
                "SecurityGroupEgress": [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0", "Description": "Anywhere"}],
            },
        },
        f"{before}Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": _task(name, before, number, family, group)},
        f"{before}Target": {
            "Type": "AWS::ElasticLoadBalancingV2::TargetGroup",
            "Properties": {
                "TargetType": "ip",
                "Protocol": "HTTP",
                "Port": 8000 + number,
                "VpcId": {"Ref": "Vpc"},
                "HealthCheckPath": "/health",
                "Matcher": {"HttpCode": "200"},
            },
        },
        f"{before}Rule": {
            "Type": "AWS::ElasticLoadBalancingV2::ListenerRule",
            "Properties": {
                "ListenerArn": {"Ref": "Listener"},
                "Priority": 100 + number,
                "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": [f"/{name}/*"]}}],
                "Actions": [{"Type": "forward", "TargetGroupArn": {"Ref": f"{before}Target"}}],
            },
        },
        f"{before}Service": {
            "Type": "AWS::ECS::Service",
            "DependsOn": [f"{before}Rule"],
            "Properties": {
                "ServiceName": family,
                "Cluster": {"Ref": "Cluster"},
                "TaskDefinition": {"Ref": f"{before}Task"},
                "LaunchType": "FARGATE",
                "DesiredCount": _size("Tasks"),
                "EnableExecuteCommand": True,
                "DeploymentConfiguration": {"DeploymentCircuitBreaker": {"Enable": True, "Rollback": True}},
                "NetworkConfiguration": {
                    "AwsvpcConfiguration": {
                        "AssignPublicIp": "DISABLED",
                        "SecurityGroups": [{"Ref": f"{before}Group"}],
                        "Subnets": {"Ref": "Subnets"},
                    }
                },
                "LoadBalancers": [
                    {
                        "ContainerName": name,
                        "ContainerPort": 8000 + number,
                        "TargetGroupArn": {"Ref": f"{before}Target"},
                    }
                ],
            },
        },
        f"{before}Scale": {
            "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
            "Properties": {
                "ServiceNamespace": "ecs",
                "ScalableDimension": "ecs:service:DesiredCount",
                "ResourceId": {"Fn::Sub": resource},
                "MinCapacity": {"Fn::If": ["IsProd", 2, 1]},
                "MaxCapacity": {"Fn::If": ["IsProd", 10, 2]},
            },
        },
        f"{before}Policy": {
            "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
            "Properties": {
                "PolicyName": f"{name}-cpu",
                "PolicyType": "TargetTrackingScaling",
                "ScalingTargetId": {"Ref": f"{before}Scale"},
                "TargetTrackingScalingPolicyConfiguration": {
                    "TargetValue": 70,
                    "ScaleInCooldown": 300,
                    "ScaleOutCooldown": 60,
                    "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
                },
            },
        },
    }


def _policy(name: str) -> dict[str, Any]:
    bucket = {"Fn::Sub": "arn:${AWS::Partition}:s3:::${Environment}-" + name + "/*"}
    statements = [
        {"Sid": f"Read{at}", "Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": bucket}
        for at in range(4)
    ]
    return {"PolicyName": name, "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}


def _task(name: str, before: str, number: int, family: Any, group: Any) -> dict[str, Any]:
    secret = "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:${Environment}/" + name
    return {
        "Family": family,
        "Cpu": _size("Cpu"),
        "Memory": _size("Memory"),
        "NetworkMode": "awsvpc",
        "RequiresCompatibilities": ["FARGATE"],
        "TaskRoleArn": {"Fn::GetAtt": [f"{before}TaskRole", "Arn"]},
        "ExecutionRoleArn": {"Fn::GetAtt": [f"{before}ExecutionRole", "Arn"]},
        "ContainerDefinitions": [
            {
                "Name": name,
                "Image": {"Fn::Sub": "${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/" + name + ":${ImageTag}"},
                "Essential": True,
                "PortMappings": [{"ContainerPort": 8000 + number, "Protocol": "tcp"}],
                "Environment": [{"Name": f"SETTING_{at}", "Value": f"value-{at}"} for at in range(12)],
                "Secrets": [{"Name": "DATABASE_URL", "ValueFrom": {"Fn::Sub": secret}}],
                "HealthCheck": {"Command": ["CMD-SHELL", f"curl -f http://localhost:{8000 + number}/health || exit 1"]},
                "LogConfiguration": {
                    "LogDriver": "awslogs",
                    "Options": {
                        "awslogs-group": group,
                        "awslogs-region": {"Ref": "AWS::Region"},
                        "awslogs-stream-prefix": name,
                    },
                },
            }
        ],
    }


class _Dumper(yaml.SafeDumper):
    """Writes functions in their short form, as people do, and no aliases."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _mapping(dumper: yaml.SafeDumper, data: dict[str, Any]) -> yaml.Node:
    if len(data) == 1:
        name, value = next(iter(data.items()))
        if name == "Ref" or name.startswith("Fn::"):
            tag = "!" + name.removeprefix("Fn::")
            if name == "Fn::GetAtt":
                value = ".".join(value)
            if isinstance(value, str):
                return dumper.represent_scalar(tag, value)
            return dumper.represent_sequence(tag, value, flow_style=True)
    return dumper.represent_mapping("tag:yaml.org,2002:map", data.items())


_Dumper.add_representer(dict, _mapping)


def _yaml(data: dict[str, Any]) -> str:
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, width=110)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--templates", type=int, help="write a folder of so many")
    parser.add_argument("--resources", type=int, help="write one with so many resources")
    chosen = parser.parse_args()
    if chosen.templates:
        many(chosen.folder, chosen.templates)
    if chosen.resources:
        large(chosen.folder, chosen.resources)


if __name__ == "__main__":
    main()
