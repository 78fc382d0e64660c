"""Elastic Container Service."""

from __future__ import annotations

from asbuilt.sources.terraform.vocabulary.language import Rule, choice, flag, number
from asbuilt.sources.terraform.vocabulary.lists import tags
from asbuilt.sources.terraform.vocabulary.nested import many, one
from asbuilt.sources.terraform.vocabulary.tables import Table

STRATEGY: dict[str, Rule | str] = {
    "base": number("Base"),
    "capacity_provider": "CapacityProvider",
    "weight": number("Weight"),
}
CONSTRAINTS: dict[str, Rule | str] = {"expression": "Expression", "type": "Type"}
LOG_SECRETS: dict[str, Rule | str] = {"name": "Name", "value_from": "ValueFrom"}

_SERVICE_CONNECT: dict[str, Rule | str] = {
    "enabled": flag("Enabled"),
    "log_configuration": one(
        "LogConfiguration",
        {"log_driver": "LogDriver", "options": "Options", "secret_option": many("SecretOptions", LOG_SECRETS)},
    ),
    "namespace": "Namespace",
    "service": many(
        "Services",
        {
            "client_alias": many("ClientAliases", {"dns_name": "DnsName", "port": number("Port")}),
            "discovery_name": "DiscoveryName",
            "ingress_port_override": number("IngressPortOverride"),
            "port_name": "PortName",
            "timeout": one(
                "Timeout",
                {
                    "idle_timeout_seconds": number("IdleTimeoutSeconds"),
                    "per_request_timeout_seconds": number("PerRequestTimeoutSeconds"),
                },
            ),
            "tls": one(
                "Tls",
                {
                    "issuer_cert_authority": one(
                        "IssuerCertificateAuthority", {"aws_pca_authority_arn": "AwsPcaAuthorityArn"}
                    ),
                    "kms_key": "KmsKey",
                    "role_arn": "RoleArn",
                },
            ),
        },
    ),
}

_SERVICE = Table(
    "AWS::ECS::Service",
    {
        "name": "ServiceName",
        "cluster": "Cluster",
        "task_definition": "TaskDefinition",
        "desired_count": number("DesiredCount"),
        "launch_type": "LaunchType",
        "platform_version": "PlatformVersion",
        "capacity_provider_strategy": many("CapacityProviderStrategy", STRATEGY),
        "network_configuration": one(
            "NetworkConfiguration.AwsvpcConfiguration",
            {
                "assign_public_ip": choice("AssignPublicIp", {True: "ENABLED", False: "DISABLED"}),
                "security_groups": "SecurityGroups",
                "subnets": "Subnets",
            },
        ),
        "load_balancer": many(
            "LoadBalancers",
            {
                "advanced_configuration": one(
                    "AdvancedConfiguration",
                    {
                        "alternate_target_group_arn": "AlternateTargetGroupArn",
                        "production_listener_rule": "ProductionListenerRule",
                        "role_arn": "RoleArn",
                        "test_listener_rule": "TestListenerRule",
                    },
                ),
                "container_name": "ContainerName",
                "container_port": number("ContainerPort"),
                "elb_name": "LoadBalancerName",
                "target_group_arn": "TargetGroupArn",
            },
        ),
        "service_registries": many(
            "ServiceRegistries",
            {
                "container_name": "ContainerName",
                "container_port": number("ContainerPort"),
                "port": number("Port"),
                "registry_arn": "RegistryArn",
            },
        ),
        "deployment_circuit_breaker": one(
            "DeploymentConfiguration.DeploymentCircuitBreaker",
            {"enable": flag("Enable"), "rollback": flag("Rollback")},
        ),
        "deployment_maximum_percent": number("DeploymentConfiguration.MaximumPercent"),
        "deployment_minimum_healthy_percent": number("DeploymentConfiguration.MinimumHealthyPercent"),
        "alarms": one(
            "DeploymentConfiguration.Alarms",
            {"alarm_names": "AlarmNames", "enable": flag("Enable"), "rollback": flag("Rollback")},
        ),
        "deployment_configuration": one(
            "DeploymentConfiguration",
            {
                "bake_time_in_minutes": number("BakeTimeInMinutes"),
                "strategy": "Strategy",
                "canary_configuration": one(
                    "CanaryConfiguration",
                    {
                        "canary_bake_time_in_minutes": number("CanaryBakeTimeInMinutes"),
                        "canary_percent": number("CanaryPercent"),
                    },
                ),
                "linear_configuration": one(
                    "LinearConfiguration",
                    {
                        "step_bake_time_in_minutes": number("StepBakeTimeInMinutes"),
                        "step_percent": number("StepPercent"),
                    },
                ),
                "lifecycle_hook": many(
                    "LifecycleHooks",
                    {
                        "hook_details": "HookDetails",
                        "hook_target_arn": "HookTargetArn",
                        "lifecycle_stages": "LifecycleStages",
                        "role_arn": "RoleArn",
                    },
                ),
            },
        ),
        "deployment_controller": one("DeploymentController", {"type": "Type"}),
        "health_check_grace_period_seconds": number("HealthCheckGracePeriodSeconds"),
        "enable_execute_command": flag("EnableExecuteCommand"),
        "enable_ecs_managed_tags": flag("EnableECSManagedTags"),
        "availability_zone_rebalancing": "AvailabilityZoneRebalancing",
        "propagate_tags": "PropagateTags",
        "scheduling_strategy": "SchedulingStrategy",
        "iam_role": "Role",
        "ordered_placement_strategy": many("PlacementStrategies", {"field": "Field", "type": "Type"}),
        "placement_constraints": many("PlacementConstraints", CONSTRAINTS),
        "service_connect_configuration": one("ServiceConnectConfiguration", _SERVICE_CONNECT),
        "volume_configuration": many(
            "VolumeConfigurations",
            {
                "name": "Name",
                "managed_ebs_volume": one(
                    "ManagedEBSVolume",
                    {
                        "encrypted": flag("Encrypted"),
                        "file_system_type": "FilesystemType",
                        "iops": number("Iops"),
                        "kms_key_id": "KmsKeyId",
                        "role_arn": "RoleArn",
                        "size_in_gb": number("SizeInGiB"),
                        "snapshot_id": "SnapshotId",
                        "throughput": number("Throughput"),
                        "volume_initialization_rate": number("VolumeInitializationRate"),
                        "volume_type": "VolumeType",
                    },
                ),
            },
        ),
        "vpc_lattice_configurations": many(
            "VpcLatticeConfigurations",
            {"port_name": "PortName", "role_arn": "RoleArn", "target_group_arn": "TargetGroupArn"},
        ),
        "tags": tags("Tags"),
    },
    name="ServiceName",
)

