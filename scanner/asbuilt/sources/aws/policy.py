"""The least-privilege policy of a role for audits: the actions of the operations that collectors declare."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any, Final

from asbuilt.sources.aws.collect import operations
from asbuilt.sources.aws.session import IDENTITY

# AWS STS, AssumeRole, "Policy": the limit of an inline session policy, in characters; read 2026-11.
SESSION_POLICY_LIMIT: Final = 2048


def policy() -> dict[str, Any]:
    """Return the policy, a statement for each service; which resources there are is what it has to find out."""
    actions: dict[str, set[str]] = defaultdict(set)
    for operation in (*operations(), IDENTITY):
        actions[operation.action.partition(":")[0]].add(operation.action)
    statements = [
        {"Sid": _sid(service), "Effect": "Allow", "Action": sorted(names), "Resource": "*"}
        for service, names in sorted(actions.items())
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def session_policy() -> str:
    """Return the policy that narrows an assumed role to the same actions, as short as it can be.

    Every action is named: IAM takes no wildcard for the service in front of one.
    """
    actions = sorted(action for statement in policy()["Statement"] for action in statement["Action"])
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))


def _sid(service: str) -> str:
    """Return a statement's name; letters and digits only (IAM JSON policy elements: Sid)."""
    return "Read" + "".join(part.capitalize() for part in service.split("-"))


def as_json(document: dict[str, Any]) -> str:
    """Write a policy as JSON."""
    return json.dumps(document, indent=2)
