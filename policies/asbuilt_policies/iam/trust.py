"""Hold the trust policies of roles to the one service that may assume them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Property, Resource, Unknown, UnknownKind
from asbuilt.rules import undecided, violation
from asbuilt.topology.policies import Doubt, statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.model import Evidence


def trusts(role: Resource, principal: str) -> Iterator[Evidence]:
    """Yield evidence where a role may be assumed by others than one service, or not by it."""
    name = role.name or role.address
    document = role.at("AssumeRolePolicyDocument")
    trusted, doubtful = False, False
    for item in statements(document):
        if isinstance(item, Doubt):
            doubtful = True
            yield undecided(item.unknown, f"who may assume {name} is not known: {item.unknown.reason}", item.prop)
            continue
        assumes = item.matches("sts:AssumeRole")
        if not item.allows:
            if assumes is not False:
                doubtful = True
                unknown = Unknown(UnknownKind.CONDITION, f"{name} denies some to assume it", item.prop.trace.location)
                yield undecided(unknown, "", item.prop)
            continue
        for found, prop in _principals(item.prop):
            if isinstance(found, Unknown) and found.prefix.startswith("arn:"):
                message = f"{name} may be assumed by an ARN ({found.prefix}…), not by {principal} only"
                yield violation(prop, message, expected=[principal])
            elif isinstance(found, Unknown):
                doubtful = True
                yield undecided(found, f"who may assume {name} is not known: {found.reason}", prop)
            elif found != principal:
                message = f"{name} may be assumed by {found}, not by {principal} only"
                yield violation(prop, message, expected=[principal], actual=found)
            elif isinstance(assumes, Unknown):
                doubtful = True
                yield undecided(assumes, f"whether {found} may assume {name} is not known: {assumes.reason}", item.prop)
            else:
                trusted = trusted or assumes
    if not trusted and not doubtful:
        message = f"{name} may not be assumed by {principal}"
        yield violation(document, message, expected=[principal], actual=ABSENT)


def _principals(statement: Property) -> Iterator[tuple[Any, Property]]:
    """Yield who a trust statement speaks of: `*`, a service, an account, a provider."""
    if statement.get("NotPrincipal") is not ABSENT:
        yield "everybody but those a NotPrincipal lists", statement.child("NotPrincipal")
    principal = statement.child("Principal")
    value = principal.value
    if isinstance(value, Unknown) and isinstance(value.structure, dict):
        value = value.structure
    if isinstance(value, dict):
        for kind in value:
            for item in principal.child(kind).items():
                yield item.value, item
    elif value is not ABSENT:
        yield ("everybody" if value == "*" else value), principal
