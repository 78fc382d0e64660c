"""IAM-1: the execution role is assumed by ECS tasks only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import platform_rule
from asbuilt.topology.iam import ROLE, execution_roles
from asbuilt_policies.iam.roles import each_role
from asbuilt_policies.iam.trust import trusts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@platform_rule(id="execution-role-trust", severity="high", enforces="iam.execution_role.trusts", needs=ROLE)
def execution_role_trust(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The execution role of tasks may be assumed by others than ECS tasks, or not by them.

    Why: whoever may assume the role may do all that it may; tasks that may not assume it do not start.

    Fix: let AssumeRolePolicyDocument allow sts:AssumeRole to the service principal stated, and to nobody else.

    Source: Amazon ECS Developer Guide, "Amazon ECS task execution IAM role" (trust policy); read 2026-11.
    """
    found = execution_roles(graph)
    yield from each_role(found, "execution role", graph)
    for role in found.roles:
        yield from trusts(role, spec.iam.execution_role.trusts or "")