_CLUSTER = Table(
    "AWS::ECS::Cluster",
    {
        "name": "ClusterName",
        "setting": many("ClusterSettings", {"name": "Name", "value": "Value"}),
        "capacity_providers": "CapacityProviders",  # provider 4 and older
        "default_capacity_provider_strategy": many("DefaultCapacityProviderStrategy", STRATEGY),
        "configuration": one(
            "Configuration",
            {
                "execute_command_configuration": one(
                    "ExecuteCommandConfiguration",
                    {
                        "kms_key_id": "KmsKeyId",
                        "logging": "Logging",
                        "log_configuration": one(
                            "LogConfiguration",
                            {
                                "cloud_watch_encryption_enabled": flag("CloudWatchEncryptionEnabled"),
                                "cloud_watch_log_group_name": "CloudWatchLogGroupName",
                                "s3_bucket_encryption_enabled": flag("S3EncryptionEnabled"),
                                "s3_bucket_name": "S3BucketName",
                                "s3_key_prefix": "S3KeyPrefix",
                            },
                        ),
                    },
                ),
                "managed_storage_configuration": one(
                    "ManagedStorageConfiguration",
                    {
                        "fargate_ephemeral_storage_kms_key_id": "FargateEphemeralStorageKmsKeyId",
                        "kms_key_id": "KmsKeyId",
                    },
                ),
            },
        ),
        "service_connect_defaults": one("ServiceConnectDefaults", {"namespace": "Namespace"}),
        "tags": tags("Tags"),
    },
    name="ClusterName",
)

TABLES = {
    "aws_ecs_service": _SERVICE,
    "aws_ecs_cluster": _CLUSTER,
    "aws_ecs_cluster_capacity_providers": Table(
        "AWS::ECS::ClusterCapacityProviderAssociations",
        {
            "cluster_name": "Cluster",
            "capacity_providers": "CapacityProviders",
            "default_capacity_provider_strategy": many("DefaultCapacityProviderStrategy", STRATEGY),
        },
    ),
    "aws_ecs_capacity_provider": Table(
        "AWS::ECS::CapacityProvider",
        {
            "name": "Name",
            "cluster": "ClusterName",
            "auto_scaling_group_provider": one(
                "AutoScalingGroupProvider",
                {
                    "auto_scaling_group_arn": "AutoScalingGroupArn",
                    "managed_draining": "ManagedDraining",
                    "managed_scaling": one(
                        "ManagedScaling",
                        {
                            "instance_warmup_period": number("InstanceWarmupPeriod"),
                            "maximum_scaling_step_size": number("MaximumScalingStepSize"),
                            "minimum_scaling_step_size": number("MinimumScalingStepSize"),
                            "status": "Status",
                            "target_capacity": number("TargetCapacity"),
                        },
                    ),
                    "managed_termination_protection": "ManagedTerminationProtection",
                },
            ),
            "tags": tags("Tags"),
        },
        name="Name",
    ),
}
