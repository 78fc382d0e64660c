"""EDGE-1: a CloudFront distribution stands in front of the load balancer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.graph import value_or
from asbuilt.model import Resource, Unknown
from asbuilt.rules import either, missing, platform_rule, present, undecided, violation
from asbuilt.topology.edge import DISTRIBUTION, leads_to_load_balancer
from asbuilt.topology.load_balancing import LOAD_BALANCER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@platform_rule(id="cdn-origin", severity="low", enforces="cdn.origin", needs=(DISTRIBUTION, LOAD_BALANCER))
def cdn_origin(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """No enabled CloudFront distribution has the load balancer as an origin.

    Why: without the distribution, every request travels to the region and meets the load balancer without cache or
    protection at the edge.

    Fix: give an enabled distribution an origin whose DomainName is the load balancer's DNS name, or an alias of it.

    Source: Amazon CloudFront Developer Guide, "Use various origins with CloudFront distributions"; read 2026-11.
    """
    distributions = graph.of_type(DISTRIBUTION)
    if not distributions:
        message = "there is no CloudFront distribution in front of the load balancer"
        yield either(graph, missing("distribution", message, expected="load balancer"), DISTRIBUTION)
        return
    found = {d.key: list(_judge(d, graph)) for d in distributions}
    # Others may stand in front of buckets: one is enough.
    yield from present(d for d in distributions if not found[d.key])
    if all(found.values()):
        for evidence in found.values():
            yield from evidence


def _judge(distribution: Resource, graph: Graph) -> Iterator[Evidence]:
    """Yield why a distribution is not the one, or may not be."""
    name = distribution.address
    enabled = distribution.at("DistributionConfig.Enabled")
    if not enabled.known:
        yield undecided(enabled.value, f"whether {name} is enabled is not known: {enabled.value.reason}", enabled)
    elif value_or(enabled.value, False) is not True:
        yield violation(enabled, f"{name} is not enabled", expected=True)
        return
    origins = list(distribution.at("DistributionConfig.Origins").items())
    answers = [leads_to_load_balancer(origin, graph) for origin in origins]
    if True in answers:
        return
    doubt = next(((a, o) for a, o in zip(answers, origins, strict=True) if isinstance(a, Unknown)), None)
    if doubt is not None:
        yield undecided(doubt[0], f"where {name} fetches from is not known: {doubt[0].reason}", doubt[1])
        return
    prop = origins[0].at("DomainName") if origins else distribution.at("DistributionConfig.Origins")
    message = f"{name} does not have the load balancer as an origin"
    yield either(graph, violation(prop, message, expected=["the DNS name of the load balancer"]), LOAD_BALANCER)
