"""ElastiCache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Unknown
from asbuilt.sources.terraform.vocabulary.language import Rule, flag, number
from asbuilt.sources.terraform.vocabulary.lists import tags
from asbuilt.sources.terraform.vocabulary.nested import One, many
from asbuilt.sources.terraform.vocabulary.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.model import Path
    from asbuilt.sources.terraform.instance import Instance


class _ClusterMode(One):
    """`cluster_mode`: a block with the number of shards in provider 4 and older, a word in newer ones."""

    __slots__ = ()

    def convert(self, value: Any, instance: Instance) -> Any:
        """Convert a value that is there."""
        return {"ClusterMode": value} if isinstance(value, str) else super().convert(value, instance)

    def unknown(self, value: Unknown, instance: Instance) -> Any:
        """Convert what is known of an unknown value."""
        return {"ClusterMode": value} if value.structure is ABSENT else super().unknown(value, instance)

    def inside(self, rest: Path) -> bool:
        """Say whether a path beside is one of this argument's."""
        return rest[:1] == ("ClusterMode",) or super().inside(rest)

    def inverse(self, value: Any, rest: Path, instance: Instance) -> Path:
        """Find the way back."""
        return () if rest[:1] == ("ClusterMode",) else super().inverse(value, rest, instance)

    def paths(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the paths written."""
        yield ("ClusterMode",), "string"
        yield from super().paths()


_COMMON: dict[str, Rule | str] = {
    "auto_minor_version_upgrade": flag("AutoMinorVersionUpgrade"),
    "engine": "Engine",
    "engine_version": "EngineVersion",
    "ip_discovery": "IpDiscovery",
    "maintenance_window": "PreferredMaintenanceWindow",
    "network_type": "NetworkType",
    "node_type": "CacheNodeType",
    "notification_topic_arn": "NotificationTopicArn",
    "parameter_group_name": "CacheParameterGroupName",
    "port": number("Port"),
    "snapshot_arns": "SnapshotArns",
    "snapshot_name": "SnapshotName",
    "snapshot_retention_limit": number("SnapshotRetentionLimit"),
    "snapshot_window": "SnapshotWindow",
    "subnet_group_name": "CacheSubnetGroupName",
    "transit_encryption_enabled": flag("TransitEncryptionEnabled"),
    "log_delivery_configuration": many(
        "LogDeliveryConfigurations",
        {"destination_type": "DestinationType", "log_format": "LogFormat", "log_type": "LogType"},
    ),
    "tags": tags("Tags"),
}

TABLES = {
    "aws_elasticache_replication_group": Table(
        "AWS::ElastiCache::ReplicationGroup",
        {
            **_COMMON,
            "replication_group_id": "ReplicationGroupId",
            "description": "ReplicationGroupDescription",
            "replication_group_description": "ReplicationGroupDescription",  # provider 4 and older
            "at_rest_encryption_enabled": flag("AtRestEncryptionEnabled"),
            "auth_token": "AuthToken",
            "automatic_failover_enabled": flag("AutomaticFailoverEnabled"),
            "cluster_mode": _ClusterMode("", {"num_node_groups": number("NumNodeGroups")}),
            "data_tiering_enabled": flag("DataTieringEnabled"),
            "global_replication_group_id": "GlobalReplicationGroupId",
            "kms_key_id": "KmsKeyId",
            "multi_az_enabled": flag("MultiAZEnabled"),
            "node_group_configuration": many(
                "NodeGroupConfiguration",
                {
                    "node_group_id": "NodeGroupId",
                    "primary_availability_zone": "PrimaryAvailabilityZone",
                    "replica_availability_zones": "ReplicaAvailabilityZones",
                    "replica_count": number("ReplicaCount"),
                    "slots": "Slots",
                },
            ),
            "num_cache_clusters": number("NumCacheClusters"),
            "num_node_groups": number("NumNodeGroups"),
            "preferred_cache_cluster_azs": "PreferredCacheClusterAZs",
            "replicas_per_node_group": number("ReplicasPerNodeGroup"),
            "security_group_ids": "SecurityGroupIds",
            "transit_encryption_mode": "TransitEncryptionMode",
            "user_group_ids": "UserGroupIds",
        },
        name="ReplicationGroupId",
    ),
    "aws_elasticache_cluster": Table(
        "AWS::ElastiCache::CacheCluster",
        {
            **_COMMON,
            "cluster_id": "ClusterName",
            "availability_zone": "PreferredAvailabilityZone",
            "az_mode": "AZMode",
            "num_cache_nodes": number("NumCacheNodes"),
            "preferred_availability_zones": "PreferredAvailabilityZones",
            "security_group_ids": "VpcSecurityGroupIds",
        },
        name="ClusterName",
    ),
    "aws_elasticache_subnet_group": Table(
        "AWS::ElastiCache::SubnetGroup",
        {
            "name": "CacheSubnetGroupName",
            "description": "Description",
            "subnet_ids": "SubnetIds",
            "tags": tags("Tags"),
        },
        name="CacheSubnetGroupName",
        defaults={"Description": "Managed by Terraform"},
    ),
    "aws_elasticache_parameter_group": Table(
        "AWS::ElastiCache::ParameterGroup",
        {
            # CloudFormation names the group itself
            "description": "Description",
            "family": "CacheParameterGroupFamily",
            "tags": tags("Tags"),
        },
    ),
    "aws_elasticache_serverless_cache": Table(
        "AWS::ElastiCache::ServerlessCache",
        {
            "name": "ServerlessCacheName",
            "engine": "Engine",
            "daily_snapshot_time": "DailySnapshotTime",
            "description": "Description",
            "kms_key_id": "KmsKeyId",
            "major_engine_version": "MajorEngineVersion",
            "security_group_ids": "SecurityGroupIds",
            "snapshot_retention_limit": number("SnapshotRetentionLimit"),
            "subnet_ids": "SubnetIds",
            "user_group_id": "UserGroupId",
            "tags": tags("Tags"),
        },
        name="ServerlessCacheName",
    ),
}
