"""INV-7: everything runs on Fargate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Resource, Unknown
from asbuilt.rules import inapplicable, rule, undecided, violation
from asbuilt.topology.capacity import ASSOCIATIONS, EC2, ON_DEMAND, SPOT, Entry, strategy
from asbuilt.topology.scaling import CLUSTER
from asbuilt.topology.services import ECS_SERVICE, TASK_DEFINITION
from asbuilt_policies.statements import equals, hold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Property
    from asbuilt.spec.models import Spec

FARGATE = "FARGATE"
PROVIDERS = frozenset({ON_DEMAND, SPOT})


@rule(
    id="fargate-only",
    resource=(ECS_SERVICE, TASK_DEFINITION, CLUSTER, ASSOCIATIONS),
    severity="medium",
    enforces="compute.launch_type",
)
def fargate_only(resource: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """Something of ECS runs, or may run, on EC2 instances instead of Fargate.

    Why: container instances have to be patched, scaled and paid for while idle, and tasks on them share a kernel; the
    architecture does without them.

    Fix: name FARGATE in RequiresCompatibilities of the task definition, and use the launch type FARGATE or the capacity
    providers FARGATE and FARGATE_SPOT.

    Source: Amazon ECS API Reference, CreateService (launchType), RegisterTaskDefinition (requiresCompatibilities),
    PutClusterCapacityProviders; Amazon ECS Developer Guide, "Amazon ECS launch types and capacity providers";
    read 2026-11.
    """
    if spec.compute.launch_type != FARGATE:
        yield inapplicable(resource, f"the architecture's launch type is {spec.compute.launch_type}")
    elif resource.type == ECS_SERVICE:
        yield from _service(resource, graph)
    elif resource.type == TASK_DEFINITION:
        yield from _task_definition(resource)
    else:
        what = f"the cluster {resource.name or resource.address}"
        for provider in resource.at("CapacityProviders").items():
            yield from _provider(Entry(provider, provider), f"{what} offers")


def _service(service: Resource, graph: Graph) -> Iterator[Evidence]:
    what = service.name or service.address
    capacity = strategy(service, graph)
    for entry in capacity.entries:
        yield from _provider(entry, f"{what} runs on")
    launch = capacity.prop
    if isinstance(launch.value, Unknown) and launch.name == "LaunchType" and ABSENT not in launch.possible():
        message = f"{what} has the launch type {{}}; the architecture says {FARGATE}"
        yield from hold(launch, equals(FARGATE), message.format, what=f"what {what} runs on", expected=FARGATE)
    elif capacity.unknown is not None:
        reason = f"what {what} runs on is not known: {capacity.unknown.reason}"
        yield undecided(capacity.unknown, reason, capacity.prop, expected=FARGATE)
    elif capacity.launch_type and capacity.launch_type != FARGATE:
        message = f"{what} has the launch type {capacity.launch_type}; the architecture says {FARGATE}"
        if capacity.prop.value is ABSENT or capacity.prop.value is None:
            message = (
                f"{what} sets neither launch type nor capacity providers, and its cluster has no default: "
                f"that means {EC2}; the architecture says {FARGATE}"
            )
        yield violation(capacity.prop, message, expected=FARGATE)


def _provider(entry: Entry, what: str) -> Iterator[Evidence]:
    prop = entry.provider
    name = entry.known_name
    if isinstance(name, Unknown):
        yield undecided(name, f"which capacity provider {what} is not known: {name.reason}", prop)
    elif name not in PROVIDERS:
        yield violation(
            prop,
            f"{what} the capacity provider {name}, which is made of EC2 instances",
            expected=sorted(PROVIDERS),
            actual=name,
            fix=f"use the capacity providers {ON_DEMAND} and {SPOT} only, at {prop.trace.origin}",
        )


def _task_definition(task: Resource) -> Iterator[Evidence]:
    prop = task.at("RequiresCompatibilities")
    items: list[Property] = list(prop.items())
    if any(item.value == FARGATE for item in items):
        return
    what = f"the task definition {task.name or task.address}"
    for item in items:
        if isinstance(item.value, Unknown):
            reason = f"what {what} is compatible with is not known: {item.value.reason}"
            yield undecided(item.value, reason, item, expected=FARGATE)
            return
    named = ", ".join(str(item.value) for item in items)
    message = f"{what} is made for {named}, not for {FARGATE}" if named else f"{what} is not made for {FARGATE}"
    yield violation(
        prop, message, expected=FARGATE, fix=f"name {FARGATE} in `{task.native(prop.path)}` at {prop.trace.origin}"
    )
