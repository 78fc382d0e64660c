"""DEP-5: new tasks get a grace period before their health checks count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Outcome, Unknown, UnknownKind
from asbuilt.rules import inapplicable, service_rule, undecided
from asbuilt_policies.statements import equals, hold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Property
    from asbuilt.spec.models import Spec
    from asbuilt.topology.services import Service


DEFAULT = 0  # AWS's, in seconds
NOT_READ = "its task definition is not in the code that was read"


@service_rule(
    id="health-check-grace-period",
    severity="medium",
    enforces="deployment.health_check_grace_period",
    needs=("AWS::ECS::Service", "AWS::ECS::TaskDefinition"),
)
def health_check_grace_period(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """New tasks of a service get another grace period than the architecture says.

    Why: a grace period that is too short stops tasks that are still starting, and the service never gets up; one that
    is too long keeps broken tasks. Without any health check (load balancer, VPC Lattice, container) ECS uses none.

    Fix: set HealthCheckGracePeriodSeconds to the value of the service's class.

    Source: Amazon ECS API Reference, CreateService (healthCheckGracePeriodSeconds: default 0, unused without health
    checks); read 2026-11.
    """
    kind = service.spec.class_ or ""
    wanted = spec.deployment.health_check_grace_period.get(kind)
    name = service.name
    if wanted is None:
        yield inapplicable(service.resource, f"the architecture gives {kind or name} no grace period")
        return
    evidence = list(
        hold(
            service.at("HealthCheckGracePeriodSeconds"),
            equals(wanted),
            lambda value: f"{name} has a grace period of {value} s; the architecture says {wanted} s ({kind})",
            what=f"the health check grace period of {name}",
            expected=wanted,
            default=DEFAULT,
            service=name,
            requirement=f"deployment.health_check_grace_period.{kind}",
        )
    )
    if not evidence:
        return
    checked = _has_health_check(service)
    if checked is False:
        yield inapplicable(service.resource, f"{name} has no health check, so ECS uses no grace period", service=name)
    elif isinstance(checked, Unknown) and any(e.outcome is Outcome.VIOLATION for e in evidence):
        reason = f"{evidence[0].message}, unless it has no health check: {checked.reason}"
        yield undecided(checked, reason, evidence[0].prop, expected=wanted, service=name)
    else:
        yield from evidence


def _has_health_check(service: Service) -> bool | Unknown:
    """Whether a load balancer, VPC Lattice or the container itself checks the health of a service's tasks."""
    unknown: Unknown | None = None
    for prop in (*service.load_balancers(), *service.at("VpcLatticeConfigurations").items()):
        if prop.known:
            return True
        unknown = prop.value
    task = service.task_definition
    if isinstance(task, Unknown):
        return task
    if task is not None:
        for container in task.at("ContainerDefinitions").items():
            found = _checks_itself(container)
            if isinstance(found, Unknown):
                unknown = found
            elif found:
                return True
        return False if unknown is None else unknown
    pointer = service.at("TaskDefinition").value
    if unknown is None:
        unknown = pointer if isinstance(pointer, Unknown) else Unknown(UnknownKind.UNREAD, NOT_READ)
    return unknown


def _checks_itself(container: Property) -> bool | Unknown:
    check = container.at("HealthCheck")
    if isinstance(check.value, Unknown):
        return check.value
    if check.value in (ABSENT, None):
        return False
    command = next(check.at("Command").items(), None)
    return command is None or command.value != "NONE"
