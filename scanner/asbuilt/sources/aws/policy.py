"""The least-privilege policy of a role for audits, and the role: made of the operations that collectors declare."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any, Final

from asbuilt.sources.aws.collect import operations
from asbuilt.sources.aws.organization import OPERATIONS
from asbuilt.sources.aws.session import ENTRY, IDENTITY

# AWS STS, AssumeRole, "Policy": the limit of an inline session policy, in characters; read 2026-11.
SESSION_POLICY_LIMIT: Final = 2048
ROLE: Final = "asbuilt-audit"


def policy() -> dict[str, Any]:
    """Return the policy, a statement for each service; which resources there are is what it has to find out."""
    actions: dict[str, set[str]] = defaultdict(set)
    for operation in (*operations(), IDENTITY):
        actions[operation.action.partition(":")[0]].add(operation.action)
    statements = [
        {"Sid": _sid(service), "Effect": "Allow", "Action": sorted(names), "Resource": "*"}
        for service, names in sorted(actions.items())
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def session_policy() -> str:
    """Return the policy that narrows an assumed role to the same actions, as short as it can be.

    Every action is named: IAM takes no wildcard for the service in front of one.
    """
    actions = sorted(action for statement in policy()["Statement"] for action in statement["Action"])
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))


def hub_policy(role: str) -> dict[str, Any]:
    """Return what whoever audits an organisation may do: list its accounts, and assume a role of the name in each."""
    listing = sorted(operation.action for operation in (*OPERATIONS, IDENTITY))
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "ListAccounts", "Effect": "Allow", "Action": listing, "Resource": "*"},
            {"Sid": "Enter", "Effect": "Allow", "Action": ENTRY.action, "Resource": f"arn:aws:iam::*:role/{role}"},
        ],
    }


def trust(principal: str, external_id: str) -> dict[str, Any]:
    """Return who may assume the role: an ARN or an account, with an external id where there is one."""
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
    if external_id:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _sid(service: str) -> str:
    """Return a statement's name; letters and digits only (IAM JSON policy elements: Sid)."""
    return "Read" + "".join(part.capitalize() for part in service.split("-"))


def as_json(document: dict[str, Any]) -> str:
    """Write a policy as JSON."""
    return json.dumps(document, indent=2)


def as_terraform(principal: str, external_id: str) -> str:
    """Write the role with its policy as Terraform."""
    return f"""resource "aws_iam_role" "audit" {{
  name                 = "{ROLE}"
  max_session_duration = 3600
  assume_role_policy   = jsonencode({_hcl(trust(principal, external_id), 1)})
}}

resource "aws_iam_role_policy" "audit" {{
  name   = "{ROLE}"
  role   = aws_iam_role.audit.id
  policy = jsonencode({_hcl(policy(), 1)})
}}"""


def as_cloudformation(principal: str, external_id: str) -> str:
    """Write the role with its policy as a CloudFormation template."""
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": ROLE,
            "MaxSessionDuration": 3600,
            "AssumeRolePolicyDocument": trust(principal, external_id),
            "Policies": [{"PolicyName": ROLE, "PolicyDocument": policy()}],
        },
    }
    output = {"RoleArn": {"Value": {"Fn::GetAtt": ["Audit", "Arn"]}}}
    return as_json({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Audit": role}, "Outputs": output})


def _hcl(value: Any, depth: int) -> str:
    """Write a value as a Terraform expression; `${` in a text is escaped."""
    inner, outer = "  " * (depth + 1), "  " * depth
    if isinstance(value, dict):
        width = max(map(len, map(_key, value)))
        lines = [f"{inner}{_key(key):<{width}} = {_hcl(item, depth + 1)}" for key, item in value.items()]
        return "{\n" + "\n".join(lines) + f"\n{outer}}}"
    if isinstance(value, list):
        return "[\n" + "".join(f"{inner}{_hcl(item, depth + 1)},\n" for item in value) + f"{outer}]"
    return json.dumps(value).replace("${", "$${").replace("%{", "%%{")


def _key(key: str) -> str:
    return key if key.isidentifier() else json.dumps(key)
