"""Join ECS services to their Cloud Map services, and those to their namespaces.

An ECS service names the Cloud Map service its tasks are registered with by ARN in `ServiceRegistries`; that one names
its namespace by id (AWS Cloud Map API Reference, "CreateService"; read 2026-11).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Property, Resource, Unknown

if TYPE_CHECKING:
    from asbuilt.graph import Graph

REGISTRY = "AWS::ServiceDiscovery::Service"
PRIVATE = "AWS::ServiceDiscovery::PrivateDnsNamespace"
TYPES = {
    PRIVATE: "DNS_PRIVATE",
    "AWS::ServiceDiscovery::PublicDnsNamespace": "DNS_PUBLIC",
    "AWS::ServiceDiscovery::HttpNamespace": "HTTP",
}
NAMESPACES = tuple(TYPES)


def registries(service: Resource, graph: Graph) -> tuple[tuple[Property, Resource | Unknown | None], ...]:
    """Return where an ECS service says that it is registered, and the Cloud Map service that this is.

    None is a Cloud Map service that was not read; an Unknown one that cannot be told.
    """
    found: list[tuple[Property, Resource | Unknown | None]] = []
    for entry in service.at("ServiceRegistries").items():
        prop = entry.at("RegistryArn")
        found.append((prop, graph.target(prop, REGISTRY)))
    return tuple(found)


def namespace(registry: Resource, graph: Graph) -> tuple[Property, Resource | Unknown | None]:
    """Return where a Cloud Map service names its namespace, and the namespace; None where it was not read."""
    prop = registry.at("DnsConfig.NamespaceId")
    if prop.value is ABSENT or prop.value is None:
        prop = registry.at("NamespaceId")
    return prop, graph.target(prop, *NAMESPACES)


__all__ = ["NAMESPACES", "PRIVATE", "REGISTRY", "TYPES", "namespace", "registries"]
