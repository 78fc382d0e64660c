"""Decide by route tables, not by names, what a subnet is.

A subnet follows the route table it is associated with, else the main route table of its VPC
(Amazon VPC User Guide, "Route tables"; read 2026-11). A VPC's main route table has only the local route until
somebody adds one.
"""

from __future__ import annotations

from collections import defaultdict
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Property, Resource, Unknown, UnknownKind
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from asbuilt.graph import Graph

VPC = "AWS::EC2::VPC"
SUBNET = "AWS::EC2::Subnet"
ROUTE = "AWS::EC2::Route"
ROUTE_TABLE = "AWS::EC2::RouteTable"
ASSOCIATION = "AWS::EC2::SubnetRouteTableAssociation"
INTERNET_GATEWAY = "AWS::EC2::InternetGateway"
EVERYWHERE = frozenset({"0.0.0.0/0", "::/0"})


class Exposure(StrEnum):
    """What a subnet's routes make it."""

    PUBLIC = "public"  # a default route to an internet gateway
    PRIVATE = "private"  # a default route to a NAT gateway, a transit gateway, an appliance …
    ISOLATED = "isolated"  # no default route


@dataclass(frozen=True, slots=True)
class Routing:
    """How a subnet is routed. `routes` are its table's routes; `why` names the one that decides."""

    exposure: Exposure | Unknown
    table: Resource | None = None
    routes: tuple[Resource, ...] = ()
    why: Property | None = None


