"""Amazon VPC: networks, routes, gateways, endpoints."""

from __future__ import annotations

from asbuilt.model import Unknown, UnknownKind
from asbuilt.sources.terraform.vocabulary.language import Rule, choice, flag, json, number, referred
from asbuilt.sources.terraform.vocabulary.lists import tags, wrapped
from asbuilt.sources.terraform.vocabulary.nested import many, one
from asbuilt.sources.terraform.vocabulary.tables import Split, Table

_ROUTE_TARGETS: dict[str, Rule | str] = {
    "carrier_gateway_id": "CarrierGatewayId",
    "core_network_arn": "CoreNetworkArn",
    "egress_only_gateway_id": "EgressOnlyInternetGatewayId",
    "gateway_id": "GatewayId",
    "instance_id": "InstanceId",  # provider 4 and older
    "local_gateway_id": "LocalGatewayId",
    "nat_gateway_id": "NatGatewayId",
    "network_interface_id": "NetworkInterfaceId",
    "transit_gateway_id": "TransitGatewayId",
    "vpc_endpoint_id": "VpcEndpointId",
    "vpc_peering_connection_id": "VpcPeeringConnectionId",
}

_ROUTES = Split(
    "route",
    "AWS::EC2::Route",
    {
        "cidr_block": "DestinationCidrBlock",
        "ipv6_cidr_block": "DestinationIpv6CidrBlock",
        "destination_prefix_list_id": "DestinationPrefixListId",
        **_ROUTE_TARGETS,
    },
    parent="RouteTableId",
)

_VPC: dict[str, Rule | str] = {
    "cidr_block": "CidrBlock",
    "enable_dns_hostnames": flag("EnableDnsHostnames"),
    "enable_dns_support": flag("EnableDnsSupport"),
    "instance_tenancy": "InstanceTenancy",
    "ipv4_ipam_pool_id": "Ipv4IpamPoolId",
    "ipv4_netmask_length": number("Ipv4NetmaskLength"),
    "tags": tags("Tags"),
}

_SUBNET: dict[str, Rule | str] = {
    "vpc_id": "VpcId",
    "cidr_block": "CidrBlock",
    "availability_zone": "AvailabilityZone",
    "availability_zone_id": "AvailabilityZoneId",
    "map_public_ip_on_launch": flag("MapPublicIpOnLaunch"),
    "assign_ipv6_address_on_creation": flag("AssignIpv6AddressOnCreation"),
    "enable_dns64": flag("EnableDns64"),
    "enable_lni_at_device_index": number("EnableLniAtDeviceIndex"),
    "ipv6_cidr_block": "Ipv6CidrBlock",
    "ipv6_native": flag("Ipv6Native"),
    "outpost_arn": "OutpostArn",
    "enable_resource_name_dns_a_record_on_launch": flag("PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsARecord"),
    "enable_resource_name_dns_aaaa_record_on_launch": flag(
        "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsAAAARecord"
    ),
    "private_dns_hostname_type_on_launch": "PrivateDnsNameOptionsOnLaunch.HostnameType",
    "tags": tags("Tags"),
}


def _entries(attribute: str) -> Split:
    return Split(
        attribute,
        "AWS::EC2::NetworkAclEntry",
        {
            "action": "RuleAction",
            "cidr_block": "CidrBlock",
            "from_port": number("PortRange.From"),
            "icmp_code": number("Icmp.Code"),
            "icmp_type": number("Icmp.Type"),
            "ipv6_cidr_block": "Ipv6CidrBlock",
            "protocol": number("Protocol"),
            "rule_no": number("RuleNumber"),
            "to_port": number("PortRange.To"),
        },
        parent="NetworkAclId",
        fixed={"Egress": attribute == "egress"},
    )


def _attachment(property_: str) -> tuple[Split, ...]:
    return (Split("vpc_id", "AWS::EC2::VPCGatewayAttachment", {"vpc_id": "VpcId"}, property_, whole=True),)


def _assigned_by_aws(what: str) -> Unknown:
    return Unknown(UnknownKind.COMPUTED, f"AWS assigned the {what} of the default VPC")


