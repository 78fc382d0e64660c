"""The databases and caches of a graph, and how their parts belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Resource, Unknown

if TYPE_CHECKING:
    from asbuilt.graph import Graph

DB_INSTANCE = "AWS::RDS::DBInstance"
DB_CLUSTER = "AWS::RDS::DBCluster"
REPLICATION_GROUP = "AWS::ElastiCache::ReplicationGroup"
CACHE_CLUSTER = "AWS::ElastiCache::CacheCluster"
SERVERLESS_CACHE = "AWS::ElastiCache::ServerlessCache"
CACHES = (REPLICATION_GROUP, CACHE_CLUSTER, SERVERLESS_CACHE)
# RDS API Reference, CreateDBCluster and CreateDBInstance (Engine): what speaks the same protocol.
ENGINES = {
    "postgres": ("postgres", "aurora-postgresql"),
    "mysql": ("mysql", "aurora-mysql", "aurora"),
    "mariadb": ("mariadb",),
    "redis": ("redis", "valkey"),
    "valkey": ("valkey",),
    "memcached": ("memcached",),
}


def is_set(resource: Resource, path: str) -> bool:
    """Whether a property is set, be it to something unknown; the provider takes an empty text for none."""
    value = resource.get(path)
    return isinstance(value, Unknown) or value not in (ABSENT, None, "")


def is_member(instance: Resource) -> bool:
    """Whether a DB instance belongs to a cluster, which then has engine and storage."""
    return is_set(instance, "DBClusterIdentifier")


def is_replica(database: Resource) -> bool:
    """Whether a DB instance or cluster is a read replica of another."""
    return any(
        is_set(database, name)
        for name in (
            ("ReplicationSourceIdentifier",)
            if database.type == DB_CLUSTER
            else ("SourceDBInstanceIdentifier", "SourceDBClusterIdentifier")
        )
    )


def databases(graph: Graph) -> tuple[Resource, ...]:
    """Return DB clusters, and DB instances that are not part of one."""
    return tuple(d for d in graph.of_type(DB_CLUSTER, DB_INSTANCE) if d.type == DB_CLUSTER or not is_member(d))


def members(cluster: Resource, graph: Graph) -> tuple[tuple[Resource, ...], Unknown | None]:
    """Return the instances of a cluster, and why there may be others."""
    found: list[Resource] = []
    doubt = graph.hidden(DB_INSTANCE)
    for instance in graph.of_type(DB_INSTANCE):
        for target in graph.targets(instance.at("DBClusterIdentifier"), DB_CLUSTER):
            if isinstance(target, Unknown):
                doubt = target if doubt is None else doubt
            elif target == cluster:
                found.append(instance)
                doubt = instance.conditional if doubt is None else doubt
    return tuple(found), doubt


def is_cache_of_its_own(cache: Resource) -> bool:
    """Whether a cache cluster has an engine; one without is a member of a replication group."""
    return cache.type != CACHE_CLUSTER or is_set(cache, "Engine")


def caches(graph: Graph) -> tuple[Resource, ...]:
    """Return replication groups, serverless caches, and cache clusters of their own."""
    return tuple(cache for cache in graph.of_type(*CACHES) if is_cache_of_its_own(cache))


def default_cache_engine(cache: Resource) -> Any:
    """Return the engine of a cache that names none: a replication group is Redis."""
    return "redis" if cache.type == REPLICATION_GROUP else ABSENT
