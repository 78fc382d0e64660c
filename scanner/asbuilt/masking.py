"""Keep secrets out of everything that is written: what may be printed of a value, and what may not."""

from __future__ import annotations

import re
from typing import Any

from asbuilt.model import ABSENT, Path, Property, Sensitive, Unknown
from asbuilt.patterns import when_used
from asbuilt.results import MASK

# Shapes of credentials: AWS access key ids, private keys, JSON web tokens, tokens of well-known services,
# and a password inside a URL.
CREDENTIAL = when_used(
    r"""\b(?:AKIA|ASIA)[0-9A-Z]{16}\b
      | -----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY
      | \beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.
      | \b(?:gh[pousr]_[A-Za-z0-9]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}|sk_(?:live|test)_[A-Za-z0-9]{10,})
      | \b[a-z][a-z0-9+.-]*://[^\s/:@]*:[^\s/@]+@
    """,
    re.VERBOSE,
)


# Keys of AWS's answers whose values are secrets, in lower case: credentials that STS hands out, what an OIDC action of
# a listener and CloudFront's headers to an origin hold, passwords of data stores (API references; read 2026-11).
SECRET_KEYS = frozenset(
    {
        "authtoken",
        "clientsecret",
        "credentials",
        "externalid",
        "headervalue",
        "masteruserpassword",
        "password",
        "secretaccesskey",
        "secretbinary",
        "secretstring",
        "sessiontoken",
    }
)


# What it finds has one of these in it: to look for them takes a tenth of the time.
_MARK = re.compile("://|eyJ|A[KS]IA|-----BEGIN|gh[pousr]_|xox|sk_")


def looks_secret(text: str) -> bool:
    """Whether a text has the shape of a credential."""
    return _MARK.search(text) is not None and CREDENTIAL.search(text) is not None


# In lines of code: a key whose name says that its value is a secret, and the value of a name and value, as containers
# have their environment. What stands there is not a reference that says nothing (`var.x`, `!Ref X`).
_WORDS = "passw(?:or)?d|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential"
_LITERAL = (
    r"""["']?\s*[:=]\s*(?!(?:var|local|data|module|each)\.|!|true\b|false\b|null\b|[\[{]|\s*(?:\#|$)|["']?arn:)\S"""
)
_NAMED = when_used(rf"(?i)(?<![\w:/.-])[\w.-]{{0,64}}?(?:{_WORDS})[\w.-]{{0,64}}{_LITERAL}")
_VALUE = when_used(rf"(?i)(?<![\w.-])value{_LITERAL}")
_DEFAULT = when_used(r"""(?i)(?<![\w.-])default["']?\s*[:=]""")
_HIDDEN = when_used(r"""(?i)(?<![\w.-])(?:NoEcho|sensitive)["']?\s*[:=]\s*["']?true""")


# One of these is in whatever the expressions above find; to look for them costs a tenth.
_HINTS = ("value", "key", "secret", "passw", "passphrase", "token", "credential", "default")


def holds_secret(line: str) -> bool:
    """Whether a line of code has a value that its name, or its place in a container's environment, makes a secret."""
    low = line.lower()
    if line.isascii() and not any(map(low.__contains__, _HINTS)):
        return False
    return bool(_NAMED.search(line) or _VALUE.search(line)) or (hides_default(line) and states_default(line))


def states_default(line: str) -> bool:
    """Whether a line of code has the default of a variable or a parameter."""
    return "default" in line.lower() and _DEFAULT.search(line) is not None


def hides_default(line: str) -> bool:
    """Whether a line of code says that a variable or a parameter is secret."""
    return _HIDDEN.search(line) is not None


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


def redacted(value: Any, key: str = "") -> Any:
    """Return an answer of AWS as JSON values without what is secret: environment values, credentials, passwords."""
    if value is None or isinstance(value, bool | int | float):
        return value
    name = key.lower()
    if name in SECRET_KEYS:
        return MASK
    if name == "environment" and isinstance(value, dict | list | tuple):
        return _without_values(value)
    if isinstance(value, dict):
        return {str(inner): redacted(item, str(inner)) for inner, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [redacted(item) for item in value]
    if isinstance(value, bytes):
        return MASK
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return MASK if looks_secret(text) else text


def _without_values(value: Any) -> Any:
    """Return environment variables with their names only: as a list of names and values, or as a mapping."""
    if isinstance(value, dict):
        names = {key.lower() for key in value}
        if names >= {"name", "value"}:
            return {key: MASK if key.lower() == "value" else redacted(item) for key, item in value.items()}
        return {key: _without_values(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_values(item) for item in value]
    return MASK
