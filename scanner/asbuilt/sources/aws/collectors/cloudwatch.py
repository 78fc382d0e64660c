"""CloudWatch: metric alarms, but those that Application Auto Scaling makes for target tracking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.sources.aws.operations import Call, Operation
from asbuilt.sources.aws.table import Table

if TYPE_CHECKING:
    from asbuilt.sources.aws.scheduler import Steps
    from asbuilt.sources.aws.target import Target

ALARMS = Operation("cloudwatch", "DescribeAlarms", "MetricAlarms", ("AWS::CloudWatch::Alarm",), page=100)
OPERATIONS = (ALARMS,)
AUTOMATIC = "TargetTracking-"

ALARM = Table(
    "AWS::CloudWatch::Alarm",
    "cloudwatch.DescribeAlarms",
    "MetricAlarms[]",
    {
        name: name
        for name in (
            "AlarmName",
            "AlarmDescription",
            "ActionsEnabled",
            "OKActions",
            "AlarmActions",
            "InsufficientDataActions",
            "MetricName",
            "Namespace",
            "Statistic",
            "ExtendedStatistic",
            "Dimensions",
            "Period",
            "Unit",
            "EvaluationPeriods",
            "DatapointsToAlarm",
            "Threshold",
            "ComparisonOperator",
            "TreatMissingData",
            "EvaluateLowSampleCountPercentile",
            "Metrics",
            "ThresholdMetricId",
        )
    },
)


def collect(target: Target) -> Steps:
    """Read the alarms of a region."""
    (reply,) = yield [Call(ALARMS, {"AlarmTypes": ["MetricAlarm"]})]
    found = []
    for body in reply.items():
        name = body["AlarmName"]
        if not name.startswith(AUTOMATIC):
            arn = body.get("AlarmArn") or target.arn("cloudwatch", f"alarm:{name}")
            found.append(target.resource(ALARM, body, arn, name=name))
    return list({resource.key: resource for resource in found}.values())
