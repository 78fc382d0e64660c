"""What runs in another way than services and strategies say: started by hand, or left over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from live_platform import containers, names

if TYPE_CHECKING:
    from live_platform.account import Account, Platform
    from live_platform.names import Row


def disturb(aws: Account, made: Platform) -> list[Row]:
    """Run a critical task on Spot, leave an old revision running, run a task by hand; return what must be reported."""
    definition = f"{made.prefix}-pricing"
    _run(aws, made, definition, "FARGATE_SPOT", group="service:pricing")
    _run(aws, made, f"{made.prefix}-chatbot", "FARGATE", startedBy="anna")
    media = next(one for one in made.environment.services if one.name == "media")
    newer = aws.ecs.register_task_definition(**containers.task_definition(made, aws, media))["taskDefinition"]
    aws.ecs.update_service(cluster=made.cluster, service="media", taskDefinition=newer["taskDefinitionArn"])
    return [
        ("COST-2", "running-capacity", names.ecs_service(aws, made, "pricing")),
        ("INV-1", "tasks-of-services", f"tasks of {made.prefix}-chatbot in {made.cluster}"),
        ("INV-6", "running-revision", names.ecs_service(aws, made, "media")),
    ]


def settle(aws: Account, made: Platform) -> None:
    """Stop what was started so, and deploy the new revision."""
    for arn in aws.ecs.list_tasks(cluster=made.cluster, desiredStatus="RUNNING")["taskArns"]:
        task = aws.ecs.describe_tasks(cluster=made.cluster, tasks=[arn])["tasks"][0]
        if not task.get("startedBy", "").startswith("ecs-svc/"):
            aws.ecs.stop_task(cluster=made.cluster, task=arn)
    media = next(one for one in made.environment.services if one.name == "media")
    service = aws.ecs.describe_services(cluster=made.cluster, services=["media"])["services"][0]
    containers.deploy(aws, made, media, service["taskDefinition"])


def _run(aws: Account, made: Platform, definition: str, provider: str, **more: str) -> None:
    aws.ecs.run_task(
        cluster=made.cluster,
        taskDefinition=definition,
        capacityProviderStrategy=[{"capacityProvider": provider, "weight": 1}],
        networkConfiguration=containers.network(made),
        **more,
    )
