"""Application Auto Scaling: scalable targets and scaling policies of ECS services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.sources.aws.operations import Call, Operation
from asbuilt.sources.aws.table import Table

if TYPE_CHECKING:
    from asbuilt.sources.aws.scheduler import Steps
    from asbuilt.sources.aws.target import Target

_AAS = "AWS::ApplicationAutoScaling::"
TARGETS = Operation("application-autoscaling", "DescribeScalableTargets", "ScalableTargets", (f"{_AAS}ScalableTarget",))
POLICIES = Operation("application-autoscaling", "DescribeScalingPolicies", "ScalingPolicies", (f"{_AAS}ScalingPolicy",))
OPERATIONS = (TARGETS, POLICIES)

SCALABLE_TARGET = Table(
    f"{_AAS}ScalableTarget",
    "application-autoscaling.DescribeScalableTargets",
    "ScalableTargets[]",
    {
        "ServiceNamespace": "ServiceNamespace",
        "ResourceId": "ResourceId",
        "ScalableDimension": "ScalableDimension",
        "MinCapacity": "MinCapacity",
        "MaxCapacity": "MaxCapacity",
        "RoleARN": "RoleARN",
        "SuspendedState": "SuspendedState",
    },
)
POLICY = Table(
    f"{_AAS}ScalingPolicy",
    "application-autoscaling.DescribeScalingPolicies",
    "ScalingPolicies[]",
    {
        "PolicyName": "PolicyName",
        "PolicyType": "PolicyType",
        "ServiceNamespace": "ServiceNamespace",
        "ResourceId": "ResourceId",
        "ScalableDimension": "ScalableDimension",
        "TargetTrackingScalingPolicyConfiguration": "TargetTrackingScalingPolicyConfiguration",
        "StepScalingPolicyConfiguration": "StepScalingPolicyConfiguration",
        "PredictiveScalingPolicyConfiguration": "PredictiveScalingPolicyConfiguration",
    },
)


def collect(target: Target) -> Steps:
    """Read what scales ECS services."""
    targets, policies = yield [Call(operation, {"ServiceNamespace": "ecs"}) for operation in OPERATIONS]
    found = []
    for body in targets.items():
        place = f"{body['ResourceId']}/{body['ScalableDimension']}"
        arn = body.get("ScalableTargetARN") or target.arn("application-autoscaling", f"scalable-target/{place}")
        found.append(target.resource(SCALABLE_TARGET, body, arn))
    for body in policies.items():
        place = f"{body['ResourceId']}/{body['ScalableDimension']}:{body['PolicyName']}"
        arn = body.get("PolicyARN") or target.arn("autoscaling", f"scalingPolicy:{place}")
        found.append(target.resource(POLICY, body, arn, name=body["PolicyName"]))
    return list({resource.key: resource for resource in found}.values())
