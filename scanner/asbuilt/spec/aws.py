"""What AWS offers: retention periods of CloudWatch Logs, and sizes of Fargate tasks."""

from __future__ import annotations

from typing import Final

# CloudWatch Logs API reference, PutRetentionPolicy, "retentionInDays"; the same list is the enumeration of
# AWS::Logs::LogGroup.RetentionInDays in the CloudFormation resource schemas of October 2026.
RETENTION_DAYS: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
