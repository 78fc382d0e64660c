"""Scaling and alarms."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from live_platform.account import Account, Platform
    from live_platform.facts import Service

DIMENSION = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}
RUNNING = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}


def build(aws: Account, made: Platform) -> None:
    """Scale every service, and watch every service and the load balancer."""
    for service in made.environment.services:
        target(aws, made, service)
        policies(aws, made, service)
        for word in ("CPU", "Memory"):
            alarm(aws, made, service, word)
    balancer = [{"Name": "LoadBalancer", "Value": made.balancer.partition(":loadbalancer/")[2]}]
    for name, metric, threshold, statistic in (
        ("alb-5xx", "HTTPCode_ELB_5XX_Count", 10.0, {"Statistic": "Sum"}),
        ("target-5xx", "HTTPCode_Target_5XX_Count", 10.0, {"Statistic": "Sum"}),
        ("response-time", "TargetResponseTime", 2.0, {"ExtendedStatistic": "p95"}),
    ):
        put(aws, f"{made.prefix}-{name}", "AWS/ApplicationELB", metric, balancer, threshold, 1, **statistic)
    trace(aws)


def trace(aws: Account) -> None:
    """Submit a trace of one request."""
    now = time.time()
    number = f"1-{int(now):08x}-{'1' * 24}"
    segment = {"trace_id": number, "id": "1" * 16, "name": "api", "start_time": now - 60, "end_time": now - 59}
    aws.xray.put_trace_segments(TraceSegmentDocuments=[json.dumps(segment)])


def resource_id(made: Platform, service: str) -> str:
    """Return the name under which Application Auto Scaling knows a service."""
    return f"service/{made.cluster}/{service}"


def target(aws: Account, made: Platform, service: Service, **changed: Any) -> None:
    """Register a service's scalable target with its bounds."""
    given = {"MinCapacity": service.least, "MaxCapacity": service.most, "SuspendedState": RUNNING, **changed}
    aws.application_autoscaling.register_scalable_target(
        ResourceId=resource_id(made, service.name), **DIMENSION, **given
    )


def policies(aws: Account, made: Platform, service: Service) -> None:
    """Scale on CPU and memory, and on requests where there is a load balancer."""
    metrics: dict[str, tuple[float, dict[str, str]]] = {
        "cpu": (70.0, {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}),
        "memory": (80.0, {"PredefinedMetricType": "ECSServiceAverageMemoryUtilization"}),
    }
    if service.port is not None:
        group = made.target_groups[service.name].rpartition(":")[2]
        label = f"{made.balancer.partition(':loadbalancer/')[2]}/{group}"
        metrics["requests"] = (800.0, {"PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": label})
    for name, (value, metric) in metrics.items():
        policy(aws, made, service.name, name, value, metric)


def policy(
    aws: Account, made: Platform, service: str, name: str, value: float, metric: dict[str, str], out: int = 60
) -> None:
    """Put one target tracking policy."""
    aws.application_autoscaling.put_scaling_policy(
        PolicyName=f"{service}-{name}",
        PolicyType="TargetTrackingScaling",
        ResourceId=resource_id(made, service),
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": value,
            "PredefinedMetricSpecification": metric,
            "ScaleOutCooldown": out,
            "ScaleInCooldown": 300,
        },
        **DIMENSION,
    )


def alarm(aws: Account, made: Platform, service: Service, word: str) -> None:
    """Put the alarm on a service's CPU or memory."""
    dimensions = [
        {"Name": "ClusterName", "Value": made.cluster},
        {"Name": "ServiceName", "Value": service.name},
    ]
    name = f"{made.prefix}-{service.name}-{word.lower()}"
    put(aws, name, "AWS/ECS", f"{word}Utilization", dimensions, 80.0, 3, Statistic="Average")


def put(
    aws: Account,
    name: str,
    namespace: str,
    metric: str,
    dimensions: list[dict[str, str]],
    threshold: float,
    minutes: int,
    **statistic: str,
) -> None:
    """Put an alarm that goes off above a threshold."""
    aws.cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace=namespace,
        MetricName=metric,
        Dimensions=dimensions,
        ComparisonOperator="GreaterThanThreshold",
        Threshold=threshold,
        Period=60,
        EvaluationPeriods=minutes,
        TreatMissingData="missing",
        ActionsEnabled=True,
        AlarmActions=[f"arn:aws:sns:{aws.region}:{aws.number}:alarms"],
        **statistic,
    )
