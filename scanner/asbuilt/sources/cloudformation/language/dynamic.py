"""Dynamic references: `{{resolve:ssm:…}}`, `{{resolve:ssm-secure:…}}`, `{{resolve:secretsmanager:…}}`.

What they lead to is read at deployment. Source: AWS CloudFormation User Guide, "Get values stored in other services
using dynamic references"; read 2026-11.
"""

from __future__ import annotations

import re
from typing import Any, Final

from asbuilt.model import Reference, Unknown, UnknownKind
from asbuilt.sources.cloudformation.language.values import concatenate

_REFERENCE: Final = re.compile(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):([^{}]*)\}\}")
_STORES: Final = {"ssm": "SSM parameter", "ssm-secure": "secure SSM parameter", "secretsmanager": "secret"}


def resolved(text: str) -> Any:
    """Return a text with its dynamic references as unknown parts; each refers to itself as its target."""
    parts: list[Any] = []
    at = 0
    for match in _REFERENCE.finditer(text):
        if match.start() > at:
            parts.append(text[at : match.start()])
        at = match.end()
        store, name = match.groups()
        attribute = "Value" if store == "ssm" else "SecretString"
        reason = f"the {_STORES[store]} {name} is read at deployment"
        refs = (Reference(match[0], attribute),)
        parts.append(Unknown(UnknownKind.DATA_SOURCE, reason, references=refs, exact=True, type="string"))
    if at < len(text) or not parts:
        parts.append(text[at:])
    return concatenate(parts)
