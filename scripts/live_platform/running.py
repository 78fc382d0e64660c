"""What runs in another way than services and strategies say, or beside them: started by hand, or left over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from live_platform import containers, data, names
from live_platform.network import ANYWHERE, allow

if TYPE_CHECKING:
    from live_platform.account import Account, Platform
    from live_platform.names import Row

BASTION, UNUSED, REPORTS = "bastion", "once-a-bastion", "reports"
IN_DEFAULT_VPC = [{"Name": "default-for-az", "Values": ["true"]}]


def disturb(aws: Account, made: Platform) -> list[Row]:
    """Make each of these run once, and return what must be reported.

    A critical task on Spot, an old revision, a task by hand in the default VPC, and a database there, an open instance,
    and a cluster that leaves Container Insights to the account, where it is off.
    """
    definition = f"{made.prefix}-pricing"
    run(aws, made, definition, "FARGATE_SPOT", containers.network(made), group="service:pricing")
    subnet = aws.ec2.describe_subnets(Filters=IN_DEFAULT_VPC)["Subnets"][0]
    network = {"awsvpcConfiguration": {"subnets": [subnet["SubnetId"]], "securityGroups": []}}
    task = run(aws, made, f"{made.prefix}-chatbot", "FARGATE", network, startedBy="anna")
    details = {pair["name"]: pair["value"] for pair in task["attachments"][0]["details"]}
    media = next(one for one in made.environment.services if one.name == "media")
    newer = aws.ecs.register_task_definition(**containers.task_definition(made, aws, media))["taskDefinition"]
    aws.ecs.update_service(cluster=made.cluster, service="media", taskDefinition=newer["taskDefinitionArn"])
    aws.ecs.update_cluster(cluster=made.cluster, settings=[])
    aws.ecs.put_account_setting(name="containerInsights", value="disabled")
    opened = instance(aws, made)
    return [
        *database(aws, made),
        ("COST-2", "running-capacity", names.ecs_service(aws, made, "pricing")),
        ("INV-1", "tasks-of-services", f"tasks of {made.prefix}-chatbot in {made.cluster}"),
        (
            "NET-8",
            "task-interfaces-in-private-subnets",
            names.ec2(aws, "network-interface", details["networkInterfaceId"]),
        ),
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


def database(aws: Account, made: Platform) -> list[Row]:
    """Make a database of the platform in the default VPC, open to all of it."""
    subnets = aws.ec2.describe_subnets(Filters=IN_DEFAULT_VPC)["Subnets"]
    group = aws.ec2.create_security_group(GroupName=REPORTS, Description=REPORTS, VpcId=subnets[0]["VpcId"])["GroupId"]
    allow(aws, group, 5432, cidr="172.31.0.0/16")
    name = f"{made.prefix}-{REPORTS}"
    created = aws.rds.create_db_subnet_group(
        DBSubnetGroupName=name, DBSubnetGroupDescription=name, SubnetIds=[one["SubnetId"] for one in subnets]
    )["DBSubnetGroup"]
    data.database(aws, made, DBInstanceIdentifier=name, DBSubnetGroupName=name, VpcSecurityGroupIds=[group])
    return [
        ("NET-10", "databases-in-database-subnets", created["DBSubnetGroupArn"]),
        ("SG-4", "database-ingress", names.ec2(aws, "security-group", group)),
    ]


def settle(aws: Account, made: Platform) -> None:
    """Stop what was started so, deploy the new revision, and switch Container Insights on again."""
    aws.ecs.put_account_setting(name="containerInsights", value="enabled")
    aws.ecs.update_cluster(cluster=made.cluster, settings=[{"name": "containerInsights", "value": "enabled"}])
    for reservation in aws.ec2.describe_instances()["Reservations"]:
        aws.ec2.terminate_instances(InstanceIds=[one["InstanceId"] for one in reservation["Instances"]])
    name = f"{made.prefix}-{REPORTS}"
    aws.rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    aws.rds.delete_db_subnet_group(DBSubnetGroupName=name)
    for name in (BASTION, UNUSED, REPORTS):
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


def run(
    aws: Account, made: Platform, definition: str, provider: str, network: dict[str, Any], **more: str
) -> dict[str, Any]:
    """Run a task."""
    started: dict[str, Any] = aws.ecs.run_task(
        cluster=made.cluster,
        taskDefinition=definition,
        capacityProviderStrategy=[{"capacityProvider": provider, "weight": 1}],
        networkConfiguration=network,
        **more,
    )["tasks"][0]
    return started
