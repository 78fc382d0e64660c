"""Which service of the spec a resource belongs to, as far as its names and what points at it tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Resource, UnknownValueError
from asbuilt.topology.load_balancing import forwards, load_balancing
from asbuilt.topology.services import affixes_of, inventory, strip

if TYPE_CHECKING:
    from asbuilt.graph import Graph
    from asbuilt.spec.models import Spec


def owner(resource: Resource, graph: Graph, spec: Spec) -> str:
    """Return the name of the service, "" where none can be told."""
    known: dict[str, str] = graph.memo(_known, spec)
    if resource.key in known:
        return known[resource.key]
    names, affixes = set(spec.services), affixes_of(spec)
    for text in _texts(resource):
        if name := strip(text.rpartition("/")[2], names, affixes):
            return name
    behind = graph.memo(load_balancing, spec).services
    for action in resource.at("Actions").items() if resource.type.endswith("::ListenerRule") else ():
        for forward in forwards(action, graph):
            if isinstance(forward.target, Resource) and len(behind.get(forward.target.key, ())) == 1:
                return next(iter(behind[forward.target.key]))
    return ""


def _known(graph: Graph, spec: Spec) -> dict[str, str]:
    found: dict[str, str] = dict(graph.memo(inventory, spec).owner)
    for service in graph.memo(inventory, spec).services():
        try:
            parts = [service.task_definition, *service.target_groups()]
        except UnknownValueError:
            continue
        found.update((part.key, service.name) for part in parts if isinstance(part, Resource))
    return found


def _texts(resource: Resource) -> list[str]:
    found = [resource.get("ResourceId"), resource.get("LogGroupName"), resource.get("Family")]
    if resource.type == "AWS::ServiceDiscovery::Service":
        found.append(resource.get("Name"))
    dimensions = [entry for entry in resource.at("Dimensions").items() if entry.known]
    found += [entry.at("Value").value for entry in dimensions if entry.at("Name").value == "ServiceName"]
    return [text for text in found if isinstance(text, str)]


__all__ = ["owner"]
