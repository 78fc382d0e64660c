"""Which log groups belong to the services."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Property, Resource, Unknown, UnknownKind, UnknownValueError
from asbuilt.topology.services import TASK_DEFINITION, inventory

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def written_groups(graph: Graph) -> frozenset[str]:
    """Return the keys of the log groups that containers of any task definition write to."""
    found = (target for option in _options(graph) for target in graph.targets(option, LOG_GROUP))
    return frozenset(target.key for target in found if isinstance(target, Resource))


def unknown_writer(graph: Graph) -> Unknown | None:
    """Say why a container may write to a log group without anybody seeing it, if one may."""
    for option in _options(graph):
        for target in graph.targets(option, LOG_GROUP):
            if isinstance(target, Unknown):
                return target
    return graph.hidden(TASK_DEFINITION)


def _options(graph: Graph) -> Iterator[Property]:
    """Yield what names the log group of each container, and each container of which that cannot be told."""
    for task in graph.of_type(TASK_DEFINITION):
        for container in task.at("ContainerDefinitions").items():
            logs = container.at("LogConfiguration")
            options = logs.at("Options")
            yield options.child("awslogs-group")
            yield options.child("log_group_name")  # of FireLens
            if logs.at("LogDriver").value == "awsfirelens" and options.child("log_group_name").value is ABSENT:
                reason = f"FireLens decides where a container of {task.address} logs to"
                yield Property(task, logs.path, Unknown(UnknownKind.UNSUPPORTED, reason))


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
