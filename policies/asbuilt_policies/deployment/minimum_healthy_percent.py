"""DEP-3: so many percent of a service's tasks stay healthy during a deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import inapplicable, service_rule
from asbuilt_policies.statements import equals, hold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec
    from asbuilt.topology.services import Service


DEFAULT = 100  # AWS's, for a service with the scheduling strategy REPLICA


@service_rule(id="minimum-healthy-percent", severity="medium", enforces="deployment.minimum_healthy_percent")
def minimum_healthy_percent(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A deployment keeps another share of a service's tasks healthy than the architecture says.

    Why: with less than the architecture says, a deployment at peak takes capacity away; with more, a service that may
    shrink waits for room that it does not need.

    Fix: set DeploymentConfiguration.MinimumHealthyPercent to the value of the service's class. ECS rounds the number of
    tasks up: 50 % of one task is one.

    Source: Amazon ECS API Reference, DeploymentConfiguration (the default minimumHealthyPercent is 100); read 2026-11.
    """
    kind = service.spec.class_ or ""
    wanted = spec.deployment.minimum_healthy_percent.get(kind)
    name = service.name
    if wanted is None:
        yield inapplicable(service.resource, f"the architecture gives {kind or name} no minimum healthy percent")
        return
    yield from hold(
        service.at("DeploymentConfiguration.MinimumHealthyPercent"),
        equals(wanted),
        lambda value: (
            f"a deployment keeps {value} % of {name}'s tasks healthy; the architecture says {wanted} % ({kind})"
        ),
        what=f"the minimum healthy percent of {name}",
        expected=wanted,
        default=DEFAULT,
        service=name,
        requirement=f"deployment.minimum_healthy_percent.{kind}",
    )
