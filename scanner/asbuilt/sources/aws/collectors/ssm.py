"""Systems Manager: which parameters there are and of which type, never what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.sources.aws.operations import Call, Operation
from asbuilt.sources.aws.table import Table

if TYPE_CHECKING:
    from asbuilt.sources.aws.scheduler import Steps
    from asbuilt.sources.aws.target import Target

PARAMETERS = Operation("ssm", "DescribeParameters", "Parameters", ("AWS::SSM::Parameter",), page=50)
OPERATIONS = (PARAMETERS,)

PARAMETER = Table(
    "AWS::SSM::Parameter",
    "ssm.DescribeParameters",
    "Parameters[]",
    {"Name": "Name", "Type": "Type", "Tier": "Tier", "DataType": "DataType"},
)


def collect(target: Target) -> Steps:
    """List the parameters of a region."""
    (reply,) = yield [Call(PARAMETERS)]
    found = []
    for body in reply.items():
        name = body["Name"]
        arn = body.get("ARN") or target.arn("ssm", f"parameter/{name.lstrip('/')}")
        found.append(target.resource(PARAMETER, body, arn, name=name))
    return list({resource.key: resource for resource in found}.values())
