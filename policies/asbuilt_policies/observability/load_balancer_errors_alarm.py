"""MON-6: an alarm goes off on responses of class 5xx at the load balancer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import platform_rule
from asbuilt.topology.alarms import ALARM, ERRORS
from asbuilt_policies.observability.load_balancer_alarms import Wanted, load_balancer_alarm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@platform_rule(id="load-balancer-errors-alarm", severity="medium", enforces="monitoring.alarms.alb_5xx", needs=ALARM)
def load_balancer_errors_alarm(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """No alarm goes off as the architecture says on responses of class 5xx at the load balancer.

    Why: these are the errors that customers see. Either metric will do: HTTPCode_ELB_5XX_Count counts those the load
    balancer makes, HTTPCode_Target_5XX_Count those of the services; an alarm on both is best.

    Fix: add an alarm on one of these metrics in AWS/ApplicationELB with the dimension LoadBalancer, the statistic Sum,
    the architecture's threshold, GreaterThanThreshold, and Period times EvaluationPeriods of that many minutes.

    Source: Elastic Load Balancing, "CloudWatch metrics for your Application Load Balancer" (Sum is the statistic of
    use for counts); read 2026-11.
    """
    limits = spec.monitoring.alarms.alb_5xx
    yield from load_balancer_alarm(
        Wanted(ERRORS, "the number of 5xx responses", "", limits, statistic="Sum"), spec, graph
    )
