"""NET-10: databases have no public address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT
from asbuilt.rules import expect, rule
from asbuilt.topology.tiers import tier_holding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec


@rule(
    id="database-not-public", resource="AWS::RDS::DBInstance", severity="critical", enforces="network.subnets.*.holds"
)
def database_not_public(database: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A database is publicly accessible.

    Why: it gets a name that resolves to a public address; only its security group is then between it and the internet.

    Fix: set PubliclyAccessible to false.

    Source: Amazon RDS API Reference, CreateDBInstance (PubliclyAccessible; with a DB subnet group the default is
    private); read 2026-11.
    """
    tier = tier_holding("database", spec)
    prop = database.at("PubliclyAccessible")
    if tier:
        message = f"{database.name or database.address} is publicly accessible"
        path = f"network.subnets.{tier}.holds"
        default = False if database.get("DBSubnetGroupName") is not ABSENT else ABSENT
        yield from expect(prop, False, message, default=default, requirement=path)
