"""MON-5: an alarm goes off when the CPU utilization of a service stays high."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import service_rule
from asbuilt.topology.alarms import ALARM, CPU
from asbuilt_policies.observability.utilization_alarms import utilization_alarm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec
    from asbuilt.topology.services import Service


@service_rule(id="cpu-alarm", severity="medium", enforces="monitoring.alarms.cpu", needs=ALARM)
def cpu_alarm(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """No alarm goes off as the architecture says when the CPU utilization of a service stays high.

    Why: a service that stays busy although it scales has reached its maximum, and answers late soon after. The
    alarms of scaling policies, which Application Auto Scaling makes, tell nobody.

    Fix: add an alarm on CPUUtilization in AWS/ECS with the dimensions ClusterName and ServiceName, the
    architecture's threshold, GreaterThanThreshold, and Period times EvaluationPeriods of that many minutes.

    Source: Amazon ECS Developer Guide, "Amazon ECS CloudWatch metrics"; Amazon CloudWatch API Reference,
    PutMetricAlarm; read 2026-11.
    """
    yield from utilization_alarm(CPU, "CPU", spec.monitoring.alarms.cpu, service, spec, graph)
