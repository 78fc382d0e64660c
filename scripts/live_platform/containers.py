"""The cluster, its services and their tasks, log groups and names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from live_platform.facts import XRAY_IMAGE, Service

if TYPE_CHECKING:
    from live_platform.account import Account, Platform

# A revision of the ARN without its cluster is what old accounts show; moto makes the long form, as AWS does.
SPOT = ({"capacityProvider": "FARGATE_SPOT", "weight": 80}, {"capacityProvider": "FARGATE", "weight": 20})
ON_DEMAND = ({"capacityProvider": "FARGATE", "weight": 100},)


def build(aws: Account, made: Platform) -> None:
    """Make log groups, names and the cluster, and run every service."""
    made.cluster = made.prefix
    discovery(aws, made)
    aws.ecs.put_account_setting(name="containerInsights", value="enabled")
    aws.ecs.create_cluster(
        clusterName=made.cluster,
        settings=[{"name": "containerInsights", "value": "enabled"}],
        capacityProviders=["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy=list(ON_DEMAND),
        tags=[{"key": "Environment", "value": made.environment.name}],
    )
    for service in made.environment.services:
        log_group(aws, made, f"/aws/ecs/{made.prefix}/{service.name}")
        run(aws, made, service)
    for name in (f"/aws/vpc/{made.prefix}/flow", f"/aws/rds/instance/{made.prefix}/postgresql"):
        log_group(aws, made, name)


def log_group(aws: Account, made: Platform, name: str) -> None:
    """Make an encrypted log group with the environment's retention."""
    aws.logs.create_log_group(logGroupName=name, kmsKeyId=made.keys["logs"])
    aws.logs.put_retention_policy(logGroupName=name, retentionInDays=made.environment.retention_days)


def discovery(aws: Account, made: Platform) -> None:
    """Make the private namespace with a name for every service.

    moto's zone of a namespace belongs to no VPC: it is associated here, as AWS does.
    """
    name = f"{made.prefix}.local"
    operation = aws.servicediscovery.create_private_dns_namespace(Name=name, Vpc=made.vpc)["OperationId"]
    done = aws.servicediscovery.get_operation(OperationId=operation)["Operation"]
    made.namespace = done["Targets"]["NAMESPACE"]
    zone = aws.servicediscovery.get_namespace(Id=made.namespace)["Namespace"]["Properties"]["DnsProperties"]
    aws.route53.associate_vpc_with_hosted_zone(
        HostedZoneId=zone["HostedZoneId"], VPC={"VPCRegion": aws.region, "VPCId": made.vpc}
    )
    for service in made.environment.services:
        created = aws.servicediscovery.create_service(
            Name=service.name,
            NamespaceId=made.namespace,
            DnsConfig={
                "NamespaceId": made.namespace,
                "RoutingPolicy": "MULTIVALUE",
                "DnsRecords": [{"Type": "A", "TTL": 10}],
            },
            HealthCheckCustomConfig={"FailureThreshold": 1},
        )["Service"]
        made.registries[service.name] = created["Id"]
        made.registry_arns[service.name] = created["Arn"]


def task_definition(made: Platform, aws: Account, service: Service) -> dict[str, Any]:
    """Return the arguments that register a service's task definition."""
    logs = {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": f"/aws/ecs/{made.prefix}/{service.name}",
            "awslogs-region": aws.region,
            "awslogs-stream-prefix": service.name,
        },
    }
    secrets = [{"name": name, "valueFrom": made.secrets[key]} for name, key in service.secrets.items()]
    container = {
        "name": service.name,
        "image": f"{aws.number}.dkr.ecr.{aws.region}.amazonaws.com/broxiva/{service.name}:2026.11.1",
        "essential": True,
        "memoryReservation": 128,  # moto runs no task without one
        "environment": [{"name": "ENVIRONMENT", "value": made.environment.name}],
        "secrets": [*secrets, {"name": "LOG_LEVEL", "valueFrom": made.parameters["log-level"]}],
        "logConfiguration": logs,
    }
    containers = [container]
    if service.port is not None:
        container["portMappings"] = [{"containerPort": service.port, "hostPort": service.port, "protocol": "tcp"}]
        containers.append(
            {
                "name": "xray-daemon",
                "image": XRAY_IMAGE,
                "essential": False,
                "memoryReservation": 64,
                "portMappings": [{"containerPort": 2000, "hostPort": 2000, "protocol": "udp"}],
                "logConfiguration": logs,
            }
        )
    return {
        "family": f"{made.prefix}-{service.name}",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": str(service.cpu),
        "memory": str(service.memory),
        "executionRoleArn": made.roles["execution"],
        "taskRoleArn": made.roles["task"],
        "containerDefinitions": containers,
        "runtimePlatform": {"operatingSystemFamily": "LINUX", "cpuArchitecture": "ARM64"},
    }


