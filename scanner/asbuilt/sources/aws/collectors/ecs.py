"""Elastic Container Service: clusters, services, the task definitions in use, the running tasks.

Limits: DescribeClusters takes 100 clusters, DescribeServices 10 services, DescribeTasks 100 tasks; the lists give 100
a page where asked (Amazon ECS API Reference; read 2026-11).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from asbuilt.sources.aws.operations import Call, Operation
from asbuilt.sources.aws.table import CAPITALS, Capitals, Table
from asbuilt.sources.aws.target import batched, every

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asbuilt.model import Path, Resource
    from asbuilt.sources.aws.scheduler import Steps
    from asbuilt.sources.aws.target import Reply, Target

_CLUSTER, _SERVICE, _TASK = "AWS::ECS::Cluster", "AWS::ECS::Service", "Live::ECS::Task"
LIST_CLUSTERS = Operation(
    "ecs", "ListClusters", "clusterArns", (_CLUSTER, "AWS::ECS::ClusterCapacityProviderAssociations"), page=100
)
DESCRIBE_CLUSTERS = Operation(
    "ecs",
    "DescribeClusters",
    "clusters",
    (_CLUSTER, "AWS::ECS::ClusterCapacityProviderAssociations"),
    (LIST_CLUSTERS,),
)
LIST_SERVICES = Operation("ecs", "ListServices", "serviceArns", (_SERVICE,), (LIST_CLUSTERS,), page=100)
DESCRIBE_SERVICES = Operation("ecs", "DescribeServices", "services", (_SERVICE,), (LIST_SERVICES,))
DESCRIBE_TASK_DEFINITION = Operation(
    "ecs", "DescribeTaskDefinition", "taskDefinition", ("AWS::ECS::TaskDefinition",), (DESCRIBE_SERVICES,)
)
LIST_TASKS = Operation("ecs", "ListTasks", "taskArns", (_TASK,), (LIST_CLUSTERS,), page=100)
# Asked only of an account with a cluster that has no setting of its own: who makes a cluster may leave it to this one.
LIST_ACCOUNT_SETTINGS = Operation("ecs", "ListAccountSettings", "settings", (), (DESCRIBE_CLUSTERS,))
# Described last: what a deployment has stopped by then is not among what runs.
DESCRIBE_TASKS = Operation("ecs", "DescribeTasks", "tasks", (_TASK,), (LIST_TASKS, DESCRIBE_SERVICES))
OPERATIONS = (
    LIST_CLUSTERS,
    DESCRIBE_CLUSTERS,
    LIST_SERVICES,
    DESCRIBE_SERVICES,
    DESCRIBE_TASK_DEFINITION,
    LIST_TASKS,
    DESCRIBE_TASKS,
    LIST_ACCOUNT_SETTINGS,
)
INSIGHTS, _DEFAULT = "containerInsights", "AccountContainerInsights"

CLUSTER = Table(
    _CLUSTER,
    "ecs.DescribeClusters",
    "clusters[]",
    {
        "clusterName": "ClusterName",
        "settings": ("ClusterSettings", CAPITALS),
        "capacityProviders": "CapacityProviders",
        "defaultCapacityProviderStrategy": ("DefaultCapacityProviderStrategy", CAPITALS),
        "configuration": ("Configuration", CAPITALS),
        "registeredContainerInstancesCount": "RegisteredContainerInstancesCount",
        "tags": ("Tags", CAPITALS),
    },
)
SERVICE = Table(
    _SERVICE,
    "ecs.DescribeServices",
    "services[]",
    {
        "serviceName": "ServiceName",
        "clusterArn": "Cluster",
        "taskDefinition": "TaskDefinition",
        "desiredCount": "DesiredCount",
        "runningCount": "RunningCount",
        "pendingCount": "PendingCount",
        "launchType": "LaunchType",
        "platformVersion": "PlatformVersion",
        "capacityProviderStrategy": ("CapacityProviderStrategy", CAPITALS),
        "networkConfiguration": ("NetworkConfiguration", CAPITALS),
        "loadBalancers": ("LoadBalancers", CAPITALS),
        "serviceRegistries": ("ServiceRegistries", CAPITALS),
        "deploymentConfiguration": ("DeploymentConfiguration", CAPITALS),
        "deploymentController": ("DeploymentController", CAPITALS),
        "deployments": ("Deployments", CAPITALS),
        "healthCheckGracePeriodSeconds": "HealthCheckGracePeriodSeconds",
        "enableExecuteCommand": "EnableExecuteCommand",
        "enableECSManagedTags": "EnableECSManagedTags",
        "availabilityZoneRebalancing": "AvailabilityZoneRebalancing",
        "schedulingStrategy": "SchedulingStrategy",
        "propagateTags": "PropagateTags",
        "tags": ("Tags", CAPITALS),
    },
)
# Below these, names are the user's own: log options, labels, driver options.
_USERS = Capitals(("options", "dockerLabels", "driverOpts", "labels"))
TASK_DEFINITION = Table(
    "AWS::ECS::TaskDefinition",
    "ecs.DescribeTaskDefinition",
    "taskDefinition",
    {
        "family": "Family",
        "containerDefinitions": ("ContainerDefinitions", _USERS),
        "cpu": "Cpu",
        "memory": "Memory",
        "networkMode": "NetworkMode",
        "executionRoleArn": "ExecutionRoleArn",
        "taskRoleArn": "TaskRoleArn",
        "requiresCompatibilities": "RequiresCompatibilities",
        "runtimePlatform": ("RuntimePlatform", CAPITALS),
        "ephemeralStorage": ("EphemeralStorage", CAPITALS),
        "volumes": ("Volumes", _USERS),
    },
)
TASK = Table(
    _TASK,
    "ecs.DescribeTasks",
    "tasks[]",
    {
        "clusterArn": "Cluster",
        "taskDefinitionArn": "TaskDefinition",
        "group": "Group",
        "startedBy": "StartedBy",
        "capacityProviderName": "CapacityProviderName",
        "launchType": "LaunchType",
    },
)


# The answers by the names that were asked for; None while an answer is out.
Definitions = dict[str, "Reply | None"]


class _Inventory(NamedTuple):
    """What a cluster runs: the services described by the architecture's names, and the ARNs of all others."""

    cluster: str
    named: list[dict[str, Any]]
    others: list[str]


