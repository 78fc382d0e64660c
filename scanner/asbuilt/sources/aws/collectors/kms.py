"""Key Management Service: the keys that log groups are encrypted with, as metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.sources.aws.collectors.logs import GROUPS
from asbuilt.sources.aws.operations import Call, Operation
from asbuilt.sources.aws.scheduler import After
from asbuilt.sources.aws.table import Table

if TYPE_CHECKING:
    from asbuilt.sources.aws.scheduler import Steps
    from asbuilt.sources.aws.target import Reply, Target

KEYS = Operation("kms", "DescribeKey", "KeyMetadata", ("AWS::KMS::Key",), (GROUPS,))
OPERATIONS = (KEYS,)

KEY = Table(
    "AWS::KMS::Key",
    "kms.DescribeKey",
    "KeyMetadata",
    {
        "Description": "Description",
        "Enabled": "Enabled",
        "KeyState": "KeyState",
        "KeyManager": "KeyManager",
        "KeySpec": "KeySpec",
        "KeyUsage": "KeyUsage",
        "MultiRegion": "MultiRegion",
    },
)


def collect(target: Target) -> Steps:
    """Describe the keys in use."""
    groups = yield After("logs")
    named = {group.get("KmsKeyId") for group in groups or () if target.words.is_log_group(group.get("LogGroupName"))}
    keys = sorted(key for key in named if isinstance(key, str) and key)
    replies: list[Reply] = yield [Call(KEYS, {"KeyId": key}) for key in keys]
    found = []
    for reply in replies:
        for page in reply.pages:
            body = page.get("KeyMetadata") or {}
            if body.get("Arn"):
                asked = reply.call.parameters["KeyId"]
                found.append(target.resource(KEY, body, body["Arn"], ids=[body.get("KeyId"), asked]))
    return list({resource.key: resource for resource in found}.values())
