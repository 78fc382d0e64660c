"""NET-2: the VPC has no further CIDR blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import rule, violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec


@rule(id="vpc-single-cidr", resource="AWS::EC2::VPCCidrBlock", severity="low", enforces="network.vpc_cidr")
def vpc_single_cidr(block: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:  # noqa: ARG001
    """The VPC has a secondary CIDR block that the architecture does not name.

    Why: addresses outside the stated block are not in the plans of whoever peers with, or filters, this network.

    Fix: remove the association, or name the block in the architecture.

    Source: Amazon VPC User Guide, "Add or remove a CIDR block from your VPC"; read 2026-11.
    """
    message = f"{block.address} adds a CIDR block that the architecture does not name"
    yield violation(block.at("CidrBlock"), message, expected=spec.network.vpc_cidr)
