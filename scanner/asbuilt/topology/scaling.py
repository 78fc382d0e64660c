"""Join scalable targets to the ECS services they scale, and scaling policies to their targets.

A scalable target names its service in words, `service/<cluster>/<service>` (Application Auto Scaling API Reference,
"RegisterScalableTarget"; read 2026-11), and parts of that text are often unknown before the deployment. What is known
decides, in this order: the whole text, the reference to the ECS service, the known end of the text, the key and the
label in the target's address.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Resource, Unknown, possibilities
from asbuilt.topology.services import ECS_SERVICE, address_name, affixes_of, inventory, strip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Property
    from asbuilt.spec.models import Spec

SCALABLE_TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
SCALING_POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
CLUSTER = "AWS::ECS::Cluster"
# Words that people put around a service's name in the address of its scalable target.
AFFIXES = frozenset({"target", "scalable", "scaling", "autoscaling"})


class Scaling:
    """The scalable targets of the ECS services of a graph.

    `loose` are targets that may scale a service, and which one cannot be told.
    """

    def __init__(self, graph: Graph, spec: Spec) -> None:
        self.graph = graph
        self._inventory = graph.memo(inventory, spec)
        self._owner = self._inventory.owner
        self._names = set(spec.services)
        self._affixes = affixes_of(spec)
        self._targets: dict[str, list[Resource]] = defaultdict(list)
        self._policies: dict[str, list[Resource]] = defaultdict(list)
        self._direct: dict[str, list[Resource]] = defaultdict(list)
        self.loose: list[tuple[Resource, Unknown]] = []
        self._unclaimed: list[Resource] = []
        self.loose_policies: list[tuple[Resource, Unknown]] = []
        services = graph.of_type(ECS_SERVICE)
        self._by_identifier: dict[str, list[Resource]] = defaultdict(list)  # targets whose `ResourceId` is known
        for target in graph.of_type(SCALABLE_TARGET):
            self._read_target(target, services)
        for policy in graph.of_type(SCALING_POLICY):
            self._read_policy(policy)
        self._scaled: dict[str, set[str]] = defaultdict(set)  # the services of a target, by keys
        for service_key, targets in self._targets.items():
            for target in targets:
                self._scaled[target.key].add(service_key)
        self._of_policy: dict[str, set[str]] = defaultdict(set)
        for target_key, policies in self._policies.items():
            for policy in policies:
                self._of_policy[policy.key] |= self._scaled.get(target_key, set())
        for service_key, policies in self._direct.items():
            for policy in policies:
                self._of_policy[policy.key].add(service_key)

    def targets(self, service: Resource) -> tuple[Resource, ...]:
        """Return the scalable targets of an ECS service; more than one only where the code registers it twice."""
        return tuple(self._targets.get(service.key, ()))

    def doubt(self, service: Resource) -> tuple[Resource, Unknown] | None:
        """Return a scalable target that may be the service's, and why that cannot be told.

        A service whose name is unknown may be any that a target names and that is not in the code.
        """
        name = service.get("ServiceName")
        if self.loose:
            return self.loose[0]
        return (self._unclaimed[0], name) if self._unclaimed and isinstance(name, Unknown) else None

    def policies(self, target: Resource) -> tuple[Resource, ...]:
        """Return the scaling policies of a scalable target."""
        return tuple(self._policies.get(target.key, ()))

    def owned(self, target: Resource) -> bool:
        """Whether a scalable target scales a service of the graph."""
        return target.key in self._scaled

    def name_of(self, policy: Resource) -> str:
        """Return the architecture's name of the service that a policy scales, "" where it has none or several."""
        names = {self._owner.get(service, "") for service in self._of_policy.get(policy.key, ())}
        return names.pop() if len(names) == 1 else ""

    def policies_of(self, service: Resource) -> tuple[Resource, ...]:
        """Return the scaling policies of an ECS service: those of its targets, and those that name it themselves."""
        found = {p.key: p for target in self.targets(service) for p in self.policies(target)}
        found.update((policy.key, policy) for policy in self._direct.get(service.key, ()))
        return tuple(found.values())

    def _read_target(self, target: Resource, services: tuple[Resource, ...]) -> None:
        identifier = target.get("ResourceId")
        if isinstance(identifier, str):
            self._by_identifier[identifier].append(target)
        if not scales_ecs(target):
            return
        owners: list[Resource] = []
        for value in possibilities(identifier):
            owners += [s for s in self._owners(target, value, services) if s not in owners]
        if isinstance(identifier, Unknown) and not owners:
            self.loose.append((target, identifier))
        if isinstance(identifier, str) and not owners:
            self._unclaimed.append(target)
        for service in owners:
            self._targets[service.key].append(target)

    def _owners(self, target: Resource, value: Any, services: tuple[Resource, ...]) -> list[Resource]:
        if isinstance(value, str):
            cluster, name = _parts(value)
            return [s for s in self._inventory.near(name) if self._named(s, cluster, name)]
        if not isinstance(value, Unknown):
            return []
        named = dict.fromkeys(ref.target for ref in value.references)
        referred = [s for s in map(self.graph.get, named) if s is not None and s.type == ECS_SERVICE]
        if len(referred) == 1:
            return referred
        if "/" in value.suffix:
            cluster, name = _parts(value.prefix + "*/" + value.suffix.rpartition("/")[2])
            return [s for s in referred or self._inventory.near(name) if self._named(s, cluster, name)]
        candidates = referred or list(services)
        hint = strip(value.suffix, self._names, self._affixes)
        hint = hint or address_name(target.address, self._names, self._affixes | AFFIXES)
        return [s for s in candidates if hint and self._owner.get(s.key) == hint]

    def _named(self, service: Resource, cluster: str, name: str) -> bool:
        """Whether `service/<cluster>/<name>` is this ECS service; an unknown half is not held against it."""
        physical = service.get("ServiceName")
        owner = self._owner.get(service.key, "")
        if isinstance(physical, str):
            if physical != name:
                return False
        elif not owner or strip(name, self._names, self._affixes) != owner:
            return False
        actual = cluster_name(service, self.graph)
        return actual is None or not cluster or cluster == actual

    def _read_policy(self, policy: Resource) -> None:
        prop = named_target(policy)
        found = [hit for hit in self.graph.targets(prop, SCALABLE_TARGET) if isinstance(hit, Resource)]
        found = found or list(self._targets_like(prop.value))
        owners = [] if found else self._scaled_by(policy, prop.value)
        for service in owners:
            self._direct[service.key].append(policy)
        if not found and not owners and isinstance(prop.value, Unknown):
            self.loose_policies.append((policy, prop.value))
        for target in found:
            self._policies[target.key].append(policy)

    def _scaled_by(self, policy: Resource, identifier: Any) -> list[Resource]:
        """Return the ECS services that a policy names, where none of the scalable targets says the same."""
        services = self.graph.of_type(ECS_SERVICE) if scales_ecs(policy) else ()
        return [s for value in possibilities(identifier) for s in self._owners(policy, value, services)]

    def _targets_like(self, value: Any) -> Iterator[Resource]:
        """Yield the targets whose `ResourceId` says the same, as far as either is known."""
        if isinstance(value, str):
            yield from self._by_identifier.get(value, ())
        if not isinstance(value, Unknown) or not value.references:
            return
        referred = {reference.target for reference in value.references}
        for target in self.graph.of_type(SCALABLE_TARGET):
            other = target.get("ResourceId")
            if target.key in referred or (
                isinstance(other, Unknown)
                and (value.prefix, value.suffix) == (other.prefix, other.suffix)
                and set(value.references) == set(other.references)
            ):
                yield target


