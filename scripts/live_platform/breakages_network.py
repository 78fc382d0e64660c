"""What is broken about the network, the load balancer, names and data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from live_platform import names
from live_platform.network import ANYWHERE, allow

if TYPE_CHECKING:
    from live_platform.account import Account, Platform
    from live_platform.names import Row


def open_database(aws: Account, made: Platform) -> list[Row]:
    """The security group of the database lets the whole internet in."""
    allow(aws, made.groups["database"], 5432, cidr=ANYWHERE)
    group = names.ec2(aws, "security-group", made.groups["database"])
    return [("SG-4", "database-ingress", group), ("SG-6", "least-privilege-ingress", group)]


def private_subnet_to_internet(aws: Account, made: Platform) -> list[Row]:
    """A private subnet has its default route through the internet gateway."""
    aws.ec2.replace_route(RouteTableId=made.tables["private"][2], DestinationCidrBlock=ANYWHERE, GatewayId=made.gateway)
    subnet = names.ec2(aws, "subnet", made.subnets["private"][2])
    tasks = aws.ecs.list_services(cluster=made.cluster)["serviceArns"]
    return [("NET-6", "subnet-routing", subnet), *(("NET-8", "tasks-in-private-subnets", task) for task in tasks)]


def missing_endpoint(aws: Account, made: Platform) -> list[Row]:
    """The endpoint of Secrets Manager is gone."""
    aws.ec2.delete_vpc_endpoints(VpcEndpointIds=[made.endpoints["secretsmanager"]])
    return [("SEC-1", "vpc-endpoints", "VPC endpoint for secretsmanager")]


def old_tls(aws: Account, made: Platform) -> list[Row]:
    """The load balancer negotiates TLS 1.0."""
    aws.elbv2.modify_listener(ListenerArn=made.listeners["https"], SslPolicy="ELBSecurityPolicy-2016-08")
    found = made.listeners["https"]
    return [("ALB-2", "listener-tls-policy", found), ("ALB-3", "listener-tls-version", found)]


def wrong_priority(aws: Account, made: Platform) -> list[Row]:
    """The rule of search has the priority 150."""
    aws.elbv2.set_rule_priorities(RulePriorities=[{"RuleArn": made.rules["search"], "Priority": 150}])
    return [("ALB-5", "listener-rules", made.rules["search"])]


def name_without_dns(aws: Account, made: Platform) -> list[Row]:
    """Ai-engine registers its tasks in a namespace that no DNS query reaches."""
    operation = aws.servicediscovery.create_http_namespace(Name="models")["OperationId"]
    namespace = aws.servicediscovery.get_operation(OperationId=operation)["Operation"]["Targets"]["NAMESPACE"]
    service = aws.servicediscovery.create_service(Name="ai-engine", NamespaceId=namespace)["Service"]
    registries = [{"registryArn": service["Arn"]}]
    aws.ecs.update_service(cluster=made.cluster, service="ai-engine", serviceRegistries=registries)
    address = {"AWS_INSTANCE_IPV4": "10.0.1.200"}  # ECS registers the tasks that it starts then
    aws.servicediscovery.register_instance(ServiceId=service["Id"], InstanceId="moved", Attributes=address)
    return [("SD-2", "service-registered", names.ecs_service(aws, made, "ai-engine"))]


def single_zone_database(aws: Account, made: Platform) -> list[Row]:
    """The database has no standby."""
    aws.rds.modify_db_instance(DBInstanceIdentifier=made.prefix, MultiAZ=False, ApplyImmediately=True)
    return [("SEC-5", "database-multi-az", names.database(aws, made))]


def public_database(aws: Account, made: Platform) -> list[Row]:
    """The database has a public address."""
    aws.rds.modify_db_instance(DBInstanceIdentifier=made.prefix, PubliclyAccessible=True, ApplyImmediately=True)
    return [("NET-10", "database-not-public", names.database(aws, made))]
