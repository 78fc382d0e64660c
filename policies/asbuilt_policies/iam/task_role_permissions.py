"""IAM-3: the task role has every permission stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import platform_rule
from asbuilt.topology.iam import ROLE, task_roles
from asbuilt_policies.iam.roles import each_role, jointly_lack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@platform_rule(id="task-role-permissions", severity="high", enforces="iam.task_role.permissions", needs=ROLE)
def task_role_permissions(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The task role lacks a permission that the architecture states.

    Why: a service that lacks a permission fails at run time, in the one request that needs it. Where services have
    roles of their own, each may have a part of the permissions.

    A permission that is allowed under a condition on a global key (aws:…) only is unknown: nobody can tell from the
    code whether the condition is met.

    Fix: allow the actions of the permission in a policy of the role.

    Source: AWS IAM User Guide, "Policy evaluation logic"; Amazon ECS Developer Guide, "Amazon ECS task IAM role";
    read 2026-11.
    """
    found = task_roles(graph)
    yield from each_role(found, "task role", graph)
    yield from jointly_lack(found.roles, spec.iam.task_role.permissions or (), graph)
