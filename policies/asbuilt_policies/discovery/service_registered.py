"""SD-2: every service is registered in the namespace under its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Property, Resource, Severity, Unknown, UnknownKind
from asbuilt.rules import service_rule, undecided, violation
from asbuilt.topology.discovery import NAMESPACES, REGISTRY, namespace, registries
from asbuilt.topology.services import ECS_SERVICE
from asbuilt_policies.statements import any_holds, equals, hold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec
    from asbuilt.topology.services import Service


@service_rule(
    id="service-registered",
    severity="medium",
    enforces="discovery.service_name",
    needs=(ECS_SERVICE, REGISTRY),
)
def service_registered(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A service is not registered in the namespace under the name the architecture gives it.

    Why: others call the service by this name; tasks that are not registered get no such calls. Services of classes
    that need not be registered (`required_for`) are reported with low severity: nobody may call them.

    Fix: create a Cloud Map service of this name in the namespace, and name its ARN in the ServiceRegistries of the
    ECS service.

    Source: Amazon ECS Developer Guide, "Use service discovery to connect Amazon ECS services with DNS names";
    read 2026-11.
    """
    wanted = spec.expand(spec.discovery.service_name or "", service=service.name)
    required = spec.discovery.required_for
    severity = None if required is None or service.spec.class_ in required else Severity.LOW
    found = registries(service.resource, graph)
    if not found:
        yield violation(
            service.at("ServiceRegistries"),
            f"{service.name} is not registered with Cloud Map; the architecture names it {_full(wanted, spec)}",
            expected=_full(wanted, spec),
            service=service.name,
            severity=severity,
            fix=f"register {service.name} as {wanted}: name its Cloud Map service in ServiceRegistries",
        )
        return
    held = [list(_registry(prop, target, wanted, service, spec, graph, severity)) for prop, target in found]
    yield from any_holds(held)


def _registry(
    prop: Property,
    target: Resource | Unknown | None,
    wanted: str,
    service: Service,
    spec: Spec,
    graph: Graph,
    severity: Severity | None,
) -> Iterator[Evidence]:
    if not isinstance(target, Resource):
        where = f"the Cloud Map service of {service.name} is not in the code that was read"
        doubt = Unknown(UnknownKind.UNREAD, where) if target is None else target
        reason = f"the name under which {service.name} is registered is not known: {doubt.reason}"
        yield undecided(doubt, reason, prop, expected=_full(wanted, spec), service=service.name)
        return
    yield from hold(
        target.at("Name"),
        equals(wanted),
        lambda value: f"{service.name} is registered as {value}; the architecture says {wanted}",
        what=f"the name under which {service.name} is registered",
        expected=wanted,
        service=service.name,
        severity=severity,
    )
    if target.conditional is not None:
        reason = f"whether {service.name} is registered is not known: {target.conditional.reason}"
        yield undecided(target.conditional, reason, prop, service=service.name)
    yield from _namespace(target, service, spec, graph, severity)


def _namespace(
    registry: Resource, service: Service, spec: Spec, graph: Graph, severity: Severity | None
) -> Iterator[Evidence]:
    wanted = spec.discovery.namespace
    if wanted is None:
        return
    prop, space = namespace(registry, graph)
    if not isinstance(space, Resource):
        where = "it is not in the code that was read"
        doubt = Unknown(UnknownKind.UNREAD, where, prop.trace.location) if space is None else space
        reason = f"the namespace that {service.name} is registered in is not known: {doubt.reason}"
        yield undecided(doubt, reason, prop, expected=wanted, service=service.name)
        return
    if isinstance(space.get("Name"), Unknown):
        doubt = space.get("Name")
        reason = f"the namespace that {service.name} is registered in is not known: {doubt.reason}"
        yield undecided(doubt, reason, prop, expected=wanted, service=service.name)
    elif space.get("Name") != wanted:
        message = f"{service.name} is registered in the namespace {space.get('Name')}; the architecture says {wanted}"
        right = any(other.get("Name") == wanted for other in graph.of_type(*NAMESPACES))
        yield violation(
            prop if right else space.at("Name"),  # without the right one, the wrong one is what has to change
            message,
            expected=wanted,
            actual=space.get("Name"),
            service=service.name,
            severity=severity,
            related=(space,),
        )


def _full(name: str, spec: Spec) -> str:
    return f"{name}.{spec.discovery.namespace}" if spec.discovery.namespace else name
