"""Say on which capacity the tasks of an ECS service run.

A service has a capacity provider strategy or a launch type; with neither, the default strategy of its cluster applies,
and where the cluster has none, the launch type EC2 (Amazon ECS API Reference, "CreateService", and Developer Guide,
"Amazon ECS launch types and capacity providers"; read 2026-11).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Property, Resource, Unknown, UnknownKind, UnknownValueError
from asbuilt.records import dataclass
from asbuilt.topology.scaling import CLUSTER

if TYPE_CHECKING:
    from asbuilt.graph import Graph

ASSOCIATIONS = "AWS::ECS::ClusterCapacityProviderAssociations"
ON_DEMAND = "FARGATE"
SPOT = "FARGATE_SPOT"
EC2 = "EC2"


@dataclass(frozen=True, slots=True)
class Entry:
    """One capacity provider of a strategy.

    `provider` is its name: `FARGATE`, `FARGATE_SPOT`, or one of the account's own, which is made of EC2 instances.
    """

    prop: Property
    provider: Property

    @property
    def weight(self) -> int:
        """Its relative share of the tasks; 0 where none is set. Stops the rule where it is unknown."""
        return _number(self.prop.at("Weight"))

    @property
    def base(self) -> int:
        """How many tasks run on it before the weights count; 0 where unset. Stops the rule where it is unknown."""
        return _number(self.prop.at("Base"))

    @property
    def known_name(self) -> str | Unknown:
        """The provider's name, the key of the resource where it is one of the code's own, or why it is unknown."""
        value = self.provider.value
        if isinstance(value, Unknown):
            if value.exact and value.kind is UnknownKind.COMPUTED and value.references:
                return value.references[0].target  # FARGATE and FARGATE_SPOT are no resources
            return value
        return str(value)

    @property
    def name(self) -> str:
        """The provider's name. Stops the rule where it is unknown."""
        name = self.known_name
        if isinstance(name, Unknown):
            raise UnknownValueError(name, self.provider)
        return name


@dataclass(frozen=True, slots=True)
class Strategy:
    """What a service's tasks run on: a strategy's `entries`, or else a `launch_type`.

    `prop` is what says so, on the service or on its cluster; `inherited` tells that it is the cluster's default.
    `unknown` says that there may be more entries than these, or why nothing is known.
    """

    prop: Property
    entries: tuple[Entry, ...] = ()
    launch_type: str = ""
    unknown: Unknown | None = None
    inherited: bool = False

    def require(self) -> tuple[Entry, ...]:
        """Return the entries, or stop the rule with "unknown" where not all of them are known."""
        if self.unknown is not None:
            raise UnknownValueError(self.unknown, self.prop)
        return self.entries

    def weights(self) -> dict[str, int]:
        """Return the weight of each provider; a strategy's only provider gets every task, whatever its weight."""
        entries = self.require()
        if self.launch_type:
            return {ON_DEMAND if self.launch_type == "FARGATE" else self.launch_type: 1}
        if len(entries) == 1:
            return {entries[0].name: entries[0].weight or 1}
        weights: dict[str, int] = {}
        for entry in entries:
            weights[entry.name] = weights.get(entry.name, 0) + entry.weight
        return weights

    def spot_share(self) -> float | None:
        """Return the share of Fargate Spot in the weights, 0 to 1; None where every weight is 0."""
        weights = self.weights()
        total = sum(weights.values())
        return weights.get(SPOT, 0) / total if total else None

    def __str__(self) -> str:
        """Write the weights as people do: `FARGATE_SPOT 80 : FARGATE 20`."""
        if self.launch_type:
            return f"launch type {self.launch_type}"
        return " : ".join(f"{_told(entry.known_name)} {_told(entry.prop.at('Weight').value)}" for entry in self.entries)


def strategy(service: Resource, graph: Graph) -> Strategy:
    """Return what the tasks of an ECS service run on."""
    own = _read(service.at("CapacityProviderStrategy"))
    if own is not None:
        return own
    launch = service.at("LaunchType")
    if isinstance(launch.value, Unknown):
        return Strategy(launch, unknown=launch.value)
    if launch.value not in (ABSENT, None):
        return Strategy(launch, launch_type=str(launch.value))
    return _default(service, graph) or Strategy(launch, launch_type=EC2)


def _read(prop: Property, *, inherited: bool = False) -> Strategy | None:
    """Read a list of providers; None where it is absent or empty."""
    entries: list[Entry] = []
    unknown: Unknown | None = None
    for item in prop.items():
        if isinstance(item.value, Unknown) and item.value.structure is ABSENT:
            unknown = item.value
        else:
            entries.append(Entry(item, item.at("CapacityProvider")))
    if not entries and unknown is None:
        return None
    return Strategy(prop, tuple(entries), unknown=unknown, inherited=inherited)


def _default(service: Resource, graph: Graph) -> Strategy | None:
    """Return the default strategy of the cluster a service runs in."""
    prop = service.at("Cluster")
    found = service_cluster(service, graph)
    if isinstance(found, Unknown):
        return Strategy(prop, unknown=found, inherited=True)
    for holder in (found, *associations(found, graph)):
        default = _read(holder.at("DefaultCapacityProviderStrategy"), inherited=True)
        if default is not None:
            return default
    hidden = hidden_associations(graph)
    return Strategy(prop, unknown=hidden, inherited=True) if hidden is not None else None


def service_cluster(service: Resource, graph: Graph) -> Resource | Unknown:
    """Return the cluster an ECS service runs in."""
    prop = service.at("Cluster")
    unset = prop.value in (ABSENT, None)
    found = next(iter(graph.identified("default", CLUSTER)), None) if unset else graph.target(prop, CLUSTER)
    if found is not None:
        return found
    named = "default" if unset else prop.value
    reason = f"{service.address} runs in the cluster {named}, which is not in the code that was read"
    return Unknown(UnknownKind.UNREAD, reason, location=prop.trace.location)


def associations(cluster: Resource, graph: Graph) -> tuple[Resource, ...]:
    """Return the resources that give a cluster its capacity providers."""
    return tuple(a for a in graph.of_type(ASSOCIATIONS) if cluster in graph.targets(a.at("Cluster"), CLUSTER))


def hidden_associations(graph: Graph) -> Unknown | None:
    """Say why a cluster may have capacity providers that nobody sees, if it may."""
    hidden = graph.hidden(ASSOCIATIONS)
    if hidden is not None:
        return hidden
    for association in graph.of_type(ASSOCIATIONS):
        for found in graph.targets(association.at("Cluster"), CLUSTER):
            if isinstance(found, Unknown):
                return found
    return None


def _told(value: Any) -> str:
    if isinstance(value, Unknown):
        return "(not known)"
    return "0" if value is ABSENT or value is None else str(value)


def _number(prop: Property) -> int:
    value = prop.require()
    return 0 if value is ABSENT or value is None else int(value)


__all__ = [
    "ASSOCIATIONS",
    "EC2",
    "ON_DEMAND",
    "SPOT",
    "Entry",
    "Strategy",
    "associations",
    "hidden_associations",
    "service_cluster",
    "strategy",
]
