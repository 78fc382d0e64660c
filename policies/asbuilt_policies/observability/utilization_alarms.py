"""Find the alarms on a service's utilization, and hold them to the architecture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Unknown
from asbuilt.rules import either, missing, undecided, violation
from asbuilt.topology.alarms import ALARM, ECS_METRICS, Alarm, alarms
from asbuilt_policies.observability.alarms import held, nearest, where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Alarm as AlarmSpec
    from asbuilt.spec.models import Spec
    from asbuilt.topology.services import Service


def utilization_alarm(
    metric: str, words: str, wanted: AlarmSpec, service: Service, spec: Spec, graph: Graph
) -> Iterator[Evidence]:
    """Yield evidence where no alarm goes off on a service's `CPUUtilization` or `MemoryUtilization` as stated."""
    view = graph.memo(alarms, spec)
    sure: list[Alarm] = []
    doubts: list[tuple[Alarm, Unknown]] = []
    for alarm in view.of_service(service.resource):
        watched = alarm.watches(ECS_METRICS, metric)
        if isinstance(watched, Unknown):
            doubts.append((alarm, watched))
        elif watched and not alarm.automatic:
            sure.append(alarm)
    what = f"the {words} utilization of {service.name}"
    judged = [(alarm, _judged(alarm, wanted, what, service)) for alarm in sure]
    if any(not found for _, found in judged):
        return
    # the thresholds of alarms that set scaling policies off are not meant for people
    evidence = list(nearest(found for alarm, found in judged if not view.scales(alarm)))
    doubts += [(a, doubt) for a, doubt in view.loose if a.watches(ECS_METRICS, metric) is not False]
    name = service.at("ServiceName").value
    if isinstance(name, Unknown):
        doubts += [(alarm, name) for alarm in view.unclaimed if alarm.watches(ECS_METRICS, metric) is not False]
    for alarm, doubt in doubts:
        if not alarm.automatic:
            reason = f"whether {alarm.resource.address} watches {what} is not known: {doubt.reason}"
            yield undecided(doubt, reason, where(alarm), service=service.name)
            return
    yield from evidence or [_none(what, wanted, service, graph)]


def _judged(alarm: Alarm, wanted: AlarmSpec, what: str, service: Service) -> list[Evidence]:
    found = held(alarm, wanted, what, " %", service=service.name)
    cluster = alarm.dimensions.get("ClusterName")
    dimensions = alarm.metric.at("Dimensions")
    if cluster is None:
        message = f"{alarm.resource.address} watches nothing: ECS has no {what} without the dimension ClusterName"
        found.append(violation(dimensions, message, expected="ClusterName and ServiceName", service=service.name))
    elif isinstance(cluster, Unknown):
        reason = f"whether {alarm.resource.address} watches {what} is not known: {cluster.reason}"
        found.append(undecided(cluster, reason, dimensions, service=service.name))
    return found


def _none(what: str, wanted: AlarmSpec, service: Service, graph: Graph) -> Evidence:
    lasting = "" if wanted.minutes is None else f" for {wanted.minutes} minutes"
    limit = "" if wanted.threshold is None else f"above {wanted.threshold} %{lasting}"
    absent = missing(
        f"alarm on {what}",
        f"no alarm watches {what}" + (f"; the architecture wants one {limit}" if limit else ""),
        expected=limit or None,
        resource=service.resource,
        service=service.name,
        fix=f"add an alarm on {what}" + (f" {limit}" if limit else ""),
    )
    return either(graph, absent, ALARM)
