"""The VPC: subnets, routes, NAT, security groups, endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from live_platform.facts import INTERFACE_ENDPOINTS, TIERS, ZONES

if TYPE_CHECKING:
    from live_platform.account import Account, Platform

ANYWHERE = "0.0.0.0/0"


def tags(kind: str, name: str, **more: str) -> list[dict[str, Any]]:
    """Return tag specifications with a name."""
    pairs = [{"Key": key, "Value": value} for key, value in {"Name": name, **more}.items()]
    return [{"ResourceType": kind, "Tags": pairs}]


def build(aws: Account, made: Platform) -> None:
    """Build the network of an environment."""
    vpc(aws, made)
    routes(aws, made)
    security_groups(aws, made)
    endpoints(aws, made)


def vpc(aws: Account, made: Platform) -> None:
    """Make the VPC with three subnets a tier; take the rules out of its default security group."""
    environment = made.environment
    network = aws.ec2.create_vpc(
        CidrBlock=environment.vpc_cidr,
        TagSpecifications=tags("vpc", made.prefix, Project="broxiva", Environment=environment.name),
    )
    made.vpc = network["Vpc"]["VpcId"]
    for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
        aws.ec2.modify_vpc_attribute(VpcId=made.vpc, **{attribute: {"Value": True}})
    for tier, offset in TIERS.items():
        made.subnets[tier] = [
            aws.ec2.create_subnet(
                VpcId=made.vpc,
                AvailabilityZone=zone,
                CidrBlock=f"{environment.octets}.{offset + number}.0/24",
                TagSpecifications=tags("subnet", f"{made.prefix}-{tier}-{zone}", Tier=tier),
            )["Subnet"]["SubnetId"]
            for number, zone in enumerate(ZONES, 1)
        ]
    default = [{"Name": "vpc-id", "Values": [made.vpc]}, {"Name": "group-name", "Values": ["default"]}]
    group = aws.ec2.describe_security_groups(Filters=default)["SecurityGroups"][0]
    for revoke, rules in (
        (aws.ec2.revoke_security_group_ingress, group["IpPermissions"]),
        (aws.ec2.revoke_security_group_egress, group["IpPermissionsEgress"]),
    ):
        if rules:
            revoke(GroupId=group["GroupId"], IpPermissions=rules)


def routes(aws: Account, made: Platform) -> None:
    """Route public subnets to the internet, private ones to the NAT gateway of their zone, database ones nowhere."""
    ec2 = aws.ec2
    gateway = ec2.create_internet_gateway(TagSpecifications=tags("internet-gateway", made.prefix))
    made.gateway = gateway["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=made.gateway, VpcId=made.vpc)
    nats = []
    for zone, subnet in zip(ZONES, made.subnets["public"], strict=True):
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        nat = ec2.create_nat_gateway(
            SubnetId=subnet, AllocationId=address, TagSpecifications=tags("natgateway", f"{made.prefix}-{zone}")
        )
        nats.append(nat["NatGateway"]["NatGatewayId"])
    made.tables["public"] = [table(aws, made, "public", made.subnets["public"], GatewayId=made.gateway)]
    made.tables["private"] = [
        table(aws, made, f"private-{zone}", [subnet], NatGatewayId=nat)
        for zone, subnet, nat in zip(ZONES, made.subnets["private"], nats, strict=True)
    ]
    made.tables["database"] = [table(aws, made, "database", made.subnets["database"])]


def table(aws: Account, made: Platform, name: str, subnets: list[str], **target: str) -> str:
    """Make a route table with a default route to a target, if one is given."""
    created = aws.ec2.create_route_table(VpcId=made.vpc, TagSpecifications=tags("route-table", f"{made.prefix}-{name}"))
    found: str = created["RouteTable"]["RouteTableId"]
    if target:
        aws.ec2.create_route(RouteTableId=found, DestinationCidrBlock=ANYWHERE, **target)
    for subnet in subnets:
        aws.ec2.associate_route_table(RouteTableId=found, SubnetId=subnet)
    return found


def allow(aws: Account, group: str, port: int, protocol: str = "tcp", *, cidr: str = "", source: str = "") -> None:
    """Let a range or another security group in on one port."""
    permission: dict[str, Any] = {"IpProtocol": protocol, "FromPort": port, "ToPort": port}
    if cidr:
        permission["IpRanges"] = [{"CidrIp": cidr}]
    if source:
        permission["UserIdGroupPairs"] = [{"GroupId": source}]
    aws.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])


def security_groups(aws: Account, made: Platform) -> None:
    """Make the security groups, and let each in what the architecture names."""
    for name in ("alb", "ecs", "discovery", "database", "redis", "endpoints"):
        made.groups[name] = aws.ec2.create_security_group(
            GroupName=f"{made.prefix}-{name}",
            Description=f"{name} of {made.prefix}",
            VpcId=made.vpc,
            TagSpecifications=tags("security-group", f"{made.prefix}-{name}"),
        )["GroupId"]
    groups = made.groups
    for port in (80, 443):
        allow(aws, groups["alb"], port, cidr=ANYWHERE)
    for service in made.environment.services:
        if service.port is not None:
            allow(aws, groups["ecs"], service.port, source=groups["alb"])
            allow(aws, groups["ecs"], service.port, source=groups["ecs"])
    for protocol in ("udp", "tcp"):
        allow(aws, groups["discovery"], 53, protocol, cidr=made.environment.vpc_cidr)
    allow(aws, groups["database"], 5432, source=groups["ecs"])
    allow(aws, groups["redis"], 6379, source=groups["ecs"])
    allow(aws, groups["endpoints"], 443, source=groups["ecs"])


def endpoints(aws: Account, made: Platform) -> None:
    """Make the interface endpoints in the private subnets, and the gateway endpoint of S3 on their route tables."""
    for service in INTERFACE_ENDPOINTS:
        created = aws.ec2.create_vpc_endpoint(
            VpcId=made.vpc,
            ServiceName=f"com.amazonaws.{aws.region}.{service}",
            VpcEndpointType="Interface",
            PrivateDnsEnabled=True,
            SubnetIds=made.subnets["private"],
            SecurityGroupIds=[made.groups["endpoints"]],
            TagSpecifications=tags("vpc-endpoint", f"{made.prefix}-{service}"),
        )
        made.endpoints[service] = created["VpcEndpoint"]["VpcEndpointId"]
    created = aws.ec2.create_vpc_endpoint(
        VpcId=made.vpc,
        ServiceName=f"com.amazonaws.{aws.region}.s3",
        VpcEndpointType="Gateway",
        RouteTableIds=made.tables["private"],
        TagSpecifications=tags("vpc-endpoint", f"{made.prefix}-s3"),
    )
    made.endpoints["s3"] = created["VpcEndpoint"]["VpcEndpointId"]
