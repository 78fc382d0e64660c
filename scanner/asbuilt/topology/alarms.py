"""Join CloudWatch alarms to the ECS services and load balancers they watch.

An alarm names what it watches by dimensions. ECS publishes the utilization of a service under `ClusterName` and
`ServiceName`, a load balancer its counts under `LoadBalancer`, alone or with `TargetGroup` (Amazon ECS Developer Guide,
"Amazon ECS CloudWatch metrics"; Elastic Load Balancing, "CloudWatch metrics for your Application Load Balancer";
read 2026-11).
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Property, Resource, Unknown, UnknownKind, possibilities
from asbuilt.records import dataclass
from asbuilt.topology.capacity import service_cluster
from asbuilt.topology.load_balancing import LOAD_BALANCER, TARGET_GROUP
from asbuilt.topology.scaling import CLUSTER, SCALING_POLICY, cluster_name
from asbuilt.topology.services import ECS_SERVICE, address_name, affixes_of, inventory, strip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.spec.models import Spec

ALARM = "AWS::CloudWatch::Alarm"
ECS_METRICS = "AWS/ECS"
ALB_METRICS = "AWS/ApplicationELB"
CPU, MEMORY = "CPUUtilization", "MemoryUtilization"
ERRORS = ("HTTPCode_ELB_5XX_Count", "HTTPCode_Target_5XX_Count")
RESPONSE_TIME = "TargetResponseTime"
# Application Auto Scaling makes alarms of this name for every target tracking policy; nobody is told by them.
AUTOMATIC = "TargetTracking-"
# Words that people put around a service's name in the address of its alarm.
AFFIXES = frozenset({"alarm", "alarms", "cpu", "memory", "utilization", "usage", "high", "too"})


@dataclass(frozen=True, slots=True)
class Dimensions:
    """The dimensions of a metric by name; `doubt` says why there may be others."""

    known: dict[str, Property]
    doubt: Unknown | None

    def get(self, name: str) -> Property | Unknown | None:
        """Return the value of a dimension; None where there is none, an Unknown where one may be hidden."""
        return self.known.get(name, self.doubt)


class Alarm:
    """A metric that an alarm watches.

    `metric` holds `Namespace`, `MetricName` and `Dimensions`. `computed` says that the alarm compares the result of an
    expression, of which the metric is a part only.
    """

    def __init__(
        self, resource: Resource, metric: Property, period: Property, statistic: Property, computed: bool = False
    ) -> None:
        self.resource = resource
        self.metric = metric
        self.period = period
        self.statistic = statistic
        self.computed = computed

    @cached_property
    def dimensions(self) -> Dimensions:
        """The dimensions of the metric."""
        return dimensions_of(self.metric)

    def watches(self, namespace: str, *names: str) -> bool | Unknown:
        """Whether it watches one of these metrics."""
        return is_metric(self.metric, namespace, *names)

    @property
    def automatic(self) -> bool:
        """Whether Application Auto Scaling made it for a target tracking policy."""
        name = self.resource.get("AlarmName")
        return str(name.prefix if isinstance(name, Unknown) else name).startswith(AUTOMATIC)


def is_metric(metric: Property, namespace: str, *names: str) -> bool | Unknown:
    """Whether a property that holds `Namespace` and `MetricName` names one of these metrics."""
    doubt: Unknown | None = None
    for path, accepted in (("Namespace", (namespace,)), ("MetricName", names)):
        value = metric.at(path).value
        if isinstance(value, Unknown):
            doubt = value
        elif value not in accepted:
            return False
    return True if doubt is None else doubt


def dimensions_of(metric: Property) -> Dimensions:
    """Return the dimensions of a property that holds `Dimensions`."""
    known: dict[str, Property] = {}
    doubt: Unknown | None = None
    for item in metric.at("Dimensions").items():
        name = item.at("Name").value
        if isinstance(name, Unknown):
            doubt = name
        elif isinstance(name, str):
            known.setdefault(name, item.at("Value"))
    return Dimensions(known, doubt)


class Alarms:
    """The alarms of a graph. `loose` are those on ECS metrics of which it cannot be told whose they are."""

    def __init__(self, graph: Graph, spec: Spec) -> None:
        self.graph = graph
        self._names = set(spec.services)
        self._affixes = affixes_of(spec)
        self._inventory = graph.memo(inventory, spec)
        self._owner = self._inventory.owner
        self._services = graph.of_type(ECS_SERVICE)
        self._by_service: dict[str, list[Alarm]] = defaultdict(list)
        self._by_policy: dict[str, list[Alarm]] = defaultdict(list)
        self.loose: list[tuple[Alarm, Unknown]] = []
        self.loose_actions: list[Unknown] = []
        self.unclaimed: list[Alarm] = []  # of a service that is not in the graph, or that has an unknown name
        self._watched: dict[Alarm, tuple[Resource, ...] | Unknown] = {}
        self._of = {resource.key: tuple(_read(resource)) for resource in graph.of_type(ALARM)}
        self.all = tuple(alarm for found in self._of.values() for alarm in found)
        for alarm in self.all:
            self._file(alarm)

    def of(self, resource: Resource) -> tuple[Alarm, ...]:
        """Return the metrics that an alarm of the graph watches."""
        return self._of[resource.key]

    def of_service(self, service: Resource) -> tuple[Alarm, ...]:
        """Return the alarms on metrics that ECS publishes of a service."""
        return tuple(self._by_service.get(service.key, ()))

    def of_policy(self, policy: Resource) -> tuple[Alarm, ...]:
        """Return the alarms that set a scaling policy off."""
        return tuple(self._by_policy.get(policy.key, ()))

    def scales(self, alarm: Alarm) -> bool:
        """Whether an alarm sets a scaling policy off: its threshold is that of the scaling."""
        return any(alarm in found for found in self._by_policy.values())

    def _file(self, alarm: Alarm) -> None:
        for target in self.graph.targets(alarm.resource.at("AlarmActions")):
            if isinstance(target, Unknown):
                self.loose_actions.append(target)
            elif target.type == SCALING_POLICY:
                self._by_policy[target.key].append(alarm)
        namespace = alarm.metric.at("Namespace").value
        if not isinstance(namespace, Unknown) and namespace != ECS_METRICS:
            return
        owners = self.watched(alarm)
        if isinstance(owners, Unknown):
            self.loose.append((alarm, owners))
            return
        if not owners and alarm.dimensions.get("ServiceName") is not None:
            self.unclaimed.append(alarm)
        for service in owners:
            self._by_service[service.key].append(alarm)

    def watched(self, alarm: Alarm) -> tuple[Resource, ...] | Unknown:
        """Return the ECS services that an alarm watches; see `owners`."""
        if alarm not in self._watched:
            self._watched[alarm] = self.owners(alarm.dimensions, alarm.resource.address)
        return self._watched[alarm]

    def owners(self, dimensions: Dimensions, address: str = "") -> tuple[Resource, ...] | Unknown:
        """Return the ECS services whose metric this is; none where it is of a whole cluster, or of one elsewhere.

        `address` is that of the alarm, whose words may tell the service.
        """
        prop = dimensions.get("ServiceName")
        if prop is None or isinstance(prop, Unknown):
            return () if prop is None else prop
        cluster = dimensions.get("ClusterName")
        found: list[Resource] = []
        doubt: Unknown | None = None
        for value in possibilities(prop.value):
            hits = [s for s in self._named(value, address) if self._in_cluster(s, cluster)]
            found += [hit for hit in hits if hit not in found]
            doubt = value if isinstance(value, Unknown) and not hits else doubt
        if len(found) > 1 and isinstance(prop.value, Unknown):
            doubt = prop.value
        return tuple(found) if doubt is None else doubt

    def _named(self, value: Any, address: str) -> Iterator[Resource]:
        """Yield the services a `ServiceName` stands for: by name, by reference, by what is known of the name."""
        if not isinstance(value, Unknown):
            for service in self._inventory.near(value) if isinstance(value, str) else ():
                physical = service.get("ServiceName")
                hint = strip(value, self._names, self._affixes) if isinstance(physical, Unknown) else ""
                if physical == value or (hint and hint == self._owner.get(service.key)):
                    yield service
            return
        referred = [s for s in self._services if any(ref.target == s.key for ref in value.references)]
        if len(referred) == 1:
            yield referred[0]
            return
        hint = strip(value.suffix, self._names, self._affixes)
        hint = hint or address_name(address, self._names, self._affixes | AFFIXES)
        yield from (s for s in referred or self._services if hint and self._owner.get(s.key) == hint)

    def _in_cluster(self, service: Resource, named: Property | Unknown | None) -> bool:
        """Whether a `ClusterName` may be the service's cluster; what is not known is not held against it."""
        if named is None or isinstance(named, Unknown):
            return True
        if isinstance(named.value, str):
            actual = cluster_name(service, self.graph)
            return actual is None or actual == named.value
        cluster = service_cluster(service, self.graph)
        told = self.graph.target(named, CLUSTER)
        return not isinstance(told, Resource) or not isinstance(cluster, Resource) or told == cluster


