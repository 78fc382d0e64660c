"""Tables that say where a field of a response goes in CloudFormation's vocabulary, and the way back.

A field is written as in the response, with `[]` for the elements of a list: `VpcSecurityGroups[].VpcSecurityGroupId`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Protocol

from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asbuilt.model import Path


class Converter(Protocol):
    """Turns a value of a response into one of a property, and a path below the property into one of the response."""

    def convert(self, value: Any) -> Any:
        """Return the value as CloudFormation has it."""

    def back(self, path: Path) -> Path:
        """Return the path in the response's words."""


@dataclass(frozen=True, slots=True)
class Same:
    """The response has it as CloudFormation does."""

    def convert(self, value: Any) -> Any:
        """Return the value itself."""
        return value

    def back(self, path: Path) -> Path:
        """Return the path itself."""
        return path


@dataclass(frozen=True, slots=True)
class Capitals:
    """The response writes `containerPort` for `ContainerPort`; below the keys in `verbatim` names are the user's."""

    verbatim: tuple[str, ...] = ()

    def convert(self, value: Any) -> Any:
        """Capitalise the keys, however deep."""
        if isinstance(value, list):
            return [self.convert(item) for item in value]
        if isinstance(value, dict):
            return {
                _capital(key): item if key in self.verbatim else self.convert(item)
                for key, item in value.items()
                if item is not None
            }
        return value

    def back(self, path: Path) -> Path:
        """Take the capitals away again, down to where names are the user's."""
        found: list[str | int] = []
        for position, part in enumerate(path):
            name = part[:1].lower() + part[1:] if isinstance(part, str) else part
            found.append(name)
            if name in self.verbatim:
                return (*found, *path[position + 1 :])
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Json:
    """A document as text, of which CloudFormation has the tree; what does not parse is left as it is."""

    def convert(self, value: Any) -> Any:
        """Parse the text."""
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            return value

    def back(self, path: Path) -> Path:
        """Return the path itself."""
        return path


SAME, CAPITALS, JSON = Same(), Capitals(), Json()
Field = str | tuple[str, Converter]


def _capital(key: str) -> str:
    return key[:1].upper() + key[1:]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """How the elements of a response become resources of a type.

    `operation` and `at` say where they stand, as in `ecs.DescribeServices` and `services[]`.
    """

    type: str
    operation: str
    at: str
    fields: Mapping[str, Field]

    def properties(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return the properties of an element. A field that the response lacks, or that is null, is absent."""
        found: dict[str, Any] = {}
        for name, target in self.fields.items():
            value = pick(body, name)
            if value is None:
                continue
            path, converter = target if isinstance(target, tuple) else (target, SAME)
            _put(found, path.split("."), plain(converter.convert(value)))
        return found

    def native(self, path: Path) -> str:
        """Return the operation and the field that a property comes from."""
        best: tuple[int, str] = (-1, "")
        for name, target in self.fields.items():
            goal, converter = target if isinstance(target, tuple) else (target, SAME)
            parts = tuple(goal.split("."))
            if path[: len(parts)] == parts and len(parts) > best[0]:
                best = len(parts), _joined(name, converter.back(path[len(parts) :]))
        field = best[1] or _joined("", path)
        return f"{self.operation} {self.at}{'.' if self.at and field else ''}{field}"


def _joined(name: str, rest: Path) -> str:
    """Write a field with the path below it: the first position goes where the field has its own list."""
    if "[]" in name and rest and isinstance(rest[0], int):
        name, rest = name.replace("[]", f"[{rest[0]}]", 1), rest[1:]
    for part in rest:
        name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else str(part)
    return name


def plain(value: Any) -> Any:
    """Return a value with whole numbers as people write them: the API has doubles for thresholds and targets."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def pick(body: Any, name: str) -> Any:
    """Return a field of a response, None where it is not there; `A[].B` is the list of the B of every A."""
    for position, part in enumerate(re.split(r"\.", name)):
        if part.endswith("[]"):
            items = body.get(part[:-2]) if isinstance(body, dict) else None
            if items is None:
                return None
            rest = name.split(".")[position + 1 :]
            values = [pick(item, ".".join(rest)) if rest else item for item in items]
            return [value for value in values if value is not None]
        if not isinstance(body, dict) or part not in body:
            return None
        body = body[part]
    return body


def _put(found: dict[str, Any], path: list[str], value: Any) -> None:
    for part in path[:-1]:
        found = found.setdefault(part, {})
    found[path[-1]] = value
