"""What the rules about the roles of tasks share: hold a role's policies to the permissions the architecture states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Property, Resource, Severity, Unknown
from asbuilt.rules import either, examined, inapplicable, missing, undecided, violation
from asbuilt.topology.iam import POLICY_TYPES, ROLE, boundary_of, policies_of
from asbuilt.topology.policies import Doubt, Statement, covers, denied, grant
from asbuilt.topology.scope import Scope, scope_of
from asbuilt.topology.services import TASK_DEFINITION
from asbuilt_policies.statements import hold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec
    from asbuilt.spec.models.operations import Permission
    from asbuilt.topology.iam import TaskRoles

STATED = ("the actions that the architecture states",)
# Whoever may do this, or everything, may soon do anything.
DANGEROUS = ("iam:*", "sts:AssumeRole")


def each_role(found: TaskRoles, what: str, graph: Graph) -> Iterator[Evidence]:
    """Yield what is common to all rules about roles: which were looked at, and which cannot be told."""
    for role in found.roles:
        yield examined(role)
    for prop, unknown in found.loose:
        reason = f"the {what} of {prop.resource.name or prop.resource.address} is not known: {unknown.reason}"
        yield undecided(unknown, reason, prop)
    if not found.roles and not found.loose:
        message = f"no task definition names a role as {what}"
        hidden = graph.hidden(TASK_DEFINITION, ROLE)
        yield inapplicable(None, message) if hidden is None else undecided(hidden, f"{message}: {hidden.reason}")


def given(role: Resource, permission: Permission, graph: Graph) -> tuple[list[str], list[Unknown], Property]:
    """Return the actions of a permission that a role lacks, why others are in doubt, and where to look.

    With `needs: any` one action suffices, and nothing is lacking.
    """
    policies = policies_of(role, graph)
    boundary = boundary_of(role, graph)
    lacking, doubts, where = [], [], role.at("ManagedPolicyArns")
    held = False
    for action in permission.actions:
        answer = grant(action, policies)
        limited = grant(action, boundary) if boundary is not None else None
        states = [answer.given, *([limited.given] if limited else [])]
        if False in states:
            lacking.append(action)
            where = answer.by.where if answer.by is not None and not answer.by.allows else where
        elif all(state is True for state in states):
            held = True
        else:
            doubts.append(next(state for state in states if isinstance(state, Unknown)))
    if permission.needs == "any" and (held or doubts):
        return [], [] if held else doubts, where
    return lacking, doubts, where


def lacks(role: Resource, permissions: Iterable[Permission], graph: Graph) -> Iterator[Evidence]:
    """Yield evidence for each permission that a role does not have, or may not have."""
    for permission in permissions:
        lacking, doubts, where = given(role, permission, graph)
        name = role.name or role.address
        if lacking:
            joined = (" or " if permission.needs == "any" else ", ").join(lacking)
            message = f"{name} lacks the permission {permission.name}: nothing allows {joined}"
            found = where if where.value is not ABSENT else role.at("Policies")
            evidence = violation(found, message, expected=list(permission.actions), actual=ABSENT, resource=role)
            yield either(graph, evidence, *POLICY_TYPES)
        elif doubts:
            reason = f"whether {name} has the permission {permission.name} is not known: {doubts[0].reason}"
            yield undecided(doubts[0], reason, where, resource=role)


def jointly_lack(roles: tuple[Resource, ...], permissions: Iterable[Permission], graph: Graph) -> Iterator[Evidence]:
    """Yield evidence for each permission that none of several roles has; each may have a part of them."""
    if len(roles) == 1:
        yield from lacks(roles[0], permissions, graph)
        return
    for permission in permissions:
        answers = [given(role, permission, graph) for role in roles]
        if any(not lacking and not doubts for lacking, doubts, _ in answers):
            continue
        doubts = [doubt for lacking, found, _ in answers if not lacking for doubt in found]
        subject = f"permission {permission.name}"
        if doubts:
            reason = f"whether any task role has the permission {permission.name} is not known: {doubts[0].reason}"
            yield undecided(doubts[0], reason, subject=subject)
        elif roles:
            message = f"none of {len(roles)} task roles has the permission {permission.name}"
            evidence = missing(subject, message, expected=list(permission.actions), related=roles)
            yield either(graph, evidence, *POLICY_TYPES)


def exceeds(role: Resource, permissions: tuple[Permission, ...], graph: Graph) -> Iterator[Evidence]:
    """Yield evidence for each action that a role is allowed and the architecture does not state."""
    policies = policies_of(role, graph)
    boundary = boundary_of(role, graph)
    stated = [action for permission in permissions for action in (*permission.actions, *permission.allows)]
    name = role.name or role.address

    def accepted(value: Any) -> bool:
        text = str(value)
        if any(covers(pattern, text) for pattern in stated) or denied(text, policies):
            return True
        return boundary is not None and not any(
            isinstance(item, Doubt) or (item.allows and item.overlaps(text)) for item in boundary
        )

    for item in policies:
        if isinstance(item, Doubt):
            reason = f"what {name} may do is not known: {item.unknown.reason}"
            yield undecided(item.unknown, reason, item.prop, resource=role)
            continue
        if not item.allows:
            continue
        via = f" ({item.source})" if item.source else ""
        if item.all_but:
            message = f"{name} may do everything but what a NotAction lists{via}"
            severity = Severity.CRITICAL
            yield violation(item.where, message, expected=STATED, resource=role, severity=severity)
            continue
        for element in item.actions:
            yield from _hold_action(element.value, element.prop, accepted, name, via, item, role)


def _hold_action(
    value: Any, prop: Property, accepted: Any, name: str, via: str, item: Statement, role: Resource
) -> Iterator[Evidence]:
    under = "" if item.condition is ABSENT else " (under a condition)"
    if item.source:
        if not accepted(value):
            message = f"{name} may {value}{via}, which the architecture does not state"
            yield violation(prop, message, expected=STATED, actual=value, resource=role, severity=_severity(value))
        return
    yield from hold(
        prop,
        accepted,
        lambda found: f"{name} may {found}{under}, which the architecture does not state",
        what=f"an action that {name} may do",
        expected=STATED,
        resource=role,
        severity=_severity(value),
    )


def _severity(value: Any) -> Severity | None:
    text = value if isinstance(value, str) else ""
    everything = text.partition(":")[0] == "*"
    return Severity.CRITICAL if everything or any(covers(pattern, text) for pattern in DANGEROUS) else None


def overreaches(role: Resource, permissions: Iterable[Permission], spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """Yield evidence for each resource that a permission reaches beyond the project's own, where it must not."""
    name = role.name or role.address
    for permission in permissions:
        if permission.resources != "project":
            continue
        patterns = (*permission.actions, *permission.allows)
        for item in policies_of(role, graph):
            if isinstance(item, Doubt):
                reason = f"on what {name} has the permission {permission.name} is not known: {item.unknown.reason}"
                yield undecided(item.unknown, reason, item.prop, resource=role)
            elif item.allows and _speaks_of(item, patterns) and not _limited_by_tag(item, spec.project):
                yield from _reach(item, permission, role, spec, graph)


