"""ALB-2: every HTTPS listener has the TLS policy stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import examined, expect, missing, platform_rule, undecided
from asbuilt.topology.load_balancing import LISTENER, lacking, load_balancing, speaking
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
    encrypted, doubts = speaking(graph, "HTTPS", "TLS")
    for prop, doubt in doubts:
        reason = f"whether {prop.resource.address} negotiates TLS is not known: {doubt.reason}"
        yield undecided(doubt, reason, prop)
    for listener in encrypted:
        yield examined(listener)
        prop = listener.at("SslPolicy")
        named = prop.value if isinstance(prop.value, str) and prop.value else f"{DEFAULT_POLICY}, the default"
        message = f"{listener.address} negotiates TLS by {named}; the architecture says {wanted}"
        yield from expect(prop, wanted, message, default=DEFAULT_POLICY)
    doors = graph.memo(load_balancing, spec)
    for balancer in doors.front_doors():
        own = [listener for listener in doors.listeners[balancer.key] if listener in encrypted]
        if all(listener.conditional is not None for listener in own):
            message = f"{balancer.name or balancer.address} has no HTTPS listener"
            found = missing(f"HTTPS listener of {balancer.address}", message, expected=wanted, resource=balancer)
            yield lacking(found, own, doubts, doors)
