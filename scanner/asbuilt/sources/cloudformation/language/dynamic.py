"""Dynamic references: `{{resolve:ssm:…}}`, `{{resolve:ssm-secure:…}}`, `{{resolve:secretsmanager:…}}`.

What they lead to is read at deployment. Source: AWS CloudFormation User Guide, "Get values stored in other services
using dynamic references"; read 2026-11.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from asbuilt.model import Reference, Unknown, UnknownKind
from asbuilt.patterns import when_used
from asbuilt.sources.cloudformation.language.values import concatenate, mark, unmark

START: Final = "{{resolve:"
_REFERENCE: Final = when_used(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):([^{}]*)\}\}")
_BEGUN: Final = when_used(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):[^{}]*$")
_STORES: Final = {"ssm": "SSM parameter", "ssm-secure": "secure SSM parameter", "secretsmanager": "secret"}


def settled(value: Any) -> Any:
    """Return a text with its dynamic references as unknown parts; each refers to itself as its target.

    Of a text that is known in part, the reference that its known beginning ends in.
    """
    if type(value) is str and START not in value:
        return value
    bare, secret = unmark(value)
    if isinstance(bare, str) and START in bare:
        return mark(_resolved(bare), secret)
    if isinstance(bare, Unknown) and START in bare.prefix and (begun := _BEGUN.search(bare.prefix)):
        found = _unknown(begun[0], begun[1], "whose name is known after deployment", exact=False)
        found = replace(found, references=(*found.references, *bare.references), prefix=bare.prefix[: begun.start()])
        return mark(found, secret)
    return value


def _resolved(text: str) -> Any:
    parts: list[Any] = []
    at = 0
    for match in _REFERENCE.finditer(text):
        if match.start() > at:
            parts.append(text[at : match.start()])
        at = match.end()
        parts.append(_unknown(match[0], match[1], match[2], exact=True))
    if at < len(text) or not parts:
        parts.append(text[at:])
    return concatenate(parts)


def _unknown(reference: str, store: str, name: str, *, exact: bool) -> Unknown:
    attribute = "Value" if store == "ssm" else "SecretString"
    reason = f"the {_STORES[store]} {name} is read at deployment"
    return Unknown(
        UnknownKind.DATA_SOURCE, reason, references=(Reference(reference, attribute),), exact=exact, type="string"
    )
