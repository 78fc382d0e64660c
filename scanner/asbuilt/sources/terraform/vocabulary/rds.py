"""Relational Database Service."""

from __future__ import annotations

from asbuilt.sources.terraform.vocabulary.language import Rule, flag, number, prefix
from asbuilt.sources.terraform.vocabulary.lists import tags
from asbuilt.sources.terraform.vocabulary.nested import one
from asbuilt.sources.terraform.vocabulary.tables import Table

_SUBNET_GROUP = Table(
    "AWS::RDS::DBSubnetGroup",
    {
        "name": "DBSubnetGroupName",
        "name_prefix": prefix("DBSubnetGroupName"),
        "description": "DBSubnetGroupDescription",
        "subnet_ids": "SubnetIds",
        "tags": tags("Tags"),
    },
    name="DBSubnetGroupName",
    defaults={"DBSubnetGroupDescription": "Managed by Terraform"},
)

_INSTANCE: dict[str, Rule | str] = {
    "identifier": "DBInstanceIdentifier",
    "identifier_prefix": prefix("DBInstanceIdentifier"),
    "instance_class": "DBInstanceClass",
    "engine": "Engine",
    "engine_version": "EngineVersion",
    "auto_minor_version_upgrade": flag("AutoMinorVersionUpgrade"),
    "availability_zone": "AvailabilityZone",
    "ca_cert_identifier": "CACertificateIdentifier",
    "copy_tags_to_snapshot": flag("CopyTagsToSnapshot"),
    "custom_iam_instance_profile": "CustomIAMInstanceProfile",
    "db_subnet_group_name": "DBSubnetGroupName",
    "monitoring_interval": number("MonitoringInterval"),
    "monitoring_role_arn": "MonitoringRoleArn",
    "performance_insights_enabled": flag("EnablePerformanceInsights"),
    "performance_insights_kms_key_id": "PerformanceInsightsKMSKeyId",
    "performance_insights_retention_period": number("PerformanceInsightsRetentionPeriod"),
    "publicly_accessible": flag("PubliclyAccessible"),
    "tags": tags("Tags"),
}

_DB_INSTANCE = Table(
    "AWS::RDS::DBInstance",
    {
        **_INSTANCE,
        "allocated_storage": "AllocatedStorage",
        "allow_major_version_upgrade": flag("AllowMajorVersionUpgrade"),
        "backup_retention_period": number("BackupRetentionPeriod"),
        "backup_target": "BackupTarget",
        "backup_window": "PreferredBackupWindow",
        "character_set_name": "CharacterSetName",
        "database_insights_mode": "DatabaseInsightsMode",
        "db_name": "DBName",
        "name": "DBName",  # provider 4 and older
        "dedicated_log_volume": flag("DedicatedLogVolume"),
        "delete_automated_backups": flag("DeleteAutomatedBackups"),
        "deletion_protection": flag("DeletionProtection"),
        "enabled_cloudwatch_logs_exports": "EnableCloudwatchLogsExports",
        "engine_lifecycle_support": "EngineLifecycleSupport",
        "iam_database_authentication_enabled": flag("EnableIAMDatabaseAuthentication"),
        "iops": number("Iops"),
        "kms_key_id": "KmsKeyId",
        "license_model": "LicenseModel",
        "maintenance_window": "PreferredMaintenanceWindow",
        "manage_master_user_password": flag("ManageMasterUserPassword"),
        "master_user_secret_kms_key_id": "MasterUserSecret.KmsKeyId",
        "max_allocated_storage": number("MaxAllocatedStorage"),
        "multi_az": flag("MultiAZ"),
        "network_type": "NetworkType",
        "option_group_name": "OptionGroupName",
        "parameter_group_name": "DBParameterGroupName",
        "password": "MasterUserPassword",
        "port": "Port",
        "replica_mode": "ReplicaMode",
        "replicate_source_db": "SourceDBInstanceIdentifier",
        "snapshot_identifier": "DBSnapshotIdentifier",
        "storage_encrypted": flag("StorageEncrypted"),
        "storage_throughput": number("StorageThroughput"),
        "storage_type": "StorageType",
        "timezone": "Timezone",
        "username": "MasterUsername",
        "vpc_security_group_ids": "VPCSecurityGroups",
    },
    name="DBInstanceIdentifier",
    # The provider always sends these; AWS would keep backups for 1 day and decide public access from the
    # subnets (registry.terraform.io, aws_db_instance; RDS API, CreateDBInstance).
    defaults={"BackupRetentionPeriod": 0, "PubliclyAccessible": False},
)

