"""MON-2: every service has its log group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import either, missing, service_rule, undecided
from asbuilt.topology.logs import LOG_GROUP, log_group_name, unknown_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec
    from asbuilt.topology.services import Service


@service_rule(id="log-group-per-service", severity="medium", enforces="logging.log_group", needs=LOG_GROUP)
def log_group_per_service(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A service has no log group of the name the architecture gives it.

    Why: dashboards, alarms and access policies look for the group by its name; a group that the log driver creates on
    the fly has neither retention nor encryption.

    Fix: create the log group with this name, next to the service.

    Source: Amazon CloudWatch Logs API Reference, CreateLogGroup; read 2026-11.
    """
    name = log_group_name(service.name, spec)
    found = graph.identified(name, LOG_GROUP)
    if any(group.conditional is None for group in found):
        return
    for group in found:
        assert group.conditional is not None  # noqa: S101 - each is, where not one is certain
        reason = f"whether {service.name} has the log group {name} is not known: {group.conditional.reason}"
        yield undecided(group.conditional, reason, subject=f"log group {name}", service=service.name)
        return
    doubt = unknown_names(graph)
    if doubt is not None:
        reason = f"whether {service.name} has the log group {name} is not known: {doubt.reason}"
        yield undecided(doubt, reason, subject=f"log group {name}", service=service.name)
        return
    yield either(
        graph,
        missing(
            f"log group {name}",
            f"{service.name} has no log group {name}",
            expected=name,
            service=service.name,
        ),
        LOG_GROUP,
    )