def collect(target: Target) -> Steps:
    """Read the clusters, their services, the task definitions that these run, and the tasks.

    The task definitions of the architecture's services are asked for at once, beside what else is to be described: a
    cluster that runs such services is the platform's, unless its name says otherwise (`Words.clusters`).
    """
    (listed,) = yield [Call(LIST_CLUSTERS)]
    arns = sorted(set(listed.items()))
    clusters, running, *found = yield [
        _clusters(arns, target),
        _running(arns, target),
        *(_inventory(arn, target) for arn in arns),
    ]
    named = [body for one in found if one and not _is_foreign(one.cluster, target) for body in _active(one.named)]
    definitions: Definitions = {}
    _, rest = yield [_define(named, definitions), _rest(arns, clusters, running, found, definitions, target)]
    settled, kept, tasks = rest or ((), (), ())
    return [
        *(settled or ()),
        *(_service(body, target) for body in kept),
        *_task_definitions(kept, definitions, target),
        *(tasks or ()),
    ]


def _rest(
    arns: list[str],
    clusters: list[dict[str, Any]],
    running: dict[str, list[str]] | None,
    found: list[_Inventory | None],
    definitions: Definitions,
    target: Target,
) -> Steps:
    """Return the platform's clusters, its services and its tasks, once all services are described."""
    parts = yield [_services(one, target) for one in found if one]
    services = [service for part in parts for service in part or ()]
    chosen = target.words.clusters(arns, services)
    target.other_clusters.update(arn.rpartition("/")[2] for arn in arns if arn not in chosen)
    _tell_others(sorted(set(arns) - chosen), services, target)
    kept = [service for service in services if service["clusterArn"] in chosen]
    mine = {arn: tasks for arn, tasks in (running or {}).items() if arn in chosen}
    bodies = [body for body in clusters if body["clusterArn"] in chosen]
    _, tasks, settled = yield [_define(kept, definitions), _tasks(mine, target), _settled(bodies, target)]
    return settled, kept, tasks


