"""COST-3: the cluster offers the capacity providers of the architecture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Outcome, Resource, Unknown
from asbuilt.rules import either, missing, platform_rule, undecided, violation
from asbuilt.topology.capacity import ASSOCIATIONS, associations, hidden_associations, service_cluster
from asbuilt.topology.scaling import CLUSTER
from asbuilt.topology.services import ECS_SERVICE, inventory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec

LISTS = "CapacityProviders"


@platform_rule(
    id="cluster-capacity-providers",
    severity="medium",
    enforces="capacity.providers",
    needs=(CLUSTER, ASSOCIATIONS),
)
def cluster_capacity_providers(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A cluster does not offer every capacity provider of the architecture.

    Why: a service can only use a capacity provider that is associated with its cluster; without FARGATE_SPOT, no
    strategy with a Spot share can be deployed.

    Fix: name the capacity providers in the cluster's CapacityProviders.

    Source: Amazon ECS API Reference, PutClusterCapacityProviders and CreateCluster (capacityProviders); read 2026-11.
    """
    wanted = tuple(spec.capacity.providers or ())
    clusters = _clusters(spec, graph)
    for cluster, doubt in clusters:
        yield from _cluster(cluster, wanted, doubt, graph)
    for association in graph.of_type(ASSOCIATIONS):
        if not any(association in associations(cluster, graph) for cluster in graph.of_type(CLUSTER)):
            yield from _offers(association, (association,), wanted, None)
    if not clusters and not graph.of_type(ASSOCIATIONS):
        yield _none(wanted, graph)


def _clusters(spec: Spec, graph: Graph) -> list[tuple[Resource, Unknown | None]]:
    """Return the clusters that run the services, and with the reason those that may, where that cannot be told."""
    services = graph.memo(inventory, spec).services()
    found = [service_cluster(service.resource, graph) for service in services]
    known = {cluster.key: cluster for cluster in found if isinstance(cluster, Resource)}
    doubt = next((cluster for cluster in found if isinstance(cluster, Unknown)), None)
    if known and doubt is None:
        return [(cluster, None) for cluster in known.values()]
    every = graph.of_type(CLUSTER)
    return [(c, None if c.key in known or len(every) == 1 else doubt) for c in every]


def _cluster(cluster: Resource, wanted: tuple[str, ...], doubt: Unknown | None, graph: Graph) -> Iterator[Evidence]:
    given = associations(cluster, graph)
    for found in _offers(cluster, (cluster, *given), wanted, hidden_associations(graph)):
        if doubt is None or found.outcome is not Outcome.VIOLATION:
            yield found
        else:
            reason = f"{found.message}, and whether a service runs in it is not known: {doubt.reason}"
            yield undecided(doubt, reason, found.prop, expected=list(wanted))


def _offers(
    cluster: Resource, holders: tuple[Resource, ...], wanted: tuple[str, ...], hidden: Unknown | None
) -> Iterator[Evidence]:
    """Hold what a cluster and its associations offer together to what the architecture wants."""
    items = [item for holder in holders for item in holder.at(LISTS).items()]
    offered = [str(item.value) for item in items if item.known]
    lacking = [name for name in wanted if name not in offered]
    if not lacking:
        return
    written = [holder.at(LISTS) for holder in holders if any(True for _ in holder.at(LISTS).items())]
    prop = (written or [holders[-1].at(LISTS)])[-1]
    doubts = [item.value for item in items if isinstance(item.value, Unknown)]
    doubts += [holder.conditional for holder in holders[1:] if holder.conditional is not None]
    doubts += [hidden] if hidden is not None else []
    what = f"the cluster {cluster.name or cluster.address}"
    if doubts:
        reason = f"whether {what} offers {' and '.join(lacking)} is not known: {doubts[0].reason}"
        yield undecided(doubts[0], reason, prop, expected=list(wanted))
        return
    found = f"offers {', '.join(offered)} only" if offered else "offers no capacity provider"
    yield violation(
        prop,
        f"{what} {found}; the architecture says {' and '.join(wanted)}",
        expected=list(wanted),
        fix=f"add {', '.join(lacking)} to `{prop.resource.native(prop.path)}` at {prop.trace.origin}",
    )


def _none(wanted: tuple[str, ...], graph: Graph) -> Evidence:
    subject = "ECS cluster"
    for service in graph.of_type(ECS_SERVICE):
        cluster = service.get("Cluster")
        if isinstance(cluster, Unknown):
            reason = f"the cluster of {service.address} is not in the code that was read: {cluster.reason}"
            return undecided(cluster, reason, service.at("Cluster"), expected=list(wanted), subject=subject)
    message = f"there is no ECS cluster that offers {' and '.join(wanted)}"
    return either(graph, missing(subject, message, expected=list(wanted)), CLUSTER, ASSOCIATIONS)
