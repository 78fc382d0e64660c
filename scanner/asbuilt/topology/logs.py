"""Which log groups belong to the services."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
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
        match = _named_so(pattern).fullmatch(name)
        if match and (not match.groups() or match[1] in spec.services):
            return True
    return group.key in graph.memo(_written_groups, spec)


@cache
def _named_so(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(re.escape("${service}"), "(.+)"))


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
    for task in graph.of_type(TASK_DEFINITION):
        for container in task.at("ContainerDefinitions").items():
            yield from log_groups_of(container)


def log_groups_of(container: Property) -> Iterator[Property]:
    """Yield what names the log group a container writes to; an Unknown where that cannot be told.

    Only the options of the driver in use count: another one takes no notice of `awslogs-group`.
    """
    logs = container.at("LogConfiguration")
    driver, options = logs.at("LogDriver"), logs.at("Options")
    if isinstance(driver.value, Unknown):
        yield Property(driver.resource, driver.path, replace(driver.value, arms=(), references=()))
    elif driver.value == "awslogs":
        yield options.child("awslogs-group")
    elif driver.value == "awsfirelens":
        group = options.child("log_group_name")
        reason = f"FireLens decides where a container of {container.resource.address} logs to"
        decided = group.value is not ABSENT and group.value is not None
        yield group if decided else Property(logs.resource, logs.path, Unknown(UnknownKind.UNSUPPORTED, reason))


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
