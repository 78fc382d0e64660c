"""NET-3: every zone stated has subnets of every tier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Unknown
from asbuilt.rules import either, missing, platform_rule, undecided
from asbuilt.topology.network import SUBNET
from asbuilt.topology.tiers import doubtful, subnets_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@platform_rule(id="subnets-in-every-zone", severity="medium", enforces="network.availability_zones", needs=SUBNET)
def subnets_in_every_zone(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A tier has no subnet in one of the availability zones.

    Why: a tier that leaves a zone out does not survive what the other tiers survive.

    Fix: create one subnet of the tier in each zone.

    Source: AWS Well-Architected, Reliability Pillar, "Deploy the workload to multiple locations"; read 2026-11.
    """
    for tier, values in spec.network.subnets.items():
        subnets = list(subnets_in(tier, spec, graph))
        zones = [subnet.get("AvailabilityZone") for subnet in subnets]
        doubt = next((zone for zone in zones if isinstance(zone, Unknown)), doubtful(graph, spec))
        if not values.cidrs or not (subnets or doubt is not None):
            continue  # that the tier's subnets are missing is another rule's finding
        for zone in spec.network.availability_zones or ():
            if any(found == zone for found in zones if isinstance(found, str)):
                continue
            subject = f"{tier} subnet in {zone}"
            if doubt is not None:
                yield undecided(doubt, f"whether there is a {subject} is not known: {doubt.reason}", subject=subject)
            else:
                yield either(
                    graph,
                    missing(subject, f"no {tier} subnet of the architecture lies in {zone}", expected=zone),
                    SUBNET,
                )
