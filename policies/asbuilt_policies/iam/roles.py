"""What the rules about the roles of tasks share: hold a role's policies to the permissions the architecture states."""

from __future__ import annotations

from dataclasses import field
from functools import cache
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Property, Resource, Severity, Unknown, possibilities
from asbuilt.records import dataclass
from asbuilt.rules import either, examined, inapplicable, missing, undecided, violation
from asbuilt.topology.iam import POLICY_TYPES, ROLE, boundary_of, policies_of
from asbuilt.topology.policies import Doubt, Element, Grant, Statement, covers, denied, grant
from asbuilt.topology.scope import Scope, scope_of
from asbuilt.topology.services import TASK_DEFINITION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec
    from asbuilt.spec.models.operations import Permission
    from asbuilt.topology.iam import TaskRoles

STATED = ("the actions that the architecture states",)
# Whoever may do this, or everything, may soon do anything.
DANGEROUS = ("iam:*", "sts:AssumeRole")
_UNLIMITED = Grant(True)


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


@dataclass(slots=True)
class Holding:
    """How far a role has a permission: the actions it lacks and why, what is in doubt, and where to look."""

    role: Resource
    decisive: Property | None = None
    why: str = "nothing allows"
    lacking: list[str] = field(default_factory=list)
    doubts: list[Unknown] = field(default_factory=list)

    @property
    def where(self) -> Property:
        """The property that decides, else one where the permission could stand."""
        if self.decisive is not None:
            return self.decisive
        managed = self.role.at("ManagedPolicyArns")
        return self.role.at("Policies") if managed.value is ABSENT else managed

    @property
    def complete(self) -> bool:
        """Whether nothing is lacking or in doubt."""
        return not self.lacking and not self.doubts


class Rights:
    """A role with what its policies say, and its permissions boundary, where it has one."""

    def __init__(self, role: Resource, graph: Graph) -> None:
        self.role = role
        self.policies = policies_of(role, graph)
        self.boundary = boundary_of(role, graph)


def given(rights: Rights, permission: Permission) -> Holding:
    """Say how far a role has a permission. With `needs: any` one action suffices."""
    holding = Holding(rights.role)
    held = False
    for action in permission.actions:
        answer = grant(action, rights.policies)
        limit = _UNLIMITED if rights.boundary is None else grant(action, rights.boundary)
        if answer.given is False or limit.given is False:
            holding.lacking.append(action)
            if answer.by is not None and not answer.by.allows:
                holding.decisive, holding.why = answer.by.where, "a statement denies"
            elif answer.given is not False:
                holding.decisive = rights.role.at("PermissionsBoundary")
                holding.why = "its permissions boundary does not allow"
        elif isinstance(answer.given, Unknown):
            holding.doubts.append(answer.given)
        elif isinstance(limit.given, Unknown):
            holding.doubts.append(limit.given)
        else:
            held = True
    if permission.needs == "any" and (held or holding.doubts):
        holding.lacking = []
        holding.doubts = [] if held else holding.doubts
    return holding


def lacks(role: Resource, permissions: Iterable[Permission], graph: Graph) -> Iterator[Evidence]:
    """Yield evidence for each permission that a role does not have, or may not have."""
    name, rights = role.name or role.address, Rights(role, graph)
    for permission in permissions:
        found = given(rights, permission)
        if found.lacking:
            joined = (" or " if permission.needs == "any" else ", ").join(found.lacking)
            message = f"{name} lacks the permission {permission.name}: {found.why} {joined}"
            evidence = violation(
                found.where,
                message,
                expected=list(permission.actions),
                actual=ABSENT,
                resource=role,
                fix=f"allow {joined} in a policy of {name}",
            )
            yield either(graph, evidence, *POLICY_TYPES)
        elif found.doubts:
            doubt = found.doubts[0]
            reason = f"whether {name} has the permission {permission.name} is not known: {doubt.reason}"
            yield undecided(doubt, reason, found.where, resource=role)


