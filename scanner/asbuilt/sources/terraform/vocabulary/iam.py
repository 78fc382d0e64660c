"""Identity and Access Management."""

from __future__ import annotations

from asbuilt.sources.terraform.vocabulary.language import json, number, prefix
from asbuilt.sources.terraform.vocabulary.lists import tags, wrapped
from asbuilt.sources.terraform.vocabulary.nested import many
from asbuilt.sources.terraform.vocabulary.tables import Table

TABLES = {
    "aws_iam_role": Table(
        "AWS::IAM::Role",
        {
            "name": "RoleName",
            "name_prefix": prefix("RoleName"),
            "assume_role_policy": json("AssumeRolePolicyDocument"),
            "description": "Description",
            "inline_policy": many("Policies", {"name": "PolicyName", "policy": json("PolicyDocument")}),
            "managed_policy_arns": wrapped("ManagedPolicyArns"),
            "max_session_duration": number("MaxSessionDuration"),
            "path": "Path",
            "permissions_boundary": "PermissionsBoundary",
            "tags": tags("Tags"),
        },
        name="RoleName",
    ),
    "aws_iam_role_policy": Table(
        "AWS::IAM::RolePolicy",
        {
            "name": "PolicyName",
            "name_prefix": prefix("PolicyName"),
            "policy": json("PolicyDocument"),
            "role": "RoleName",
        },
        name="PolicyName",
    ),
    "aws_iam_policy": Table(
        "AWS::IAM::ManagedPolicy",
        {
            "name": "ManagedPolicyName",
            "name_prefix": prefix("ManagedPolicyName"),
            "description": "Description",
            "path": "Path",
            "policy": json("PolicyDocument"),
            # CloudFormation's ManagedPolicy has no tags
        },
        name="ManagedPolicyName",
    ),
    "aws_iam_role_policy_attachment": Table(
        "", {"policy_arn": wrapped("ManagedPolicyArns")}, adds_to="role", adds_to_types=("aws_iam_role",)
    ),
    "aws_iam_policy_attachment": Table(
        "", {"policy_arn": wrapped("ManagedPolicyArns")}, adds_to="roles", adds_to_types=("aws_iam_role",)
    ),
    "aws_iam_role_policy_attachments_exclusive": Table(
        "", {"policy_arns": wrapped("ManagedPolicyArns")}, adds_to="role_name", adds_to_types=("aws_iam_role",)
    ),
    "aws_iam_instance_profile": Table(
        "AWS::IAM::InstanceProfile",
        {
            "name": "InstanceProfileName",
            "name_prefix": prefix("InstanceProfileName"),
            "path": "Path",
            "role": wrapped("Roles"),
        },
        name="InstanceProfileName",
    ),
}
