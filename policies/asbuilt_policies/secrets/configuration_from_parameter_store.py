"""SEC-4: configuration comes from SSM Parameter Store."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asbuilt.model import Resource, Unknown
from asbuilt.rules import either, missing, platform_rule, present, undecided
from asbuilt.topology.secrets import PARAMETER, Store, is_secret_name, store_of
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
    found = list(_read(graph))
    used = [resource for resource in found if isinstance(resource, Resource)]
    doubts = [doubt for doubt in found if isinstance(doubt, Unknown)]
    for parameter in graph.of_type(PARAMETER):
        name = parameter.get("Name")
        if isinstance(name, Unknown):
            doubts.append(name)
            name = name.prefix
        if isinstance(name, str) and re.match(rf"/?{re.escape(spec.project)}\b", name):
            used.append(parameter)
    yield from present({r.key: r for r in used}.values())
    if used:
        return
    subject = "parameters of the project"
    if doubts:
        reason = f"whether configuration comes from SSM Parameter Store is not known: {doubts[0].reason}"
        yield undecided(doubts[0], reason, subject=subject)
        return
    message = f"no container reads a parameter, and there is none below /{spec.project}/"
    yield either(graph, missing(subject, message, expected=f"/{spec.project}/…"), PARAMETER, TASK_DEFINITION)


def _read(graph: Graph) -> Iterator[Resource | Unknown]:
    """Yield the parameters that containers read, where not in the code the task, and why one may be read.

    A credential is no configuration, wherever it is kept.
    """
    for task in graph.of_type(TASK_DEFINITION):
        for container in task.at("ContainerDefinitions").items():
            for entry in container.at("Secrets").items():
                variable, found = entry.child("Name").value, store_of(entry.child("ValueFrom"), graph)
                if isinstance(variable, str) and is_secret_name(variable):
                    continue
                if isinstance(found, Unknown):
                    yield found
                elif found is not None and found[0] is Store.PARAMETER_STORE:
                    yield variable if isinstance(variable, Unknown) else found[1] or task
