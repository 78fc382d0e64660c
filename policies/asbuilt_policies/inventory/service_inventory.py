"""INV-1: the services of the architecture exist, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Severity, Unknown
from asbuilt.rules import either, missing, platform_rule, undecided, violation
from asbuilt.topology.services import ECS_SERVICE, inventory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@platform_rule(id="service-inventory", severity="medium", enforces="services.*.class", needs=ECS_SERVICE)
def service_inventory(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The ECS services are not those of the architecture.

    Why: a service that is listed and absent is a part of the platform that does not run; one that runs and is not
    listed has no size, no port and no owner that anybody agreed on.

    Fix: add an ECS service with this name, or correct the name; take a service that is not listed out, or list it in
    the architecture.

    Source: Amazon ECS API Reference, CreateService (serviceName is unique in a cluster); read 2026-11.
    """
    services = graph.memo(inventory, spec)
    doubt = next((r.get("ServiceName") for r in services.unnamed), None)
    for name in services.missing:
        kind = spec.services[name].class_ or ""
        message = f"the {kind + ' ' if kind else ''}service {name} of the architecture has no ECS service"
        absent = missing(f"service {name}", message, expected=name, service=name, requirement=f"services.{name}.class")
        if isinstance(doubt, Unknown):
            yield undecided(
                doubt,
                f"whether the service {name} exists is not known: "
                f"{services.unnamed[0].address} has a name that cannot be told: {doubt.reason}",
                subject=f"service {name}",
                expected=name,
                service=name,
                requirement=absent.requirement,
            )
        else:
            yield either(graph, absent, ECS_SERVICE)
    yield from _conditional(spec, graph)
    for resource in services.extra:
        prop = resource.at("ServiceName")
        yield violation(
            prop,
            f"the ECS service {resource.name or resource.address} is not in the architecture",
            severity=Severity.LOW,
            fix="list the service in the architecture, correct its name, or remove it",
        )
    for resource in services.unnamed:
        prop = resource.at("ServiceName")
        if isinstance(prop.value, Unknown):
            yield undecided(prop.value, f"which service {resource.address} is, is not known: {prop.value.reason}", prop)


def _conditional(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """Say unknown for a service that only exists under a condition nobody can tell."""
    for name, views in graph.memo(inventory, spec).found.items():
        doubts = [view.resource.conditional for view in views]
        first = doubts[0]
        if first is not None and all(doubt is not None for doubt in doubts):
            yield undecided(
                first,
                f"whether the service {name} exists is not known: {first.reason}",
                subject=f"service {name}",
                expected=name,
                service=name,
                requirement=f"services.{name}.class",
            )
