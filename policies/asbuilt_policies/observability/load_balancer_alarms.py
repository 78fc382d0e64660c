"""Find the alarms on the load balancer in front of the services, and hold them to the architecture."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from asbuilt.model import Resource, Unknown
from asbuilt.records import dataclass
from asbuilt.rules import either, examined, missing, undecided
from asbuilt.topology.alarms import ALARM, ALB_METRICS, Alarm, alarms, behind
from asbuilt.topology.load_balancing import LOAD_BALANCER, load_balancing
from asbuilt.topology.services import inventory
from asbuilt_policies.observability.alarms import held, nearest, where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Alarm as AlarmSpec
    from asbuilt.spec.models import Spec


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an alarm has to watch: one of `metrics`, called `words`; `statistic` where not any will do."""

    metrics: tuple[str, ...]
    words: str
    unit: str
    limits: AlarmSpec
    statistic: str = ""


def load_balancer_alarm(wanted: Wanted, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """Yield evidence for each load balancer in front of the services; for the alarms, where none was read."""
    sure: list[Alarm] = []
    doubts: list[tuple[Alarm, Unknown]] = []
    for alarm in graph.memo(alarms, spec).all:
        watched = alarm.watches(ALB_METRICS, *wanted.metrics)
        if isinstance(watched, Unknown):
            doubts.append((alarm, watched))
        elif watched and not alarm.automatic:
            sure.append(alarm)
    balancers = graph.memo(load_balancing, spec).front_doors()
    for balancer in balancers:
        found = list(_of(balancer, sure, doubts, wanted, spec, graph))
        yield from found or [examined(balancer)]
    if not balancers:
        found = list(nearest([held(a, wanted.limits, wanted.words, wanted.unit) for a in sure]))
        hidden = graph.hidden(LOAD_BALANCER)
        if sure and not found and hidden is not None:
            reason = f"which load balancer {sure[0].resource.address} has to watch is not known: {hidden.reason}"
            found = [undecided(hidden, reason, subject=f"alarm on {wanted.words}")]
        yield from found or [examined(alarm.resource) for alarm in sure]
        if not sure:
            yield _none(None, doubts, wanted, graph)


def _of(
    balancer: Resource,
    sure: list[Alarm],
    doubts: list[tuple[Alarm, Unknown]],
    wanted: Wanted,
    spec: Spec,
    graph: Graph,
) -> Iterator[Evidence]:
    whole: list[list[Evidence]] = []
    parts: list[Alarm] = []
    open_ = list(doubts)
    for alarm in sure:
        names = [item.at("Name").value for item in alarm.metric.at("Dimensions").items()]
        for found in behind(alarm.metric, "LoadBalancer", graph):
            if isinstance(found, Unknown):
                open_.append((alarm, found))
            elif found == balancer and len(names) == 1:
                what = f"{wanted.words} of {balancer.name or balancer.address}"
                whole.append(
                    held(alarm, wanted.limits, what, wanted.unit, statistic=wanted.statistic, resource=balancer)
                )
            elif found == balancer:
                parts.append(alarm)
    evidence = list(nearest(whole))
    if whole and not evidence:
        return
    if parts:
        each = list(_each_group(parts, balancer, wanted, spec, graph))
        if not each:
            return
        evidence = evidence or each
    yield from _undecided(balancer, open_, wanted) or evidence or [_none(balancer, (), wanted, graph)]


def _each_group(parts: list[Alarm], balancer: Resource, wanted: Wanted, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """Yield evidence where not every target group of the services has an alarm of its own that holds."""
    held_by: dict[str, list[list[Evidence]]] = defaultdict(list)
    doubts: list[Evidence] = []
    for alarm in parts:
        names = {item.at("Name").value for item in alarm.metric.at("Dimensions").items() if item.at("Name").known}
        for group in behind(alarm.metric, "TargetGroup", graph):
            if isinstance(group, Unknown):
                reason = f"which target group {alarm.resource.address} watches is not known: {group.reason}"
                doubts.append(undecided(group, reason, alarm.metric.at("Dimensions"), resource=balancer))
            elif names <= {"LoadBalancer", "TargetGroup"}:
                what = f"{wanted.words} of {group.name or group.address}"
                held_by[group.key].append(
                    held(alarm, wanted.limits, what, wanted.unit, statistic=wanted.statistic, resource=balancer)
                )
    for service in graph.memo(inventory, spec).services():
        for group in service.target_groups():
            if isinstance(group, Unknown):
                reason = f"the target group of {service.name} is not known: {group.reason}"
                yield undecided(group, reason, service.at("LoadBalancers"), resource=balancer)
            elif held_by[group.key]:
                yield from nearest(held_by[group.key])
            else:
                yield from doubts or [_none(balancer, (), wanted, graph, group)]


def _undecided(balancer: Resource, doubts: list[tuple[Alarm, Unknown]], wanted: Wanted) -> list[Evidence]:
    for alarm, doubt in doubts:
        if not alarm.automatic:
            what = f"{wanted.words} of {balancer.name or balancer.address}"
            reason = f"whether {alarm.resource.address} watches {what} is not known: {doubt.reason}"
            return [undecided(doubt, reason, where(alarm), resource=balancer)]
    return []


def _none(
    balancer: Resource | None,
    doubts: tuple[()] | list[tuple[Alarm, Unknown]],
    wanted: Wanted,
    graph: Graph,
    group: Resource | None = None,
) -> Evidence:
    for alarm, doubt in doubts:
        reason = f"whether {alarm.resource.address} watches {wanted.words} is not known: {doubt.reason}"
        return undecided(doubt, reason, where(alarm))
    lasting = "" if wanted.limits.minutes is None else f" in {wanted.limits.minutes} min"
    limit = "" if wanted.limits.threshold is None else f"above {wanted.limits.threshold}{wanted.unit}{lasting}"
    watched = group or balancer
    of = f" of {watched.name or watched.address}" if watched else ""
    absent = missing(
        f"alarm on {wanted.words}{of}",
        f"no alarm watches {wanted.words}{of}" + (f"; the architecture wants one {limit}" if limit else ""),
        expected=limit or None,
        resource=watched,
        fix=f"add an alarm on {' or '.join(wanted.metrics)}" + (f" {limit}" if limit else ""),
    )
    return either(graph, absent, ALARM)