def _tell_others(arns: list[str], services: list[dict[str, Any]], target: Target) -> None:
    """Say which clusters are not judged, and which services of the architecture run there under its names, if any."""
    for arn in arns:
        names = sorted(s.get("serviceName", "") for s in services if s["clusterArn"] == arn)
        own = [name for name in names if target.words.is_service(name)]
        running = f", among them {', '.join(own)}" if own else ""
        count = f"{len(names)} service{'' if len(names) == 1 else 's'}"
        target.remark("out-of-scope", f"left out, as another environment's or project's: {arn} with {count}{running}")


def _clusters(arns: list[str], target: Target) -> Steps:
    include = ["SETTINGS", "CONFIGURATIONS"]
    calls = [Call(DESCRIBE_CLUSTERS, {"clusters": list(some), "include": include}) for some in batched(arns, 100)]
    replies = yield calls
    _lacking(replies, target)
    found = _once(every(replies), "clusterArn")
    _not_found(LIST_CLUSTERS, replies, arns, {body["clusterArn"] for body in found}, target)
    return [body for body in found if body.get("status") != "INACTIVE"]


def _inventory(cluster: str, target: Target) -> Steps:
    """Describe the services of the architecture by their names at once, while all are listed.

    A listing that was refused leaves nothing to say of any service: there may be others that count as well.
    """
    bodies, listed = yield [_described(cluster, sorted(target.words.services), target), _listed(cluster)]
    if listed is None:
        return None
    known = {body["serviceArn"] for body in bodies or ()}
    return _Inventory(cluster, bodies or [], [arn for arn in listed if arn not in known])


def _listed(cluster: str) -> Steps:
    (listed,) = yield [Call(LIST_SERVICES, {"cluster": cluster})]
    return None if listed.failure is not None and not listed.pages else sorted(set(listed.items()))


def _services(found: _Inventory, target: Target) -> Steps:
    """Describe the others, and return all that are not being deleted."""
    (rest,) = yield [_described(found.cluster, found.others, target, listed=True)]
    bodies = _once([*found.named, *(rest or ())], "serviceArn")
    for body in bodies:
        if body.get("status") == "DRAINING":
            target.remark("draining", f"{body['serviceArn']} is DRAINING: it is being deleted, and counts as missing")
    return [{"clusterArn": found.cluster, **body} for body in _active(bodies)]


