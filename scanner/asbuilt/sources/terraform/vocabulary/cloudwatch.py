"""CloudWatch alarms and EventBridge rules."""

from __future__ import annotations

from asbuilt.sources.terraform.vocabulary.ecs import CONSTRAINTS, STRATEGY
from asbuilt.sources.terraform.vocabulary.language import Rule, choice, flag, json, number, prefix
from asbuilt.sources.terraform.vocabulary.lists import pairs, tags
from asbuilt.sources.terraform.vocabulary.nested import many, one
from asbuilt.sources.terraform.vocabulary.tables import Table

_METRIC: dict[str, Rule | str] = {
    "dimensions": pairs("Metric.Dimensions", "Name", "Value"),
    "metric_name": "Metric.MetricName",
    "namespace": "Metric.Namespace",
    "period": number("Period"),
    "stat": "Stat",
    "unit": "Unit",
}

_TARGET: dict[str, Rule | str] = {
    "target_id": "Id",
    "arn": "Arn",
    "role_arn": "RoleArn",
    "input": "Input",
    "input_path": "InputPath",
    "dead_letter_config": one("DeadLetterConfig", {"arn": "Arn"}),
    "retry_policy": one(
        "RetryPolicy",
        {
            "maximum_event_age_in_seconds": number("MaximumEventAgeInSeconds"),
            "maximum_retry_attempts": number("MaximumRetryAttempts"),
        },
    ),
    "ecs_target": one(
        "EcsParameters",
        {
            "capacity_provider_strategy": many("CapacityProviderStrategy", STRATEGY),
            "enable_ecs_managed_tags": flag("EnableECSManagedTags"),
            "enable_execute_command": flag("EnableExecuteCommand"),
            "group": "Group",
            "launch_type": "LaunchType",
            "network_configuration": one(
                "NetworkConfiguration.AwsVpcConfiguration",
                {
                    "assign_public_ip": choice("AssignPublicIp", {True: "ENABLED", False: "DISABLED"}),
                    "security_groups": "SecurityGroups",
                    "subnets": "Subnets",
                },
            ),
            "placement_constraint": many("PlacementConstraints", CONSTRAINTS),
            "platform_version": "PlatformVersion",
            "propagate_tags": "PropagateTags",
            "task_count": number("TaskCount"),
            "task_definition_arn": "TaskDefinitionArn",
        },
    ),
}

TABLES = {
    "aws_cloudwatch_metric_alarm": Table(
        "AWS::CloudWatch::Alarm",
        {
            "alarm_name": "AlarmName",
            "alarm_description": "AlarmDescription",
            "actions_enabled": flag("ActionsEnabled"),
            "alarm_actions": "AlarmActions",
            "comparison_operator": "ComparisonOperator",
            "datapoints_to_alarm": number("DatapointsToAlarm"),
            "dimensions": pairs("Dimensions", "Name", "Value"),
            "evaluate_low_sample_count_percentiles": "EvaluateLowSampleCountPercentile",
            "evaluation_periods": number("EvaluationPeriods"),
            "extended_statistic": "ExtendedStatistic",
            "insufficient_data_actions": "InsufficientDataActions",
            "metric_name": "MetricName",
            "metric_query": many(
                "Metrics",
                {
                    "account_id": "AccountId",
                    "expression": "Expression",
                    "id": "Id",
                    "label": "Label",
                    "metric": one("MetricStat", _METRIC),
                    "period": number("Period"),
                    "return_data": flag("ReturnData"),
                },
            ),
            "namespace": "Namespace",
            "ok_actions": "OKActions",
            "period": number("Period"),
            "statistic": "Statistic",
            "threshold": number("Threshold"),
            "threshold_metric_id": "ThresholdMetricId",
            "treat_missing_data": "TreatMissingData",
            "unit": "Unit",
            "tags": tags("Tags"),
        },
        name="AlarmName",
    ),
    "aws_cloudwatch_composite_alarm": Table(
        "AWS::CloudWatch::CompositeAlarm",
        {
            "alarm_name": "AlarmName",
            "alarm_rule": "AlarmRule",
            "alarm_description": "AlarmDescription",
            "actions_enabled": flag("ActionsEnabled"),
            "alarm_actions": "AlarmActions",
            "insufficient_data_actions": "InsufficientDataActions",
            "ok_actions": "OKActions",
            "tags": tags("Tags"),
        },
        name="AlarmName",
    ),
    "aws_cloudwatch_dashboard": Table(
        "AWS::CloudWatch::Dashboard",
        {"dashboard_body": "DashboardBody", "dashboard_name": "DashboardName"},
        name="DashboardName",
    ),
    "aws_cloudwatch_event_rule": Table(
        "AWS::Events::Rule",
        {
            "name": "Name",
            "name_prefix": prefix("Name"),
            "description": "Description",
            "event_bus_name": "EventBusName",
            "event_pattern": json("EventPattern"),
            "is_enabled": choice("State", {True: "ENABLED", False: "DISABLED"}),
            "role_arn": "RoleArn",
            "schedule_expression": "ScheduleExpression",
            "state": "State",
            "tags": tags("Tags"),
        },
        name="Name",
    ),
    "aws_cloudwatch_event_target": Table(
        "", {}, item=("Targets", _TARGET), adds_to="rule", adds_to_types=("aws_cloudwatch_event_rule",)
    ),
}
