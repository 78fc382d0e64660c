"""SEC-7: the cache has the engine stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import either, missing, note, platform_rule, present
from asbuilt.topology.data_stores import CACHES, ENGINES, caches, default_cache_engine
from asbuilt_policies.statements import hold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@platform_rule(id="cache-engine", severity="medium", enforces="cache.engine", needs=CACHES)
def cache_engine(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """There is no cache of the engine that the architecture says, or one of another engine.

    Why: clients, data types and persistence differ between engines. Valkey speaks Redis' protocol and counts as Redis.

    Fix: create the cache with the Engine stated.

    Source: Amazon ElastiCache API Reference, CreateReplicationGroup (Engine, default redis); read 2026-11.
    """
    wanted = spec.cache.engine or ""
    found = caches(graph)
    if not found:
        yield either(graph, missing("cache", f"there is no {wanted} cache", expected=wanted), *CACHES)
    yield from present(found)
    for cache in found:
        name, prop = cache.name or cache.address, cache.at("Engine")
        yield from hold(
            prop,
            lambda engine: engine in ENGINES[wanted],
            lambda engine, name=name: f"{name} is {engine}, not {wanted}",  # type: ignore[misc]
            what=f"the engine of {name}",
            expected=wanted,
            default=default_cache_engine(cache),
        )
        if prop.value == "valkey" and wanted == "redis":
            yield note(prop, f"{name} is Valkey, which speaks Redis' protocol")
