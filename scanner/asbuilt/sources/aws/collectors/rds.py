"""Relational Database Service: instances, clusters, and the subnet groups they are in.

Neptune and DocumentDB answer through the same API and are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.sources.aws.operations import Call, Operation
from asbuilt.sources.aws.table import Table

if TYPE_CHECKING:
    from asbuilt.model import Resource
    from asbuilt.sources.aws.scheduler import Steps
    from asbuilt.sources.aws.target import Target

INSTANCES = Operation("rds", "DescribeDBInstances", "DBInstances", ("AWS::RDS::DBInstance",), page=100)
CLUSTERS = Operation("rds", "DescribeDBClusters", "DBClusters", ("AWS::RDS::DBCluster",), page=100)
SUBNET_GROUPS = Operation("rds", "DescribeDBSubnetGroups", "DBSubnetGroups", ("AWS::RDS::DBSubnetGroup",), page=100)
OPERATIONS = (INSTANCES, CLUSTERS, SUBNET_GROUPS)
OTHERS = ("docdb", "neptune")

_COMMON = {
    "Engine": "Engine",
    "EngineVersion": "EngineVersion",
    "MultiAZ": "MultiAZ",
    "StorageEncrypted": "StorageEncrypted",
    "StorageType": "StorageType",
    "KmsKeyId": "KmsKeyId",
    "BackupRetentionPeriod": "BackupRetentionPeriod",
    "DeletionProtection": "DeletionProtection",
    "DBClusterIdentifier": "DBClusterIdentifier",
    "TagList": "Tags",
}
INSTANCE = Table(
    "AWS::RDS::DBInstance",
    "rds.DescribeDBInstances",
    "DBInstances[]",
    {
        **_COMMON,
        "DBInstanceIdentifier": "DBInstanceIdentifier",
        "DBInstanceClass": "DBInstanceClass",
        "AvailabilityZone": "AvailabilityZone",
        "PubliclyAccessible": "PubliclyAccessible",
        "DBSubnetGroup.DBSubnetGroupName": "DBSubnetGroupName",
        "VpcSecurityGroups[].VpcSecurityGroupId": "VPCSecurityGroups",
        "Endpoint.Port": "Port",
        "ReadReplicaSourceDBInstanceIdentifier": "SourceDBInstanceIdentifier",
        "ReadReplicaSourceDBClusterIdentifier": "SourceDBClusterIdentifier",
    },
)
CLUSTER = Table(
    "AWS::RDS::DBCluster",
    "rds.DescribeDBClusters",
    "DBClusters[]",
    {
        **{name: target for name, target in _COMMON.items() if name != "MultiAZ"},
        "AvailabilityZones": "AvailabilityZones",
        "DBSubnetGroup": "DBSubnetGroupName",
        "VpcSecurityGroups[].VpcSecurityGroupId": "VpcSecurityGroupIds",
        "DBClusterInstanceClass": "DBClusterInstanceClass",
        "EngineMode": "EngineMode",
        "Port": "Port",
        "PubliclyAccessible": "PubliclyAccessible",
        "ReplicationSourceIdentifier": "ReplicationSourceIdentifier",
    },
)
SUBNET_GROUP = Table(
    "AWS::RDS::DBSubnetGroup",
    "rds.DescribeDBSubnetGroups",
    "DBSubnetGroups[]",
    {
        "DBSubnetGroupName": "DBSubnetGroupName",
        "DBSubnetGroupDescription": "DBSubnetGroupDescription",
        "Subnets[].SubnetIdentifier": "SubnetIds",
        "VpcId": "VpcId",
    },
)


def collect(target: Target) -> Steps:
    """Read the databases of a region."""
    instances, clusters, groups = yield [Call(operation) for operation in OPERATIONS]
    bodies: dict[str, dict[str, Any]] = {}
    for body in instances.items():
        embedded = body.get("DBSubnetGroup")
        if embedded and not _other(body):
            bodies.setdefault(embedded["DBSubnetGroupName"], embedded)
    bodies.update((body["DBSubnetGroupName"], body) for body in groups.items())
    found = [
        *(_instance(body, target) for body in instances.items() if not _other(body)),
        *(_cluster(body, target) for body in clusters.items() if not _other(body)),
        *(_subnet_group(body, target) for _, body in sorted(bodies.items())),
    ]
    return list({resource.key: resource for resource in found}.values())


def _other(body: dict[str, Any]) -> bool:
    return body.get("Engine") in OTHERS


def _instance(body: dict[str, Any], target: Target) -> Resource:
    name = body["DBInstanceIdentifier"]
    arn = body.get("DBInstanceArn") or target.arn("rds", f"db:{name}")
    return target.resource(INSTANCE, body, arn, name=name)


def _cluster(body: dict[str, Any], target: Target) -> Resource:
    name = body["DBClusterIdentifier"]
    arn = body.get("DBClusterArn") or target.arn("rds", f"cluster:{name}")
    return target.resource(CLUSTER, body, arn, name=name)


def _subnet_group(body: dict[str, Any], target: Target) -> Resource:
    name = body["DBSubnetGroupName"]
    arn = body.get("DBSubnetGroupArn") or target.arn("rds", f"subgrp:{name}")
    return target.resource(SUBNET_GROUP, body, arn, name=name)