def _read(resource: Resource) -> Iterator[Alarm]:
    """Yield the metrics of an alarm: its own, or those of its metric queries."""
    queries = list(resource.at("Metrics").items())
    if not queries:
        extended = resource.at("ExtendedStatistic")
        statistic = resource.at("Statistic") if extended.value in (ABSENT, None) else extended
        yield Alarm(resource, resource.at(), resource.at("Period"), statistic)
        return
    computed = len(queries) > 1 or queries[0].at("Expression").value not in (ABSENT, None)
    for query in queries:
        stat = query.at("MetricStat")
        if stat.value not in (ABSENT, None):
            yield Alarm(resource, stat.at("Metric"), stat.at("Period"), stat.at("Stat"), computed)


def alarms(graph: Graph, spec: Spec) -> Alarms:
    """Return the alarms of a graph; call as `graph.memo(alarms, spec)`."""
    return Alarms(graph, spec)


def behind(metric: Property, name: str, graph: Graph) -> tuple[Resource | Unknown, ...]:
    """Return the load balancers or target groups that the dimension `LoadBalancer` or `TargetGroup` stands for.

    Its value is the end of the resource's ARN: `app/<name>/<id>`, `targetgroup/<name>/<id>`.
    """
    prop = dimensions_of(metric).get(name)
    if prop is None or isinstance(prop, Unknown):
        return () if prop is None else (prop,)
    type_ = LOAD_BALANCER if name == "LoadBalancer" else TARGET_GROUP
    if isinstance(prop.value, str):
        parts = prop.value.split("/")
        found = graph.identified(parts[1], type_) if len(parts) > 1 else ()
        nameless = next((r for r in graph.of_type(type_) if not isinstance(r.get("Name"), str)), None)
        if found or nameless is None:
            return found
        reason = f"the name of {nameless.address} is not known"
        return (Unknown(UnknownKind.COMPUTED, reason, location=nameless.location),)
    return graph.targets(prop, type_)


__all__ = [
    "ALARM",
    "ALB_METRICS",
    "CPU",
    "ECS_METRICS",
    "ERRORS",
    "MEMORY",
    "RESPONSE_TIME",
    "Alarm",
    "Alarms",
    "alarms",
    "behind",
    "dimensions_of",
    "is_metric",
]
