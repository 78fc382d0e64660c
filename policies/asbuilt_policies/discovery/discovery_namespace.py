"""SD-1: services find each other in the namespace stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Resource, Unknown, UnknownKind
from asbuilt.rules import either, examined, missing, platform_rule, undecided, violation
from asbuilt.topology.discovery import NAMESPACES, PRIVATE, REGISTRY, TYPES, namespace, registries
from asbuilt.topology.network import SUBNET, VPC
from asbuilt.topology.services import ECS_SERVICE, inventory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Property
    from asbuilt.spec.models import Spec

KINDS = {"DNS_PRIVATE": "private DNS", "DNS_PUBLIC": "public DNS", "HTTP": "HTTP"}


@platform_rule(id="discovery-namespace", severity="medium", enforces="discovery.namespace", needs=NAMESPACES)
def discovery_namespace(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """There is no namespace of the name and type that the architecture gives it, or it is in another VPC.

    Why: the services call each other by names in this namespace; without it no name resolves. A public one tells the
    world what is inside, and a private one is answered in its own VPC only.

    Fix: create the Cloud Map namespace with this name, as a private DNS namespace in the VPC of the services.

    Source: AWS Cloud Map API Reference, CreatePrivateDnsNamespace; read 2026-11.
    """
    wanted, kind = spec.discovery.namespace, spec.discovery.type
    spaces = graph.of_type(*NAMESPACES)
    named = [space for space in spaces if space.get("Name") == wanted]
    right = [space for space in named if kind is None or TYPES[space.type] == kind]
    for space in right:
        yield from list(_place(space, spec, graph)) or [examined(space)]
    if right:
        return
    doubts = [space for space in spaces if isinstance(space.get("Name"), Unknown)]
    words = f"{KINDS[kind]} namespace" if kind else "namespace"
    for space in named:
        found = KINDS[TYPES[space.type]]
        message = f"the namespace {wanted} is a {found} namespace; the architecture says {words}"
        yield violation(space.at("Name"), message, expected=kind, actual=TYPES[space.type])
    for space in doubts[:1]:
        value = space.get("Name")
        reason = f"whether {space.address} is the {words} {wanted} is not known: {value.reason}"
        yield undecided(value, reason, space.at("Name"), expected=wanted)
    if named or doubts:
        return
    used = [namespace(registry, graph) for registry in graph.of_type(REGISTRY)]
    others = [space for space in spaces if isinstance(space.get("Name"), str)]
    if not any(target in others for _, target in used):
        used += [found for service in graph.of_type(ECS_SERVICE) for found in registries(service, graph)]
    elsewhere = _elsewhere(used)
    if elsewhere is not None:
        prop, doubt = elsewhere
        reason = f"whether the {words} {wanted} exists is not known: {doubt.reason}"
        yield undecided(doubt, reason, prop, expected=wanted, subject=f"namespace {wanted}")
        return
    for space in others:
        message = f"the namespace is called {space.get('Name')}; the architecture says {wanted}"
        yield violation(space.at("Name"), message, expected=wanted)
    if not others:
        absent = missing(f"namespace {wanted}", f"there is no {words} {wanted}", expected=wanted)
        yield either(graph, absent, *NAMESPACES)


def _elsewhere(used: list[tuple[Property, Resource | Unknown | None]]) -> tuple[Property, Unknown] | None:
    """Return where the code uses a namespace, or a Cloud Map service, that it does not create."""
    for prop, target in used:
        if isinstance(target, Unknown):
            return prop, target
        if target is None and isinstance(prop.value, str):
            reason = f"{prop.value} is not in the code that was read"
            return prop, Unknown(UnknownKind.UNREAD, reason, prop.trace.location)
    return None


def _place(space: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """Yield evidence where the namespace is known to be in another VPC than the services."""
    prop = space.at("Vpc")
    own = graph.target(prop, VPC)
    if space.conditional is not None:
        reason = f"whether the namespace {space.name} exists is not known: {space.conditional.reason}"
        yield undecided(space.conditional, reason, space.at("Name"))
    places = [
        (subnet, graph.target(subnet.at("VpcId"), VPC) if isinstance(subnet, Resource) else subnet)
        for service in graph.memo(inventory, spec).services()
        for subnet in graph.targets(service.at("NetworkConfiguration.AwsvpcConfiguration.Subnets"), SUBNET)
    ]
    known = [vpc for _, vpc in places if isinstance(vpc, Resource)]
    if not isinstance(own, Resource):
        if known and space.type == PRIVATE:
            where = f"{prop.value} is not in the code that was read"
            cause = Unknown(UnknownKind.UNREAD, where, prop.trace.location) if own is None else own
            reason = f"whether the namespace {space.name} is in the VPC of the services is not known: {cause.reason}"
            yield undecided(cause, reason, prop)
        return
    doubt = next((vpc for _, vpc in places if isinstance(vpc, Unknown)), None)
    if doubt is not None and own not in known:
        reason = f"whether the services are in the VPC of the namespace {space.name} is not known: {doubt.reason}"
        yield undecided(doubt, reason, prop)
    elif known and own not in known:
        message = f"the namespace {space.name} is answered in {own.address}, and the services are in another VPC"
        yield violation(prop, message, expected="the VPC of the services", actual=own.address)
