"""CloudWatch Logs: log groups, never what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.sources.aws.operations import Call, Operation
from asbuilt.sources.aws.table import Table

if TYPE_CHECKING:
    from asbuilt.sources.aws.scheduler import Steps
    from asbuilt.sources.aws.target import Target

GROUPS = Operation("logs", "DescribeLogGroups", "logGroups", ("AWS::Logs::LogGroup",), page=50)
OPERATIONS = (GROUPS,)

LOG_GROUP = Table(
    "AWS::Logs::LogGroup",
    "logs.DescribeLogGroups",
    "logGroups[]",
    {
        "logGroupName": "LogGroupName",
        "retentionInDays": "RetentionInDays",
        "kmsKeyId": "KmsKeyId",
        "logGroupClass": "LogGroupClass",
        "deletionProtectionEnabled": "DeletionProtectionEnabled",
    },
)


def collect(target: Target) -> Steps:
    """Read the log groups of a region."""
    (reply,) = yield [Call(GROUPS)]
    found = []
    for body in reply.items():
        name = body["logGroupName"]
        arn = body.get("logGroupArn") or (body.get("arn") or target.arn("logs", f"log-group:{name}")).removesuffix(":*")
        found.append(target.resource(LOG_GROUP, body, arn, name=name))
    return list({resource.key: resource for resource in found}.values())
