"""COST-6: every scalable target scales a service that exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Resource, Unknown, UnknownKind
from asbuilt.rules import either, inapplicable, rule, undecided, violation
from asbuilt.topology.scaling import CLUSTER, SCALABLE_TARGET, cluster_name, scales_ecs, scaling
from asbuilt.topology.services import ECS_SERVICE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@rule(
    id="scalable-target-of-no-service",
    resource=SCALABLE_TARGET,
    severity="low",
    enforces="scaling.every_service",
)
def scalable_target_of_no_service(target: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A scalable target names an ECS service that does not exist.

    Why: it looks as if the service scaled, and nothing does: after a service has been renamed or moved to another
    cluster, its scalable target stays behind.

    Fix: correct the target's ResourceId, service/<cluster>/<service>, or remove the target.

    Source: Application Auto Scaling API Reference, RegisterScalableTarget (ResourceId); read 2026-11.
    """
    if not scales_ecs(target):
        yield inapplicable(target, f"{target.address} scales something else than an ECS service")
        return
    if graph.memo(scaling, spec).owned(target):
        return
    prop = target.at("ResourceId")
    value = prop.value
    if isinstance(value, Unknown):
        yield undecided(value, f"which service {target.address} scales is not known: {value.reason}", prop)
        return
    found = str(value).split("/")
    cluster = found[1] if len(found) > 2 else "default"
    services = graph.of_type(ECS_SERVICE)
    here = {cluster_name(service, graph) for service in services} | {c.get("ClusterName") for c in _clusters(graph)}
    unnamed = next((s.get("ServiceName") for s in services if isinstance(s.get("ServiceName"), Unknown)), None)
    if isinstance(unnamed, Unknown):
        reason = f"whether {value} exists is not known: the name of an ECS service is not: {unnamed.reason}"
        yield undecided(unnamed, reason, prop)
    elif cluster not in here:
        reason = f"whether {value} exists is not known: the cluster {cluster} is not in the code that was read"
        yield undecided(Unknown(UnknownKind.UNREAD, reason), reason, prop)
    else:
        message = f"{target.address} scales {value}, and there is no such ECS service"
        yield either(graph, violation(prop, message, expected="an ECS service"), ECS_SERVICE)


def _clusters(graph: Graph) -> tuple[Resource, ...]:
    return tuple(c for c in graph.of_type(CLUSTER) if isinstance(c.get("ClusterName"), str))
