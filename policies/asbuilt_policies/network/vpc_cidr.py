"""NET-2: the VPC has the CIDR block stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Severity
from asbuilt.rules import either, expect, missing, platform_rule, present, violation
from asbuilt.topology.network import VPC
from asbuilt.topology.tiers import cidr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@platform_rule(id="vpc-cidr", severity="medium", enforces="network.vpc_cidr", needs=VPC)
def vpc_cidr(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The VPC has another CIDR block than the architecture says, or a second one, or there is no VPC.

    Why: peering, routes and firewall rules of other networks count on the block; it cannot be changed later.

    Fix: create the VPC with the CidrBlock stated; one that is wrong has to be replaced. Remove secondary blocks, or
    name them in the architecture (a second block is a doubt of low severity).

    Source: Amazon VPC User Guide, "VPC CIDR blocks" (the primary block cannot be changed); read 2026-11.
    """
    wanted = spec.network.vpc_cidr
    vpcs = graph.of_type(VPC)
    if not vpcs:
        yield either(graph, missing("VPC", f"there is no VPC with {wanted}", expected=wanted), VPC)
    yield from present(vpcs)
    for vpc in vpcs:
        prop = vpc.at("CidrBlock")
        message = f"{vpc.address} has the block {prop.value}" if prop.known else f"{vpc.address} has another block"
        yield from expect(
            prop,
            lambda value: cidr(value) == cidr(wanted),
            f"{message}; the architecture says {wanted}",
            expected=wanted,
        )
    for block in graph.of_type("AWS::EC2::VPCCidrBlock"):
        message = f"{block.address} adds a CIDR block that the architecture does not name"
        yield violation(block.at("CidrBlock"), message, expected=wanted, severity=Severity.LOW)
