"""MON-4: log groups are encrypted with a customer managed key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Resource, Unknown, UnknownKind
from asbuilt.rules import rule, undecided, violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence, Property
    from asbuilt.spec.models import Spec

KEYS = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::KMS::Alias")
USABLE = (True, "true", "Enabled", "Creating", "Updating", ABSENT, None)


@rule(id="log-group-encryption", resource="AWS::Logs::LogGroup", severity="high", enforces="logging.kms")
def log_group_encryption(group: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A log group is not encrypted with a customer managed KMS key that can be used.

    Why: without a key of its own, a log group is encrypted with a key that AWS owns: no key policy, no audit trail of
    its use, nothing to revoke. With a key that is disabled or waits for its deletion, logs can be neither written nor
    read.

    Fix: set KmsKeyId to the ARN of a customer managed key whose policy lets CloudWatch Logs use it, and enable the key.

    Source: Amazon CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS KMS"; AWS KMS Developer
    Guide, "Key states of AWS KMS keys"; read 2026-11.
    """
    if not spec.logging.kms:
        return
    prop = group.at("KmsKeyId")
    what = group.name or group.address
    for value in prop.possible():
        if value is ABSENT or value is None or value == "":
            if len(prop.possible()) > 1 and isinstance(prop.value, Unknown):
                yield undecided(prop.value, f"{what} has no KMS key in one case: {prop.value.reason}", prop)
                return
            yield violation(prop, f"{what} is not encrypted with a customer managed KMS key", expected="a KMS key")
        elif isinstance(value, Unknown) and not _is_key(value, graph):
            yield undecided(value, f"whether {what} has a KMS key is not known: {value.reason}", prop)
            return
    yield from _usable(prop, what, graph)


def _usable(prop: Property, what: str, graph: Graph) -> Iterator[Evidence]:
    """Yield evidence where the key is known, and is no customer's or cannot be used."""
    keys = [key for key in graph.targets(prop, *KEYS[:2]) if isinstance(key, Resource)]
    if not keys and prop.resource.source == "aws" and isinstance(prop.value, str) and prop.value:
        hidden = graph.hidden(KEYS[0])
        if hidden is not None:
            yield undecided(hidden, f"whether the key of {what} can be used is not known: {hidden.reason}", prop)
    for key in keys:
        if key.get("KeyManager") == "AWS":
            message = f"{what} is encrypted with {key.address}, which AWS manages"
            yield violation(prop, message, expected="a customer managed key", related=(key,))
        state = key.at("KeyState" if key.get("KeyState") is not ABSENT else "Enabled")
        for value in state.possible():
            if isinstance(value, Unknown):
                yield undecided(value, f"whether the key of {what} is enabled is not known: {value.reason}", state)
            elif value not in USABLE:
                told = "is disabled" if value is False else f"is in the state {value}"
                message = f"the key of {what}, {key.address}, {told}"
                yield from _disabled(prop, state, message, key)


def _disabled(prop: Property, state: Property, message: str, key: Resource) -> Iterator[Evidence]:
    if len(state.possible()) > 1 and isinstance(state.value, Unknown):
        yield undecided(state.value, f"{message} in one case: {state.value.reason}", state)
    else:
        yield violation(prop, message, expected="a key that is enabled", actual=prop.value, related=(key,))


def _is_key(value: Unknown, graph: Graph) -> bool:
    """Whether an unknown value is certain to be a key: the id or ARN of a key in the graph, or an ARN with a part open.

    CloudWatch Logs refuses what is no ARN of a customer managed key.
    """
    if value.prefix.startswith("arn:"):
        return True
    if value.kind is not UnknownKind.COMPUTED or not value.exact:
        return False
    return any(isinstance(graph.referred(reference, KEYS), Resource) for reference in value.references)
