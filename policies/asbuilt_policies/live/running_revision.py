"""INV-6: what runs of a service is what its task definition describes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Unknown, UnknownKind
from asbuilt.rules import inapplicable, service_rule, undecided, violation
from asbuilt.topology.services import ECS_SERVICE
from asbuilt.topology.tasks import TASK, is_deploying, tasks_of
from asbuilt_policies.statements import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec
    from asbuilt.topology.services import Service


@service_rule(
    id="running-revision", severity="medium", enforces="services.*.tasks", needs=(ECS_SERVICE, TASK), live=True
)
def running_revision(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A service runs tasks of another task definition than its own.

    Why: size, ports, secrets and logs are those of the task definition that a task was started with; what an audit
    says of the service is not true of tasks that run another one. While a deployment replaces tasks, both run.

    Fix: force a new deployment of the service; stop the tasks that it leaves running.

    Source: Amazon ECS API Reference, Service (taskDefinition, deployments) and Task (taskDefinitionArn); read 2026-11.
    """
    bounds = service.spec.tasks
    if bounds.min is None and bounds.max is None:
        yield inapplicable(service.resource, f"the architecture gives {service.name} no tasks")
        return
    if service.at("DeploymentController.Type").require() not in (ABSENT, None, "ECS"):
        yield inapplicable(service.resource, f"task sets say which revisions of {service.name} run")
        return
    tasks = tasks_of(service)
    if not tasks:
        yield inapplicable(service.resource, f"no task of {service.name} runs")
        return
    own = service.at("TaskDefinition").require()
    others = [prop for task in tasks if (prop := task.at("TaskDefinition")).require() != own]
    if not others:
        return
    cite = {"service": service.name, "requirement": f"services.{service.name}.tasks"}
    found = sorted({_short(prop.value) for prop in others})
    message = f"{counted(len(others))} of {service.name} run {', '.join(found)}; the service has {_short(own)}"
    if is_deploying(service):
        unknown = Unknown(UnknownKind.UNREAD, f"{message}; a deployment is replacing tasks")
        yield undecided(unknown, "", others[0], **cite)
    else:
        yield violation(others[0], message, expected=_short(own), **cite)


def _short(arn: object) -> str:
    """Return family and revision of a task definition."""
    return str(arn).rpartition("/")[2]
