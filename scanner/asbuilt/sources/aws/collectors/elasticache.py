"""ElastiCache: replication groups with what only their members tell, cache clusters, serverless caches, subnet groups.

Security groups, the subnet group and the parameter group of a replication group are told by its member clusters only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import Unknown, UnknownKind
from asbuilt.sources.aws.operations import Call, Operation
from asbuilt.sources.aws.table import Table, pick

if TYPE_CHECKING:
    from asbuilt.model import Path, Resource
    from asbuilt.sources.aws.scheduler import Steps
    from asbuilt.sources.aws.target import Reply, Target

_EC = "AWS::ElastiCache::"
GROUPS = Operation(
    "elasticache", "DescribeReplicationGroups", "ReplicationGroups", (f"{_EC}ReplicationGroup",), page=100
)
CLUSTERS = Operation("elasticache", "DescribeCacheClusters", "CacheClusters", (f"{_EC}CacheCluster",), page=100)
SERVERLESS = Operation("elasticache", "DescribeServerlessCaches", "ServerlessCaches", (f"{_EC}ServerlessCache",))
SUBNET_GROUPS = Operation(
    "elasticache", "DescribeCacheSubnetGroups", "CacheSubnetGroups", (f"{_EC}SubnetGroup",), page=100
)
OPERATIONS = (GROUPS, CLUSTERS, SERVERLESS, SUBNET_GROUPS)

_COMMON = {
    "Engine": "Engine",
    "AtRestEncryptionEnabled": "AtRestEncryptionEnabled",
    "TransitEncryptionEnabled": "TransitEncryptionEnabled",
    "CacheNodeType": "CacheNodeType",
    "SnapshotRetentionLimit": "SnapshotRetentionLimit",
}
GROUP = Table(
    f"{_EC}ReplicationGroup",
    "elasticache.DescribeReplicationGroups",
    "ReplicationGroups[]",
    {
        **_COMMON,
        "ReplicationGroupId": "ReplicationGroupId",
        "Description": "ReplicationGroupDescription",
        "ClusterMode": "ClusterMode",
        "KmsKeyId": "KmsKeyId",
        "ConfigurationEndpoint.Port": "Port",
    },
)
CLUSTER = Table(
    f"{_EC}CacheCluster",
    "elasticache.DescribeCacheClusters",
    "CacheClusters[]",
    {
        **_COMMON,
        "CacheClusterId": "ClusterName",
        "EngineVersion": "EngineVersion",
        "NumCacheNodes": "NumCacheNodes",
        "CacheSubnetGroupName": "CacheSubnetGroupName",
        "CacheParameterGroup.CacheParameterGroupName": "CacheParameterGroupName",
        "SecurityGroups[].SecurityGroupId": "VpcSecurityGroupIds",
        "ConfigurationEndpoint.Port": "Port",
    },
)
CACHE = Table(
    f"{_EC}ServerlessCache",
    "elasticache.DescribeServerlessCaches",
    "ServerlessCaches[]",
    {
        "ServerlessCacheName": "ServerlessCacheName",
        "Engine": "Engine",
        "MajorEngineVersion": "MajorEngineVersion",
        "KmsKeyId": "KmsKeyId",
        "SecurityGroupIds": "SecurityGroupIds",
        "SubnetIds": "SubnetIds",
    },
)
SUBNET_GROUP = Table(
    f"{_EC}SubnetGroup",
    "elasticache.DescribeCacheSubnetGroups",
    "CacheSubnetGroups[]",
    {
        "CacheSubnetGroupName": "CacheSubnetGroupName",
        "CacheSubnetGroupDescription": "Description",
        "Subnets[].SubnetIdentifier": "SubnetIds",
        "VpcId": "VpcId",
    },
)
# What is told of the members only: field there -> property of the group.
_OF_MEMBERS = {
    "SecurityGroups[].SecurityGroupId": "SecurityGroupIds",
    "CacheSubnetGroupName": "CacheSubnetGroupName",
    "CacheParameterGroup.CacheParameterGroupName": "CacheParameterGroupName",
    "EngineVersion": "EngineVersion",
}


def collect(target: Target) -> Steps:
    """Read the caches of a region."""
    groups, clusters, serverless, subnet_groups = yield [Call(operation) for operation in OPERATIONS]
    found = [_group(body, clusters, target) for body in groups.items()]
    found += [
        target.resource(
            CLUSTER, body, _arn(body, "cluster", body["CacheClusterId"], target), name=body["CacheClusterId"]
        )
        for body in clusters.items()
        if not body.get("ReplicationGroupId")
    ]
    for body in serverless.items():
        name = body["ServerlessCacheName"]
        found.append(target.resource(CACHE, body, _arn(body, "serverlesscache", name, target), name=name))
    for body in subnet_groups.items():
        name = body["CacheSubnetGroupName"]
        found.append(target.resource(SUBNET_GROUP, body, _arn(body, "subnetgroup", name, target), name=name))
    return list({resource.key: resource for resource in found}.values())


def _arn(body: dict[str, Any], kind: str, name: str, target: Target) -> str:
    return str(body.get("ARN") or target.arn("elasticache", f"{kind}:{name}"))


def _group(body: dict[str, Any], clusters: Reply, target: Target) -> Resource:
    name = body["ReplicationGroupId"]
    members = [one for one in clusters.items() if one.get("ReplicationGroupId") == name]
    more: dict[str, Any] = {"NumNodeGroups": len(body.get("NodeGroups") or ())}
    fields: dict[Path, str] = {("NumNodeGroups",): "ReplicationGroups[].NodeGroups"}
    if not body.get("ClusterMode") and "ClusterEnabled" in body:
        more["ClusterMode"] = "enabled" if body["ClusterEnabled"] else "disabled"
        fields[("ClusterMode",)] = "ReplicationGroups[].ClusterEnabled"
    for field, prop in _OF_MEMBERS.items():
        more[prop] = _told(field, members, name, clusters)
        fields[(prop,)] = f"elasticache.DescribeCacheClusters CacheClusters[].{field}"
    more = {prop: value for prop, value in more.items() if value is not None}
    arn = _arn(body, "replicationgroup", name, target)
    return target.resource(GROUP, body, arn, name=name, more=more, fields=fields)


def _told(field: str, members: list[dict[str, Any]], group: str, clusters: Reply) -> Any:
    """Return what a member says; members are made alike. Not known where no member was read."""
    values = [value for member in members if (value := pick(member, field)) is not None]
    if values:
        return values[0]
    if members:
        return None
    reason = f"none of the member clusters of {group} was among the answers"
    return Unknown(UnknownKind.UNREAD, reason) if clusters.unknown is None else clusters.unknown
