"""SEC-4: configuration comes from SSM Parameter Store."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asbuilt.model import Unknown
from asbuilt.rules import either, examined, missing, platform_rule, undecided
from asbuilt.topology.secrets import PARAMETER, Store, store_of
from asbuilt.topology.services import TASK_DEFINITION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@platform_rule(
    id="configuration-from-parameter-store",
    severity="medium",
    enforces="configuration.store",
    needs=(PARAMETER, TASK_DEFINITION),
)
def configuration_from_parameter_store(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """There is no configuration in SSM Parameter Store.

    Why: what stands in a parameter can be changed, compared and rolled back without a new task definition. Not every
    environment variable has to be one: it is enough that containers read parameters, or that the project has some.

    Fix: create parameters below the project's path and name them under Secrets of the containers.

    Source: AWS Systems Manager User Guide, "Working with parameter hierarchies"; read 2026-11.
    """
    used, doubts = [], []
    for task in graph.of_type(TASK_DEFINITION):
        for container in task.at("ContainerDefinitions").items():
            for entry in container.at("Secrets").items():
                found = store_of(entry.child("ValueFrom"), graph)
                if isinstance(found, Unknown):
                    doubts.append(found)
                elif found is not None and found[0] is Store.PARAMETER_STORE:
                    used.append(found[1] or task)
    for parameter in graph.of_type(PARAMETER):
        name = parameter.get("Name")
        if isinstance(name, Unknown):
            doubts.append(name)
            name = name.prefix
        if isinstance(name, str) and re.match(rf"/?{re.escape(spec.project)}\b", name):
            used.append(parameter)
    for resource in {r.key: r for r in used}.values():
        yield examined(resource)
    if used:
        return
    subject = "parameters of the project"
    if doubts:
        reason = f"whether configuration comes from SSM Parameter Store is not known: {doubts[0].reason}"
        yield undecided(doubts[0], reason, subject=subject)
        return
    message = f"no container reads a parameter, and there is none below /{spec.project}/"
    yield either(graph, missing(subject, message, expected=f"/{spec.project}/…"), PARAMETER, TASK_DEFINITION)
