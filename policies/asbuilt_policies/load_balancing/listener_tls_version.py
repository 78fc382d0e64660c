"""ALB-3: what HTTPS listeners negotiate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Unknown, UnknownKind
from asbuilt.rules import expect, inapplicable, rule, undecided
from asbuilt.topology.load_balancing import LISTENER, protocol
from asbuilt.topology.tls_policies import DEFAULT_POLICY, TLS_POLICIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec

VERSIONS = ("SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")


@rule(id="listener-tls-version", resource=LISTENER, severity="high", enforces="load_balancer.tls.offers")
def listener_tls_version(listener: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The TLS policy of an HTTPS listener does not negotiate the versions the architecture says.

    Why: a policy without the newest version keeps clients on an older one; one that accepts old versions lets an
    attacker force them.

    Fix: choose a security policy that offers the version stated and accepts nothing below the minimum.

    Source: Elastic Load Balancing User Guide, "Security policies for your Application Load Balancer" (protocols by
    policy); Elastic Load Balancing API Reference, SslPolicy (SslProtocols); read 2026-11.
    """
    if protocol(listener) not in ("HTTPS", "TLS"):
        yield inapplicable(listener, f"{listener.address} is not encrypted; its redirect is a statement of its own")
        return
    tls, prop = spec.load_balancer.tls, listener.at("SslPolicy")
    negotiates = dict(TLS_POLICIES)
    for name in prop.possible():
        if isinstance(name, str) and name and name not in negotiates:
            told = listener.at("SslProtocols").require()  # an account tells it of a policy that is newer than the table
            if told is ABSENT or not told or not set(told) <= set(VERSIONS):
                reason = f"{listener.address} names the policy {name}, which asbuilt does not know"
                yield undecided(Unknown(UnknownKind.UNSUPPORTED, reason), reason, prop)
                return
            negotiates[name] = tuple(sorted(told))

    def offers(policy: Any) -> bool:
        versions = negotiates[policy or DEFAULT_POLICY]
        lowest = VERSIONS.index(tls.minimum) if tls.minimum else 0
        if tls.strict:
            return tuple(versions) == (tls.offers,)
        return bool(tls.offers in versions) and all(VERSIONS.index(version) >= lowest for version in versions)

    policy = DEFAULT_POLICY if prop.value in (ABSENT, None, "") else prop.value
    negotiated = ", ".join(negotiates.get(policy, ())) if isinstance(policy, str) else "other versions"
    wanted = f"{tls.offers} only" if tls.strict else f"{tls.offers}, nothing below {tls.minimum or 'it'}"
    message = f"{listener.address} negotiates {negotiated}; the architecture says {wanted}"
    yield from expect(prop, offers, message, default=DEFAULT_POLICY, expected=wanted)
