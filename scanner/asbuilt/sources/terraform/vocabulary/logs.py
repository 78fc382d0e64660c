"""CloudWatch Logs."""

from __future__ import annotations

from asbuilt.sources.terraform.vocabulary.language import flag, json, number, prefix
from asbuilt.sources.terraform.vocabulary.lists import pairs, tags
from asbuilt.sources.terraform.vocabulary.nested import many
from asbuilt.sources.terraform.vocabulary.tables import Table

TABLES = {
    "aws_cloudwatch_log_group": Table(
        "AWS::Logs::LogGroup",
        {
            "name": "LogGroupName",
            "name_prefix": prefix("LogGroupName"),
            # 0 is Terraform's way to say "never expire", which CloudFormation says by leaving it out; the 0 is kept,
            # because it has a place in the source and no period equals it
            "retention_in_days": number("RetentionInDays"),
            "kms_key_id": "KmsKeyId",
            "log_group_class": "LogGroupClass",
            "deletion_protection_enabled": flag("DeletionProtectionEnabled"),
            "tags": tags("Tags"),
        },
        name="LogGroupName",
    ),
    "aws_cloudwatch_log_metric_filter": Table(
        "AWS::Logs::MetricFilter",
        {
            "name": "FilterName",
            "log_group_name": "LogGroupName",
            "pattern": "FilterPattern",
            "apply_on_transformed_logs": flag("ApplyOnTransformedLogs"),
            "metric_transformation": many(
                "MetricTransformations",
                {
                    "default_value": number("DefaultValue"),
                    "dimensions": pairs("Dimensions", "Key", "Value"),
                    "name": "MetricName",
                    "namespace": "MetricNamespace",
                    "unit": "Unit",
                    "value": "MetricValue",
                },
            ),
        },
        name="FilterName",
    ),
    "aws_cloudwatch_log_subscription_filter": Table(
        "AWS::Logs::SubscriptionFilter",
        {
            "name": "FilterName",
            "destination_arn": "DestinationArn",
            "distribution": "Distribution",
            "filter_pattern": "FilterPattern",
            "log_group_name": "LogGroupName",
            "role_arn": "RoleArn",
        },
        name="FilterName",
    ),
    "aws_cloudwatch_log_stream": Table(
        "AWS::Logs::LogStream",
        {"log_group_name": "LogGroupName", "name": "LogStreamName"},
        name="LogStreamName",
    ),
    "aws_cloudwatch_log_resource_policy": Table(
        "AWS::Logs::ResourcePolicy",
        {"policy_document": json("PolicyDocument"), "policy_name": "PolicyName"},
        name="PolicyName",
    ),
}
