"""IAM-2: the execution role may do nothing that is not stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.rules import platform_rule
from asbuilt.topology.iam import ROLE, execution_roles
from asbuilt_policies.iam.roles import each_role, exceeds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@platform_rule(id="execution-role-excess", severity="high", enforces="iam.execution_role.permissions", needs=ROLE)
def execution_role_excess(spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """The execution role may do something that the architecture does not state.

    Why: what nobody needs, nobody misses until it is abused: a wildcard grows with every action AWS adds, and
    iam:PassRole or sts:AssumeRole leads to every right there is.

    Fix: name the actions stated, one by one; remove the others, wildcards, NotAction and managed policies that allow
    more.

    Source: AWS IAM User Guide, "Security best practices in IAM" (least privilege); read 2026-11.
    """
    found = execution_roles(graph)
    yield from each_role(found, "execution role", graph)
    yield from exceeds(found.roles, spec.iam.execution_role.permissions or (), graph)
