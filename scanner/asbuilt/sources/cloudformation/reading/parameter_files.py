"""Read the values of parameters from files, in the forms that AWS's own tools take, and from the command line.

* AWS CLI: a list of `{"ParameterKey": …, "ParameterValue": …}`;
* CodePipeline: `{"Parameters": {name: value}}`;
* AWS SAM CLI: `samconfig.toml` or `samconfig.yaml`, `parameter_overrides` below `<environment>.deploy.parameters`;
* a plain mapping of names to values.

YAML is taken for JSON. Source: AWS CLI Command Reference, "create-stack"; AWS CodePipeline User Guide, "Use an AWS
CloudFormation template configuration file"; AWS SAM Developer Guide, "AWS SAM CLI configuration file"; read 2026-11.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from asbuilt.confinement import read_named, shown
from asbuilt.model import Diagnostic, Location
from asbuilt.sources.cloudformation.reading.document import Document, TemplateError
from asbuilt.sources.cloudformation.reading.files import parse
from asbuilt.sources.cloudformation.reading.samconfig import ConfigurationError, in_toml, overrides, pairs, places
from asbuilt.sources.cloudformation.stacks.parameters import Given

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
    return dict(_entries(document, environment))


def _entries(document: Document, environment: str | None) -> Iterator[tuple[str, Given]]:
    data = document.data
    what = f"parameters {document.name}"
    if isinstance(data, list):
        for index, item in enumerate(data):
            if isinstance(item, str) and "=" in item:
                name, _, value = item.partition("=")
                yield name, Given(value, what, document.locate((index,)))
                continue
            if not isinstance(item, dict) or not isinstance(item.get("ParameterKey"), str):
                place = document.locate((index,))
                raise ParameterError(f"{place}: expected a ParameterKey and a ParameterValue")
            if "ParameterValue" in item:
                yield (
                    item["ParameterKey"],
                    Given(item["ParameterValue"], what, document.locate((index, "ParameterValue"))),
                )
        return
    if not isinstance(data, dict):
        raise ParameterError(f"{document.name}: expected a list or a mapping of parameters")
    try:
        configured = overrides(data, environment)
        if configured is not None:
            at, said = configured
            for below, name, value in pairs(said):
                yield name, Given(value, what, document.locate((*at, *below)))
            return
    except ConfigurationError as error:
        raise ParameterError(f"{document.name}: {error}") from None
    own = data.get("Parameters")
    path: tuple[str, ...] = ("Parameters",) if isinstance(own, dict) else ()
    for name, value in (own if isinstance(own, dict) else data).items():
        if isinstance(value, dict):
            raise ParameterError(f"{document.locate((*path, name))}: the value of {name} has to be text or a list")
        yield name, Given("" if value is None else value, what, document.locate((*path, name)))


def _toml(content: bytes, name: str, environment: str | None) -> Iterator[tuple[str, Given]]:
    try:
        text = content.decode("utf-8-sig")
        values = in_toml(text, environment)
    except ValueError as error:
        raise ParameterError(f"{name}: {error}") from None
    where = places(text, environment, values)
    for parameter, value in values.items():
        yield parameter, Given(value, f"parameters {name}", Location(name, *where[parameter]))
