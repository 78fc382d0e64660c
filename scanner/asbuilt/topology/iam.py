"""Join the roles of tasks to everything that says what they may do."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, NOWHERE, Property, Resource, Unknown, UnknownKind
from asbuilt.packaged import file_beside
from asbuilt.records import dataclass
from asbuilt.topology.policies import Doubt, Statement, statements
from asbuilt.topology.services import TASK_DEFINITION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph

ROLE = "AWS::IAM::Role"
ROLE_POLICY = "AWS::IAM::RolePolicy"
INLINE_POLICY = "AWS::IAM::Policy"
MANAGED_POLICY = "AWS::IAM::ManagedPolicy"
POLICY_TYPES = (ROLE_POLICY, INLINE_POLICY, MANAGED_POLICY)
EXECUTION, TASK = "ExecutionRoleArn", "TaskRoleArn"
# Attachments whose role could not be found keep the type that Terraform gives them.
ATTACHMENTS = {
    "Terraform::aws_iam_role_policy_attachment": "role",
    "Terraform::aws_iam_policy_attachment": "roles",
    "Terraform::aws_iam_role_policy_attachments_exclusive": "role_name",
}
AWS_MANAGED = re.compile(r":iam::aws:policy/(?P<name>.+)$")


@dataclass(frozen=True, slots=True)
class TaskRoles:
    """The roles that task definitions name in one property, and the task definitions whose role cannot be told."""

    roles: tuple[Resource, ...]
    loose: tuple[tuple[Property, Unknown], ...]


def execution_roles(graph: Graph) -> TaskRoles:
    """Return the execution roles of all task definitions."""
    return graph.memo(_execution_roles)


def task_roles(graph: Graph) -> TaskRoles:
    """Return the task roles of all task definitions."""
    return graph.memo(_task_roles)


def _execution_roles(graph: Graph) -> TaskRoles:
    return _roles_at(graph, EXECUTION)


def _task_roles(graph: Graph) -> TaskRoles:
    return _roles_at(graph, TASK)


def _roles_at(graph: Graph, name: str) -> TaskRoles:
    found: dict[str, Resource] = {}
    loose: list[tuple[Property, Unknown]] = []
    for task in graph.of_type(TASK_DEFINITION):
        prop = task.at(name)
        for role in role_targets(prop, graph):
            if isinstance(role, Unknown):
                loose.append((prop, role))
            else:
                found[role.key] = role
    return TaskRoles(tuple(found.values()), tuple(loose))


def role_targets(prop: Property, graph: Graph) -> tuple[Resource | Unknown, ...]:
    """Return the roles a property names by reference, name or ARN; a role that was not scanned is an Unknown."""
    if prop.value is ABSENT or prop.value is None:
        return ()
    found: list[Resource | Unknown] = []
    for hit in graph.targets(prop, ROLE) or (prop.value,):
        if isinstance(hit, Resource):
            found.append(hit)
            continue
        named = _by_arn(hit, graph)
        found.extend(named or [_unscanned(hit, prop)])
    return tuple(found)


def _by_arn(value: Any, graph: Graph) -> list[Resource | Unknown]:
    """Find a role by the end of its ARN, which may be known where the account is not."""
    text = value.suffix if isinstance(value, Unknown) else value
    match = re.search(r":role/(?:.*/)?([^/]+)$", text) if isinstance(text, str) else None
    return list(graph.identified(match[1], ROLE)) if match else []


def _unscanned(value: Any, prop: Property) -> Unknown:
    if isinstance(value, Unknown):
        return value
    return Unknown(UnknownKind.UNREAD, f"the role {value} is not among what was scanned", prop.trace.location)


def policies_of(role: Resource, graph: Graph) -> tuple[Statement | Doubt, ...]:
    """Return every statement of the policies a role has, inline and attached, and what of them cannot be read."""
    return graph.memo(_Attached).of(role)


class _Attached:
    """The policies of each role."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._by_role: dict[str, list[Resource]] = defaultdict(list)
        self._perhaps: dict[str, list[Doubt]] = defaultdict(list)
        self._loose: list[Doubt] = []
        self._known: dict[str, tuple[Statement | Doubt, ...]] = {}
        for kind, name in ((ROLE_POLICY, "RoleName"), (INLINE_POLICY, "Roles"), (MANAGED_POLICY, "Roles")):
            for policy in graph.of_type(kind):
                self._assign(policy, policy.at(name))
        for kind, argument in ATTACHMENTS.items():
            for attachment in graph.of_type(kind):
                value = attachment.properties.get(argument, ABSENT)
                if isinstance(value, Unknown):
                    reason = f"which role {attachment.address} attaches a policy to is not known: {value.reason}"
                    self._loose.append(Doubt(Unknown(value.kind, reason, value.location)))

    def _assign(self, policy: Resource, names: Property) -> None:
        for item in names.items():
            found = self.graph.targets(item, ROLE)
            certain = len(found) == 1 or not isinstance(item.value, Unknown)
            for role in found:
                if isinstance(role, Unknown):
                    if not role.arms:  # else each of them is among those found
                        self._loose.append(_perhaps(policy, item, role))
                elif certain:
                    self._by_role[role.key].append(policy)
                elif isinstance(item.value, Unknown):
                    self._perhaps[role.key].append(_perhaps(policy, item, item.value))

    def of(self, role: Resource) -> tuple[Statement | Doubt, ...]:
        if role.key not in self._known:
            self._known[role.key] = (*self._of(role), *self._perhaps[role.key], *self._loose)
        return self._known[role.key]

    def _of(self, role: Resource) -> Iterator[Statement | Doubt]:
        for inline in role.at("Policies").items():
            if inline.known or inline.value.structure is not ABSENT:
                yield from statements(inline.child("PolicyDocument"))
            else:
                yield Doubt(inline.value, inline)
        for policy in self._by_role[role.key]:
            yield from _document(policy)
        for arn in role.at("ManagedPolicyArns").items():
            yield from managed(arn, self.graph)


