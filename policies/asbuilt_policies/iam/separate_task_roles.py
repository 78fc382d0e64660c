"""IAM-1: tasks have an execution role and a task role of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Resource, Unknown
from asbuilt.rules import rule, undecided, violation
from asbuilt.topology.iam import EXECUTION, TASK, role_targets
from asbuilt.topology.services import TASK_DEFINITION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec


@rule(id="separate-task-roles", resource=TASK_DEFINITION, severity="high", enforces="iam.separate_roles")
def separate_task_roles(task: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A task definition lacks one of its two roles, or has one role for both.

    Why: with one role, the code in the container may do what only the ECS agent should, such as reading every secret.

    Fix: set ExecutionRoleArn and TaskRoleArn, to two roles.

    Source: Amazon ECS Developer Guide, "Best practices for IAM roles in Amazon ECS"; read 2026-11.
    """
    if not spec.iam.separate_roles:
        return
    name = task.name or task.address
    execution, own = task.at(EXECUTION), task.at(TASK)
    for prop, what in ((execution, "an execution role"), (own, "a task role")):
        if any(value is ABSENT or value is None or value == "" for value in prop.possible()):
            if isinstance(prop.value, Unknown):
                yield undecided(prop.value, f"whether {name} has {what} is not known: {prop.value.reason}", prop)
            else:
                yield violation(prop, f"{name} has no {what.split(' ', 1)[1]}", expected=[what])
    ones, others = role_targets(execution, graph), role_targets(own, graph)
    if not ones or not others:
        return
    if execution.known and execution.value == own.value:
        yield violation(own, f"{name} has one role as execution role and as task role", expected=["two roles"])
        return
    doubt = next((value for value in (*ones, *others) if isinstance(value, Unknown) and value.kind), None)
    same = [role for role in ones if isinstance(role, Resource) and role in others]
    if same and len(ones) == len(others) == 1:
        message = f"{name} has {same[0].name or same[0].address} as execution role and as task role"
        yield violation(own, message, expected=["two roles"], actual=same[0].address)
    elif same or (doubt is not None and not (execution.known and own.known)):
        cause = doubt if doubt is not None else next(p.value for p in (own, execution) if not p.known)
        yield undecided(cause, f"whether {name} has two roles is not known: {cause.reason}", own)
