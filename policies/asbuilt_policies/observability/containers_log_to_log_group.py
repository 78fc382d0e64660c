"""MON-2: containers write to the log group of their service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT
from asbuilt.rules import expect, service_rule, violation
from asbuilt.topology.logs import log_group_name
from asbuilt.topology.services import TASK_DEFINITION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec
    from asbuilt.topology.services import Service


@service_rule(id="containers-log-to-log-group", severity="medium", enforces="logging.log_group", needs=TASK_DEFINITION)
def containers_log_to_log_group(service: Service, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The container of a service writes its log somewhere else than to the service's log group.

    Why: a log group that nothing writes to looks healthy and is empty on the day it is needed.

    Fix: use the awslogs driver with awslogs-group set to the service's log group.

    Source: Amazon ECS Developer Guide, "Send Amazon ECS logs to CloudWatch" (options of the awslogs driver);
    read 2026-11.
    """
    name = log_group_name(service.name, spec)
    container = service.main_container()
    driver = container.at("LogConfiguration.LogDriver")
    group = container.at("LogConfiguration.Options").child("awslogs-group")
    if driver.value is ABSENT or driver.value is None:
        yield violation(driver, f"the container of {service.name} has no log configuration", expected="awslogs")
    elif driver.value == "awsfirelens":
        group = container.at("LogConfiguration.Options").child("log_group_name")
        yield from expect(group, name, f"{service.name} sends its log elsewhere than to {name}")
    else:
        yield from expect(driver, "awslogs", f"{service.name} does not log to CloudWatch Logs")
        if driver.value == "awslogs" or not driver.known:
            yield from expect(group, name, f"{service.name} does not log to {name}")