def _speaks_of(item: Statement, patterns: Iterable[str]) -> bool:
    return any(isinstance(item.matches(pattern), Unknown) or item.overlaps(pattern) for pattern in patterns)


def _reach(item: Statement, permission: Permission, role: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    name = role.name or role.address
    if item.resources_all_but:
        message = f"{name} has the permission {permission.name} on everything but what a NotResource lists"
        yield violation(item.where, message, expected=[f"resources of {spec.project}"], resource=role)
        return
    for element in item.resources:
        scope = scope_of(element.value, spec.project, graph)
        via = f" ({item.source})" if item.source else ""
        shown = "*" if item.source else element.value
        if isinstance(scope, Unknown):
            reason = f"on what {name} has the permission {permission.name} is not known: {scope.reason}"
            yield undecided(scope, reason, element.prop, resource=role)
        elif scope is not Scope.OWN:
            reach = "every resource" if scope is Scope.EVERYTHING else "something that does not bear the project's name"
            message = f"{name} has the permission {permission.name} on {reach}{via}"
            expected = [f"resources of {spec.project}"]
            yield violation(element.prop, message, expected=expected, actual=shown, resource=role)


def _limited_by_tag(item: Statement, project: str) -> bool:
    """Whether a condition limits a statement to resources with a tag that names the project."""
    tests = item.condition.values() if isinstance(item.condition, dict) else ()
    pairs = [pair for test in tests if isinstance(test, dict) for pair in test.items()]
    return any("resourcetag/" in str(key).lower() and project in str(value) for key, value in pairs)
