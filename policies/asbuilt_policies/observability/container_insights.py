"""MON-1: the clusters of the services have Container Insights switched on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Resource, Unknown, UnknownKind
from asbuilt.rules import either, examined, inapplicable, missing, platform_rule, undecided, violation
from asbuilt.topology.capacity import service_cluster
from asbuilt.topology.scaling import CLUSTER
from asbuilt.topology.services import inventory
from asbuilt_policies.statements import hold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Property
    from asbuilt.spec.models import Spec

NAME = "containerInsights"
ON = ("enabled", "enhanced")
WANTED = " or ".join(ON)
# CloudFormation has no resource for the account's settings; Terraform's keeps its own type and arguments.
ACCOUNT_SETTING = "Terraform::aws_ecs_account_setting_default"


@platform_rule(id="container-insights", severity="medium", enforces="monitoring.container_insights", needs=CLUSTER)
def container_insights(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A cluster that runs the services has Container Insights switched off.

    Why: without Container Insights there are no metrics of tasks, restarts and storage, and none are there afterwards
    for the time before somebody switches it on. A cluster without the setting follows the account's, which code
    rarely tells.

    Fix: add the cluster setting containerInsights with the value enabled or enhanced.

    Source: Amazon ECS API Reference, ClusterSetting (containerInsights: enhanced, enabled, disabled; it overrides the
    account setting) and PutAccountSetting (new clusters take it); read 2026-11.
    """
    if not spec.monitoring.container_insights:
        yield inapplicable(None, "the architecture does not ask for Container Insights", subject="ECS cluster")
        return
    clusters, elsewhere = _clusters(spec, graph)
    for cluster in clusters:
        yield from list(_cluster(cluster, graph)) or [examined(cluster)]
    for prop, doubt in elsewhere[:1]:
        reason = f"whether the cluster of the services has Container Insights is not known: {doubt.reason}"
        yield undecided(doubt, reason, prop, expected=WANTED, subject="ECS cluster")
    if not clusters and not elsewhere:
        absent = missing("ECS cluster", "there is no ECS cluster with Container Insights", expected=WANTED)
        yield either(graph, absent, CLUSTER)


def _clusters(spec: Spec, graph: Graph) -> tuple[list[Resource], list[tuple[Property, Unknown]]]:
    """Return the clusters that run the services, and why the cluster of some cannot be told."""
    clusters: dict[str, Resource] = {}
    elsewhere: list[tuple[Property, Unknown]] = []
    for service in graph.memo(inventory, spec).services():
        found = service_cluster(service.resource, graph)
        if isinstance(found, Unknown):
            elsewhere.append((service.at("Cluster"), found))
        else:
            clusters[found.key] = found
    if not clusters and not elsewhere:
        return list(graph.of_type(CLUSTER)), elsewhere
    return list(clusters.values()), elsewhere


def _cluster(cluster: Resource, graph: Graph) -> Iterator[Evidence]:
    what = f"the cluster {cluster.name or cluster.address}"
    settings = cluster.at("ClusterSettings")
    doubt: tuple[Property, Unknown] | None = None
    for item in settings.items():
        name = item.at("Name")
        if isinstance(name.value, Unknown):
            doubt = doubt or (item, name.value)
        elif name.value == NAME:
            yield from hold(
                item.at("Value"),
                lambda value: value in ON,
                lambda value: f"{what} has Container Insights {'without a value' if value is ABSENT else value}",
                what=f"whether {what} has Container Insights",
                expected=WANTED,
            )
            return
    if doubt is None and _account_has_it(graph):
        return
    default = cluster.at("AccountContainerInsights")  # an audit reads it of a cluster without a setting
    if doubt is None and isinstance(default.value, str) and default.value not in ON:
        message = f"{what} has no setting {NAME}, and the account's is {default.value}"
        yield violation(default, message, expected=WANTED)
        return
    prop, unknown = doubt or (settings, _account(default.value))
    yield undecided(
        unknown,
        f"whether {what} has Container Insights is not known: {unknown.reason}",
        prop,
        expected=WANTED,
        fix=f"add the cluster setting {NAME} with the value {WANTED} to {cluster.address}",
    )


def _account_has_it(graph: Graph) -> bool:
    """Whether the code itself switches Container Insights on for all clusters of the account."""
    return any(
        setting.properties.get("name") == NAME and setting.properties.get("value") in ON and setting.conditional is None
        for setting in graph.of_type(ACCOUNT_SETTING)
    )


def _account(default: Any) -> Unknown:
    if isinstance(default, Unknown):
        return default
    reason = f"it has no setting {NAME}, so that the account's default decides"
    if isinstance(default, str):
        reason = f"it has no setting {NAME}; the account's is {default} now, and a cluster takes it when it is made"
    return Unknown(UnknownKind.COMPUTED, reason)
