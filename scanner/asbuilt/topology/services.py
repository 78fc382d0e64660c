"""Join each service of the spec to the ECS service that runs it, and to what belongs to it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import field
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Property, Resource, Unknown
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from asbuilt.graph import Graph
    from asbuilt.spec.models import Service as ServiceSpec
    from asbuilt.spec.models import Spec

ECS_SERVICE = "AWS::ECS::Service"
TASK_DEFINITION = "AWS::ECS::TaskDefinition"
# Words that people put around a service's name; the project and the environments come from the spec.
AFFIXES = frozenset({"ecs", "fargate", "service", "svc", "task", "app", "stack"})


class Service:
    """A service of the spec as the graph has it. `resource` is its `AWS::ECS::Service`."""

    def __init__(self, name: str, spec: ServiceSpec, resource: Resource, graph: Graph) -> None:
        self.name = name
        self.spec = spec
        self.resource = resource
        self.graph = graph

    def at(self, path: str) -> Property:
        """Return a property of the ECS service."""
        return self.resource.at(path)

    @cached_property
    def task_definition(self) -> Resource | Unknown | None:
        """The task definition the service runs; None where the service names none that was read."""
        return self.graph.target(self.resource.at("TaskDefinition"), TASK_DEFINITION)

    def task(self) -> Resource:
        """Return the task definition, or stop the rule with "unknown"."""
        found = self.task_definition
        prop = self.resource.at("TaskDefinition")
        if isinstance(found, Resource):
            return found
        raise unknown_of(found, prop, f"the task definition of {self.resource.address} was not found")

    def containers(self) -> tuple[Property, ...]:
        """Return the container definitions; an Unknown among them stands for containers that cannot be told."""
        return tuple(self.task().at("ContainerDefinitions").items())

    def main_container(self) -> Property:
        """Return the container that is the service: by name, else by port, else the only essential one, else the first.

        Stops the rule with "unknown" where that cannot be told.
        """
        containers = self.containers()
        for container in containers:
            container.require()
        named = [c for c in containers if strip(c.at("Name").value, {self.name}, set()) == self.name]
        with_port = [c for c in containers if any(True for _ in c.at("PortMappings").items())]
        essential = [c for c in containers if c.at("Essential").value in (True, ABSENT, None)]
        for choice in (named, with_port, essential):
            if len(choice) == 1:
                return choice[0]
        if not containers:
            prop = self.task().at("ContainerDefinitions")
            raise unknown_of(None, prop, "the task definition has no containers that could be read")
        return containers[0]

    def ports(self) -> tuple[Property, ...]:
        """Return the container ports of the main container; with `awsvpc` these are what receives traffic."""
        return tuple(mapping.at("ContainerPort") for mapping in self.main_container().at("PortMappings").items())

    def load_balancers(self) -> tuple[Property, ...]:
        """Return the entries of the service's `LoadBalancers`."""
        return tuple(self.resource.at("LoadBalancers").items())

    def target_groups(self) -> tuple[Resource | Unknown, ...]:
        """Return the target groups the service registers its tasks in."""
        found: list[Resource | Unknown] = []
        for entry in self.load_balancers():
            if not entry.known:
                found.append(entry.value)
                continue
            found.extend(self.graph.targets(entry.at("TargetGroupArn"), "AWS::ElasticLoadBalancingV2::TargetGroup"))
        return tuple(found)

    def log_groups(self) -> tuple[Property, ...]:
        """Return the `awslogs-group` option of every container that logs to CloudWatch."""
        found = []
        for container in self.containers():
            options = container.at("LogConfiguration.Options")
            group = options.child("awslogs-group")
            if group.value is not ABSENT:
                found.append(group)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Inventory:
    """The services of the spec against the ECS services of the graph.

    `found` maps a spec name to its views (more than one where several resources bear the name), `missing` are names
    without any, `extra` ECS services the spec does not list, `unnamed` those whose name cannot be told. `named` are all
    ECS services by their physical name, "" for those whose name is not known.
    """

    found: dict[str, tuple[Service, ...]]
    missing: tuple[str, ...]
    extra: tuple[Resource, ...]
    unnamed: tuple[Resource, ...]
    owner: dict[str, str] = field(default_factory=dict)
    named: dict[str, list[Resource]] = field(default_factory=dict)

    def services(self) -> Iterator[Service]:
        """Yield every service found, in the spec's order."""
        for views in self.found.values():
            yield from views

    def near(self, physical: str) -> list[Resource]:
        """Return the ECS services that may have a physical name."""
        return [*self.named.get(physical, ()), *(self.named.get("", ()) if physical else ())]


