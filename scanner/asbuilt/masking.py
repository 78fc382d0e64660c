"""Keep secrets out of everything that is written: what may be printed of a value, and what may not."""

from __future__ import annotations

import re
from typing import Any

from asbuilt.model import ABSENT, Path, Property, Sensitive, Unknown
from asbuilt.results import MASK

# Shapes of credentials: AWS access key ids, private keys, JSON web tokens, tokens of well-known services,
# and a password inside a URL.
CREDENTIAL = re.compile(
    r"""\b(?:AKIA|ASIA)[0-9A-Z]{16}\b
      | -----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY
      | \beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.
      | \b(?:gh[pousr]_[A-Za-z0-9]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}|sk_(?:live|test)_[A-Za-z0-9]{10,})
      | \b[a-z][a-z0-9+.-]*://[^\s/:@]*:[^\s/@]+@
    """,
    re.VERBOSE,
)


def looks_secret(text: str) -> bool:
    """Whether a text has the shape of a credential."""
    return CREDENTIAL.search(text) is not None


def is_environment_value(path: Path) -> bool:
    """Whether a path is the value of a container's environment variable: never printed, whatever it is."""
    return "Environment" in path and bool(path) and path[-1] == "Value"


def printable(prop: Property | None, value: Any) -> Any:
    """Return a value as JSON that may be printed: secrets masked, unknown values described, nothing else lost."""
    if prop is not None and (prop.sensitive or is_environment_value(prop.path)) and value is not ABSENT:
        return None if value is None else MASK
    return _printable(value, prop.path if prop else ())


def _printable(value: Any, path: Path) -> Any:
    if value is ABSENT:
        return None
    if isinstance(value, Sensitive):
        return MASK
    if isinstance(value, Unknown):
        shown = f"{value.prefix}…{value.suffix}" if value.prefix or value.suffix else "…"
        return f"{shown} (unknown: {value.reason})"
    if isinstance(value, str):
        return MASK if looks_secret(value) else value
    if isinstance(value, dict):
        secret = isinstance(value.get("Name"), str) and is_environment_value((*path, "Value"))
        return {
            str(key): MASK if secret and key == "Value" else _printable(item, (*path, str(key)))
            for key, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_printable(item, (*path, index)) for index, item in enumerate(value)]
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)
