"""Application Auto Scaling."""

from __future__ import annotations

from asbuilt.sources.terraform.vocabulary.language import Rule, flag, number
from asbuilt.sources.terraform.vocabulary.lists import tags
from asbuilt.sources.terraform.vocabulary.nested import many, one
from asbuilt.sources.terraform.vocabulary.tables import Table

_PREDEFINED: dict[str, Rule | str] = {
    "predefined_metric_type": "PredefinedMetricType",
    "resource_label": "ResourceLabel",
}

_CUSTOM: dict[str, Rule | str] = {
    "dimensions": many("Dimensions", {"name": "Name", "value": "Value"}),
    "metric_name": "MetricName",
    "metrics": many(
        "Metrics",
        {
            "expression": "Expression",
            "id": "Id",
            "label": "Label",
            "metric_stat": one(
                "MetricStat",
                {
                    "metric": one(
                        "Metric",
                        {
                            "dimensions": many("Dimensions", {"name": "Name", "value": "Value"}),
                            "metric_name": "MetricName",
                            "namespace": "Namespace",
                        },
                    ),
                    "stat": "Stat",
                    "unit": "Unit",
                },
            ),
            "return_data": flag("ReturnData"),
        },
    ),
    "namespace": "Namespace",
    "statistic": "Statistic",
    "unit": "Unit",
}

TABLES = {
    "aws_appautoscaling_target": Table(
        "AWS::ApplicationAutoScaling::ScalableTarget",
        {
            "max_capacity": number("MaxCapacity"),
            "min_capacity": number("MinCapacity"),
            "resource_id": "ResourceId",
            "role_arn": "RoleARN",
            "scalable_dimension": "ScalableDimension",
            "service_namespace": "ServiceNamespace",
            "suspended_state": one(
                "SuspendedState",
                {
                    "dynamic_scaling_in_suspended": flag("DynamicScalingInSuspended"),
                    "dynamic_scaling_out_suspended": flag("DynamicScalingOutSuspended"),
                    "scheduled_scaling_suspended": flag("ScheduledScalingSuspended"),
                },
            ),
            "tags": tags("Tags"),
        },
    ),
    "aws_appautoscaling_policy": Table(
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        {
            "name": "PolicyName",
            "policy_type": "PolicyType",
            "resource_id": "ResourceId",
            "scalable_dimension": "ScalableDimension",
            "service_namespace": "ServiceNamespace",
            "step_scaling_policy_configuration": one(
                "StepScalingPolicyConfiguration",
                {
                    "adjustment_type": "AdjustmentType",
                    "cooldown": number("Cooldown"),
                    "metric_aggregation_type": "MetricAggregationType",
                    "min_adjustment_magnitude": number("MinAdjustmentMagnitude"),
                    "step_adjustment": many(
                        "StepAdjustments",
                        {
                            "metric_interval_lower_bound": number("MetricIntervalLowerBound"),
                            "metric_interval_upper_bound": number("MetricIntervalUpperBound"),
                            "scaling_adjustment": number("ScalingAdjustment"),
                        },
                    ),
                },
            ),
            "target_tracking_scaling_policy_configuration": one(
                "TargetTrackingScalingPolicyConfiguration",
                {
                    "customized_metric_specification": one("CustomizedMetricSpecification", _CUSTOM),
                    "disable_scale_in": flag("DisableScaleIn"),
                    "predefined_metric_specification": one("PredefinedMetricSpecification", _PREDEFINED),
                    "scale_in_cooldown": number("ScaleInCooldown"),
                    "scale_out_cooldown": number("ScaleOutCooldown"),
                    "target_value": number("TargetValue"),
                },
            ),
            "predictive_scaling_policy_configuration": one(
                "PredictiveScalingPolicyConfiguration",
                {
                    "max_capacity_breach_behavior": "MaxCapacityBreachBehavior",
                    "max_capacity_buffer": number("MaxCapacityBuffer"),
                    "metric_specification": many(
                        "MetricSpecifications",
                        {
                            "predefined_load_metric_specification": one(
                                "PredefinedLoadMetricSpecification", _PREDEFINED
                            ),
                            "predefined_metric_pair_specification": one(
                                "PredefinedMetricPairSpecification", _PREDEFINED
                            ),
                            "predefined_scaling_metric_specification": one(
                                "PredefinedScalingMetricSpecification", _PREDEFINED
                            ),
                            "target_value": number("TargetValue"),
                        },
                    ),
                    "mode": "Mode",
                    "scheduling_buffer_time": number("SchedulingBufferTime"),
                },
            ),
        },
        name="PolicyName",
        defaults={"PolicyType": "StepScaling"},  # the provider's default; CloudFormation wants it stated
    ),
}
