"""Values of parameters in the configuration of the AWS SAM CLI: `parameter_overrides` of samconfig.toml or .yaml.

Source: AWS SAM Developer Guide, "AWS SAM CLI configuration file", and its `sam deploy` reference; read 2026-11.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from asbuilt.sources.cloudformation.reading.document import Span

Steps = tuple[str | int, ...]

_COMMANDS: Final = ("deploy", "global", "build", "validate")
_DIGIT: Final = "1"
_MAX_READ: Final = 4_000_000  # characters read in all while places are looked for, some seconds


class ConfigurationError(ValueError):
    """What the configuration says of parameters cannot be read; the message says why."""


def overrides(data: Any, environment: str | None) -> tuple[Steps, Any] | None:
    """Return the path and the value of an environment's parameter_overrides, or of the default's, or of the only one's.

    None where no environment has any. Raises ConfigurationError where it is others that have some.
    """
    found: dict[str, tuple[Steps, Any]] = {}
    for name, table in data.items() if isinstance(data, dict) else ():
        for command in _COMMANDS:
            inner = table.get(command) if isinstance(table, dict) else None
            parameters = inner.get("parameters") if isinstance(inner, dict) else None
            if isinstance(parameters, dict) and "parameter_overrides" in parameters:
                path = (name, command, "parameters", "parameter_overrides")
                found.setdefault(name, (path, parameters["parameter_overrides"]))
    wanted = environment if environment in found else "default"
    if found and wanted not in found and len(found) > 1:
        raise ConfigurationError(f"no parameter_overrides for {environment or 'default'} (found: {', '.join(found)})")
    return found.get(wanted, next(iter(found.values()), None))


def pairs(said: Any) -> Iterator[tuple[Steps, str, str]]:
    """Yield names and values in parameter_overrides, and the path below it; of one text it is empty.

    Raises ConfigurationError.
    """
    if isinstance(said, dict):
        yield from (((key,), key, str(value)) for key, value in said.items())
        return
    for path, text in enumerate(said) if isinstance(said, list) else ((None, said),):
        try:
            words = shlex.split(text) if path is None else [str(text)]
        except (ValueError, TypeError, AttributeError) as error:
            raise ConfigurationError(f"parameter_overrides cannot be read: {error}") from None
        for word in words:
            given = re.fullmatch(r"ParameterKey=([^,]+),ParameterValue=(.*)", word, re.DOTALL)
            key, sign, value = (given[1], "=", given[2]) if given else word.partition("=")
            if not sign or not key:
                raise ConfigurationError(f"parameter_overrides has {word!r}, not Name=Value")
            yield (() if path is None else (path,)), key, value


def in_toml(text: str, environment: str | None) -> dict[str, str]:
    """Return the values by name in samconfig.toml. Raises ConfigurationError."""
    try:
        found = overrides(tomllib.loads(text), environment)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigurationError(f"not TOML: {error}") from None
    if found is None:
        raise ConfigurationError(f"no parameter_overrides for {environment or 'default'}")
    return {name: value for _, name, value in pairs(found[1])}


def places(text: str, environment: str | None, given: Mapping[str, str]) -> dict[str, Span]:
    """Return where samconfig.toml has `Name=value`, found by trying: a digit more there changes that value only.

    `given` are its values by name. A place ends before a value that has quotes of its own; what cannot be told, or not
    within a bounded number of trials, stands at the beginning of the text.
    """
    left = _MAX_READ // max(len(text), 1)
    found: dict[str, Span] = dict.fromkeys(given, (1, 1, 1, 1))
    for name, value in given.items():
        left -= 1
        for start, at in _candidates(text, name) if left > 0 else ():
            left -= 1
            if left >= 0 and _tried(text, environment, at) == {**given, name: f"{_DIGIT}{value}"}:
                end = at + len(value) if text.startswith(value, at) else at
                found[name] = (*_position(text, start), *_position(text, end))
                break
    return found


def _candidates(text: str, name: str) -> Iterator[tuple[int, int]]:
    """Yield where `Name=` begins, and where its value may: behind the sign, or behind a quote there."""
    before = rf"(?<![\w-]){re.escape(name)}(?:,ParameterValue)?[\"']?\s*=\s*"
    for match in re.finditer(before, text):
        yield from ((match.start(), match.end()), (match.start(), match.end() + 1))


def _tried(text: str, environment: str | None, at: int) -> dict[str, str] | None:
    try:
        return in_toml(f"{text[:at]}{_DIGIT}{text[at:]}", environment)
    except ConfigurationError:
        return None


def _position(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
