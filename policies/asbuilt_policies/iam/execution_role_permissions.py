"""IAM-2: the execution role has every permission stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import platform_rule
from asbuilt.topology.iam import ROLE, execution_roles
from asbuilt_policies.iam.roles import each_role, lacks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@platform_rule(id="execution-role-permissions", severity="high", enforces="iam.execution_role.permissions", needs=ROLE)
def execution_role_permissions(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The execution role lacks a permission that the architecture states.

    Why: a task that may not pull its image, write its log or read its secrets does not start, or leaves no trace.

    A permission that is allowed under a condition on a global key (aws:…) only is unknown: nobody can tell from the
    code whether the condition is met.

    Fix: allow the actions of the permission in a policy of the role.

    Source: AWS IAM User Guide, "Policy evaluation logic"; Amazon ECS Developer Guide, "Amazon ECS task execution IAM
    role"; read 2026-11.
    """
    found = execution_roles(graph)
    yield from each_role(found, "execution role", graph)
    for role in found.roles:
        yield from lacks(role, spec.iam.execution_role.permissions or (), graph)