_CLUSTER = Table(
    "AWS::RDS::DBCluster",
    {
        "cluster_identifier": "DBClusterIdentifier",
        "cluster_identifier_prefix": prefix("DBClusterIdentifier"),
        "allocated_storage": number("AllocatedStorage"),
        "availability_zones": "AvailabilityZones",
        "backtrack_window": number("BacktrackWindow"),
        "backup_retention_period": number("BackupRetentionPeriod"),
        "copy_tags_to_snapshot": flag("CopyTagsToSnapshot"),
        "database_insights_mode": "DatabaseInsightsMode",
        "database_name": "DatabaseName",
        "db_cluster_instance_class": "DBClusterInstanceClass",
        "db_cluster_parameter_group_name": "DBClusterParameterGroupName",
        "db_subnet_group_name": "DBSubnetGroupName",
        "delete_automated_backups": flag("DeleteAutomatedBackups"),
        "deletion_protection": flag("DeletionProtection"),
        "enable_http_endpoint": flag("EnableHttpEndpoint"),
        "enabled_cloudwatch_logs_exports": "EnableCloudwatchLogsExports",
        "engine": "Engine",
        "engine_lifecycle_support": "EngineLifecycleSupport",
        "engine_mode": "EngineMode",
        "engine_version": "EngineVersion",
        "global_cluster_identifier": "GlobalClusterIdentifier",
        "iam_database_authentication_enabled": flag("EnableIAMDatabaseAuthentication"),
        "iops": number("Iops"),
        "kms_key_id": "KmsKeyId",
        "manage_master_user_password": flag("ManageMasterUserPassword"),
        "master_password": "MasterUserPassword",
        "master_user_secret_kms_key_id": "MasterUserSecret.KmsKeyId",
        "master_username": "MasterUsername",
        "monitoring_interval": number("MonitoringInterval"),
        "monitoring_role_arn": "MonitoringRoleArn",
        "network_type": "NetworkType",
        "performance_insights_enabled": flag("PerformanceInsightsEnabled"),
        "performance_insights_kms_key_id": "PerformanceInsightsKmsKeyId",
        "port": number("Port"),
        "preferred_backup_window": "PreferredBackupWindow",
        "preferred_maintenance_window": "PreferredMaintenanceWindow",
        "replication_source_identifier": "ReplicationSourceIdentifier",
        "scaling_configuration": one(
            "ScalingConfiguration",
            {
                "auto_pause": flag("AutoPause"),
                "max_capacity": number("MaxCapacity"),
                "min_capacity": number("MinCapacity"),
                "seconds_until_auto_pause": number("SecondsUntilAutoPause"),
                "timeout_action": "TimeoutAction",
            },
        ),
        "serverlessv2_scaling_configuration": one(
            "ServerlessV2ScalingConfiguration",
            {
                "max_capacity": number("MaxCapacity"),
                "min_capacity": number("MinCapacity"),
                "seconds_until_auto_pause": number("SecondsUntilAutoPause"),
            },
        ),
        "snapshot_identifier": "SnapshotIdentifier",
        "storage_encrypted": flag("StorageEncrypted"),
        "storage_type": "StorageType",
        "vpc_security_group_ids": "VpcSecurityGroupIds",
        "tags": tags("Tags"),
    },
    name="DBClusterIdentifier",
)

_NAMED_GROUP: dict[str, Rule | str] = {"description": "Description", "family": "Family", "tags": tags("Tags")}

TABLES = {
    "aws_db_instance": _DB_INSTANCE,
    "aws_rds_cluster": _CLUSTER,
    "aws_rds_cluster_instance": Table(
        "AWS::RDS::DBInstance",
        {
            **_INSTANCE,
            "cluster_identifier": "DBClusterIdentifier",
            "db_parameter_group_name": "DBParameterGroupName",
            "preferred_backup_window": "PreferredBackupWindow",
            "preferred_maintenance_window": "PreferredMaintenanceWindow",
            "promotion_tier": number("PromotionTier"),
        },
        name="DBInstanceIdentifier",
    ),
    "aws_db_subnet_group": _SUBNET_GROUP,
    "aws_db_parameter_group": Table(
        "AWS::RDS::DBParameterGroup",
        {"name": "DBParameterGroupName", "name_prefix": prefix("DBParameterGroupName"), **_NAMED_GROUP},
        name="DBParameterGroupName",
    ),
    "aws_rds_cluster_parameter_group": Table(
        "AWS::RDS::DBClusterParameterGroup",
        {"name": "DBClusterParameterGroupName", "name_prefix": prefix("DBClusterParameterGroupName"), **_NAMED_GROUP},
        name="DBClusterParameterGroupName",
    ),
}
