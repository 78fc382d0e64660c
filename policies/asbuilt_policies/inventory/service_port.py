"""INV-2: every service listens on the port of the inventory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Property, Resource, Unknown
from asbuilt.rules import inapplicable, note, service_rule, undecided, violation
from asbuilt_policies.statements import any_holds, equals, hold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec
    from asbuilt.topology.services import Service


@service_rule(
    id="service-port",
    severity="medium",
    enforces="services.*.port",
    needs=("AWS::ECS::Service", "AWS::ECS::TaskDefinition", "AWS::ElasticLoadBalancingV2::TargetGroup"),
)
def service_port(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A service listens on another port than the architecture says.

    Why: container, load balancer and those who call the service through service discovery must agree on the port, or
    nothing answers. With the target type ip, the container port that the ECS service registers receives the traffic
    and the target group's own port is only a default, so a difference there is noted and not held against it. Further
    ports beside the right one (metrics, say) are in order.

    Fix: use the port of the architecture in ContainerDefinitions.PortMappings.ContainerPort and in
    LoadBalancers.ContainerPort.

    Source: Amazon ECS API Reference, PortMapping and LoadBalancer; Elastic Load Balancing API Reference,
    CreateTargetGroup; read 2026-11.
    """
    wanted = service.spec.port
    if wanted is None:
        yield inapplicable(service.resource, f"the architecture gives {service.name} no port")
        return
    yield from any_holds([_port(entry.at("ContainerPort"), service, wanted) for entry in service.load_balancers()])
    for group in service.target_groups():
        if isinstance(group, Resource):
            yield from _target_group(group, service, wanted)
    yield from _containers(service, wanted)


def _port(prop: Property, service: Service, wanted: int) -> list[Evidence]:
    balanced = prop.resource == service.resource
    action = "gets its traffic on" if balanced else "listens on"

    def say(value: Any) -> str:
        if value is ABSENT:
            return f"{service.name} names no container port; the architecture says {wanted}"
        return f"{service.name} {action} port {value}; the architecture says {wanted}"

    what = f"the port {service.name} {action}"
    return list(hold(prop, equals(wanted), say, what=what, expected=wanted, **_cite(service)))


def _cite(service: Service) -> dict[str, str]:
    return {"service": service.name, "requirement": f"services.{service.name}.port"}


def _target_group(group: Resource, service: Service, wanted: int) -> Iterator[Evidence]:
    port, kind = group.at("Port"), group.get("TargetType")
    matches = equals(wanted)(port.value)
    if matches or port.value in (ABSENT, None):
        return
    text = f"the target group of {service.name} has port {port.value}; the architecture says {wanted}"
    if kind == "ip":
        if port.known:
            yield note(port, f"{text} (harmless: targets are registered with the container port)")
    elif isinstance(kind, Unknown):
        yield undecided(kind, f"{text}, which counts unless its target type is ip: {kind.reason}", port)
    elif isinstance(port.value, Unknown):
        reason = f"the port of {service.name}'s target group is not known: {port.value.reason}"
        yield undecided(port.value, reason, port, expected=wanted)
    else:
        yield violation(port, text, expected=wanted, **_cite(service))


def _containers(service: Service, wanted: int) -> Iterator[Evidence]:
    """Hold the ports of the container that the load balancer names, or else of the main one."""
    names = [entry.at("ContainerName").value for entry in service.load_balancers()]
    chosen = [c for c in service.containers() if isinstance(c.at("Name").value, str) and c.at("Name").value in names]
    doubt = None if chosen else _doubt(service, names)
    if doubt is not None and any(not _port(port, service, wanted) for port in _ports(service.containers())):
        reason = f"which container of {service.name} gets the traffic is not known: {doubt.reason}"
        yield undecided(doubt, reason, service.task().at("ContainerDefinitions"), expected=wanted, **_cite(service))
        return
    containers = chosen or [service.main_container()]
    ports = _ports(containers)
    if ports:
        yield from any_holds([_port(port, service, wanted) for port in ports])
        return
    mappings = containers[0].at("PortMappings")
    message = f"{service.name}'s container opens no port; the architecture says {wanted}"
    yield violation(
        mappings,
        message,
        expected=wanted,
        fix=f"map container port {wanted} at {mappings.trace.origin}",
        **_cite(service),
    )


def _doubt(service: Service, names: list[Any]) -> Unknown | None:
    """Say why it is not known which container the load balancer means, if it is not."""
    if not names:
        return None
    values = (*names, *(container.at("Name").value for container in service.containers()))
    return next((value for value in values if isinstance(value, Unknown)), None)


def _ports(containers: Iterable[Property]) -> list[Property]:
    return [mapping.at("ContainerPort") for c in containers for mapping in c.at("PortMappings").items()]