def _active(bodies: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [body for body in bodies if body.get("status") in ("ACTIVE", None)]


def _is_foreign(cluster: str, target: Target) -> bool:
    return target.words.is_foreign(cluster.rpartition("/")[2])


def _described(cluster: str, names: list[str], target: Target, *, listed: bool = False) -> Steps:
    replies = yield [
        Call(DESCRIBE_SERVICES, {"cluster": cluster, "services": list(some)}) for some in batched(names, 10)
    ]
    _lacking(replies, target)
    found = _once(every(replies), "serviceArn")
    if listed:
        _not_found(DESCRIBE_SERVICES, replies, names, {body["serviceArn"] for body in found}, target)
    return found


def _define(services: Iterable[dict[str, Any]], definitions: Definitions) -> Steps:
    """Ask for the task definitions of services, but for those that were asked for already."""
    new = [name for name in _run(services) if name not in definitions]
    definitions.update(dict.fromkeys(new))
    replies = yield [Call(DESCRIBE_TASK_DEFINITION, {"taskDefinition": name}) for name in new]
    definitions.update(zip(new, replies, strict=True))


def _run(services: Iterable[dict[str, Any]]) -> list[str]:
    return sorted({service["taskDefinition"] for service in services if service.get("taskDefinition")})


def _task_definitions(services: Iterable[dict[str, Any]], definitions: Definitions, target: Target) -> list[Resource]:
    found: dict[str, Resource] = {}
    for name in _run(services):
        reply = definitions.get(name)
        for page in reply.pages if reply is not None else ():
            body = page["taskDefinition"]
            arn = body["taskDefinitionArn"]
            family = body.get("family") or arn.rpartition("/")[2].partition(":")[0]
            ids = [arn.rpartition("/")[2], name]
            found[arn] = target.resource(TASK_DEFINITION, body, arn, name=family, ids=ids)
    return list(found.values())


def _running(arns: list[str], target: Target) -> Steps:
    """List the tasks that are meant to run, by the cluster; those of another environment's are none of ours."""
    asked = [arn for arn in arns if not _is_foreign(arn, target)]
    replies: list[Reply] = yield [Call(LIST_TASKS, {"cluster": arn}) for arn in asked]
    return {arn: sorted(set(reply.items())) for arn, reply in zip(asked, replies, strict=True)}


def _tasks(running: dict[str, list[str]], target: Target) -> Steps:
    replies: list[Reply] = yield [
        Call(DESCRIBE_TASKS, {"cluster": arn, "tasks": list(some)})
        for arn, tasks in running.items()
        for some in batched(tasks, 100)
    ]
    _lacking(replies, target)
    bodies = _once(every(replies), "taskArn")
    gone = {failure.get("arn") for reply in replies for failure in reply.items("failures")}
    listed = [arn for tasks in running.values() for arn in tasks if arn not in gone]
    _not_found(DESCRIBE_TASKS, replies, listed, {body["taskArn"] for body in bodies}, target)
    return [_task(body, target) for body in bodies if body.get("desiredStatus") != "STOPPED"]


def _task(body: dict[str, Any], target: Target) -> Resource:
    details = [pair for one in body.get("attachments") or () for pair in one.get("details") or ()]
    more = {"NetworkInterfaceIds": [pair["value"] for pair in details if pair.get("name") == "networkInterfaceId"]}
    fields: dict[Path, str] = {("NetworkInterfaceIds",): "tasks[].attachments[].details[]"}
    name = body["taskArn"].rpartition("/")[2]
    return target.resource(TASK, body, body["taskArn"], name=name, more=more, fields=fields)


def _settled(bodies: list[dict[str, Any]], target: Target) -> Steps:
    """Return the clusters; one without a setting for Container Insights has the account's beside it."""
    unset = [body for body in bodies if INSIGHTS not in [one["name"] for one in body.get("settings") or ()]]
    asked = {"name": INSIGHTS, "effectiveSettings": True}
    replies: list[Reply] = yield [Call(LIST_ACCOUNT_SETTINGS, asked)] if unset else []
    told: list[Any] = [reply.unknown for reply in replies if reply.unknown is not None]
    told += [one["value"] for one in every(replies)]
    default = {_DEFAULT: told[0]} if told else {}
    return [_cluster(body, default if body in unset else {}, target) for body in bodies]


def _cluster(body: dict[str, Any], more: dict[str, Any], target: Target) -> Resource:
    arn = body["clusterArn"]
    fields: dict[Path, str] = {(_DEFAULT,): "ecs.ListAccountSettings settings[].value"}
    name = body.get("clusterName") or arn.rpartition("/")[2]
    return target.resource(CLUSTER, body, arn, name=name, more=more, fields=fields)


def _service(body: dict[str, Any], target: Target) -> Resource:
    return target.resource(SERVICE, body, body["serviceArn"], name=body.get("serviceName", ""))


def _once(bodies: Iterable[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    return list({body[key]: body for body in bodies}.values())


def _not_found(
    operation: Operation, replies: Iterable[Reply], listed: Iterable[str], described: set[str], target: Target
) -> None:
    """Note what was listed and is not described: it was deleted in between, or is not yet seen everywhere."""
    if any(reply.failure is not None for reply in replies):
        return  # that tells why
    for arn in sorted(set(listed) - described):
        target.missed(operation, f"{arn} was listed, and is not found", action="run the audit again")


def _lacking(replies: Iterable[Reply], target: Target) -> None:
    """Note what a batch could not describe; `MISSING` is what is not there (any more)."""
    for reply in replies:
        for failure in reply.items("failures"):
            reason = failure.get("reason", "")
            if reason != "MISSING":
                told = f"could not describe {failure.get('arn', '?')}: {reason or 'no reason given'}"
                target.missed(reply.call.operation, f"{reply.call.operation} {told}")
