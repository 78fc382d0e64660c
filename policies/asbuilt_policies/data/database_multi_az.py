"""SEC-5: the database stands in several availability zones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Unknown
from asbuilt.rules import inapplicable, note, rule, undecided, violation
from asbuilt.topology.data_stores import DB_CLUSTER, DB_INSTANCE, is_member, is_replica, is_set, members
from asbuilt_policies.statements import equals, hold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec


@rule(id="database-multi-az", resource=(DB_INSTANCE, DB_CLUSTER), severity="high", enforces="database.multi_az")
def database_multi_az(database: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The database stands in one availability zone only.

    Why: when the zone fails, the database is gone until somebody restores it; a standby takes over within minutes. An
    Aurora cluster has one where it has two instances in different zones.

    Fix: set MultiAZ to true; give an Aurora cluster a second instance in another zone.

    Source: Amazon RDS User Guide, "Configuring and managing a Multi-AZ deployment"; Amazon Aurora User Guide, "High
    availability for Amazon Aurora"; read 2026-11.
    """
    if not spec.database.multi_az:
        return
    name = database.name or database.address
    if database.type == DB_CLUSTER:
        yield from _cluster(database, name, graph)
    elif is_member(database):
        yield inapplicable(database, f"{name} is judged with its cluster")
    elif is_replica(database):
        yield inapplicable(database, f"{name} is a read replica")
    else:
        yield from hold(
            database.at("MultiAZ"),
            equals(True),
            lambda _: f"{name} stands in one availability zone only",
            what=f"whether {name} stands in several zones",
            expected=True,
            default=False,
        )


def _cluster(cluster: Resource, name: str, graph: Graph) -> Iterator[Evidence]:
    if is_set(cluster, "DBClusterInstanceClass"):
        yield note(cluster.at("DBClusterInstanceClass"), f"{name} is a Multi-AZ DB cluster")
        return
    found, doubt = members(cluster, graph)
    zones = [instance.get("AvailabilityZone") for instance in found]
    known = {zone for zone in zones if isinstance(zone, str)}
    apart = len(known) > 1 or (len(found) > 1 and not all(isinstance(zone, str | Unknown) for zone in zones))
    unknown = next((zone for zone in zones if isinstance(zone, Unknown)), None)
    prop = cluster.at("Engine")
    if apart and (doubt is None or all(instance.conditional is None for instance in found)):
        yield note(prop, f"{name} is Aurora with {len(found)} instances")
    elif doubt is not None or (unknown is not None and len(found) > 1):
        cause = unknown if doubt is None else doubt
        assert cause is not None  # noqa: S101 - one of the two is
        yield undecided(cause, f"in how many zones {name} has instances is not known: {cause.reason}", prop)
    else:
        count = f"{len(found)} instance{'' if len(found) == 1 else 's'}"
        message = f"{name} has {count} in one availability zone" if found else f"{name} has no instance"
        yield violation(prop, message, expected=["two instances in different availability zones"], actual=count)
