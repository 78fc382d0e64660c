"""SEC-1: the AWS services stated are reached through VPC endpoints."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from asbuilt.model import Resource, Unknown
from asbuilt.records import dataclass
from asbuilt.rules import either, examined, expect, missing, platform_rule, undecided, violation
from asbuilt.topology.attachments import ENDPOINT
from asbuilt.topology.endpoints import endpoints, kind_of, region_of, tables_at, task_route_tables
from asbuilt.topology.network import VPC
from asbuilt.topology.security_groups import first_doubt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec

GATEWAY_SERVICES = ("s3", "dynamodb")  # the only ones that have gateway endpoints


@platform_rule(id="vpc-endpoints", severity="medium", enforces="endpoints", needs=ENDPOINT)
def vpc_endpoints(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """An AWS service that the architecture reaches through a VPC endpoint has none, or none that tasks use.

    Why: without an endpoint, images, secrets and files go through the NAT gateways, which cost by the byte, and over
    public addresses.

    Fix: add an interface endpoint with private DNS for the service; for S3, a gateway endpoint on the route tables of
    the private subnets.

    Source: AWS PrivateLink Guide, "Access AWS services through AWS PrivateLink" (private DNS) and "Gateway endpoints";
    Amazon ECR User Guide, "Amazon ECR interface VPC endpoints" (ecr.api, ecr.dkr and S3); read 2026-11.
    """
    view = graph.memo(endpoints)
    for service in spec.endpoints or ():
        found = view.of.get(service, [])
        peers = _peers(found, graph)
        for endpoint in found:
            yield examined(endpoint)
            perhaps = endpoint.conditional
            if perhaps is not None:
                reason = f"whether {endpoint.address} exists is not known: {perhaps.reason}"
                yield undecided(perhaps, reason, endpoint.at("ServiceName"))
            yield from _judge(endpoint, service, peers, spec, graph)
        if found:
            continue
        subject, message = f"VPC endpoint for {service}", f"there is no VPC endpoint for {service}"
        if view.loose:
            prop, doubt = view.loose[0]
            reason = f"{message}, unless {prop.resource.address} is it: {doubt.reason}"
            yield undecided(doubt, reason, subject=subject)
        else:
            yield either(graph, missing(subject, message, expected=service), ENDPOINT)


@dataclass(frozen=True, slots=True)
class _Peers:
    """The endpoints of one service; those that certainly are gateways by the keys of their route tables and VPCs."""

    every: Sequence[Resource]
    on: dict[str, list[Resource]]
    within: dict[str, list[Resource]]


def _peers(found: Sequence[Resource], graph: Graph) -> _Peers:
    on: dict[str, list[Resource]] = defaultdict(list)
    within: dict[str, list[Resource]] = defaultdict(list)
    for endpoint in found:
        kind = kind_of(endpoint)
        if isinstance(kind, Unknown) or kind == "Interface":
            continue
        for index, targets in ((on, tables_at(endpoint, graph)), (within, _vpcs(endpoint, graph))):
            for target in targets:
                if isinstance(target, Resource):
                    index[target.key].append(endpoint)
    return _Peers(found, on, within)


def _judge(endpoint: Resource, service: str, peers: _Peers, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    name, kind = endpoint.at("ServiceName"), kind_of(endpoint)
    region = region_of(name.value)
    if spec.region and region and region != spec.region:
        message = f"{endpoint.address} leads to {service} in {region}, not in {spec.region}"
        yield violation(name, message, expected=spec.region)
    prop = endpoint.at("VpcEndpointType")
    if isinstance(kind, Unknown):
        yield undecided(kind, f"what kind of endpoint {endpoint.address} is is not known: {kind.reason}", prop)
    elif kind == "Gateway" and service in GATEWAY_SERVICES:
        yield from _judge_routes(endpoint, service, peers, spec, graph)
    elif kind == "Interface":
        message = f"{endpoint.address} has no private DNS: tasks still reach {service} by its public addresses"
        yield from expect(endpoint.at("PrivateDnsEnabled"), True, message, default=True)
        subnets = endpoint.at("SubnetIds")
        if isinstance(subnets.value, Unknown):
            reason = f"whether {endpoint.address} is in any subnet is not known: {subnets.value.reason}"
            yield undecided(subnets.value, reason, subnets)
            return
        named = [item.value for item in subnets.items()]
        perhaps = [value for value in named if isinstance(value, Unknown) and not value.exact]
        if not named:
            yield violation(subnets, f"{endpoint.address} is in no subnet: nothing answers there", expected="a subnet")
        elif len(perhaps) == len(named):
            reason = f"whether {endpoint.address} is in any subnet is not known: {perhaps[0].reason}"
            yield undecided(perhaps[0], reason, subnets)
    else:
        message = f"{endpoint.address} is a {kind} endpoint; {service} has no such endpoints"
        yield violation(prop, message, expected="Interface")


def _judge_routes(endpoint: Resource, service: str, peers: _Peers, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """Hold a gateway endpoint to the route tables of the subnets that tasks run in, those of its own VPC.

    A table that is on another endpoint of the service needs no second one.
    """
    prop = endpoint.at("RouteTableIds")
    routed = tables_at(endpoint, graph)
    doubt = next((table for table in routed if isinstance(table, Unknown)), None)
    for table in graph.memo(task_route_tables, spec):
        if isinstance(table, Unknown):
            reason = f"whether tasks use {endpoint.address} is not known: {table.reason}"
            yield undecided(table, reason, prop)
        elif table not in routed:
            elsewhere = _is_others(table, endpoint, peers, graph)
            if elsewhere is True:
                continue
            message = f"{endpoint.address} is not on {table.address}, the route table of tasks: {service} goes past it"
            if doubt is not None:
                yield undecided(
                    doubt, f"which route tables {endpoint.address} is on is not known: {doubt.reason}", prop
                )
            elif isinstance(elsewhere, Unknown):
                yield undecided(elsewhere, f"{message}, unless another endpoint is: {elsewhere.reason}", prop)
            else:
                yield violation(prop, message, expected=table.address, related=(table,))


def _is_others(table: Resource, endpoint: Resource, peers: _Peers, graph: Graph) -> bool | Unknown:
    """Whether a route table is another endpoint's: that is on it, or in its VPC while this endpoint is not."""
    sure = [peers.on.get(table.key, [])]
    if not _in_one_vpc(endpoint, table, graph):
        sure += [peers.within.get(vpc.key, []) for vpc in _vpcs(table, graph) if isinstance(vpc, Resource)]
    if any(peer is not endpoint for found in sure for peer in found):
        return True  # nearly always, where there are many, and told without going through all of them
    doubt: Unknown | None = None
    perhaps = [(prop.resource, unknown) for prop, unknown in graph.memo(endpoints).loose]
    for peer, name in [*((peer, None) for peer in peers.every), *perhaps]:
        kind = kind_of(peer)
        if peer is endpoint or kind == "Interface":
            continue
        on = tables_at(peer, graph)
        unsure = first_doubt(name, kind, *on, *_vpcs(peer, graph), *_vpcs(endpoint, graph))
        beside = _in_one_vpc(peer, table, graph) and not _in_one_vpc(endpoint, table, graph)
        if table in on or beside:
            if name is not None or isinstance(kind, Unknown):
                doubt = unsure
                continue
            return True
        doubt = first_doubt(doubt, unsure)
    return False if doubt is None else doubt


def _vpcs(resource: Resource, graph: Graph) -> tuple[Resource | Unknown, ...]:
    return graph.memo(_found_vpcs, resource)


def _found_vpcs(graph: Graph, resource: Resource) -> tuple[Resource | Unknown, ...]:
    return graph.targets(resource.at("VpcId"), VPC)


def _in_one_vpc(one: Resource, other: Resource, graph: Graph) -> bool:
    vpcs = _vpcs(one, graph)
    return any(isinstance(vpc, Resource) and vpc in vpcs for vpc in _vpcs(other, graph))
