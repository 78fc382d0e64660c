"""SD-2: running tasks are registered under the service's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Resource
from asbuilt.rules import inapplicable, service_rule, violation
from asbuilt.topology.discovery import REGISTRY, registries
from asbuilt.topology.services import ECS_SERVICE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec
    from asbuilt.topology.services import Service


@service_rule(
    id="instances-registered",
    severity="medium",
    enforces="discovery.service_name",
    needs=(ECS_SERVICE, REGISTRY),
    live=True,
)
def instances_registered(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """Tasks of a service run, and none of them is registered under its name.

    Why: the name resolves to nothing, and every service that calls this one by it fails.

    Fix: let ECS register tasks anew (force a new deployment); look for who deregistered them.

    Source: AWS Cloud Map API Reference, ServiceSummary (InstanceCount) and ListInstances; read 2026-11.
    """
    running = service.at("RunningCount").require()
    found = [registry for _, registry in registries(service.resource, graph) if isinstance(registry, Resource)]
    if not found or running is ABSENT or not running:
        yield inapplicable(service.resource, f"no task of {service.name} runs that could be registered")
    for registry in found:
        prop = registry.at("InstanceCount")
        if running and prop.require() == 0:
            message = f"{running} tasks of {service.name} run, and none is registered in {registry.name}"
            yield violation(prop, message, expected=[f"{running} instances"], service=service.name)
