"""IAM-1: the task role is assumed by ECS tasks only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import platform_rule
from asbuilt.topology.iam import ROLE, task_roles
from asbuilt_policies.iam.roles import each_role
from asbuilt_policies.iam.trust import trusts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@platform_rule(id="task-role-trust", severity="high", enforces="iam.task_role.trusts", needs=ROLE)
def task_role_trust(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The task role of tasks may be assumed by others than ECS tasks, or not by them.

    Why: whoever may assume the role may do all that it may; tasks that may not assume it do not start.

    Fix: let AssumeRolePolicyDocument allow sts:AssumeRole to the service principal stated, and to nobody else.

    Source: Amazon ECS Developer Guide, "Amazon ECS task IAM role" (trust policy); read 2026-11.
    """
    found = task_roles(graph)
    yield from each_role(found, "task role", graph)
    for role in found.roles:
        yield from trusts(role, spec.iam.task_role.trusts or "")
