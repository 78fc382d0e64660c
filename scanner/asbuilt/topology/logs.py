"""Which log groups belong to the services."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asbuilt.model import Resource, Unknown, UnknownValueError
from asbuilt.topology.services import inventory

if TYPE_CHECKING:
    from asbuilt.graph import Graph
    from asbuilt.spec.models import Spec

LOG_GROUP = "AWS::Logs::LogGroup"


def is_service_log_group(group: Resource, spec: Spec, graph: Graph) -> bool:
    """Whether a log group is one of the services': named by the spec's pattern, or written to by a container."""
    name = group.get("LogGroupName")
    pattern = spec.logging.log_group
    if isinstance(name, str) and pattern:
        expression = re.escape(pattern).replace(re.escape("${service}"), "(.+)")
        match = re.fullmatch(expression, name)
        if match and (not match.groups() or match[1] in spec.services):
            return True
    return group.key in graph.memo(_written_groups, spec)


def _written_groups(graph: Graph, spec: Spec) -> frozenset[str]:
    found: set[str] = set()
    for service in graph.memo(inventory, spec).services():
        try:
            options = service.log_groups()
        except UnknownValueError:
            continue
        for option in options:
            found.update(t.key for t in graph.targets(option, LOG_GROUP) if isinstance(t, Resource))
    return frozenset(found)


def log_group_name(service: str, spec: Spec) -> str:
    """Return the name the spec gives a service's log group."""
    return (spec.logging.log_group or "").replace("${service}", service)


def unknown_names(graph: Graph) -> Unknown | None:
    """Return why the name of some log group is unknown, if one is."""
    for group in graph.of_type(LOG_GROUP):
        name = group.get("LogGroupName")
        if isinstance(name, Unknown):
            return name
    return None
