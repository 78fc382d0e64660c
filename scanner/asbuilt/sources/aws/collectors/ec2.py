"""EC2's network: VPCs, subnets, routes, gateways, security groups, endpoints, interfaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asbuilt.sources.aws.operations import Call, Operation
from asbuilt.sources.aws.table import JSON, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.model import Path, Resource
    from asbuilt.sources.aws.scheduler import Steps
    from asbuilt.sources.aws.target import Reply, Target

_GROUP = "AWS::EC2::SecurityGroup"
VPCS = Operation("ec2", "DescribeVpcs", "Vpcs", ("AWS::EC2::VPC", "AWS::EC2::VPCCidrBlock"))
SUBNETS = Operation("ec2", "DescribeSubnets", "Subnets", ("AWS::EC2::Subnet",))
ROUTE_TABLES = Operation(
    "ec2",
    "DescribeRouteTables",
    "RouteTables",
    ("AWS::EC2::RouteTable", "AWS::EC2::Route", "AWS::EC2::SubnetRouteTableAssociation"),
)
INTERNET_GATEWAYS = Operation(
    "ec2",
    "DescribeInternetGateways",
    "InternetGateways",
    ("AWS::EC2::InternetGateway", "AWS::EC2::VPCGatewayAttachment"),
)
NAT_GATEWAYS = Operation("ec2", "DescribeNatGateways", "NatGateways", ("AWS::EC2::NatGateway",))
SECURITY_GROUPS = Operation(
    "ec2",
    "DescribeSecurityGroups",
    "SecurityGroups",
    (_GROUP, f"{_GROUP}Ingress", f"{_GROUP}Egress"),
)
ENDPOINTS = Operation("ec2", "DescribeVpcEndpoints", "VpcEndpoints", ("AWS::EC2::VPCEndpoint",))
INTERFACES = Operation(
    "ec2", "DescribeNetworkInterfaces", "NetworkInterfaces", ("AWS::EC2::NetworkInterface",), page=1000
)
OPERATIONS = (VPCS, SUBNETS, ROUTE_TABLES, INTERNET_GATEWAYS, NAT_GATEWAYS, SECURITY_GROUPS, ENDPOINTS, INTERFACES)

_TAGS: Final = {"Tags": "Tags"}
VPC = Table("AWS::EC2::VPC", "ec2.DescribeVpcs", "Vpcs[]", {"CidrBlock": "CidrBlock", **_TAGS})
BLOCK = Table(
    "AWS::EC2::VPCCidrBlock", "ec2.DescribeVpcs", "Vpcs[].CidrBlockAssociationSet[]", {"CidrBlock": "CidrBlock"}
)
SUBNET = Table(
    "AWS::EC2::Subnet",
    "ec2.DescribeSubnets",
    "Subnets[]",
    {
        "VpcId": "VpcId",
        "CidrBlock": "CidrBlock",
        "AvailabilityZone": "AvailabilityZone",
        "AvailabilityZoneId": "AvailabilityZoneId",
        "MapPublicIpOnLaunch": "MapPublicIpOnLaunch",
        "AssignIpv6AddressOnCreation": "AssignIpv6AddressOnCreation",
        "Ipv6Native": "Ipv6Native",
        **_TAGS,
    },
)
ROUTE_TABLE = Table("AWS::EC2::RouteTable", "ec2.DescribeRouteTables", "RouteTables[]", {"VpcId": "VpcId", **_TAGS})
ROUTE = Table(
    "AWS::EC2::Route",
    "ec2.DescribeRouteTables",
    "RouteTables[].Routes[]",
    {
        "DestinationCidrBlock": "DestinationCidrBlock",
        "DestinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
        "DestinationPrefixListId": "DestinationPrefixListId",
        "CarrierGatewayId": "CarrierGatewayId",
        "CoreNetworkArn": "CoreNetworkArn",
        "EgressOnlyInternetGatewayId": "EgressOnlyInternetGatewayId",
        "GatewayId": "GatewayId",
        "InstanceId": "InstanceId",
        "LocalGatewayId": "LocalGatewayId",
        "NatGatewayId": "NatGatewayId",
        "NetworkInterfaceId": "NetworkInterfaceId",
        "TransitGatewayId": "TransitGatewayId",
        "VpcPeeringConnectionId": "VpcPeeringConnectionId",
        "State": "State",
    },
)
ASSOCIATION = Table(
    "AWS::EC2::SubnetRouteTableAssociation",
    "ec2.DescribeRouteTables",
    "RouteTables[].Associations[]",
    {"RouteTableId": "RouteTableId", "SubnetId": "SubnetId"},
)
INTERNET_GATEWAY = Table("AWS::EC2::InternetGateway", "ec2.DescribeInternetGateways", "InternetGateways[]", {**_TAGS})
ATTACHMENT = Table(
    "AWS::EC2::VPCGatewayAttachment",
    "ec2.DescribeInternetGateways",
    "InternetGateways[].Attachments[]",
    {"VpcId": "VpcId", "State": "State"},
)
NAT_GATEWAY = Table(
    "AWS::EC2::NatGateway",
    "ec2.DescribeNatGateways",
    "NatGateways[]",
    {
        "SubnetId": "SubnetId",
        "VpcId": "VpcId",
        "ConnectivityType": "ConnectivityType",
        "State": "State",
        **_TAGS,
    },
)
ENDPOINT = Table(
    "AWS::EC2::VPCEndpoint",
    "ec2.DescribeVpcEndpoints",
    "VpcEndpoints[]",
    {
        "VpcId": "VpcId",
        "ServiceName": "ServiceName",
        "VpcEndpointType": "VpcEndpointType",
        "PrivateDnsEnabled": "PrivateDnsEnabled",
        "RouteTableIds": "RouteTableIds",
        "SubnetIds": "SubnetIds",
        "Groups[].GroupId": "SecurityGroupIds",
        "PolicyDocument": ("PolicyDocument", JSON),
        "IpAddressType": "IpAddressType",
        "State": "State",
        **_TAGS,
    },
)
INTERFACE = Table(
    "AWS::EC2::NetworkInterface",
    "ec2.DescribeNetworkInterfaces",
    "NetworkInterfaces[]",
    {
        "SubnetId": "SubnetId",
        "VpcId": "VpcId",
        "Description": "Description",
        "InterfaceType": "InterfaceType",
        "Groups[].GroupId": "GroupSet",
        "Association.PublicIp": "PublicIp",
        "Status": "Status",
    },
)
SECURITY_GROUP = Table(
    _GROUP,
    "ec2.DescribeSecurityGroups",
    "SecurityGroups[]",
    {"GroupName": "GroupName", "Description": "GroupDescription", "VpcId": "VpcId", **_TAGS},
)
# What a permission names in a response -> the property of an ingress rule, and of an egress rule.
_PEERS: Final = {
    ("IpRanges", "CidrIp"): ("CidrIp", "CidrIp"),
    ("Ipv6Ranges", "CidrIpv6"): ("CidrIpv6", "CidrIpv6"),
    ("PrefixListIds", "PrefixListId"): ("SourcePrefixListId", "DestinationPrefixListId"),
    ("UserIdGroupPairs", "GroupId"): ("SourceSecurityGroupId", "DestinationSecurityGroupId"),
}


def collect(target: Target) -> Steps:
    """Read the network of a region."""
    replies: list[Reply] = yield [Call(operation) for operation in OPERATIONS]
    makers = (_vpcs, _subnets, _route_tables, _internet_gateways, _nat_gateways, _groups, _endpoints, _interfaces)
    found: dict[str, Resource] = {}
    for maker, reply in zip(makers, replies, strict=True):
        for body in reply.items():
            found.update((resource.key, resource) for resource in maker(body, target))
    return list(found.values())


def _named(body: dict[str, Any]) -> str:
    """Return what people call it: its tag Name."""
    return next((str(tag.get("Value", "")) for tag in body.get("Tags") or () if tag.get("Key") == "Name"), "")


def _vpcs(body: dict[str, Any], target: Target) -> Iterator[Resource]:
    arn = target.arn("ec2", f"vpc/{body['VpcId']}")
    more = {"IsDefault": body.get("IsDefault", False)}
    yield target.resource(VPC, body, arn, ids=[body["VpcId"]], more=more)
    for block in body.get("CidrBlockAssociationSet") or ():
        attached = (block.get("CidrBlockState") or {}).get("State", "associated") in ("associated", "associating")
        if attached and block.get("CidrBlock") != body.get("CidrBlock"):
            yield target.resource(BLOCK, block, f"{arn}/{block.get('CidrBlock')}", more={"VpcId": body["VpcId"]})


def _subnets(body: dict[str, Any], target: Target) -> Iterator[Resource]:
    arn = body.get("SubnetArn") or target.arn("ec2", f"subnet/{body['SubnetId']}")
    yield target.resource(SUBNET, body, arn, ids=[body["SubnetId"]])


def _route_tables(body: dict[str, Any], target: Target) -> Iterator[Resource]:
    table = body["RouteTableId"]
    arn = target.arn("ec2", f"route-table/{table}")
    associations = body.get("Associations") or ()
    main = any(association.get("Main") is True for association in associations)
    yield target.resource(ROUTE_TABLE, body, arn, ids=[table], more={"Main": True} if main else {})
    own = {"RouteTableId": table}
    for route in body.get("Routes") or ():
        if route.get("GatewayId") != "local":
            names = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
            goal = next((route[name] for name in names if route.get(name)), "")
            yield target.resource(ROUTE, route, f"{arn}/{goal}", more=own)
    for association in associations:
        state = (association.get("AssociationState") or {}).get("State", "associated")
        if association.get("SubnetId") and state in ("associated", "associating"):
            goal = association.get("RouteTableAssociationId") or association["SubnetId"]
            yield target.resource(ASSOCIATION, association, f"{arn}/{goal}", more=own)


def _internet_gateways(body: dict[str, Any], target: Target) -> Iterator[Resource]:
    gateway = body["InternetGatewayId"]
    arn = target.arn("ec2", f"internet-gateway/{gateway}")
    yield target.resource(INTERNET_GATEWAY, body, arn, ids=[gateway])
    for attachment in body.get("Attachments") or ():
        more = {"InternetGatewayId": gateway}
        yield target.resource(ATTACHMENT, attachment, f"{arn}/{attachment.get('VpcId', '')}", more=more)


def _nat_gateways(body: dict[str, Any], target: Target) -> Iterator[Resource]:
    # one that was deleted is told for about an hour (Amazon VPC User Guide, "Delete a NAT gateway")
    if body.get("State") not in ("deleted", "deleting", "failed"):
        gateway = body["NatGatewayId"]
        yield target.resource(NAT_GATEWAY, body, target.arn("ec2", f"natgateway/{gateway}"), ids=[gateway])


def _endpoints(body: dict[str, Any], target: Target) -> Iterator[Resource]:
    if str(body.get("State", "")).lower() not in ("deleted", "deleting", "rejected", "expired"):
        endpoint = body["VpcEndpointId"]
        yield target.resource(ENDPOINT, body, target.arn("ec2", f"vpc-endpoint/{endpoint}"), ids=[endpoint])


def _interfaces(body: dict[str, Any], target: Target) -> Iterator[Resource]:
    interface = body["NetworkInterfaceId"]
    yield target.resource(INTERFACE, body, target.arn("ec2", f"network-interface/{interface}"), ids=[interface])


def _groups(body: dict[str, Any], target: Target) -> Iterator[Resource]:
    group, name = body["GroupId"], body.get("GroupName", "")
    arn = body.get("SecurityGroupArn") or target.arn("ec2", f"security-group/{group}")
    more: dict[str, Any] = {}
    fields: dict[Path, str] = {}
    for side, (key, prop) in enumerate(
        (("IpPermissions", "SecurityGroupIngress"), ("IpPermissionsEgress", "SecurityGroupEgress"))
    ):
        rules: list[dict[str, Any]] = []
        for number, permission in enumerate(body.get(key) or ()):
            for rule, where in _rules(permission, side):
                place = f"SecurityGroups[].{key}[{number}]"
                fields[(prop, len(rules))] = place
                for one, field in where.items():
                    fields[(prop, len(rules), one)] = f"{place}.{field}"
                rules.append(rule)
        more[prop] = rules
        fields[(prop,)] = f"SecurityGroups[].{key}"
    # a group of this name is the default one of its VPC: no other may be called so
    yield target.resource(SECURITY_GROUP, body, arn, name=name, ids=[group], more=more, fields=fields)


def _rules(permission: dict[str, Any], side: int) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    """Yield a rule for each peer of a permission, with the field that each peer is read from."""
    common: dict[str, Any] = {
        name: permission[name] for name in ("IpProtocol", "FromPort", "ToPort") if name in permission
    }
    for (ranges, field), names in _PEERS.items():
        for number, peer in enumerate(permission.get(ranges) or ()):
            if field in peer:
                rule: dict[str, Any] = {**common, names[side]: peer[field]}
                if peer.get("Description"):
                    rule["Description"] = peer["Description"]
                yield rule, {names[side]: f"{ranges}[{number}].{field}"}
