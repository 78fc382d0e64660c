"""AS-3: services behind the load balancer scale on the number of requests per target."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Resource, Unknown, UnknownKind
from asbuilt.rules import inapplicable, service_rule, undecided, violation
from asbuilt.topology.load_balancing import TARGET_GROUP
from asbuilt.topology.scaling import SCALABLE_TARGET, SCALING_POLICY
from asbuilt.topology.scaling_policies import Metric
from asbuilt_policies.scaling.metrics import on, without_policy, without_target
from asbuilt_policies.statements import any_holds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Property
    from asbuilt.spec.models import Spec
    from asbuilt.topology.scaling_policies import Trigger
    from asbuilt.topology.services import Service

WANTED = "a policy on ALBRequestCountPerTarget"


@service_rule(
    id="scaling-on-requests",
    severity="medium",
    enforces="scaling.requests_per_target",
    needs=(SCALABLE_TARGET, SCALING_POLICY),
)
def scaling_on_requests(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A service behind the load balancer does not scale on the requests per target.

    Why: a service that waits for others serves more and more requests at the same CPU utilization; the number of
    requests is what rises first. Which number is right, only a load test tells.

    Fix: add a target tracking policy on ALBRequestCountPerTarget whose ResourceLabel names the service's target group.

    Source: Application Auto Scaling API Reference, PredefinedMetricSpecification (ResourceLabel); read 2026-11.
    """
    entries = service.load_balancers()
    if not spec.scaling.requests_per_target or not entries:
        reason = f"{service.name} is not behind a load balancer"
        yield inapplicable(service.resource, reason, service=service.name)
        return
    gone = list(without_target(service, spec, graph, WANTED))
    if gone:
        yield from gone
        return
    found = on(Metric.REQUESTS, service, spec, graph)
    if found:
        yield from any_holds([list(_counts(trigger, service, graph)) for trigger in found])
    elif all(isinstance(entry.value, Unknown) for entry in entries):
        entry = entries[0]
        reason = f"whether {service.name} is behind a load balancer is not known: {entry.value.reason}"
        yield undecided(entry.value, reason, entry, expected=WANTED, service=service.name)
    else:
        yield without_policy(Metric.REQUESTS, service, spec, graph, expected=WANTED)


def _counts(trigger: Trigger, service: Service, graph: Graph) -> Iterator[Evidence]:
    """Yield evidence where a policy may not be there, or counts the requests of another service's target group."""
    if trigger.doubt is not None:
        reason = f"whether {trigger.policy.address} exists is not known: {trigger.doubt.reason}"
        yield undecided(trigger.doubt, reason, trigger.where, expected=WANTED, service=service.name)
        return
    label = trigger.label
    if label is None:
        return
    if label.value is ABSENT or label.value is None:
        message = f"{service.name} scales on requests, and no ResourceLabel says on those of which target group"
        yield violation(label, message, expected="its own target group", service=service.name)
        return
    counted, doubt = _counted(label, graph)
    own = service.target_groups()
    if any(group in own for group in counted) or _same_arn(label, service):
        return
    if doubt is None:
        doubt = next((group for group in own if isinstance(group, Unknown)), None)
    if doubt is None and (not own or not all(isinstance(group, Resource) and group.name for group in own)):
        doubt = Unknown(UnknownKind.UNREAD, f"the target group of {service.name} is not among what was scanned")
    if doubt is not None:
        reason = f"whether {trigger.policy.address} counts the requests of {service.name} is not known: {doubt.reason}"
        yield undecided(doubt, reason, label, service=service.name)
        return
    named = ", ".join(group.name or group.address for group in counted) or str(label.value)
    message = f"{service.name} scales on the requests of {named}, which is not its own target group"
    yield violation(label, message, expected="its own target group", service=service.name)


def _counted(label: Property, graph: Graph) -> tuple[tuple[Resource, ...], Unknown | None]:
    """Return the target groups a label (`app/<name>/<id>/targetgroup/<name>/<id>`) names, or why that is unknown."""
    value = label.value
    if not isinstance(value, Unknown):
        named = re.search(r"targetgroup/([^/]+)/", str(value))
        return (graph.identified(named[1], TARGET_GROUP) if named else ()), None
    referred = (graph.referred(reference, (TARGET_GROUP,)) for reference in value.references)
    found = tuple(dict.fromkeys(group for group in referred if group is not None))
    return found, (None if found else value)


def _same_arn(label: Property, service: Service) -> bool:
    """Whether a label ends as the ARN of a target group that the service names and nobody read."""
    arns = (entry.at("TargetGroupArn").value for entry in service.load_balancers())
    ends = (arn.partition(":targetgroup/")[2] for arn in arns if isinstance(arn, str))
    return any(end and str(label.value).endswith(f"targetgroup/{end}") for end in ends)
