"""IAM-3: the task role reaches the project's own resources only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import platform_rule
from asbuilt.topology.iam import ROLE, task_roles
from asbuilt_policies.iam.roles import each_role, overreaches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@platform_rule(id="task-role-scope", severity="high", enforces="iam.task_role.permissions", needs=ROLE)
def task_role_scope(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The task role reaches resources that are not the project's own.

    Why: with `*`, one broken container reads and overwrites the buckets of every project in the account.

    Fix: name the project's resources in Resource, by reference or by an ARN that begins with the project's name.

    Source: AWS IAM User Guide, "IAM JSON policy elements: Resource"; read 2026-11.
    """
    found = task_roles(graph)
    yield from each_role(found, "task role", graph)
    for role in found.roles:
        yield from overreaches(role, spec.iam.task_role.permissions or (), spec, graph)
