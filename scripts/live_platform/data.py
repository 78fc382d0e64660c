"""PostgreSQL and Redis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from live_platform.account import Account, Platform


def build(aws: Account, made: Platform) -> None:
    """Make the database and the cache in the database subnets."""
    aws.rds.create_db_subnet_group(
        DBSubnetGroupName=made.prefix, DBSubnetGroupDescription=made.prefix, SubnetIds=made.subnets["database"]
    )
    aws.elasticache.create_cache_subnet_group(
        CacheSubnetGroupName=made.prefix,
        CacheSubnetGroupDescription=made.prefix,
        SubnetIds=made.subnets["database"],
    )
    database(aws, made)
    cache(aws, made)


def database(aws: Account, made: Platform, **changed: Any) -> None:
    """Make the database."""
    given: dict[str, Any] = {
        "DBInstanceIdentifier": made.prefix,
        "Engine": "postgres",
        "EngineVersion": "16.4",
        "DBInstanceClass": "db.r6g.xlarge",
        "AllocatedStorage": 200,
        "DBName": "broxiva",
        "MasterUsername": "broxiva",
        "MasterUserPassword": "made up for the audit",
        "MultiAZ": True,
        "StorageEncrypted": True,
        "KmsKeyId": made.keys["data"],
        "PubliclyAccessible": False,
        "DBSubnetGroupName": made.prefix,
        "VpcSecurityGroupIds": [made.groups["database"]],
        "Tags": [{"Key": "Environment", "Value": made.environment.name}],
    }
    aws.rds.create_db_instance(**{**given, **changed})


def cache(aws: Account, made: Platform, **changed: Any) -> None:
    """Make the cache; `ClusterMode` is the only thing from which moto tells a cluster."""
    given: dict[str, Any] = {
        "ReplicationGroupId": made.prefix,
        "ReplicationGroupDescription": made.prefix,
        "Engine": "redis",
        "EngineVersion": "7.1",
        "CacheNodeType": "cache.r6g.large",
        "NumNodeGroups": 3,
        "ReplicasPerNodeGroup": 1,
        "ClusterMode": "enabled",
        "MultiAZEnabled": True,
        "AutomaticFailoverEnabled": True,
        "AtRestEncryptionEnabled": True,
        "TransitEncryptionEnabled": True,
        "KmsKeyId": made.keys["data"],
        "CacheSubnetGroupName": made.prefix,
        "SecurityGroupIds": [made.groups["redis"]],
        "Port": 6379,
    }
    aws.elasticache.create_replication_group(**{**given, **changed})
    shards = given["NumNodeGroups"] if given["ClusterMode"] == "enabled" else 1
    for shard in range(1, shards + 1):
        for node in range(1, given["ReplicasPerNodeGroup"] + 2):
            member(aws, made, f"{shard:04}-{node:03}")


def member(aws: Account, made: Platform, number: str) -> None:
    """Make a member of the cache, as AWS does by itself: what a replication group leaves unsaid, its members say."""
    aws.elasticache.create_cache_cluster(
        CacheClusterId=f"{made.prefix}-{number}",
        ReplicationGroupId=made.prefix,
        Engine="redis",
        EngineVersion="7.1",
        CacheNodeType="cache.r6g.large",
        NumCacheNodes=1,
        CacheParameterGroupName="default.redis7.cluster.on",
        CacheSubnetGroupName=made.prefix,
        SecurityGroupIds=[made.groups["redis"]],
    )