def _perhaps(policy: Resource, item: Property, why: Unknown) -> Doubt:
    reason = f"which role {policy.address} belongs to is not known: {why.reason}"
    return Doubt(Unknown(why.kind, reason, why.location), item)


def managed(arn: Property, graph: Graph) -> Iterator[Statement | Doubt]:
    """Yield the statements of the managed policy that a property names by reference or ARN."""
    value = arn.value
    text = value.suffix if isinstance(value, Unknown) else value
    match = AWS_MANAGED.search(text) if isinstance(text, str) else None
    if match:
        yield from _aws_managed(match["name"], arn)
        return
    found = graph.targets(arn, MANAGED_POLICY)
    if isinstance(text, str) and ":policy/" in text and not any(isinstance(hit, Resource) for hit in found):
        found = graph.identified(text.rpartition("/")[2], MANAGED_POLICY) or found
    for policy in found:
        if isinstance(policy, Resource):
            yield from _document(policy)
        else:
            yield Doubt(policy, arn)
    if not found:
        reason = f"the policy {text} is not among what was scanned"
        yield Doubt(Unknown(UnknownKind.UNREAD, reason, arn.trace.location), arn)


def _document(policy: Resource) -> Iterator[Statement | Doubt]:
    if policy.conditional is not None:
        yield Doubt(policy.conditional, policy.at("PolicyDocument"))
        return
    yield from statements(policy.at("PolicyDocument"))


def _aws_managed(name: str, arn: Property) -> Iterator[Statement | Doubt]:
    document = aws_managed_policies().get(name)
    if document is None:
        reason = f"what the AWS managed policy {name} says is not known to asbuilt"
        yield Doubt(Unknown(UnknownKind.UNREAD, reason, arn.trace.location), arn)
        return
    policy = Resource(f"aws-managed:{name}", name, MANAGED_POLICY, {"PolicyDocument": document}, NOWHERE, name=name)
    yield from statements(policy.at("PolicyDocument"), arn, f"AWS managed policy {name.rpartition('/')[2]}")


@cache
def aws_managed_policies() -> dict[str, Any]:
    """Return the documents of the AWS managed policies that platforms on ECS attach, by path and name."""
    found: dict[str, Any] = json.loads(file_beside(__name__, "managed_policies.json"))["policies"]
    return found


def boundary_of(role: Resource, graph: Graph) -> tuple[Statement | Doubt, ...] | None:
    """Return the statements of a role's permissions boundary, None where it has none."""
    prop = role.at("PermissionsBoundary")
    if prop.value is ABSENT or prop.value is None:
        return None
    return tuple(managed(prop, graph))
