"""MON-2: the log groups that containers write to exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Property, Unknown
from asbuilt.rules import either, service_rule, undecided, violation
from asbuilt.topology.logs import LOG_GROUP, log_groups_of, unknown_names
from asbuilt.topology.services import TASK_DEFINITION
from asbuilt_policies.statements import scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec
    from asbuilt.topology.services import Service


@service_rule(
    id="log-group-exists",
    severity="medium",
    enforces="logging.log_group",
    needs=(TASK_DEFINITION, LOG_GROUP),
)
def log_group_exists(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A container writes to a log group that does not exist.

    Why: a task whose log group is missing does not start; where the log driver may create the group, it has neither
    retention nor encryption, and nobody owns it.

    Fix: create the log group, or correct awslogs-group.

    Source: Amazon ECS Developer Guide, "Send Amazon ECS logs to CloudWatch" (awslogs-group, awslogs-create-group);
    read 2026-11.
    """
    for container in service.containers():
        creates = scalar(container.at("LogConfiguration.Options").child("awslogs-create-group").value) is True
        for group in log_groups_of(container):
            yield from _group(group, service, graph, creates=creates)


def _group(group: Property, service: Service, graph: Graph, *, creates: bool) -> Iterator[Evidence]:
    for found in graph.targets(group, LOG_GROUP):
        if isinstance(found, Unknown):
            reason = f"whether the log group of {service.name} exists is not known: {found.reason}"
            yield undecided(found, reason, group, service=service.name)
        elif found.conditional is not None:
            reason = f"whether the log group {found.name} exists is not known: {found.conditional.reason}"
            yield undecided(found.conditional, reason, group, service=service.name)
    if not isinstance(group.value, str) or graph.identified(group.value, LOG_GROUP):
        return
    doubt = unknown_names(graph)
    if doubt is not None:
        reason = f"whether the log group {group.value} exists is not known: {doubt.reason}"
        yield undecided(doubt, reason, group, service=service.name)
        return
    message = f"{service.name} writes to the log group {group.value}, which does not exist"
    if creates:
        message = f"{service.name} has its log driver create the log group {group.value}, which no code owns"
    yield either(graph, violation(group, message, expected="a log group that exists", service=service.name), LOG_GROUP)
