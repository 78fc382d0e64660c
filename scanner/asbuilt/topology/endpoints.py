"""VPC endpoints by the AWS service they lead to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Property, Resource, Unknown, UnknownKind
from asbuilt.patterns import when_used
from asbuilt.records import dataclass
from asbuilt.topology.attachments import ENDPOINT
from asbuilt.topology.network import ROUTE_TABLE, SUBNET, Network, network
from asbuilt.topology.services import ECS_SERVICE
from asbuilt.topology.tiers import doubtful, subnets_in, tier_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.spec.models import Spec

# `com.amazonaws.us-east-1.ecr.api`; in China `cn.com.amazonaws.…` (AWS PrivateLink Guide; read 2026-11).
SERVICE_NAME = when_used(r"(?:cn\.)?com\.amazonaws\.(?P<region>[a-z0-9-]+)\.(?P<service>.+)")


@dataclass(slots=True)
class Endpoints:
    """The endpoints of each service; `loose` are those whose service cannot be told."""

    of: dict[str, list[Resource]] = field(default_factory=lambda: defaultdict(list))
    loose: list[tuple[Property, Unknown]] = field(default_factory=list)


def endpoints(graph: Graph) -> Endpoints:
    """Return the endpoints of a graph; call as `graph.memo(endpoints)`."""
    found = Endpoints()
    for endpoint in graph.of_type(ENDPOINT):
        prop = endpoint.at("ServiceName")
        service = service_of(prop.value)
        if isinstance(service, Unknown):
            found.loose.append((prop, service))
        else:
            found.of[service].append(endpoint)
    return found


def service_of(value: Any) -> str | Unknown:
    """Return the service of an endpoint's service name, as in `ecr.api`; a region that is unknown does not matter."""
    if isinstance(value, Unknown):
        dotted = value.prefix.endswith("amazonaws.") and value.suffix.startswith(".")
        return value.suffix[1:] if dotted and len(value.suffix) > 1 else value
    match = SERVICE_NAME.fullmatch(str(value))
    return match["service"] if match else str(value)


def region_of(value: Any) -> str:
    """Return the region of an endpoint's service name, "" where it does not say or is unknown."""
    match = SERVICE_NAME.fullmatch(value) if isinstance(value, str) else None
    return match["region"] if match else ""


def kind_of(endpoint: Resource) -> str | Unknown:
    """Return an endpoint's type; Gateway is the default (EC2 API, CreateVpcEndpoint)."""
    value = endpoint.get("VpcEndpointType")
    if isinstance(value, Unknown):
        return value
    return "Gateway" if value is ABSENT or value is None else str(value)


def task_route_tables(graph: Graph, spec: Spec) -> tuple[Resource | Unknown, ...]:
    """Return the route tables of the subnets meant for tasks; an Unknown for what cannot be told. A view to share.

    Where tasks run in the subnets of another tier, that is a finding of its own.
    """
    view: Network = graph.memo(network)
    told: dict[str, Resource | Unknown] = {}
    for subnet in _task_subnets(graph, spec):
        table = subnet if isinstance(subnet, Unknown) else _table(subnet, view)
        told.setdefault(table.reason if isinstance(table, Unknown) else table.key, table)
    return tuple(told.values())


def _task_subnets(graph: Graph, spec: Spec) -> Iterator[Resource | Unknown]:
    tier = spec.tasks.subnets or ""
    meant = list(subnets_in(tier, spec, graph))
    yield from meant
    if meant and doubtful(graph, spec) is None:
        return
    for service in graph.of_type(ECS_SERVICE):
        for item in service.at("NetworkConfiguration.AwsvpcConfiguration.Subnets").items():
            found = graph.targets(item, SUBNET)
            if not found:
                yield Unknown(UnknownKind.UNREAD, f"the subnet {item.value} is not among what was scanned")
            for subnet in found:
                found_tier = "" if isinstance(subnet, Unknown) else tier_of(subnet, spec, graph)
                if not isinstance(found_tier, str) or found_tier in (tier, ""):
                    yield subnet


def _table(subnet: Resource, view: Network) -> Resource | Unknown:
    routing = view.routing(subnet)
    if routing.table is not None:
        return routing.table
    if isinstance(routing.exposure, Unknown):
        return routing.exposure
    return Unknown(UnknownKind.UNREAD, f"the route table of {subnet.address} is the main one, which is not in the code")


def tables_at(endpoint: Resource, graph: Graph) -> tuple[Resource | Unknown, ...]:
    """Return the route tables that a gateway endpoint adds its route to."""
    return graph.targets(endpoint.at("RouteTableIds"), ROUTE_TABLE)
