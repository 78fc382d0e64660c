"""INV-7: no EC2 instances stand behind the clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT
from asbuilt.rules import rule, violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Resource
    from asbuilt.spec.models import Spec


@rule(
    id="no-container-instances",
    resource="AWS::ECS::Cluster",
    severity="medium",
    enforces="compute.launch_type",
    live=True,
)
def no_container_instances(cluster: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """EC2 instances are registered in a cluster that is meant for Fargate only.

    Why: somebody has to patch them, and tasks can be placed on them that nobody sees in the code.

    Fix: drain and deregister the container instances, and end them.

    Source: Amazon ECS API Reference, Cluster (registeredContainerInstancesCount); read 2026-11.
    """
    prop = cluster.at("RegisteredContainerInstancesCount")
    count = prop.require()
    if spec.compute.launch_type == "FARGATE" and count is not ABSENT and count:
        yield violation(prop, f"{count} EC2 instances are registered in {cluster.name}", expected=0)