class Network:
    """Subnets, route tables and routes of a graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._routes: dict[str, list[Resource]] = defaultdict(list)
        self._loose_routes: list[Unknown] = []
        self._tables: dict[str, list[Resource]] = defaultdict(list)
        self._loose_associations: list[Unknown] = []
        self._maybe: dict[str, Unknown] = {}  # why it is not certain that a subnet has the table it names
        self._cache: dict[str, Routing] = {}
        self._read_routes()
        self._read_associations()

    def _read_routes(self) -> None:
        for route in self.graph.of_type(ROUTE):
            for table in self.graph.targets(route.at("RouteTableId"), ROUTE_TABLE):
                if isinstance(table, Resource):
                    self._routes[table.key].append(route)
                else:
                    self._loose_routes.append(table)

    def _read_associations(self) -> None:
        for association in self.graph.of_type(ASSOCIATION):
            tables = self.graph.targets(association.at("RouteTableId"), ROUTE_TABLE)
            for subnet in self.graph.targets(association.at("SubnetId"), SUBNET):
                known = [table for table in tables if isinstance(table, Resource)]
                if isinstance(subnet, Resource) and len(known) == 1 == len(tables):
                    perhaps = association.conditional
                    # under the condition of the subnet itself, it is there whenever the subnet is
                    if perhaps is None or subnet.conditional is not None:
                        self._tables[subnet.key].append(known[0])
                    else:
                        self._maybe[subnet.key] = perhaps
                elif isinstance(subnet, Unknown):
                    self._loose_associations.append(subnet)
                else:
                    loose = next((t for t in tables if isinstance(t, Unknown)), None)
                    self._loose_associations.append(
                        loose
                        if loose is not None
                        else Unknown(UnknownKind.UNREAD, f"the route table of {association.address} was not found")
                    )

    def routing(self, subnet: Resource) -> Routing:
        """Return how a subnet is routed."""
        if subnet.key not in self._cache:
            self._cache[subnet.key] = self._routing(subnet)
        return self._cache[subnet.key]

    def _routing(self, subnet: Resource) -> Routing:
        tables = self._tables.get(subnet.key, [])
        if not tables:
            if subnet.key in self._maybe:
                return Routing(self._maybe[subnet.key])
            if self._loose_associations:
                return Routing(self._loose_associations[0])
            hidden = self.graph.hidden(ASSOCIATION)
            if hidden is not None:
                return Routing(hidden)
            main = self._main_table(subnet)
            if isinstance(main, Unknown):
                return Routing(main)
            if main is None:
                made = self._made_elsewhere(subnet)
                return Routing(Exposure.ISOLATED if made is None else made)
            tables = [main]
        routings = [self._judge(table) for table in tables]
        public = [r for r in routings if r.exposure is Exposure.PUBLIC]
        return (public or routings)[0]

    def _main_table(self, subnet: Resource) -> Resource | Unknown | None:
        """Return the main route table of the subnet's VPC, None where the code does not touch it."""
        mains = [t for t in self.graph.of_type(ROUTE_TABLE) if t.get("Main") is True]
        if not mains:
            return None
        vpcs = self.graph.targets(subnet.at("VpcId"))
        for table in mains:
            owners = self.graph.targets(table.at("VpcId"))
            if any(vpc in owners for vpc in vpcs):
                return table
        return next((v for v in vpcs if isinstance(v, Unknown)), None)

    def _made_elsewhere(self, subnet: Resource) -> Unknown | None:
        """Say why a subnet without a table of its own may be routed anywhere: no code here makes its VPC.

        The main route table of a VPC that AWS made (the default one) leads to an internet gateway.
        """
        vpcs = self.graph.targets(subnet.at("VpcId"), VPC)
        unknown = next((vpc for vpc in vpcs if isinstance(vpc, Unknown)), None)
        if unknown is not None:
            return unknown
        if vpcs and all(isinstance(vpc, Resource) and vpc.native_type != "aws_default_vpc" for vpc in vpcs):
            return None
        reason = f"{subnet.address} follows the main route table of a VPC that is not made by the code that was read"
        return Unknown(UnknownKind.UNREAD, reason, location=subnet.location)

    def _judge(self, table: Resource) -> Routing:
        routes = tuple(self._routes.get(table.key, ()))
        private: Property | None = None
        doubt: Unknown | None = None  # that the subnet may be public
        maybe: Unknown | None = None  # that there may be a way out, though not through an internet gateway
        parts: list[Resource] = []  # that lead a part of all addresses to an internet gateway
        for route in routes:
            everywhere, gateway = _goes_everywhere(route), self._through_gateway(route)
            unclear = [u for u in (route.conditional, everywhere, gateway) if isinstance(u, Unknown)]
            if everywhere is False:
                parts += [route] if gateway is True and _blocks(route) else []
                continue
            if unclear and gateway is False:
                maybe = unclear[0]
            elif unclear:
                doubt = unclear[0]
            elif gateway is True:
                return Routing(Exposure.PUBLIC, table, routes, route.at("GatewayId"))
            elif private is None or private.value in (ABSENT, None):
                private = route.at("NatGatewayId")
        if parts:
            return self._by_parts(table, routes, parts)
        if doubt is None:
            doubt = self._loose_routes[0] if self._loose_routes else self.graph.hidden(ROUTE)
        if doubt is None and private is None:
            doubt = maybe
        if doubt is not None:
            return Routing(doubt, table, routes)
        return Routing(Exposure.ISOLATED if private is None else Exposure.PRIVATE, table, routes, private)

    def _by_parts(self, table: Resource, routes: tuple[Resource, ...], parts: list[Resource]) -> Routing:
        """Judge a table whose routes to an internet gateway are for parts of all addresses only.

        0.0.0.0/1 and 128.0.0.0/1 together are a default route, which wins over one to 0.0.0.0/0.
        """
        certain = [block for route in parts if route.conditional is None for block in _blocks(route)]
        four = collapse_addresses(block for block in certain if isinstance(block, IPv4Network))
        six = collapse_addresses(block for block in certain if isinstance(block, IPv6Network))
        if any(block.prefixlen == 0 for block in four) or any(block.prefixlen == 0 for block in six):
            return Routing(Exposure.PUBLIC, table, routes, parts[0].at("GatewayId"))
        reason = f"{parts[0].address} leads to an internet gateway, though not for every address"
        return Routing(Unknown(UnknownKind.UNREAD, reason, location=parts[0].location), table, routes)

    def _through_gateway(self, route: Resource) -> bool | Unknown:
        """Whether a route leads to an internet gateway (an egress-only one or a VPN gateway is none)."""
        gateway = route.at("GatewayId")
        if gateway.value is ABSENT or gateway.value is None:
            return False
        if isinstance(gateway.value, str):
            return gateway.value.startswith("igw-") or bool(self.graph.identified(gateway.value, INTERNET_GATEWAY))
        target = self.graph.target(gateway)
        if isinstance(target, Resource):
            return target.type == INTERNET_GATEWAY
        return (
            target
            if target is not None
            else Unknown(UnknownKind.UNREAD, f"what {route.address} leads to was not found")
        )


def _goes_everywhere(route: Resource) -> bool | Unknown:
    unknown: Unknown | None = None
    for name in ("DestinationCidrBlock", "DestinationIpv6CidrBlock"):
        value = route.get(name)
        if isinstance(value, Unknown):
            unknown = value
        elif value in EVERYWHERE:
            return True
    if any(block.prefixlen == 0 for block in _blocks(route)):  # 0::/0 is ::/0
        return True
    return unknown if unknown is not None else False


def _blocks(route: Resource) -> list[IPv4Network | IPv6Network]:
    """Return the ranges a route is for, as far as they are known; a prefix list has none."""
    found = []
    for name in ("DestinationCidrBlock", "DestinationIpv6CidrBlock"):
        value = route.get(name)
        try:
            found += [ip_network(value, strict=False)] if isinstance(value, str) else []
        except ValueError:
            continue
    return found


def network(graph: Graph) -> Network:
    """Return the network view of a graph; call as `graph.memo(network)`."""
    return Network(graph)
