"""Secrets Manager: which secrets there are, never what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.sources.aws.operations import Call, Operation
from asbuilt.sources.aws.table import Table

if TYPE_CHECKING:
    from asbuilt.sources.aws.scheduler import Steps
    from asbuilt.sources.aws.target import Target

SECRETS = Operation("secretsmanager", "ListSecrets", "SecretList", ("AWS::SecretsManager::Secret",), page=100)
OPERATIONS = (SECRETS,)

SECRET = Table(
    "AWS::SecretsManager::Secret",
    "secretsmanager.ListSecrets",
    "SecretList[]",
    {"Name": "Name", "KmsKeyId": "KmsKeyId"},
)


def collect(target: Target) -> Steps:
    """List the secrets of a region."""
    (reply,) = yield [Call(SECRETS)]
    found = []
    for body in reply.items():
        name = body["Name"]
        arn = body.get("ARN") or target.arn("secretsmanager", f"secret:{name}")
        # with the six characters that Secrets Manager puts behind the name, as in an ARN
        found.append(target.resource(SECRET, body, arn, name=name, ids=[arn.rpartition(":secret:")[2]]))
    return list({resource.key: resource for resource in found}.values())
