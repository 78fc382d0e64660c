"""ECS task definitions, with the container definitions behind their JSON text.

Container definitions carry the API's names (`portMappings`); only those known here are renamed: what stands in
`options`, `dockerLabels` or `driverOpts` is the user's own.
"""

from __future__ import annotations

from collections.abc import Mapping

from asbuilt.sources.terraform.vocabulary.language import Rule, flag, number
from asbuilt.sources.terraform.vocabulary.lists import pairs, tags
from asbuilt.sources.terraform.vocabulary.nested import many, one
from asbuilt.sources.terraform.vocabulary.tables import Table


def _list(path: str, table: Mapping[str, Rule | str]) -> Rule:
    return many(path, table, json=True)


def _object(path: str, table: Mapping[str, Rule | str]) -> Rule:
    return one(path, table, json=True)


_NAMED: dict[str, Rule | str] = {"name": "Name", "value": "Value"}
_SECRETS: dict[str, Rule | str] = {"name": "Name", "valueFrom": "ValueFrom"}

CONTAINER: dict[str, Rule | str] = {
    "command": "Command",
    "cpu": number("Cpu"),
    "credentialSpecs": "CredentialSpecs",
    "dependsOn": _list("DependsOn", {"condition": "Condition", "containerName": "ContainerName"}),
    "disableNetworking": flag("DisableNetworking"),
    "dnsSearchDomains": "DnsSearchDomains",
    "dnsServers": "DnsServers",
    "dockerLabels": "DockerLabels",
    "dockerSecurityOptions": "DockerSecurityOptions",
    "entryPoint": "EntryPoint",
    "environment": _list("Environment", _NAMED),
    "environmentFiles": _list("EnvironmentFiles", {"type": "Type", "value": "Value"}),
    "essential": flag("Essential"),
    "extraHosts": _list("ExtraHosts", {"hostname": "Hostname", "ipAddress": "IpAddress"}),
    "firelensConfiguration": _object("FirelensConfiguration", {"options": "Options", "type": "Type"}),
    "healthCheck": _object(
        "HealthCheck",
        {
            "command": "Command",
            "interval": number("Interval"),
            "retries": number("Retries"),
            "startPeriod": number("StartPeriod"),
            "timeout": number("Timeout"),
        },
    ),
    "hostname": "Hostname",
    "image": "Image",
    "interactive": flag("Interactive"),
    "links": "Links",
    "linuxParameters": _object(
        "LinuxParameters",
        {
            "capabilities": _object("Capabilities", {"add": "Add", "drop": "Drop"}),
            "devices": _list(
                "Devices", {"containerPath": "ContainerPath", "hostPath": "HostPath", "permissions": "Permissions"}
            ),
            "initProcessEnabled": flag("InitProcessEnabled"),
            "maxSwap": number("MaxSwap"),
            "sharedMemorySize": number("SharedMemorySize"),
            "swappiness": number("Swappiness"),
            "tmpfs": _list(
                "Tmpfs", {"containerPath": "ContainerPath", "mountOptions": "MountOptions", "size": number("Size")}
            ),
        },
    ),
    "logConfiguration": _object(
        "LogConfiguration",
        {"logDriver": "LogDriver", "options": "Options", "secretOptions": _list("SecretOptions", _SECRETS)},
    ),
    "memory": number("Memory"),
    "memoryReservation": number("MemoryReservation"),
    "mountPoints": _list(
        "MountPoints",
        {"containerPath": "ContainerPath", "readOnly": flag("ReadOnly"), "sourceVolume": "SourceVolume"},
    ),
    "name": "Name",
    "portMappings": _list(
        "PortMappings",
        {
            "appProtocol": "AppProtocol",
            "containerPort": number("ContainerPort"),
            "containerPortRange": "ContainerPortRange",
            "hostPort": number("HostPort"),
            "name": "Name",
            "protocol": "Protocol",
        },
    ),
    "privileged": flag("Privileged"),
    "pseudoTerminal": flag("PseudoTerminal"),
    "readonlyRootFilesystem": flag("ReadonlyRootFilesystem"),
    "repositoryCredentials": _object("RepositoryCredentials", {"credentialsParameter": "CredentialsParameter"}),
    "resourceRequirements": _list("ResourceRequirements", {"type": "Type", "value": "Value"}),
    "restartPolicy": _object(
        "RestartPolicy",
        {
            "enabled": flag("Enabled"),
            "ignoredExitCodes": number("IgnoredExitCodes"),
            "restartAttemptPeriod": number("RestartAttemptPeriod"),
        },
    ),
    "secrets": _list("Secrets", _SECRETS),
    "startTimeout": number("StartTimeout"),
    "stopTimeout": number("StopTimeout"),
    "systemControls": _list("SystemControls", {"namespace": "Namespace", "value": "Value"}),
    "ulimits": _list("Ulimits", {"hardLimit": number("HardLimit"), "name": "Name", "softLimit": number("SoftLimit")}),
    "user": "User",
    "versionConsistency": "VersionConsistency",
    "volumesFrom": _list("VolumesFrom", {"readOnly": flag("ReadOnly"), "sourceContainer": "SourceContainer"}),
    "workingDirectory": "WorkingDirectory",
}

