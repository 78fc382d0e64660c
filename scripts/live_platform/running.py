"""What runs in another way than services and strategies say, or beside them: started by hand, or left over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from live_platform import containers, names
from live_platform.network import ANYWHERE, allow

if TYPE_CHECKING:
    from live_platform.account import Account, Platform
    from live_platform.names import Row

BASTION, UNUSED = "bastion", "once-a-bastion"


def disturb(aws: Account, made: Platform) -> list[Row]:
    """Make each of these run once, and return what must be reported.

    A critical task on Spot, an old revision, a task by hand, an open instance, and a cluster that leaves Container
    Insights to the account, where it is off.
    """
    definition = f"{made.prefix}-pricing"
    _run(aws, made, definition, "FARGATE_SPOT", group="service:pricing")
    _run(aws, made, f"{made.prefix}-chatbot", "FARGATE", startedBy="anna")
    media = next(one for one in made.environment.services if one.name == "media")
    newer = aws.ecs.register_task_definition(**containers.task_definition(made, aws, media))["taskDefinition"]
    aws.ecs.update_service(cluster=made.cluster, service="media", taskDefinition=newer["taskDefinitionArn"])
    aws.ecs.update_cluster(cluster=made.cluster, settings=[])
    aws.ecs.put_account_setting(name="containerInsights", value="disabled")
    opened = instance(aws, made)
    return [
        ("COST-2", "running-capacity", names.ecs_service(aws, made, "pricing")),
        ("INV-1", "tasks-of-services", f"tasks of {made.prefix}-chatbot in {made.cluster}"),
        ("INV-6", "running-revision", names.ecs_service(aws, made, "media")),
        ("MON-1", "container-insights", names.cluster(aws, made)),
        ("SG-6", "least-privilege-ingress", names.ec2(aws, "security-group", opened)),
    ]


def instance(aws: Account, made: Platform) -> str:
    """Run an instance that anybody may reach, and return its group; make another such group that nothing uses."""
    groups: list[str] = []
    for name in (BASTION, UNUSED):
        created = aws.ec2.create_security_group(GroupName=name, Description=name, VpcId=made.vpc)
        groups.append(created["GroupId"])
        allow(aws, groups[-1], 22, cidr=ANYWHERE)
    image = aws.ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    subnet = made.subnets["public"][0]
    aws.ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet, SecurityGroupIds=groups[:1])
    return groups[0]


def settle(aws: Account, made: Platform) -> None:
    """Stop what was started so, deploy the new revision, and switch Container Insights on again."""
    aws.ecs.put_account_setting(name="containerInsights", value="enabled")
    aws.ecs.update_cluster(cluster=made.cluster, settings=[{"name": "containerInsights", "value": "enabled"}])
    for reservation in aws.ec2.describe_instances()["Reservations"]:
        aws.ec2.terminate_instances(InstanceIds=[one["InstanceId"] for one in reservation["Instances"]])
    for name in (BASTION, UNUSED):
        named = [{"Name": "group-name", "Values": [name]}]
        group = aws.ec2.describe_security_groups(Filters=named)["SecurityGroups"][0]["GroupId"]
        aws.ec2.delete_security_group(GroupId=group)
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
