"""Identity and Access Management: the roles that tasks have, with the policies attached to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.sources.aws.operations import Call, Operation
from asbuilt.sources.aws.table import JSON, Table

if TYPE_CHECKING:
    from asbuilt.model import Path, Resource
    from asbuilt.sources.aws.scheduler import Steps
    from asbuilt.sources.aws.target import Target

GLOBAL = True
DETAILS = Operation(
    "iam",
    "GetAccountAuthorizationDetails",
    "RoleDetailList",
    ("AWS::IAM::Role", "AWS::IAM::RolePolicy", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"),
    page=1000,
)
OPERATIONS = (DETAILS,)

ROLE = Table(
    "AWS::IAM::Role",
    "iam.GetAccountAuthorizationDetails",
    "RoleDetailList[]",
    {
        "RoleName": "RoleName",
        "Path": "Path",
        "AssumeRolePolicyDocument": ("AssumeRolePolicyDocument", JSON),
        "RolePolicyList": "Policies",
        "AttachedManagedPolicies[].PolicyArn": "ManagedPolicyArns",
        "PermissionsBoundary.PermissionsBoundaryArn": "PermissionsBoundary",
        "Tags": "Tags",
    },
)
POLICY = Table(
    "AWS::IAM::ManagedPolicy",
    "iam.GetAccountAuthorizationDetails",
    "Policies[]",
    {"PolicyName": "ManagedPolicyName", "Path": "Path", "Description": "Description"},
)


def collect(target: Target) -> Steps:
    """Read the roles and the policies of an account."""
    (reply,) = yield [Call(DETAILS, {"Filter": ["Role", "LocalManagedPolicy"]})]
    found = [_role(body, target) for body in reply.items()]
    found += [_policy(body, target) for body in reply.items("Policies")]
    return list({resource.key: resource for resource in found}.values())


def _role(body: dict[str, Any], target: Target) -> Resource:
    name = body["RoleName"]
    arn = body.get("Arn") or target.arn("iam", f"role{body.get('Path', '/')}{name}", regional=False)
    inline = [
        {**policy, "PolicyDocument": JSON.convert(policy.get("PolicyDocument"))}
        for policy in body.get("RolePolicyList") or ()
    ]
    return target.resource(ROLE, body | {"RolePolicyList": inline}, arn, name=name, regional=False)


def _policy(body: dict[str, Any], target: Target) -> Resource:
    name = body.get("PolicyName") or body["Arn"].rpartition("/")[2]
    arn = body.get("Arn") or target.arn("iam", f"policy{body.get('Path', '/')}{name}", regional=False)
    versions = body.get("PolicyVersionList") or ()
    current: dict[str, Any] = next((version for version in versions if version.get("IsDefaultVersion")), {})
    more = {"PolicyDocument": JSON.convert(current["Document"])} if current.get("Document") else {}
    fields: dict[Path, str] = {("PolicyDocument",): "Policies[].PolicyVersionList[].Document"}
    return target.resource(POLICY, body, arn, name=name, more=more, fields=fields, regional=False)
