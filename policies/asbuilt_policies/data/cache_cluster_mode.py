"""SEC-7: the cache runs in cluster mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Property, Resource, Unknown, UnknownKind
from asbuilt.rules import expect, inapplicable, rule, undecided, violation
from asbuilt.topology.data_stores import CACHE_CLUSTER, CACHES, REPLICATION_GROUP, is_cache_of_its_own, is_set
from asbuilt_policies.statements import scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@rule(id="cache-cluster-mode", resource=CACHES, severity="medium", enforces="cache.cluster_mode")
def cache_cluster_mode(cache: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The cache does not run in cluster mode.

    Why: without cluster mode, one node takes every write and its memory is all there is; clients written for a cluster
    do not connect. It is on where ClusterMode says so, where there are several node groups, or with a parameter group
    such as default.redis7.cluster.on. Serverless caches always are clusters.

    Fix: set ClusterMode to enabled and NumNodeGroups to the number of shards.

    Source: Amazon ElastiCache User Guide, "Cluster mode disabled vs. enabled"; read 2026-11.
    """
    name = cache.name or cache.address
    if not spec.cache.cluster_mode or cache.type not in (REPLICATION_GROUP, CACHE_CLUSTER):
        return
    if not is_cache_of_its_own(cache):
        yield inapplicable(cache, f"{name} is judged with its replication group")
    elif cache.type == CACHE_CLUSTER:
        message = f"{name} is a cache cluster without a replication group, which has no cluster mode"
        yield violation(cache.at("Engine"), message, expected=["a replication group in cluster mode"])
    else:
        yield from _group(cache, name)


def _group(group: Resource, name: str) -> Iterator[Evidence]:
    mode, shards = group.at("ClusterMode"), group.at("NumNodeGroups")
    listed = group.at("NodeGroupConfiguration")
    if is_set(group, "ClusterMode"):
        message = f"{name} has cluster mode {mode.value}" if mode.known else f"{name} is not in cluster mode"
        yield from expect(mode, "enabled", message)
        return
    several = any(isinstance(number := scalar(value), int | float) and number > 1 for value in shards.possible())
    if several and shards.known:
        return
    if isinstance(listed.value, list) and len(listed.value) > 1 and not is_set(group, "NumNodeGroups"):
        return
    parameters = group.at("CacheParameterGroupName")
    if isinstance(parameters.value, str) and parameters.value.endswith(".cluster.on"):
        return
    doubt = next((p for p in (shards, listed, parameters) if isinstance(p.value, Unknown)), None)
    if doubt is not None:
        yield undecided(doubt.value, f"whether {name} is in cluster mode is not known: {doubt.value.reason}", doubt)
    elif _custom(parameters):
        unknown = Unknown(UnknownKind.UNREAD, "the parameter group may enable it", parameters.trace.location)
        reason = f"whether {name} is in cluster mode is not known: the parameter group {parameters.value} may enable it"
        yield undecided(unknown, reason, parameters)
    else:
        message = f"{name} has one node group and no cluster mode"
        yield violation(shards, message, expected=["several node groups in cluster mode"])


def _custom(parameters: Property) -> bool:
    """Whether a parameter group is of somebody's own, and may set cluster-enabled."""
    value = parameters.value
    return value is not ABSENT and value is not None and not str(value).startswith("default.")
