"""Read the values of parameters from files, in the forms that AWS's own tools take, and from the command line.

* AWS CLI: a list of `{"ParameterKey": …, "ParameterValue": …}`;
* CodePipeline: `{"Parameters": {name: value}}`;
* AWS SAM CLI: `samconfig.toml`, `parameter_overrides` below `[<environment>.deploy.parameters]`;
* a plain mapping of names to values.

YAML is taken for JSON. Source: AWS CLI Command Reference, "create-stack"; AWS CodePipeline User Guide, "Use an AWS
CloudFormation template configuration file"; AWS SAM Developer Guide, "AWS SAM CLI configuration file"; read 2026-11.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from asbuilt.model import Diagnostic, Location
from asbuilt.sources.cloudformation.reading.document import Document, TemplateError
from asbuilt.sources.cloudformation.reading.files import parse
from asbuilt.sources.cloudformation.stacks.parameters import Given
from asbuilt.sources.terraform.configuration.confinement import read_named, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_BYTES: Final = 4 * 1024 * 1024
NAME: Final = re.compile(r"(?:AWS::)?[A-Za-z0-9]+")


class ParameterError(Exception):
    """A file of parameters that cannot be read: the message says which, where and why."""


def read_parameters(given: Iterable[str], environment: str | None) -> tuple[dict[str, Given], list[Diagnostic]]:
    """Return the values of parameters by name, and remarks. Each is a file or `NAME=VALUE`; the last one counts.

    Raises ParameterError.
    """
    found: dict[str, Given] = {}
    remarks: list[Diagnostic] = []
    for text in given:
        name, sign, value = text.partition("=")
        if sign and NAME.fullmatch(name) and not Path(text).exists():
            found[name] = Given(value, f"--parameters {name}=…")
        else:
            found.update(_file(Path(text), environment, remarks))
    return found, remarks


def _file(path: Path, environment: str | None, remarks: list[Diagnostic]) -> dict[str, Given]:
    name = shown(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ParameterError(f"{name}: larger than {MAX_BYTES // 1024 // 1024} MiB")
        content = read_named(path)
    except OSError as error:
        raise ParameterError(f"{name}: cannot be read: {error.strerror or error}") from None
    if path.suffix == ".toml":
        return dict(_toml(content, name, environment))
    try:
        document = parse(content, name, str(path))
    except TemplateError as error:
        raise ParameterError(f"{name}:{error.line}:{error.column}: {error.message}. {error.remedy}") from None
    remarks += [Diagnostic("warning", r.code, r.message, Location(name, *r.span)) for r in document.remarks]
    return dict(_entries(document))


def _entries(document: Document) -> Iterator[tuple[str, Given]]:
    data = document.data
    what = f"parameters {document.name}"
    if isinstance(data, list):
        for at, item in enumerate(data):
            if isinstance(item, str) and "=" in item:
                name, _, value = item.partition("=")
                yield name, Given(value, what, document.locate((at,)))
                continue
            if not isinstance(item, dict) or not isinstance(item.get("ParameterKey"), str):
                place = document.locate((at,))
                raise ParameterError(f"{place}: expected a ParameterKey and a ParameterValue")
            if "ParameterValue" in item:
                yield item["ParameterKey"], Given(item["ParameterValue"], what, document.locate((at, "ParameterValue")))
        return
    if not isinstance(data, dict):
        raise ParameterError(f"{document.name}: expected a list or a mapping of parameters")
    own = data.get("Parameters")
    path: tuple[str, ...] = ("Parameters",) if isinstance(own, dict) else ()
    for name, value in (own if isinstance(own, dict) else data).items():
        if isinstance(value, dict):
            raise ParameterError(f"{document.locate((*path, name))}: the value of {name} has to be text or a list")
        yield name, Given("" if value is None else value, what, document.locate((*path, name)))


def _toml(content: bytes, name: str, environment: str | None) -> Iterator[tuple[str, Given]]:
    try:
        text = content.decode("utf-8-sig")
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ParameterError(f"{name}: not TOML: {error}") from None
    tables = {env: table for env, table in data.items() if _overrides(table) is not None}
    wanted = environment if environment in tables else "default"
    if wanted not in tables and len(tables) == 1:
        wanted = next(iter(tables))
    if wanted not in tables:
        known = ", ".join(tables) or "none"
        raise ParameterError(f"{name}: no parameter_overrides for {environment or 'default'} (found: {known})")
    for parameter, value in _pairs(_overrides(tables[wanted]), name):
        yield parameter, Given(value, f"parameters {name}", _in_toml(text, name, wanted, parameter))


def _overrides(table: Any) -> Any:
    """Return what an environment of samconfig.toml says, of `deploy` first."""
    for command in ("deploy", "global", "build", "validate"):
        inner = table.get(command) if isinstance(table, dict) else None
        parameters = inner.get("parameters") if isinstance(inner, dict) else None
        if isinstance(parameters, dict) and "parameter_overrides" in parameters:
            return parameters["parameter_overrides"]
    return None


def _pairs(overrides: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(overrides, dict):
        yield from ((key, str(value)) for key, value in overrides.items())
        return
    try:
        words = shlex.split(overrides) if isinstance(overrides, str) else [str(item) for item in overrides]
    except (ValueError, TypeError) as error:
        raise ParameterError(f"{name}: parameter_overrides cannot be read: {error}") from None
    for word in words:
        given = re.fullmatch(r"ParameterKey=([^,]+),ParameterValue=(.*)", word, re.DOTALL)
        key, sign, value = (given[1], "=", given[2]) if given else word.partition("=")
        if not sign or not key:
            raise ParameterError(f"{name}: parameter_overrides has {word!r}, not Name=Value")
        yield key, value


def _in_toml(text: str, name: str, environment: str, parameter: str) -> Location:
    """Return where a parameter stands in a file, as well as a search can tell."""
    start = re.search(rf"^\s*\[\s*[\"']?{re.escape(environment)}\b", text, re.MULTILINE)
    found = re.compile(rf"\b{re.escape(parameter)}\b").search(text, start.start() if start else 0)
    at = found.start() if found else 0
    line, column = text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1
    return Location(name, line, column, line, column + (len(parameter) if found else 0))
