"""Find and read the configuration: every mistake with its place, nothing ignored."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asbuilt.configuration import NAMES, PROJECT
from asbuilt.configuration.model import PATHS, Configuration
from asbuilt.patterns import when_used
from asbuilt.records import dataclass
from asbuilt.spec.errors import Problem, SpecError
from asbuilt.spec.models.build import DoubtError, build
from asbuilt.spec.positioned import MAX_BYTES, Positioned

if TYPE_CHECKING:
    from collections.abc import Iterator

_VALUE = when_used(r"(?:AWS::)?[A-Za-z0-9]+=")


@dataclass(frozen=True, slots=True)
class Found:
    """A configuration and the file it stands in. `values` has the keys that are set, paths as seen from here."""

    file: str
    values: dict[str, Any]
    content: Positioned


def find(folder: Path) -> Found | None:
    """Return the configuration of the folder the user stands in, if it has one. Raises SpecError.

    What it names must stay inside of the git checkout around the folder, what it writes inside of the folder: a
    checkout may come from anywhere.
    """
    files = [folder / name for name in NAMES if (folder / name).is_file()]
    found = [read(path) for path in files]
    project = folder / PROJECT
    if project.is_file() and b"asbuilt" in (raw := _bytes(project)):
        from asbuilt.configuration.toml import read_toml

        content = read_toml(raw, PROJECT)
        if content is not None:
            found.append(_checked(content, ""))
    if len(found) > 1:
        names = " and ".join(one.file for one in found)
        remedy = "keep one of them, or name one with --config"
        raise SpecError([Problem(found[1].content.value(()), f"there are two configurations: {names}", remedy)])
    if not found:
        return None
    problems = list(_leading_out(found[0], folder))
    if problems:
        raise SpecError(problems)
    return found[0]


def read(path: Path, shown: str = "") -> Found:
    """Read a configuration: a YAML file, or a TOML file with a table `[tool.asbuilt]`. Raises SpecError."""
    name = shown or os.path.relpath(path)
    raw = _bytes(path)
    if path.suffix.lower() != ".toml":
        from asbuilt.spec.positions import read_yaml

        return _checked(read_yaml(raw, name), os.path.dirname(name))  # noqa: PTH120 - "" for a bare name
    from asbuilt.configuration.toml import read_toml

    content = read_toml(raw, name)
    if content is None:
        raise SpecError([Problem(None, f"{name}: there is no table [tool.asbuilt] in it", "add it")])
    return _checked(content, os.path.dirname(name))  # noqa: PTH120


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise SpecError([Problem(None, f"{path}: no such file", "check the path")])
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SpecError([Problem(None, f"{path}: cannot be read: {error.strerror}", "check the path")]) from None


def _checked(content: Positioned, folder: str) -> Found:
    data = {} if content.data is None else content.data
    if not isinstance(data, dict):
        raise SpecError([Problem(content.value(()), "the file is no mapping of keys to values", "write `spec: …`")])
    unset = [
        Problem(content.key((key,)), f"`{key}` has no value", "leave the key out, or give it a value")
        for key, value in data.items()
        if value is None
    ]
    if unset:
        raise SpecError(unset)
    try:
        built = build(Configuration, data)
    except DoubtError:
        raise SpecError(list(_problems(content, data))) from None
    # What is set in the file, and nothing else: `inline_waivers: false` is not the same as silence.
    values = {key: getattr(built, key) for key in data}
    for key in PATHS:
        if key in values:
            values[key] = _moved(values[key], folder, values_too=key == "parameters")
    if "spec" in values and _names_a_file(values["spec"]):
        values["spec"] = _moved(values["spec"], folder)
    if "outputs" in values:
        values["outputs"] = tuple(_output(text, folder) for text in values["outputs"])
    return Found(content.file, values, content)


def _problems(content: Positioned, data: dict[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong; only then is pydantic imported, to say what."""
    from pydantic import ValidationError

    from asbuilt.spec.mistakes import problems_of
    from asbuilt.spec.models.strict import strict

    model = strict(Configuration)
    try:
        model.model_validate(data)
    except ValidationError as error:
        found = problems_of(error, model, data, content.value, content.key)
        if "asbuilt" in data:
            remedy = "call the spec otherwise (architecture.yaml), or run with --no-config"
            found = [replace(one, remedy=remedy) if one.message == "unknown key `asbuilt`" else one for one in found]
        yield from found


def _moved(value: Any, folder: str, *, values_too: bool = False) -> Any:
    """Return paths as seen from here instead of from the folder of the file; `NAME=VALUE` may be among them."""
    if not folder:
        return value
    if isinstance(value, tuple):
        return tuple(item if values_too and _is_value(item) else os.path.join(folder, item) for item in value)  # noqa: PTH118
    if isinstance(value, dict):
        return {key: os.path.join(folder, item) for key, item in value.items()}  # noqa: PTH118
    return os.path.join(folder, value)  # noqa: PTH118


def _is_value(text: str) -> bool:
    """Whether a parameter is `NAME=VALUE` and no file."""
    return _VALUE.match(text) is not None


def _names_a_file(spec: str) -> bool:
    return "/" in spec or "." in spec


def _output(text: str, folder: str) -> str:
    name, sign, path = text.partition("=")
    return f"{name}={_moved(path, folder)}" if sign and path not in ("", "-") else text


def _leading_out(found: Found, folder: Path) -> Iterator[Problem]:
    """Yield the paths that a configuration nobody named may not name."""
    here = os.path.realpath(folder)
    around = (here, *map(str, Path(here).parents))
    checkout = next((top for top in around if Path(top, ".git").exists()), here)
    for key in (*PATHS, "spec"):
        value = found.values.get(key, ())
        values_too = key == "parameters"
        items = value.items() if isinstance(value, dict) else enumerate([value] if isinstance(value, str) else value)
        for index, text in items:
            if not (values_too and _is_value(text)) and not _inside(os.path.join(here, text), checkout):  # noqa: PTH118
                where = found.content.value((key, index))
                remedy = "name it on the command line, or the file of configuration with --config"
                yield Problem(where, f"`{key}` leads out of the checkout: {text}", remedy)
    for index, text in enumerate(found.values.get("outputs", ())):
        path = text.partition("=")[2]
        if path in ("", "-"):
            continue
        real = os.path.realpath(os.path.join(here, path))  # noqa: PTH118
        if not _inside(real, here) or ".git" in (part.lower() for part in Path(real).parts):
            where = found.content.value(("outputs", index))
            remedy = "write below this folder, or give -o on the command line"
            yield Problem(where, f"`outputs` leads out of this folder: {path}", remedy)


def _inside(path: str, top: str) -> bool:
    real = os.path.realpath(path)
    return real == top or real.startswith(top.rstrip("/") + "/")


__all__ = ["Found", "find", "read"]