_ENDPOINT = Table(
    "AWS::EC2::VPCEndpoint",
    {
        "vpc_id": "VpcId",
        "service_name": "ServiceName",
        "service_region": "ServiceRegion",
        "vpc_endpoint_type": "VpcEndpointType",
        "private_dns_enabled": flag("PrivateDnsEnabled"),
        "route_table_ids": "RouteTableIds",
        "security_group_ids": "SecurityGroupIds",
        "subnet_ids": "SubnetIds",
        "policy": json("PolicyDocument"),
        "ip_address_type": "IpAddressType",
        "dns_options": one(
            "DnsOptions",
            {
                "dns_record_ip_type": "DnsRecordIpType",
                "private_dns_only_for_inbound_resolver_endpoint": choice(
                    "PrivateDnsOnlyForInboundResolverEndpoint",
                    {True: "OnlyInboundResolver", False: "AllResolvers"},
                ),
            },
        ),
        "resource_configuration_arn": "ResourceConfigurationArn",
        "service_network_arn": "ServiceNetworkArn",
        "tags": tags("Tags"),
    },
    # The provider sends false; the API's own default for an interface endpoint is true
    # (registry.terraform.io, aws_vpc_endpoint; EC2 API, CreateVpcEndpoint).
    defaults={"PrivateDnsEnabled": False},
)


def _of_endpoint(name: str, property_: str) -> Table:
    return Table("", {name: wrapped(property_)}, adds_to="vpc_endpoint_id", adds_to_types=("aws_vpc_endpoint",))


