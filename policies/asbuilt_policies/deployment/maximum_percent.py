"""DEP-4: a deployment runs at most so many percent of the desired tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import rule
from asbuilt.topology.services import ECS_SERVICE
from asbuilt_policies.statements import equals, hold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec


DEFAULT = 200  # AWS's, for a service with the scheduling strategy REPLICA


@rule(id="maximum-percent", resource=ECS_SERVICE, severity="medium", enforces="deployment.maximum_percent")
def maximum_percent(service: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A deployment may run more or fewer tasks at a time than the architecture says.

    Why: the maximum decides whether new tasks can start before old ones stop: at 100 they cannot, and a deployment
    takes capacity away; a higher one than planned exceeds addresses, database connections and quotas.

    Fix: set DeploymentConfiguration.MaximumPercent to the architecture's value.

    Source: Amazon ECS API Reference, DeploymentConfiguration (the default maximumPercent is 200); read 2026-11.
    """
    wanted = spec.deployment.maximum_percent
    if wanted is None:
        return
    what = service.name or service.address
    yield from hold(
        service.at("DeploymentConfiguration.MaximumPercent"),
        equals(wanted),
        lambda value: f"a deployment of {what} runs up to {value} % of its tasks; the architecture says {wanted} %",
        what=f"the maximum percent of {what}",
        expected=wanted,
        default=DEFAULT,
    )
