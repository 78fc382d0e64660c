"""MON-3: log groups keep events as long as stated."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from asbuilt.model import Severity
from asbuilt.rules import expect, rule
from asbuilt.topology.logs import is_service_log_group

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec

NEVER = 0  # what the provider writes for "never expire"


@rule(id="log-group-retention", resource="AWS::Logs::LogGroup", severity="medium", enforces="logging.retention_days")
def log_group_retention(group: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A log group keeps its events for another period than the architecture says.

    Why: shorter loses the evidence an investigation needs, longer keeps personal data and costs for nothing; a group
    without a retention keeps everything for ever. Groups that no service writes to are reported with low severity.

    Fix: set RetentionInDays to the number of days stated.

    Source: Amazon CloudWatch Logs API Reference, PutRetentionPolicy (without a policy, events never expire);
    read 2026-11.
    """
    prop = group.at("RetentionInDays")
    days = spec.logging.retention_days
    kept = f"for {prop.value} days" if prop.known and prop.value else "for ever"
    severity = None if is_service_log_group(group, spec, graph) else Severity.LOW
    message = f"{group.name or group.address} keeps its events {kept}; the architecture says {days} days"
    for evidence in expect(prop, days, message, default=NEVER):
        yield replace(evidence, severity=severity)
