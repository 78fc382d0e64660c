"""DEP-2: the last deployment of a service did not fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import Unknown
from asbuilt.rules import service_rule, undecided, violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec
    from asbuilt.topology.services import Service


@service_rule(id="deployment-succeeded", severity="high", enforces="deployment.rollback", live=True)
def deployment_succeeded(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The current deployment of a service has failed.

    Why: a deployment that fails is rolled back, and the service goes on with the version before; one that stays in
    failure runs too few tasks, or tasks that nobody wanted.

    Fix: read the reason in the deployment, mend the image or its configuration, and deploy again.

    Source: Amazon ECS API Reference, Deployment (rolloutState: COMPLETED, FAILED, IN_PROGRESS); read 2026-11.
    """
    for deployment in service.at("Deployments").items():
        status, state = deployment.at("Status"), deployment.at("RolloutState")
        if isinstance(status.value, Unknown) or status.value == "PRIMARY":
            for prop in (status, state):
                if isinstance(prop.value, Unknown):
                    reason = f"whether the deployment of {service.name} failed is not known: {prop.value.reason}"
                    yield undecided(prop.value, reason, prop, service=service.name)
        if status.value == "PRIMARY" and state.value == "FAILED":
            told = deployment.at("RolloutStateReason").value
            message = f"the deployment of {service.name} has failed" + (f": {told}" if isinstance(told, str) else "")
            yield violation(state, message, expected=["COMPLETED"], service=service.name)
