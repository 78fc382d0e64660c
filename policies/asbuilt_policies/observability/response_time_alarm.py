"""MON-7: an alarm goes off when responses take too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import platform_rule
from asbuilt.topology.alarms import ALARM, RESPONSE_TIME
from asbuilt_policies.observability.load_balancer_alarms import Wanted, load_balancer_alarm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@platform_rule(id="response-time-alarm", severity="medium", enforces="monitoring.alarms.response_time", needs=ALARM)
def response_time_alarm(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """No alarm goes off when responses take longer than the architecture says.

    Why: slow answers lose customers long before errors do. The architecture leaves open which statistic, and for how
    long: any will do. An alarm on each target group of the services does as well as one on the load balancer.

    Fix: add an alarm on TargetResponseTime in AWS/ApplicationELB with the dimension LoadBalancer, the architecture's
    threshold in seconds, and GreaterThanThreshold.

    Source: Elastic Load Balancing, "CloudWatch metrics for your Application Load Balancer" (TargetResponseTime is in
    seconds); read 2026-11.
    """
    limits = spec.monitoring.alarms.response_time
    yield from load_balancer_alarm(Wanted((RESPONSE_TIME,), "the response time", " s", limits), spec, graph)