def inventory(graph: Graph, spec: Spec) -> Inventory:
    """Match the ECS services of the graph to the spec's services."""
    found: dict[str, list[Service]] = {name: [] for name in spec.services}
    extra: list[Resource] = []
    unnamed: list[Resource] = []
    owner: dict[str, str] = {}
    named: dict[str, list[Resource]] = defaultdict(list)
    affixes = affixes_of(spec)
    names = set(spec.services)
    for resource in graph.of_type(ECS_SERVICE):
        physical = resource.get("ServiceName")
        named[physical if isinstance(physical, str) else ""].append(resource)
        name = service_name(resource, names, affixes)
        if name:
            found[name].append(Service(name, spec.services[name], resource, graph))
            owner[resource.key] = name
        elif isinstance(physical, Unknown):
            unnamed.append(resource)
        else:
            extra.append(resource)
    missing = tuple(name for name, views in found.items() if not views)
    seen = {name: tuple(views) for name, views in found.items() if views}
    return Inventory(seen, missing, tuple(extra), tuple(unnamed), owner, named)


def service_name(resource: Resource, names: set[str], affixes: set[str]) -> str:
    """Return the spec's name for an ECS service, or "" where none fits.

    The physical name decides; where it is unknown or absent, what is known of it, then the key in the
    address (`this["api"]`), then the address's own last word.
    """
    value = resource.get("ServiceName")
    if isinstance(value, str):
        return strip(value, names, affixes)
    hints: list[str] = []
    if isinstance(value, Unknown):
        hints += [value.prefix + value.suffix, value.suffix, value.prefix]
    for hint in hints:
        name = strip(hint, names, affixes)
        if name:
            return name
    return address_name(resource.address, names, affixes)


def address_name(address: str, names: set[str], affixes: set[str]) -> str:
    """Return the spec's name in an address, or "": in its keys (`this["api"]`), its last word, its modules' names."""
    return next((name for hint in _address_hints(address) if (name := strip(hint, names, affixes))), "")


def _address_hints(address: str) -> list[str]:
    keys = re.findall(r'\["([^"]+)"\]', address)
    file, _, rest = re.sub(r"\[.*?\]", "", address).rpartition("/")
    parts = re.split(r"[.\[]", rest)
    around = [label for word, label in pairwise(parts[:-1]) if word == "module"]
    if all(part.isalnum() for part in parts):  # logical ids: Terraform's types have an underscore
        around = [*([file.rpartition("/")[2].partition(".")[0]] if file else []), *parts[:-1]]
    labels = [re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", label).lower() for label in (parts[-1], *reversed(around))]
    return [*reversed(keys), *labels]


def affixes_of(spec: Spec) -> set[str]:
    """Return the words that may stand around a service's name in this spec: project, name, environments."""
    words = {spec.name, spec.project or "", spec.environment or "", *spec.environment_names}
    return {part for word in words if word for part in _words(word)} | AFFIXES


def strip(text: Any, names: set[str] | Iterable[str], affixes: set[str]) -> str:
    """Return the one of `names` that is left of a text when only `affixes` are taken off its ends, else ""."""
    if not isinstance(text, str):
        return ""
    names = set(names)
    if text in names:
        return text
    words = _words(text)
    canonical = {"-".join(_words(name)): name for name in names}
    for length in range(len(words), 0, -1):
        for start in range(len(words) - length + 1):
            around: Sequence[str] = (*words[:start], *words[start + length :])
            name = canonical.get("-".join(words[start : start + length]))
            if name and all(word in affixes for word in around):
                return name
    return ""


@lru_cache(4096)
def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in re.split(r"[-_./\s]+", text.lower()) if word)


def unknown_of(found: Unknown | None, prop: Property, otherwise: str) -> Exception:
    """Return the error that stops a rule with "unknown"."""
    from asbuilt.model import UnknownKind, UnknownValueError

    if found is None and isinstance(prop.value, Unknown):
        found = prop.value
    return UnknownValueError(
        Unknown(UnknownKind.UNREAD, otherwise, location=prop.trace.location) if found is None else found, prop
    )
