"""IAM-3: the task role may do nothing that is not stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import platform_rule
from asbuilt.topology.iam import ROLE, task_roles
from asbuilt_policies.iam.roles import each_role, exceeds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@platform_rule(id="task-role-excess", severity="high", enforces="iam.task_role.permissions", needs=ROLE)
def task_role_excess(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The task role may do something that the architecture does not state.

    Why: what nobody needs, nobody misses until it is abused: a wildcard grows with every action AWS adds, and
    iam:PassRole or sts:AssumeRole leads to every right there is.

    Fix: name the actions stated, one by one; remove the others, wildcards, NotAction and managed policies that allow
    more.

    Source: AWS IAM User Guide, "Security best practices in IAM" (least privilege); read 2026-11.
    """
    found = task_roles(graph)
    yield from each_role(found, "task role", graph)
    yield from exceeds(found.roles, spec.iam.task_role.permissions or (), graph)
