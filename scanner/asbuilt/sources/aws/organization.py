"""The accounts of an organisation, as AWS Organizations lists them.

Asked with the credentials of the management account or a delegated administrator.
"""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from asbuilt.records import dataclass
from asbuilt.sources.aws.operations import Call, Operation
from asbuilt.sources.aws.session import AccessError, Session

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asbuilt.sources.aws.session import Access

# AWS Organizations API Reference, ListAccounts: at most 20 results a page; read 2026-11.
LIST: Final = Operation("organizations", "ListAccounts", "Accounts", page=20)
BELOW: Final = Operation("organizations", "ListAccountsForParent", "Accounts", page=20)
UNITS: Final = Operation("organizations", "ListOrganizationalUnitsForParent", "OrganizationalUnits", page=20)
OPERATIONS: Final = (LIST, BELOW, UNITS)
# Organizations API Reference, Parent: the ids of roots and of organisational units; read 2026-11.
UNIT: Final = re.compile(r"r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}")
NUMBER: Final = re.compile(r"\d{12}")
# Organizations answers in one region of a partition only; botocore finds it from any of that partition.
HOME: Final = "us-east-1"


@dataclass(frozen=True, slots=True)
class Member:
    """An account. `units` are those of the organisational units that were asked for in which it is, at any depth."""

    id: str
    name: str
    status: str
    units: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Organization:
    """Who asked, and the accounts in order of their numbers."""

    caller: str
    partition: str
    members: tuple[Member, ...]


def read_organization(access: Access, units: Sequence[str] = ()) -> Organization:
    """List the accounts, and which of them are in some organisational units. Raises AccessError.

    A listing that breaks off is an error: an account that is not listed would be one that nobody looks at.
    """
    with closing(Session(access)) as session:
        return _read(session, units)


def _read(session: Session, units: Sequence[str]) -> Organization:
    region = session.region or HOME
    identity = session.identity(region)
    known = {str(found["Id"]): found for found in _all(session, LIST, {}, region)}
    inside: dict[str, set[str]] = {}
    for unit in dict.fromkeys(units):
        for account in _below(session, unit, region):
            inside.setdefault(account, set()).add(unit)
    members = (
        Member(number, str(found.get("Name", "")), _status(found), frozenset(inside.get(number, ())))
        for number, found in sorted(known.items())
        if NUMBER.fullmatch(number)
    )
    return Organization(identity.arn, identity.partition, tuple(members))


def _status(found: dict[str, Any]) -> str:
    # `State` takes the place of `Status` (Organizations API Reference, Account; read 2026-11).
    return str(found.get("State") or found.get("Status") or "ACTIVE")


def _below(session: Session, unit: str, region: str) -> Iterator[str]:
    """Yield the accounts in a unit and the units below it."""
    pending, seen = [unit], set()
    while pending:
        one = pending.pop()
        if one in seen:
            continue
        seen.add(one)
        for account in _all(session, BELOW, {"ParentId": one}, region):
            yield str(account["Id"])
        pending += [str(found["Id"]) for found in _all(session, UNITS, {"ParentId": one}, region)]


def _all(session: Session, operation: Operation, parameters: dict[str, Any], region: str) -> list[Any]:
    reply = session.perform(Call(operation, parameters), region)
    if reply.failure is not None:
        text = f"the organisation cannot be listed: {reply.failure.reason}"
        raise AccessError(f"{text}; {reply.failure.action}".rstrip("; "), reply.failure, operation)
    return reply.items()
