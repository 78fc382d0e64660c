"""MON-2: every log group of a service is written to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import examined, platform_rule, undecided, violation
from asbuilt.topology.logs import LOG_GROUP, unknown_writer, written_groups

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@platform_rule(id="log-group-unused", severity="low", enforces="logging.log_group", needs=LOG_GROUP)
def log_group_unused(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """No container writes to a log group that is named as those of the services are.

    Why: it is the group of a service that was renamed or removed, or that logs somewhere else: whoever looks into it
    finds nothing, and takes that for silence.

    Fix: name the group in the awslogs-group of the service's container, or remove the group.

    Source: Amazon ECS Developer Guide, "Send Amazon ECS logs to CloudWatch" (awslogs-group); read 2026-11.
    """
    written = graph.memo(written_groups)
    pattern = spec.pattern(spec.logging.log_group or "")
    for group in graph.of_type(LOG_GROUP):
        name = group.get("LogGroupName")
        if not isinstance(name, str) or not pattern.fullmatch(name):
            continue
        if group.key in written:
            yield examined(group)
            continue
        prop = group.at("LogGroupName")
        doubt = unknown_writer(graph)
        if doubt is not None:
            yield undecided(doubt, f"whether a container writes to {prop.value} is not known: {doubt.reason}", prop)
        else:
            message = f"no container writes to {prop.value}"
            yield violation(prop, message, expected="the log group of a container")
