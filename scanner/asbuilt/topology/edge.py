"""Follow the origins of CloudFront distributions to load balancers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Property, Resource, Unknown, UnknownKind
from asbuilt.topology.load_balancing import LOAD_BALANCER

if TYPE_CHECKING:
    from asbuilt.graph import Graph

DISTRIBUTION = "AWS::CloudFront::Distribution"
RECORD = "AWS::Route53::RecordSet"


def leads_to_load_balancer(origin: Property, graph: Graph) -> bool | Unknown:
    """Whether an origin is a load balancer of the graph: by its DNS name, or by a record that is an alias of it."""
    if not origin.known and origin.value.structure is ABSENT:
        return origin.value  # type: ignore[no-any-return]
    domain = origin.at("DomainName")
    found = graph.targets(domain, LOAD_BALANCER)
    if any(isinstance(target, Resource) for target in found):
        return True
    doubt = next((target for target in found if isinstance(target, Unknown)), None)
    if doubt is not None:
        return _elsewhere(doubt, graph)
    if not isinstance(domain.value, str):
        return False
    if domain.resource.source == "aws" and domain.value.endswith(".amazonaws.com"):
        hidden = graph.hidden(LOAD_BALANCER)
        return True if _same_name(domain.value, graph) else False if hidden is None else hidden
    if domain.value.endswith(".elb.amazonaws.com"):
        reason = f"whether {domain.value} is the load balancer is known when it has been created"
        return Unknown(UnknownKind.COMPUTED, reason, domain.trace.location)
    return _by_record(domain, graph)


def _same_name(name: str, graph: Graph) -> bool:
    """Whether a DNS name is that of a live load balancer: case, and `dualstack.` before it, make no difference."""
    wanted = name.lower().removeprefix("dualstack.")
    balancers = graph.of_type(LOAD_BALANCER)
    return any(str(known).lower() == wanted for balancer in balancers for known in balancer.identifiers.values())


def _elsewhere(doubt: Unknown, graph: Graph) -> bool | Unknown:
    """Tell a reference to something that is no load balancer from one that may be one."""
    resources = [graph.get(ref.target) for ref in doubt.references]
    other = all(r is not None and r.type not in (LOAD_BALANCER, RECORD) for r in resources)
    return False if doubt.exact and resources and other else doubt


def _by_record(domain: Property, graph: Graph) -> bool | Unknown:
    """Follow a DNS name through the records of the graph."""
    records = [r for r in graph.of_type(RECORD) if str(r.get("Name")).rstrip(".") == domain.value.rstrip(".")]
    doubt: Unknown | None = None
    for record in records:
        for path in ("AliasTarget.DNSName", "ResourceRecords"):
            for target in graph.targets(record.at(path), LOAD_BALANCER):
                if isinstance(target, Resource):
                    return True
                doubt = target if doubt is None else doubt
    if doubt is not None:
        return doubt
    aws = domain.value.endswith(".amazonaws.com")
    if records or aws:
        return False
    reason = f"what {domain.value} is an alias of is not among what was scanned"
    return Unknown(UnknownKind.UNREAD, reason, domain.trace.location)
