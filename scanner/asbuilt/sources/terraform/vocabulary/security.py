"""Keys, secrets, parameters, certificates."""

from __future__ import annotations

from asbuilt.sources.terraform.vocabulary.language import flag, json, number, prefix
from asbuilt.sources.terraform.vocabulary.lists import tag_map, tags
from asbuilt.sources.terraform.vocabulary.nested import many, one
from asbuilt.sources.terraform.vocabulary.tables import Table

TABLES = {
    "aws_kms_key": Table(
        "AWS::KMS::Key",
        {
            "bypass_policy_lockout_safety_check": flag("BypassPolicyLockoutSafetyCheck"),
            "customer_master_key_spec": "KeySpec",
            "deletion_window_in_days": number("PendingWindowInDays"),
            "description": "Description",
            "enable_key_rotation": flag("EnableKeyRotation"),
            "is_enabled": flag("Enabled"),
            "key_usage": "KeyUsage",
            "multi_region": flag("MultiRegion"),
            "policy": json("KeyPolicy"),
            "rotation_period_in_days": number("RotationPeriodInDays"),
            "tags": tags("Tags"),
        },
    ),
    "aws_kms_key_policy": Table(
        "", {"policy": json("KeyPolicy")}, adds_to="key_id", adds_to_types=("aws_kms_key", "aws_kms_replica_key")
    ),
    "aws_kms_replica_key": Table(
        "AWS::KMS::ReplicaKey",
        {
            "deletion_window_in_days": number("PendingWindowInDays"),
            "description": "Description",
            "enabled": flag("Enabled"),
            "policy": json("KeyPolicy"),
            "primary_key_arn": "PrimaryKeyArn",
            "tags": tags("Tags"),
        },
    ),
    "aws_kms_alias": Table(
        "AWS::KMS::Alias",
        {"name": "AliasName", "name_prefix": prefix("AliasName"), "target_key_id": "TargetKeyId"},
        name="AliasName",
    ),
    "aws_secretsmanager_secret": Table(
        "AWS::SecretsManager::Secret",
        {
            "name": "Name",
            "name_prefix": prefix("Name"),
            "description": "Description",
            "kms_key_id": "KmsKeyId",
            "replica": many("ReplicaRegions", {"kms_key_id": "KmsKeyId", "region": "Region"}),
            "tags": tags("Tags"),
        },
        name="Name",
    ),
    "aws_secretsmanager_secret_rotation": Table(
        "AWS::SecretsManager::RotationSchedule",
        {
            "secret_id": "SecretId",
            "rotate_immediately": flag("RotateImmediatelyOnUpdate"),
            "rotation_lambda_arn": "RotationLambdaARN",
            "rotation_rules": one(
                "RotationRules",
                {
                    "automatically_after_days": number("AutomaticallyAfterDays"),
                    "duration": "Duration",
                    "schedule_expression": "ScheduleExpression",
                },
            ),
        },
    ),
    "aws_secretsmanager_secret_policy": Table(
        "AWS::SecretsManager::ResourcePolicy",
        {
            "secret_arn": "SecretId",
            "policy": json("ResourcePolicy"),
            "block_public_policy": flag("BlockPublicPolicy"),
        },
    ),
    # CloudFormation cannot make a SecureString; the type is told as it is.
    "aws_ssm_parameter": Table(
        "AWS::SSM::Parameter",
        {
            "name": "Name",
            "type": "Type",
            "allowed_pattern": "AllowedPattern",
            "data_type": "DataType",
            "description": "Description",
            "insecure_value": "Value",
            "tier": "Tier",
            "value": "Value",
            "tags": tag_map("Tags"),
        },
        name="Name",
    ),
    "aws_acm_certificate": Table(
        "AWS::CertificateManager::Certificate",
        {
            "domain_name": "DomainName",
            "certificate_authority_arn": "CertificateAuthorityArn",
            "key_algorithm": "KeyAlgorithm",
            "subject_alternative_names": "SubjectAlternativeNames",
            "validation_method": "ValidationMethod",
            "validation_option": many(
                "DomainValidationOptions", {"domain_name": "DomainName", "validation_domain": "ValidationDomain"}
            ),
            "options": one(
                "",
                {
                    "certificate_transparency_logging_preference": "CertificateTransparencyLoggingPreference",
                    "export": "CertificateExport",
                },
            ),
            "tags": tags("Tags"),
        },
    ),
}
