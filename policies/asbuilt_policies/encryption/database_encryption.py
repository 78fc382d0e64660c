"""SEC-6: the database is encrypted at rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Unknown, UnknownKind
from asbuilt.rules import inapplicable, rule, undecided
from asbuilt.topology.data_stores import DB_CLUSTER, DB_INSTANCE, is_member, is_replica, is_set
from asbuilt_policies.statements import equals, hold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec


@rule(id="database-encryption", resource=(DB_INSTANCE, DB_CLUSTER), severity="high", enforces="database.encrypted")
def database_encryption(database: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The database is not encrypted at rest.

    Why: snapshots and backups of a database that is not encrypted are readable to whoever gets hold of them. It cannot
    be switched on later: the database has to be restored from an encrypted copy of a snapshot.

    Fix: set StorageEncrypted to true.

    Source: Amazon RDS User Guide, "Encrypting Amazon RDS resources" (off unless enabled); read 2026-11.
    """
    if not spec.database.encrypted:
        return
    name, prop = database.name or database.address, database.at("StorageEncrypted")
    unset = prop.value is ABSENT or prop.value is None
    snapshot = database.at("DBSnapshotIdentifier" if database.type == DB_INSTANCE else "SnapshotIdentifier")
    if database.type == DB_INSTANCE and is_member(database):
        yield inapplicable(database, f"the storage of {name} is its cluster's")
    elif unset and is_replica(database):
        yield inapplicable(database, f"{name} is encrypted if the database is that it copies")
    elif unset and is_set(database, snapshot.name):
        reason = f"{name} is encrypted if the snapshot is that it is restored from"
        unknown = Unknown(UnknownKind.UNREAD, reason, snapshot.trace.location)
        yield undecided(unknown, reason, snapshot)
    else:
        serverless = database.type == DB_CLUSTER and database.get("EngineMode") == "serverless"
        yield from hold(
            prop,
            equals(True),
            lambda _: f"{name} is not encrypted at rest",
            what=f"whether {name} is encrypted",
            expected=True,
            default=serverless,
        )
