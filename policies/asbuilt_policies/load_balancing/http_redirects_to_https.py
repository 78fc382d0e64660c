"""ALB-4: HTTP is redirected to HTTPS, by every HTTP listener and all its rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Property, Resource, Unknown
from asbuilt.rules import examined, expect, missing, platform_rule, undecided, violation
from asbuilt.topology.load_balancing import LISTENER, lacking, load_balancing, speaking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec
    from asbuilt.topology.load_balancing import LoadBalancing


@platform_rule(
    id="http-redirects-to-https", severity="high", enforces="load_balancer.http_redirect.protocol", needs=LISTENER
)
def http_redirects_to_https(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A listener answers plain HTTP instead of redirecting it to HTTPS, or nobody redirects it.

    Why: what is answered over HTTP can be read and changed on the way; without a listener on port 80, a user who
    types the address gets no answer at all.

    Fix: give the HTTP listener one default action of type redirect, to protocol HTTPS and port 443 with status
    HTTP_301 or HTTP_302, and no rule that forwards.

    Source: Elastic Load Balancing API Reference, RedirectActionConfig (Port keeps the request's own unless given);
    read 2026-11.
    """
    view = graph.memo(load_balancing, spec)
    plain, doubts = speaking(graph, "HTTP")
    for prop, doubt in doubts:
        reason = f"whether {prop.resource.address} answers plain HTTP is not known: {doubt.reason}"
        yield undecided(doubt, reason, prop)
    for listener in plain:
        yield examined(listener)
        yield from _judge(listener, spec, view)
    for balancer in view.front_doors():
        own = [listener for listener in view.listeners[balancer.key] if listener in plain]
        if all(listener.conditional is not None for listener in own):
            message = f"{balancer.name or balancer.address} has no HTTP listener that redirects to HTTPS"
            found = missing(f"HTTP listener of {balancer.address}", message, expected="redirect", resource=balancer)
            yield lacking(found, own, doubts, view)


def _judge(listener: Resource, spec: Spec, view: LoadBalancing) -> Iterator[Evidence]:
    actions = list(listener.at("DefaultActions").items())
    if not actions:
        message = f"{listener.address} has no default action, so it redirects nothing"
        yield violation(listener.at("DefaultActions"), message, expected="redirect")
    for action in actions:
        yield from _action(action, listener.address, spec)
    for rule in view.rules[listener.key]:
        for action in rule.at("Actions").items():
            yield from _action(action, rule.address, spec)
    for rule, doubt in view.loose_rules:
        yield undecided(
            doubt,
            f"whether {rule.address} belongs to {listener.address} is not known: {doubt.reason}",
            listener.at("DefaultActions"),
        )


def _action(action: Property, what: str, spec: Spec) -> Iterator[Evidence]:
    if isinstance(action.value, Unknown):
        yield undecided(action.value, f"what {what} does is not known: {action.value.reason}", action)
        return
    kind = action.at("Type")
    redirect = spec.load_balancer.http_redirect
    if kind.known and str(kind.value).lower() != "redirect":
        yield violation(kind, f"{what} answers HTTP with {kind.value} instead of a redirect", expected="redirect")
        return
    yield from expect(kind, "redirect", f"{what} does not redirect")
    config = action.at("RedirectConfig")
    yield from expect(
        config.at("Protocol"),
        redirect.protocol,
        f"{what} redirects HTTP to something else than {redirect.protocol}",
        default="#{protocol}",
    )
    if redirect.port is not None:
        message = f"{what} redirects HTTP to a port other than {redirect.port}"
        yield from expect(config.at("Port"), str(redirect.port), message, default="#{port}")
    if redirect.status_codes:
        codes = tuple(f"HTTP_{code}" for code in redirect.status_codes)
        message = f"{what} redirects with a status other than {' or '.join(codes)}"
        yield from expect(config.at("StatusCode"), lambda value: value in codes, message, expected=" or ".join(codes))
