"""What is broken about services, their logs and what watches them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from live_platform import containers, names, operations

if TYPE_CHECKING:
    from live_platform.account import Account, Platform
    from live_platform.facts import Service
    from live_platform.names import Row


def _fact(made: Platform, name: str) -> Service:
    """Return what was built as a service."""
    return next(one for one in made.environment.services if one.name == name)


def _update(aws: Account, made: Platform, name: str, **changed: Any) -> str:
    """Change a service; return how reports name it."""
    aws.ecs.update_service(cluster=made.cluster, service=name, **changed)
    return names.ecs_service(aws, made, name)


def public_address(aws: Account, made: Platform) -> list[Row]:
    """The tasks of search get public addresses."""
    found = _update(aws, made, "search", networkConfiguration=containers.network(made, public=True))
    return [("NET-9", "tasks-without-public-ip", found)]


def circuit_breaker_off(aws: Account, made: Platform) -> list[Row]:
    """The circuit breaker of recommendation is off."""
    breaker = {"enable": False, "rollback": True}
    deployment = {"deploymentCircuitBreaker": breaker, "minimumHealthyPercent": 100, "maximumPercent": 200}
    found = _update(aws, made, "recommendation", deploymentConfiguration=deployment)
    return [("DEP-1", "deployment-circuit-breaker", found)]


def half_on_spot(aws: Account, made: Platform) -> list[Row]:
    """Analytics runs half on Spot, half On-Demand."""
    strategy = [
        {"capacityProvider": "FARGATE_SPOT", "weight": 50},
        {"capacityProvider": "FARGATE", "weight": 50},
    ]
    found = _update(aws, made, "analytics", capacityProviderStrategy=strategy)
    return [("COST-1", "spot-share", found)]


def plain_text_secret(aws: Account, made: Platform) -> list[Row]:
    """Supplier-integration has a password in its environment."""
    service = _fact(made, "supplier-integration")
    definition = containers.task_definition(made, aws, service)
    definition["containerDefinitions"][0]["environment"].append({"name": "FTP_PASSWORD", "value": "Tr0ub4dor&3-xyz"})
    arn = aws.ecs.register_task_definition(**definition)["taskDefinition"]["taskDefinitionArn"]
    containers.deploy(aws, made, service, arn)
    return [("SEC-3", "plain-text-secrets", arn)]


def extra_service(aws: Account, made: Platform) -> list[Row]:
    """A service that the architecture does not list runs in the cluster."""
    aws.ecs.create_service(
        cluster=made.cluster,
        serviceName="returns",
        taskDefinition=f"{made.prefix}-media",
        desiredCount=0,
        networkConfiguration=containers.network(made),
    )
    later = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}, "maximumPercent": 200}
    found = _update(
        aws,
        made,
        "returns",
        capacityProviderStrategy=list(containers.SPOT),
        deploymentConfiguration={**later, "minimumHealthyPercent": 50},
    )
    return [("INV-1", "service-inventory", found)]


def short_retention(aws: Account, made: Platform) -> list[Row]:
    """The logs of inventory are kept for seven days."""
    name = f"/aws/ecs/{made.prefix}/inventory"
    aws.logs.put_retention_policy(logGroupName=name, retentionInDays=7)
    return [("MON-3", "log-group-retention", names.log_group(aws, name))]


def log_group_without_key(aws: Account, made: Platform) -> list[Row]:
    """The log group of media was made anew, without a key."""
    name = f"/aws/ecs/{made.prefix}/media"
    aws.logs.delete_log_group(logGroupName=name)
    aws.logs.create_log_group(logGroupName=name)
    aws.logs.put_retention_policy(logGroupName=name, retentionInDays=made.environment.retention_days)
    return [("MON-4", "log-group-encryption", names.log_group(aws, name))]


def disabled_key(aws: Account, made: Platform) -> list[Row]:
    """The log group of chatbot is encrypted with a key that is disabled."""
    name = f"/aws/ecs/{made.prefix}/chatbot"
    key = aws.kms.create_key(Description="chatbot")["KeyMetadata"]
    aws.logs.delete_log_group(logGroupName=name)
    aws.logs.create_log_group(logGroupName=name, kmsKeyId=key["Arn"])
    aws.logs.put_retention_policy(logGroupName=name, retentionInDays=made.environment.retention_days)
    aws.kms.disable_key(KeyId=key["KeyId"])
    return [("MON-4", "log-group-encryption", names.log_group(aws, name))]


def missing_alarm(aws: Account, made: Platform) -> list[Row]:
    """Nothing watches the CPU of pricing."""
    aws.cloudwatch.delete_alarms(AlarmNames=[f"{made.prefix}-pricing-cpu"])
    return [("MON-5", "cpu-alarm", "alarm on the CPU utilization of pricing")]


def insights_off(aws: Account, made: Platform) -> list[Row]:
    """Container Insights is off."""
    aws.ecs.update_cluster(cluster=made.cluster, settings=[{"name": "containerInsights", "value": "disabled"}])
    return [("MON-1", "container-insights", names.cluster(aws, made))]


def too_many_tasks(aws: Account, made: Platform) -> list[Row]:
    """Notification may grow to a hundred tasks."""
    operations.target(aws, made, replace(_fact(made, "notification"), most=100))
    return [("INV-6", "task-count", names.ecs_service(aws, made, "notification"))]


def suspended_scaling(aws: Account, made: Platform) -> list[Row]:
    """Scaling out is suspended for personalization."""
    suspended = {**operations.RUNNING, "DynamicScalingOutSuspended": True}
    operations.target(aws, made, _fact(made, "personalization"), SuspendedState=suspended)
    return [("COST-6", "service-scales", names.ecs_service(aws, made, "personalization"))]
