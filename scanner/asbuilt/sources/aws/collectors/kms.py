"""Key Management Service: the keys that log groups are encrypted with, as metadata.

Those of groups that bear the platform's name are asked for at once; those of other groups that containers write to
when the task definitions are known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.sources.aws.collectors.logs import GROUPS
from asbuilt.sources.aws.operations import Call, Operation
from asbuilt.sources.aws.scheduler import After
from asbuilt.sources.aws.scope import named_by
from asbuilt.sources.aws.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    replies: list[Reply] = yield _calls(named)
    others = {group.name: group.get("KmsKeyId") for group in groups or () if group.get("KmsKeyId") not in named}
    if any(others.values()):
        containers = yield After("ecs")
        more: list[Reply] = yield _calls({others.get(name) for name in named_by(containers or ())})
        replies = [*replies, *more]
    found = []
    for reply in replies:
        for page in reply.pages:
            body, asked = page["KeyMetadata"], reply.call.parameters["KeyId"]
            found.append(target.resource(KEY, body, body["Arn"], ids=[body.get("KeyId"), asked]))
    return list({resource.key: resource for resource in found}.values())


def _calls(keys: Iterable[object]) -> list[Call]:
    return [Call(KEYS, {"KeyId": key}) for key in sorted({key for key in keys if isinstance(key, str) and key})]