_VOLUME: dict[str, Rule | str] = {
    "name": "Name",
    "configure_at_launch": flag("ConfiguredAtLaunch"),
    "host_path": "Host.SourcePath",
    "docker_volume_configuration": one(
        "DockerVolumeConfiguration",
        {
            "autoprovision": flag("Autoprovision"),
            "driver": "Driver",
            "driver_opts": "DriverOpts",
            "labels": "Labels",
            "scope": "Scope",
        },
    ),
    "efs_volume_configuration": one(
        "EFSVolumeConfiguration",
        {
            "authorization_config": one("AuthorizationConfig", {"access_point_id": "AccessPointId", "iam": "IAM"}),
            "file_system_id": "FilesystemId",
            "root_directory": "RootDirectory",
            "transit_encryption": "TransitEncryption",
            "transit_encryption_port": number("TransitEncryptionPort"),
        },
    ),
    "fsx_windows_file_server_volume_configuration": one(
        "FSxWindowsFileServerVolumeConfiguration",
        {
            "authorization_config": one(
                "AuthorizationConfig", {"credentials_parameter": "CredentialsParameter", "domain": "Domain"}
            ),
            "file_system_id": "FileSystemId",
            "root_directory": "RootDirectory",
        },
    ),
}

TABLES = {
    "aws_ecs_task_definition": Table(
        "AWS::ECS::TaskDefinition",
        {
            "family": "Family",
            "container_definitions": _list("ContainerDefinitions", CONTAINER),
            "cpu": "Cpu",
            "memory": "Memory",
            "network_mode": "NetworkMode",
            "requires_compatibilities": "RequiresCompatibilities",
            "execution_role_arn": "ExecutionRoleArn",
            "task_role_arn": "TaskRoleArn",
            "ephemeral_storage": one("EphemeralStorage", {"size_in_gib": number("SizeInGiB")}),
            "runtime_platform": one(
                "RuntimePlatform",
                {"cpu_architecture": "CpuArchitecture", "operating_system_family": "OperatingSystemFamily"},
            ),
            "enable_fault_injection": flag("EnableFaultInjection"),
            "ipc_mode": "IpcMode",
            "pid_mode": "PidMode",
            "placement_constraints": many("PlacementConstraints", {"expression": "Expression", "type": "Type"}),
            "proxy_configuration": one(
                "ProxyConfiguration",
                {
                    "container_name": "ContainerName",
                    "properties": pairs("ProxyConfigurationProperties", "Name", "Value"),
                    "type": "Type",
                },
            ),
            "volume": many("Volumes", _VOLUME),
            "tags": tags("Tags"),
        },
        name="Family",
    ),
}