def named_target(policy: Resource) -> Property:
    """Return what says which scalable target a scaling policy is of."""
    pointer = policy.at("ScalingTargetId")
    return policy.at("ResourceId") if pointer.value in (ABSENT, None) else pointer


def scales_ecs(target: Resource) -> bool:
    """Whether a scalable target is one of ECS tasks; what it leaves open is not held against it."""
    namespace = target.get("ServiceNamespace")
    if isinstance(namespace, str):
        return namespace == "ecs"
    identifier = target.get("ResourceId")
    text = identifier.prefix if isinstance(identifier, Unknown) else identifier
    return not isinstance(text, str) or not text or text.startswith("service/")


def cluster_name(service: Resource, graph: Graph) -> str | None:
    """Return the name of the cluster an ECS service runs in, None where it cannot be told.

    A service that names none runs in the cluster `default` (Amazon ECS API Reference, "CreateService"; read 2026-11).
    """
    prop = service.at("Cluster")
    if prop.value in (ABSENT, None):
        return "default"
    if isinstance(prop.value, str):
        return prop.value.rpartition("/")[2]
    cluster = graph.target(prop, CLUSTER)
    name = cluster.get("ClusterName") if isinstance(cluster, Resource) else None
    return name if isinstance(name, str) else None


def _parts(identifier: str) -> tuple[str, str]:
    """Split `service/<cluster>/<name>`; a `*` in the cluster stands for what is not known of it, and gives ""."""
    pieces = identifier.split("/")
    cluster = pieces[-2] if len(pieces) > 2 else ""
    return ("" if "*" in cluster else cluster), pieces[-1]


def scaling(graph: Graph, spec: Spec) -> Scaling:
    """Return the scaling view of a graph; call as `graph.memo(scaling, spec)`."""
    return Scaling(graph, spec)


__all__ = ["SCALABLE_TARGET", "SCALING_POLICY", "Scaling", "cluster_name", "named_target", "scales_ecs", "scaling"]