def network(made: Platform, *, public: bool = False) -> dict[str, Any]:
    """Return the network configuration of tasks."""
    return {
        "awsvpcConfiguration": {
            "subnets": made.subnets["private"],
            "securityGroups": [made.groups["ecs"]],
            "assignPublicIp": "ENABLED" if public else "DISABLED",
        }
    }


def run(aws: Account, made: Platform, service: Service) -> None:
    """Create a service, give it again what moto forgets while creating, start its tasks, and register them."""
    registered = aws.ecs.register_task_definition(**task_definition(made, aws, service))["taskDefinition"]
    strategy = list(ON_DEMAND if service.critical else SPOT)
    later: dict[str, Any] = {
        "desiredCount": service.least,
        "capacityProviderStrategy": strategy,
        "enableExecuteCommand": True,
        "deploymentConfiguration": {
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "minimumHealthyPercent": 100 if service.critical else 50,
            "maximumPercent": 200,
        },
    }
    first: dict[str, Any] = {
        "cluster": made.cluster,
        "serviceName": service.name,
        "taskDefinition": registered["taskDefinitionArn"],
        "networkConfiguration": network(made),
        "serviceRegistries": [{"registryArn": made.registry_arns[service.name]}],
        "tags": [{"key": "Environment", "value": made.environment.name}],
    }
    if service.port is not None:
        later["healthCheckGracePeriodSeconds"] = 120
        first["loadBalancers"] = [
            {
                "targetGroupArn": made.target_groups[service.name],
                "containerName": service.name,
                "containerPort": service.port,
            }
        ]
    aws.ecs.create_service(**first, **later)
    aws.ecs.update_service(cluster=made.cluster, service=service.name, **later)
    start(aws, made, service, registered["taskDefinitionArn"], strategy)


def start(aws: Account, made: Platform, service: Service, definition: str, strategy: list[dict[str, Any]]) -> None:
    """Start and register the tasks of a service, as ECS does."""
    tasks = aws.ecs.run_task(
        cluster=made.cluster,
        taskDefinition=definition,
        count=service.least,
        capacityProviderStrategy=strategy,
        networkConfiguration=network(made),
        startedBy=f"ecs-svc/{service.name}",
        group=f"service:{service.name}",
    )["tasks"]
    register(aws, made, service, tasks)


def tasks_of(aws: Account, made: Platform, name: str) -> list[dict[str, Any]]:
    """Return the tasks that run of a service."""
    running = aws.ecs.list_tasks(cluster=made.cluster, desiredStatus="RUNNING")["taskArns"]
    tasks = aws.ecs.describe_tasks(cluster=made.cluster, tasks=running)["tasks"]
    return [task for task in tasks if task["group"] == f"service:{name}"]


def deploy(aws: Account, made: Platform, service: Service, definition: str) -> None:
    """Give a service another task definition, and replace its tasks, as ECS does."""
    aws.ecs.update_service(cluster=made.cluster, service=service.name, taskDefinition=definition)
    for task in tasks_of(aws, made, service.name):
        aws.ecs.stop_task(cluster=made.cluster, task=task["taskArn"])
    start(aws, made, service, definition, list(ON_DEMAND if service.critical else SPOT))


def register(aws: Account, made: Platform, service: Service, tasks: list[dict[str, Any]]) -> None:
    """Register the tasks' addresses in the target group and in Cloud Map, as ECS does."""
    addresses = []
    for task in tasks:
        details = {pair["name"]: pair["value"] for one in task["attachments"] for pair in one["details"]}
        addresses.append((task["taskArn"].rpartition("/")[2], details["privateIPv4Address"]))
    if service.port is not None:
        targets = [{"Id": address, "Port": service.port} for _, address in addresses]
        aws.elbv2.register_targets(TargetGroupArn=made.target_groups[service.name], Targets=targets)
    for name, address in addresses[:1]:
        aws.servicediscovery.register_instance(
            ServiceId=made.registries[service.name], InstanceId=name, Attributes={"AWS_INSTANCE_IPV4": address}
        )
