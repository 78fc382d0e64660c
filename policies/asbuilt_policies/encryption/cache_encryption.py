"""SEC-8: the cache is encrypted at rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Resource, Unknown
from asbuilt.rules import inapplicable, rule, undecided, violation
from asbuilt.topology.data_stores import CACHE_CLUSTER, CACHES, SERVERLESS_CACHE, is_cache_of_its_own
from asbuilt_policies.statements import equals, hold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@rule(id="cache-encryption", resource=CACHES, severity="high", enforces="cache.encrypted")
def cache_encryption(cache: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The cache is not encrypted at rest.

    Why: sessions and tokens lie in swap files and backups as they are. It can be set only when the cache is created;
    Redis has it off by default, Valkey on.

    Fix: set AtRestEncryptionEnabled to true; the cache is replaced by that.

    Source: Amazon ElastiCache User Guide, "At-Rest Encryption in ElastiCache"; read 2026-11.
    """
    name = cache.name or cache.address
    if not spec.cache.encrypted or cache.type == SERVERLESS_CACHE:
        return
    if cache.type == CACHE_CLUSTER:
        if is_cache_of_its_own(cache):
            message = f"{name} is a cache cluster without a replication group, which cannot be encrypted at rest"
            yield violation(cache.at("Engine"), message, expected=["a replication group encrypted at rest"])
        else:
            yield inapplicable(cache, f"{name} is judged with its replication group")
        return
    prop, engine = cache.at("AtRestEncryptionEnabled"), cache.at("Engine").value
    if isinstance(engine, Unknown) and (prop.value is ABSENT or prop.value is None):
        yield undecided(engine, f"whether {name} is encrypted is not known: {engine.reason}", cache.at("Engine"))
        return
    yield from hold(
        prop,
        equals(True),
        lambda _: f"{name} is not encrypted at rest",
        what=f"whether {name} is encrypted",
        expected=True,
        default=engine == "valkey",
    )