def jointly_lack(roles: tuple[Resource, ...], permissions: Iterable[Permission], graph: Graph) -> Iterator[Evidence]:
    """Yield evidence for each permission that none of several roles has; each may have a part of them."""
    if len(roles) == 1:
        yield from lacks(roles[0], permissions, graph)
        return
    every = [Rights(role, graph) for role in roles]
    for permission in permissions:
        answers: list[Holding] = []
        for rights in every:
            answers.append(given(rights, permission))
            if answers[-1].complete:
                break
        else:
            yield from _held_by_none(roles, permission, answers, graph)


def _held_by_none(
    roles: tuple[Resource, ...], permission: Permission, answers: list[Holding], graph: Graph
) -> Iterator[Evidence]:
    doubts = [doubt for answer in answers if not answer.lacking for doubt in answer.doubts]
    subject = f"permission {permission.name}"
    if doubts:
        reason = f"whether any task role has the permission {permission.name} is not known: {doubts[0].reason}"
        yield undecided(doubts[0], reason, subject=subject)
    elif roles:
        message = f"none of {len(roles)} task roles has the permission {permission.name}"
        evidence = missing(subject, message, expected=list(permission.actions), related=roles)
        yield either(graph, evidence, *POLICY_TYPES)


def exceeds(roles: Iterable[Resource], permissions: tuple[Permission, ...], graph: Graph) -> Iterator[Evidence]:
    """Yield evidence for each action that roles are allowed and the architecture does not state.

    What the same policies deny everywhere is not allowed. A permissions boundary is no excuse: it limits what the
    policies say today, and says nothing of what they should.
    """
    patterns = [action for permission in permissions for action in (*permission.actions, *permission.allows)]

    @cache
    def stated(action: str) -> bool:
        return any(covers(pattern, action) for pattern in patterns)

    for role in roles:
        yield from _beyond(role, stated, graph)


def _beyond(role: Resource, stated: Callable[[str], bool], graph: Graph) -> Iterator[Evidence]:
    policies = policies_of(role, graph)
    name = role.name or role.address
    for item in policies:
        if isinstance(item, Doubt):
            reason = f"what {name} may do is not known: {item.unknown.reason}"
            yield undecided(item.unknown, reason, item.prop, resource=role)
        elif item.allows and item.all_but:
            via = f" ({item.source})" if item.source else ""
            message = f"{name} may do everything but what a NotAction lists{via}"
            yield violation(item.where, message, expected=STATED, resource=role, severity=Severity.CRITICAL)
        elif item.allows:
            for element in item.actions:
                if type(element.value) is not str or not stated(element.value):
                    yield from _exceeds(item, element, stated, policies, role)


def _exceeds(
    item: Statement,
    element: Element,
    stated: Callable[[str], bool],
    policies: Iterable[Statement | Doubt],
    role: Resource,
) -> Iterator[Evidence]:
    name, prop = role.name or role.address, element.prop
    values = tuple(possibilities(element.value))
    known = [value for value in element.possible() if not isinstance(value, Unknown)]
    extra = [value for value in known if not stated(str(value))]
    answers = [denied(str(value), policies) for value in extra]
    if all(answer is True for answer in answers) and not any(isinstance(value, Unknown) for value in values):
        return
    doubt = next((answer for answer in (*answers, *values, element.value) if isinstance(answer, Unknown)), None)
    if doubt is not None and (len(extra) < len(values) or any(isinstance(answer, Unknown) for answer in answers)):
        yield undecided(doubt, f"an action that {name} may do is not known: {doubt.reason}", prop, resource=role)
        return
    action = next(v for v, answer in zip(extra, answers, strict=True) if answer is False)
    under = "" if item.condition is ABSENT else " under a condition"
    via = f" ({item.source})" if item.source else ""
    message = f"{name} may {action}{under}{via}, which the architecture does not state"
    fix = f"detach the {item.source}" if item.source else f"remove {action} from the statement"
    yield violation(prop, message, expected=STATED, actual=action, resource=role, severity=_severity(action), fix=fix)


