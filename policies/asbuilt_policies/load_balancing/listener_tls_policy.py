"""ALB-2: every HTTPS listener has the TLS policy stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Resource
from asbuilt.rules import either, examined, expect, missing, platform_rule
from asbuilt.topology.load_balancing import LISTENER, load_balancing, protocol
from asbuilt.topology.tls_policies import DEFAULT_POLICY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@platform_rule(id="listener-tls-policy", severity="high", enforces="load_balancer.tls_policy", needs=LISTENER)
def listener_tls_policy(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """An HTTPS listener has another TLS policy than the architecture says, or there is no HTTPS listener.

    Why: the policy decides which TLS versions and ciphers clients may use; a listener that names none gets
    ELBSecurityPolicy-2016-08, which accepts TLS 1.0.

    Fix: set SslPolicy on the listener to the policy stated.

    Source: Elastic Load Balancing User Guide, "Security policies for your Application Load Balancer" (defaults);
    read 2026-11.
    """
    wanted = spec.load_balancer.tls_policy
    encrypted = [listener for listener in graph.of_type(LISTENER) if protocol(listener) in ("HTTPS", "TLS")]
    for listener in encrypted:
        yield examined(listener)
        prop = listener.at("SslPolicy")
        named = prop.value if isinstance(prop.value, str) else f"{DEFAULT_POLICY}, the default"
        message = f"{listener.address} negotiates TLS by {named}; the architecture says {wanted}"
        yield from expect(prop, wanted, message, default=DEFAULT_POLICY)
    doors = graph.memo(load_balancing, spec)
    for balancer in doors.front_doors():
        listeners: list[Resource] = doors.listeners[balancer.key]
        if not any(listener in encrypted for listener in listeners) and not doors.loose_listeners:
            message = f"{balancer.name or balancer.address} has no HTTPS listener"
            found = missing(f"HTTPS listener of {balancer.address}", message, expected=wanted, resource=balancer)
            yield either(graph, found, LISTENER)
