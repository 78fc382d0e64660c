"""SEC-1: the VPC endpoints answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Unknown, UnknownKind
from asbuilt.rules import inapplicable, rule, undecided, violation
from asbuilt.topology.endpoints import service_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec


@rule(id="endpoints-available", resource="AWS::EC2::VPCEndpoint", severity="medium", enforces="endpoints", live=True)
def endpoints_available(endpoint: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A VPC endpoint that the architecture names is there, and does not answer.

    Why: tasks pull images and read secrets through it; with an endpoint that failed they cannot start.

    Fix: look at the state and the last error of the endpoint, accept it where it waits, or create it anew.

    Source: Amazon EC2 API Reference, VpcEndpoint (State); read 2026-11.
    """
    service = service_of(endpoint.get("ServiceName"))
    if service not in (spec.endpoints or ()):
        yield inapplicable(endpoint, f"the architecture does not name the endpoint {service}")
        return
    prop = endpoint.at("State")
    state = prop.require()
    told = "" if state is ABSENT else str(state)
    if told.lower() == "available":
        return
    message = f"the endpoint of {service} is {told or 'in no state that is told'}"
    if told.lower() in ("", "pending"):
        yield undecided(Unknown(UnknownKind.UNREAD, message), "", prop)
    else:
        yield violation(prop, message, expected="available")
