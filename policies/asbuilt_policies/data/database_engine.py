"""SEC-5: the database has the engine stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import either, inapplicable, missing, note, platform_rule, present
from asbuilt.topology.data_stores import DB_CLUSTER, DB_INSTANCE, ENGINES, databases, is_replica, is_set
from asbuilt_policies.statements import hold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@platform_rule(id="database-engine", severity="high", enforces="database.engine", needs=(DB_INSTANCE, DB_CLUSTER))
def database_engine(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """There is no database of the engine that the architecture says, or one of another engine.

    Why: drivers, migrations and backups are written for one engine. Aurora in its PostgreSQL or MySQL edition counts as
    the engine it is compatible with.

    Fix: create the database with the Engine stated; the engine of one that exists cannot be changed.

    Source: Amazon RDS API Reference, CreateDBInstance (Engine); read 2026-11.
    """
    wanted = spec.database.engine or ""
    found = databases(graph)
    if not found:
        message = f"there is no {wanted} database"
        yield either(graph, missing("database", message, expected=wanted), DB_INSTANCE, DB_CLUSTER)
    yield from present(d for d in found if is_set(d, "Engine") or not is_replica(d))
    for database in found:
        name, prop = database.name or database.address, database.at("Engine")
        if not is_set(database, "Engine") and is_replica(database):
            yield inapplicable(database, f"{name} has the engine of the database that it copies")
            continue
        yield from hold(
            prop,
            lambda engine: str(engine).lower() in ENGINES[wanted],
            lambda engine, name=name: f"{name} is {engine}, not {wanted}",  # type: ignore[misc]
            what=f"the engine of {name}",
            expected=wanted,
        )
        if isinstance(prop.value, str) and prop.value.startswith("aurora"):
            yield note(prop, f"{name} is Aurora, compatible with {wanted}")
