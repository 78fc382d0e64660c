"""Make the table of AWS managed policies from moto's copy of them; `--check` compares instead of writing."""

import json
import sys
from importlib.metadata import version
from pathlib import Path

from moto.iam.aws_managed_policies import aws_managed_policies_data

TARGET = Path(__file__).parent.parent / "scanner/asbuilt/topology/managed_policies.json"

# What platforms on ECS attach to the roles of their tasks, rightly or not.
NAMES = (
    "AWSAppMeshEnvoyAccess",
    "AWSCloudMapFullAccess",
    "AWSKeyManagementServicePowerUser",
    "AWSXRayDaemonWriteAccess",
    "AWSXrayFullAccess",
    "AWSXrayWriteOnlyAccess",
    "AdministratorAccess",
    "AmazonBedrockFullAccess",
    "AmazonDynamoDBFullAccess",
    "AmazonDynamoDBReadOnlyAccess",
    "AmazonEC2ContainerRegistryFullAccess",
    "AmazonEC2ContainerRegistryPowerUser",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonEC2ContainerServiceforEC2Role",
    "AmazonECSTaskExecutionRolePolicy",
    "AmazonECS_FullAccess",
    "AmazonElastiCacheFullAccess",
    "AmazonEventBridgeFullAccess",
    "AmazonPrometheusRemoteWriteAccess",
    "AmazonRDSFullAccess",
    "AmazonS3FullAccess",
    "AmazonS3ReadOnlyAccess",
    "AmazonSESFullAccess",
    "AmazonSNSFullAccess",
    "AmazonSNSReadOnlyAccess",
    "AmazonSQSFullAccess",
    "AmazonSQSReadOnlyAccess",
    "AmazonSSMFullAccess",
    "AmazonSSMManagedInstanceCore",
    "AmazonSSMReadOnlyAccess",
    "CloudWatchAgentServerPolicy",
    "CloudWatchFullAccess",
    "CloudWatchFullAccessV2",
    "CloudWatchLogsFullAccess",
    "IAMFullAccess",
    "PowerUserAccess",
    "SecretsManagerReadWrite",
)


def table() -> str:
    """Return the file's text: one policy a line."""
    data = json.loads(aws_managed_policies_data)
    documents = {(data[name]["Path"] + name).lstrip("/"): data[name]["Document"] for name in NAMES}
    rows = [f"    {json.dumps(key)}: {json.dumps(documents[key], sort_keys=True)}" for key in sorted(documents)]
    made = f"Made by scripts/make_managed_policies.py from moto {version('moto')}; do not edit."
    return f'{{\n  "about": {json.dumps(made)},\n  "policies": {{\n' + ",\n".join(rows) + "\n  }\n}\n"


def main() -> int:
    """Write the table, or compare it."""
    if "--check" in sys.argv:
        return int(TARGET.read_text("utf-8") != table())
    TARGET.write_text(table(), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
