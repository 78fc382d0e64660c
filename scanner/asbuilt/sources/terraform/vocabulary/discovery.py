"""Cloud Map and Route 53."""

from __future__ import annotations

from asbuilt.sources.terraform.vocabulary.language import Rule, flag, number
from asbuilt.sources.terraform.vocabulary.lists import tags
from asbuilt.sources.terraform.vocabulary.nested import many, one
from asbuilt.sources.terraform.vocabulary.tables import Table

_NAMESPACE: dict[str, Rule | str] = {"name": "Name", "description": "Description", "tags": tags("Tags")}

TABLES = {
    "aws_service_discovery_private_dns_namespace": Table(
        "AWS::ServiceDiscovery::PrivateDnsNamespace", {**_NAMESPACE, "vpc": "Vpc"}, name="Name"
    ),
    "aws_service_discovery_public_dns_namespace": Table(
        "AWS::ServiceDiscovery::PublicDnsNamespace", _NAMESPACE, name="Name"
    ),
    "aws_service_discovery_http_namespace": Table("AWS::ServiceDiscovery::HttpNamespace", _NAMESPACE, name="Name"),
    "aws_service_discovery_service": Table(
        "AWS::ServiceDiscovery::Service",
        {
            "name": "Name",
            "description": "Description",
            "dns_config": one(
                "DnsConfig",
                {
                    "dns_records": many("DnsRecords", {"ttl": number("TTL"), "type": "Type"}),
                    "namespace_id": "NamespaceId",
                    "routing_policy": "RoutingPolicy",
                },
            ),
            "health_check_config": one(
                "HealthCheckConfig",
                {
                    "failure_threshold": number("FailureThreshold"),
                    "resource_path": "ResourcePath",
                    "type": "Type",
                },
            ),
            "health_check_custom_config": one(
                "HealthCheckCustomConfig", {"failure_threshold": number("FailureThreshold")}
            ),
            "namespace_id": "NamespaceId",
            "type": "Type",
            "tags": tags("Tags"),
        },
        name="Name",
    ),
    "aws_route53_zone": Table(
        "AWS::Route53::HostedZone",
        {
            "name": "Name",
            "comment": "HostedZoneConfig.Comment",
            "delegation_set_id": "DelegationSetId",
            "vpc": many("VPCs", {"vpc_id": "VPCId", "vpc_region": "VPCRegion"}),
            "tags": tags("HostedZoneTags"),
        },
        name="Name",
    ),
    "aws_route53_record": Table(
        "AWS::Route53::RecordSet",
        {
            "name": "Name",
            "type": "Type",
            "zone_id": "HostedZoneId",
            "alias": one(
                "AliasTarget",
                {
                    "evaluate_target_health": flag("EvaluateTargetHealth"),
                    "name": "DNSName",
                    "zone_id": "HostedZoneId",
                },
            ),
            "failover_routing_policy": one("", {"type": "Failover"}),
            "health_check_id": "HealthCheckId",
            "multivalue_answer_routing_policy": flag("MultiValueAnswer"),
            "records": "ResourceRecords",
            "set_identifier": "SetIdentifier",
            "ttl": "TTL",
            "weighted_routing_policy": one("", {"weight": number("Weight")}),
        },
        name="Name",
    ),
}