def _severity(value: Any) -> Severity | None:
    text = value if isinstance(value, str) else ""
    everything = text.partition(":")[0] == "*"
    return Severity.CRITICAL if everything or any(covers(pattern, text) for pattern in DANGEROUS) else None


def overreaches(role: Resource, permissions: Iterable[Permission], spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """Yield evidence for each resource that a permission reaches beyond the project's own, where it must not."""
    name = role.name or role.address
    policies = policies_of(role, graph)
    for permission in permissions:
        if permission.resources != "project":
            continue
        for item in policies:
            if isinstance(item, Doubt):
                reason = f"on what {name} has the permission {permission.name} is not known: {item.unknown.reason}"
                yield undecided(item.unknown, reason, item.prop, resource=role)
                continue
            speaks = item.allows and _speaks_of(item, (*permission.actions, *permission.allows))
            limited = speaks is not False and _limited_by_tag(item, spec.project)
            if speaks is not False and limited is not True:
                doubt = next((answer for answer in (speaks, limited) if isinstance(answer, Unknown)), None)
                yield from _reach(item, permission, role, spec, graph, doubt)


def _speaks_of(item: Statement, patterns: Iterable[str]) -> bool | Unknown:
    """Whether a statement speaks of some action that a pattern stands for."""
    known = [e.value for e in item.actions if isinstance(e.value, str)]
    doubt = next((e.value for e in item.actions if isinstance(e.value, Unknown)), None)
    if item.all_but:
        return doubt if doubt is not None else any(all(not covers(v, p) for v in known) for p in patterns)
    if any(covers(value, pattern) or covers(pattern, value) for value in known for pattern in patterns):
        return True
    return False if doubt is None else doubt


def _reach(
    item: Statement, permission: Permission, role: Resource, spec: Spec, graph: Graph, doubt: Unknown | None
) -> Iterator[Evidence]:
    """Judge the resources of a statement; with a doubt, what would be a violation may be none."""
    name, expected = role.name or role.address, [f"resources of {spec.project}"]
    what = f"{name} has the permission {permission.name}"
    found: list[tuple[Property, Scope | Unknown, Any]] = [
        (element.prop, scope_of(element.value, spec.project, graph), element.value) for element in item.resources
    ]
    if item.resources_all_but:
        found = [(item.where, Scope.EVERYTHING, ABSENT)]
    for prop, scope, value in found:
        if scope is Scope.OWN:
            continue
        cause = scope if isinstance(scope, Unknown) else doubt
        if cause is not None:
            yield undecided(cause, f"on what {what} is not known: {cause.reason}", prop, resource=role)
            continue
        reach = "every resource" if scope is Scope.EVERYTHING else "something that does not bear the project's name"
        if item.resources_all_but:
            reach = "everything but what a NotResource lists"
        via = f" ({item.source})" if item.source else ""
        yield violation(prop, f"{what} on {reach}{via}", expected=expected, actual=value, resource=role)


def _limited_by_tag(item: Statement, project: str) -> bool | Unknown:
    """Whether a condition limits a statement to resources with a tag that names the project."""
    keys = item.condition_keys()
    if isinstance(keys, Unknown):
        return keys
    if not any("resourcetag/" in key for key in keys):
        return False
    condition = item.condition
    tests = condition.structure if isinstance(condition, Unknown) else condition
    for test in tests.values():
        pairs = test.structure if isinstance(test, Unknown) else test
        for key, value in pairs.items() if isinstance(pairs, dict) else ():
            if "resourcetag/" not in str(key).lower():
                continue
            values = value if isinstance(value, list) else [value]
            doubt = next((v for v in values if isinstance(v, Unknown)), None)
            if doubt is not None:
                return doubt
            if all(project in str(v) for v in values):
                return True
    return False
