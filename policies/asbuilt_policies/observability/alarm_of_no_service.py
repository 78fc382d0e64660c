"""MON-5: every alarm on a service's utilization watches a service that exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Property, Resource, Unknown, UnknownKind
from asbuilt.rules import either, inapplicable, rule, undecided, violation
from asbuilt.topology.alarms import ALARM, CPU, ECS_METRICS, MEMORY, Alarm, alarms
from asbuilt.topology.scaling import CLUSTER, cluster_name
from asbuilt.topology.services import ECS_SERVICE
from asbuilt_policies.observability.alarms import where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@rule(id="alarm-of-no-service", resource=ALARM, severity="low", enforces="monitoring.alarms.cpu")
def alarm_of_no_service(resource: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """An alarm on the utilization of an ECS service watches a service that does not exist.

    Why: an alarm without data stays in the state INSUFFICIENT_DATA and never goes off; the service it was meant for,
    renamed since, is not watched.

    Fix: correct the dimensions ClusterName and ServiceName, or remove the alarm.

    Source: Amazon CloudWatch User Guide, "Alarm states"; Amazon ECS Developer Guide, "Amazon ECS CloudWatch metrics";
    read 2026-11.
    """
    found = graph.memo(alarms, spec).of(resource)
    watched = [(alarm, alarm.watches(ECS_METRICS, CPU, MEMORY)) for alarm in found if not alarm.automatic]
    doubts = [(alarm, doubt) for alarm, doubt in watched if isinstance(doubt, Unknown)]
    for alarm, doubt in doubts:
        yield undecided(doubt, f"what {resource.address} watches is not known: {doubt.reason}", where(alarm))
    applies = bool(doubts)
    for alarm, watches in watched:
        prop = alarm.dimensions.get("ServiceName") if watches is True else None
        if prop is None:
            continue
        applies = True
        evidence = _judged(alarm, prop, spec, graph)
        if evidence is not None:
            yield evidence
    if not applies:
        yield inapplicable(resource, f"{resource.address} does not watch the utilization of a service")


def _judged(alarm: Alarm, prop: Property | Unknown, spec: Spec, graph: Graph) -> Evidence | None:
    address = alarm.resource.address
    owners = graph.memo(alarms, spec).watched(alarm)
    reason = f"which service {address} watches is not known"
    if isinstance(prop, Unknown):
        return undecided(prop, f"{reason}: {prop.reason}", alarm.metric.at("Dimensions"))
    if isinstance(owners, Unknown):
        return undecided(owners, f"{reason}: {owners.reason}", prop)
    if owners:
        return None
    doubt = _elsewhere(alarm, graph)
    if doubt is not None:
        return undecided(doubt, f"whether {address} watches a service that exists is not known: {doubt.reason}", prop)
    cluster = alarm.dimensions.get("ClusterName")
    within = f" in the cluster {cluster.value}" if isinstance(cluster, Property) and cluster.known else ""
    message = f"{address} watches {prop.value}{within}, and there is no such ECS service"
    return either(graph, violation(prop, message, expected="an ECS service"), ECS_SERVICE)


def _elsewhere(alarm: Alarm, graph: Graph) -> Unknown | None:
    """Say why the service may exist where nobody looked, or under a name that nobody can tell."""
    services = graph.of_type(ECS_SERVICE)
    for service in services:
        name = service.get("ServiceName")
        if isinstance(name, Unknown):
            return name
    cluster = alarm.dimensions.get("ClusterName")
    if isinstance(cluster, Unknown):
        return cluster
    if cluster is None:
        return None
    if isinstance(cluster.value, Unknown):
        return None if graph.target(cluster, CLUSTER) in graph.of_type(CLUSTER) else cluster.value
    here = {cluster_name(service, graph) for service in services}
    here |= {name for c in graph.of_type(CLUSTER) if isinstance(name := c.get("ClusterName"), str)}
    if cluster.value in here:
        return None
    return Unknown(UnknownKind.UNREAD, f"the cluster {cluster.value} is not in the code that was read")
