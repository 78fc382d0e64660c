"""MON-5: an alarm goes off when the memory utilization of a service stays high."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import service_rule
from asbuilt.topology.alarms import ALARM, MEMORY
from asbuilt_policies.observability.utilization_alarms import utilization_alarm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec
    from asbuilt.topology.services import Service


@service_rule(id="memory-alarm", severity="medium", enforces="monitoring.alarms.memory", needs=ALARM)
def memory_alarm(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """No alarm goes off as the architecture says when the memory utilization of a service stays high.

    Why: a service whose memory fills up loses tasks next; somebody has to look before that. The
    alarms of scaling policies, which Application Auto Scaling makes, tell nobody.

    Fix: add an alarm on MemoryUtilization in AWS/ECS with the dimensions ClusterName and ServiceName, the
    architecture's threshold, GreaterThanThreshold, and Period times EvaluationPeriods of that many minutes.

    Source: Amazon ECS Developer Guide, "Amazon ECS CloudWatch metrics"; Amazon CloudWatch API Reference,
    PutMetricAlarm; read 2026-11.
    """
    yield from utilization_alarm(MEMORY, "memory", spec.monitoring.alarms.memory, service, spec, graph)
