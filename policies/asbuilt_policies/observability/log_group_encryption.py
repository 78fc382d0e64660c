"""MON-4: log groups are encrypted with a customer managed key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Resource, Unknown, UnknownKind
from asbuilt.rules import rule, undecided, violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec

KEYS = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::KMS::Alias")


@rule(id="log-group-encryption", resource="AWS::Logs::LogGroup", severity="high", enforces="logging.kms")
def log_group_encryption(group: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:
    """A log group is not encrypted with a customer managed KMS key.

    Why: without a key of its own, a log group is encrypted with a key that AWS owns: no key policy, no audit trail of
    its use, nothing to revoke.

    Fix: set KmsKeyId to the ARN of a customer managed key whose policy lets CloudWatch Logs use it.

    Source: Amazon CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS KMS"; read 2026-11.
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


def _is_key(value: Unknown, graph: Graph) -> bool:
    """Whether an unknown value is certain to be a key: the id or ARN of a key in the graph."""
    if value.kind is not UnknownKind.COMPUTED or not value.exact:
        return False
    return any(isinstance(graph.referred(reference, KEYS), Resource) for reference in value.references)