TABLES = {
    "aws_vpc": Table("AWS::EC2::VPC", _VPC),
    "aws_default_vpc": Table("AWS::EC2::VPC", _VPC, defaults={"CidrBlock": _assigned_by_aws("range")}),
    "aws_vpc_ipv4_cidr_block_association": Table(
        "AWS::EC2::VPCCidrBlock",
        {
            "vpc_id": "VpcId",
            "cidr_block": "CidrBlock",
            "ipv4_ipam_pool_id": "Ipv4IpamPoolId",
            "ipv4_netmask_length": number("Ipv4NetmaskLength"),
        },
    ),
    "aws_vpc_ipv6_cidr_block_association": Table(
        "AWS::EC2::VPCCidrBlock",
        {
            "vpc_id": "VpcId",
            "assign_generated_ipv6_cidr_block": flag("AmazonProvidedIpv6CidrBlock"),
            "ipv6_cidr_block": "Ipv6CidrBlock",
            "ipv6_ipam_pool_id": "Ipv6IpamPoolId",
            "ipv6_netmask_length": number("Ipv6NetmaskLength"),
            "ipv6_pool": "Ipv6Pool",
        },
    ),
    "aws_subnet": Table("AWS::EC2::Subnet", _SUBNET),
    "aws_default_subnet": Table(
        "AWS::EC2::Subnet",
        _SUBNET,
        # A default subnet gives public addresses unless told otherwise (VPC User Guide, "Default subnets").
        defaults={
            "CidrBlock": _assigned_by_aws("range"),
            "VpcId": _assigned_by_aws("id"),
            "MapPublicIpOnLaunch": _assigned_by_aws("subnet setting"),
        },
    ),
    "aws_route_table": Table("AWS::EC2::RouteTable", {"vpc_id": "VpcId", "tags": tags("Tags")}, splits=(_ROUTES,)),
    "aws_default_route_table": Table(
        "AWS::EC2::RouteTable",
        # `aws_vpc.x.default_route_table_id` says which VPC it is of; an id as text does not.
        {"default_route_table_id": referred("VpcId"), "tags": tags("Tags")},
        fixed={"Main": True},  # not a property of CloudFormation, which cannot touch the main route table
        splits=(_ROUTES,),
    ),
    "aws_main_route_table_association": Table(
        "", {}, fixed={"Main": True}, adds_to="route_table_id", adds_to_types=("aws_route_table",)
    ),
    "aws_route": Table(
        "AWS::EC2::Route",
        {
            "route_table_id": "RouteTableId",
            "destination_cidr_block": "DestinationCidrBlock",
            "destination_ipv6_cidr_block": "DestinationIpv6CidrBlock",
            "destination_prefix_list_id": "DestinationPrefixListId",
            **_ROUTE_TARGETS,
        },
    ),
    "aws_route_table_association": Table(
        "AWS::EC2::SubnetRouteTableAssociation",
        {"route_table_id": "RouteTableId", "subnet_id": "SubnetId"},
        alternatives=(("gateway_id", "AWS::EC2::GatewayRouteTableAssociation"),),
    ),
    "aws_internet_gateway": Table(
        "AWS::EC2::InternetGateway", {"tags": tags("Tags")}, splits=_attachment("InternetGatewayId")
    ),
    "aws_internet_gateway_attachment": Table(
        "AWS::EC2::VPCGatewayAttachment", {"internet_gateway_id": "InternetGatewayId", "vpc_id": "VpcId"}
    ),
    "aws_vpn_gateway": Table(
        "AWS::EC2::VPNGateway",
        {"amazon_side_asn": number("AmazonSideAsn"), "tags": tags("Tags")},
        fixed={"Type": "ipsec.1"},
        splits=_attachment("VpnGatewayId"),
    ),
    "aws_egress_only_internet_gateway": Table(
        "AWS::EC2::EgressOnlyInternetGateway", {"vpc_id": "VpcId", "tags": tags("Tags")}
    ),
    "aws_nat_gateway": Table(
        "AWS::EC2::NatGateway",
        {
            "subnet_id": "SubnetId",
            "allocation_id": "AllocationId",
            "availability_mode": "AvailabilityMode",
            "connectivity_type": "ConnectivityType",
            "private_ip": "PrivateIpAddress",
            "secondary_allocation_ids": "SecondaryAllocationIds",
            "secondary_private_ip_address_count": number("SecondaryPrivateIpAddressCount"),
            "secondary_private_ip_addresses": "SecondaryPrivateIpAddresses",
            "vpc_id": "VpcId",
            "tags": tags("Tags"),
        },
    ),
    "aws_eip": Table(
        "AWS::EC2::EIP",
        {
            "address": "Address",
            "domain": "Domain",
            "vpc": choice("Domain", {True: "vpc", False: "standard"}),  # provider 5 and older
            "instance": "InstanceId",
            "ipam_pool_id": "IpamPoolId",
            "network_border_group": "NetworkBorderGroup",
            "public_ipv4_pool": "PublicIpv4Pool",
            "tags": tags("Tags"),
        },
    ),
    "aws_vpc_endpoint": _ENDPOINT,
    "aws_vpc_endpoint_route_table_association": _of_endpoint("route_table_id", "RouteTableIds"),
    "aws_vpc_endpoint_security_group_association": _of_endpoint("security_group_id", "SecurityGroupIds"),
    "aws_vpc_endpoint_subnet_association": _of_endpoint("subnet_id", "SubnetIds"),
    "aws_network_acl": Table(
        "AWS::EC2::NetworkAcl",
        {"vpc_id": "VpcId", "tags": tags("Tags")},
        splits=(_entries("ingress"), _entries("egress")),
    ),
    "aws_network_acl_rule": Table(
        "AWS::EC2::NetworkAclEntry",
        {
            "network_acl_id": "NetworkAclId",
            "cidr_block": "CidrBlock",
            "egress": flag("Egress"),
            "from_port": number("PortRange.From"),
            "icmp_code": number("Icmp.Code"),
            "icmp_type": number("Icmp.Type"),
            "ipv6_cidr_block": "Ipv6CidrBlock",
            "protocol": number("Protocol"),
            "rule_action": "RuleAction",
            "rule_number": number("RuleNumber"),
            "to_port": number("PortRange.To"),
        },
    ),
    "aws_network_acl_association": Table(
        "AWS::EC2::SubnetNetworkAclAssociation", {"network_acl_id": "NetworkAclId", "subnet_id": "SubnetId"}
    ),
    "aws_flow_log": Table(
        "AWS::EC2::FlowLog",
        {
            "vpc_id": "ResourceId",
            "subnet_id": "ResourceId",
            "eni_id": "ResourceId",
            "transit_gateway_id": "ResourceId",
            "iam_role_arn": "DeliverLogsPermissionArn",
            "deliver_cross_account_role": "DeliverCrossAccountRole",
            "log_destination": "LogDestination",
            "log_destination_type": "LogDestinationType",
            "log_format": "LogFormat",
            "max_aggregation_interval": number("MaxAggregationInterval"),
            "traffic_type": "TrafficType",
            "tags": tags("Tags"),
        },
    ),
    "aws_vpc_peering_connection": Table(
        "AWS::EC2::VPCPeeringConnection",
        {
            "vpc_id": "VpcId",
            "peer_vpc_id": "PeerVpcId",
            "peer_owner_id": "PeerOwnerId",
            "peer_region": "PeerRegion",
            "tags": tags("Tags"),
        },
    ),
    "aws_ec2_managed_prefix_list": Table(
        "AWS::EC2::PrefixList",
        {
            "name": "PrefixListName",
            "address_family": "AddressFamily",
            "max_entries": number("MaxEntries"),
            "entry": many("Entries", {"cidr": "Cidr", "description": "Description"}),
            "tags": tags("Tags"),
        },
        name="PrefixListName",
    ),
}
