"""MON-2: every log group of a service is written to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Unknown
from asbuilt.rules import inapplicable, rule, undecided, violation
from asbuilt.topology.logs import LOG_GROUP, unknown_writer, written_groups

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec


@rule(id="log-group-unused", resource=LOG_GROUP, severity="low", enforces="logging.log_group")
def log_group_unused(group: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """No container writes to a log group that is named as those of the services are.

    Why: it is the group of a service that was renamed or removed, or that logs somewhere else: whoever looks into it
    finds nothing, and takes that for silence.

    Fix: name the group in the awslogs-group of the service's container, or remove the group.

    Source: Amazon ECS Developer Guide, "Send Amazon ECS logs to CloudWatch" (awslogs-group); read 2026-11.
    """
    if group.key in graph.memo(written_groups):
        return
    prop = group.at("LogGroupName")
    if isinstance(prop.value, Unknown):
        reason = f"whether a container writes to {group.address} is not known: {prop.value.reason}"
        yield undecided(prop.value, reason, prop)
        return
    if not spec.pattern(spec.logging.log_group or "").fullmatch(str(prop.value)):
        yield inapplicable(group, f"{prop.value} is not named as the log groups of services are")
        return
    doubt = graph.memo(unknown_writer)
    if doubt is not None:
        yield undecided(doubt, f"whether a container writes to {prop.value} is not known: {doubt.reason}", prop)
    else:
        yield violation(prop, f"no container writes to {prop.value}", expected="the log group of a container")
