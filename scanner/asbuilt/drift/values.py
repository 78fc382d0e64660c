"""Values of code and account in a form in which equal means equal.

`"512"` is 512, what is not set is AWS's default, lists that are sets have no order, and a reference in the code equals
the id in the account where both mean the two of one pair.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from asbuilt.masking import printable
from asbuilt.model import ABSENT, Property, Resource, Unknown, UnknownKind, UnknownValueError
from asbuilt.records import dataclass
from asbuilt.topology.canonical import short

if TYPE_CHECKING:
    from asbuilt.graph import Graph

SECRET_PARTS = 7  # an ARN of a secret has as many parts; behind them a container names a key of its JSON


@dataclass(frozen=True, slots=True)
class Value:
    """`key` is what equal values have in common, `shown` what people read; `items` are the elements of a set.

    `path` is the property it was read from, where that is one of several.
    """

    key: Hashable
    shown: Any
    items: dict[Hashable, Any] | None = None
    absent: bool = False
    path: str = ""


Told = Value | Unknown
Reader = Callable[[Resource, "View"], Told]


@dataclass(slots=True)
class View:
    """One side: its graph, and by resource key the name that both sides of a pair have."""

    side: str
    graph: Graph
    names: dict[str, tuple[Any, ...]]

    def token(self, resource: Resource) -> tuple[Any, ...]:
        """Return what a resource is called on both sides: its pair, else its name, which an ARN may have too."""
        if resource.key in self.names:
            return self.names[resource.key]
        return ("named", resource.name.lstrip("/")) if resource.name else (self.side, resource.key)

    def referred(self, prop: Property, *types: str) -> Resource | str | Unknown | None:
        """Return what a property points at: a resource, a text that names none, or why it cannot be told."""
        value = prop.value
        if value is ABSENT or value is None or value == "":
            return None
        found = self.graph.targets(prop, *types)
        if len(found) == 1 and isinstance(found[0], Resource):
            return found[0]
        if isinstance(value, Unknown):
            return value
        if not isinstance(value, str):
            return str(value)
        return self._named(value) or value

    def _named(self, text: str) -> Resource | None:
        parts = text.split(":")
        if len(parts) > SECRET_PARTS and parts[2] == "secretsmanager":
            found = self.graph.identified(":".join(parts[:SECRET_PARTS]))
        elif parts[0] == "arn" and parts[-1].startswith("parameter/"):
            name = parts[-1].removeprefix("parameter")
            found = self.graph.identified(name, "AWS::SSM::Parameter") or self.graph.identified(name[1:])
        else:
            found = ()
        return found[0] if len(found) == 1 else None

    def refer(self, prop: Property, *types: str) -> tuple[tuple[Any, ...], Any] | Unknown | None:
        """Return what a property points at as key and text."""
        found = self.referred(prop, *types)
        if found is None or isinstance(found, Unknown):
            return found
        if isinstance(found, Resource):
            return self.token(found), short(found, self.graph) or found.address
        return self.meaning(found), printable(prop, found)

    def meaning(self, text: str) -> tuple[Any, ...]:
        """Return what a text that names nothing in the graph is called on both sides."""
        return ("named", _tail(text) if text.startswith("arn:") else text.lstrip("/"))


def _tail(arn: str) -> str:
    """Return the physical name in an ARN: what follows the kind of the resource, without what Secrets Manager adds."""
    parts = arn.split(":", 5)
    rest = re.sub(r"^[a-z-]+[/:]", "", parts[-1])
    if parts[2:3] == ["secretsmanager"]:
        rest = re.sub(r"-[A-Za-z0-9]{6}$", "", rest.partition(":")[0])
    return rest.lstrip("/")


def scalar(value: Any) -> Hashable:
    """Return a plain value so that ways of writing the same are the same."""
    if value is ABSENT or value is None or value == "":
        return None
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, str):
        if value.lower() in ("true", "false"):
            return ("bool", value.lower() == "true")
        try:
            value = float(value) if value.replace(".", "", 1).isdigit() else value
        except ValueError:
            return ("text", value)
    if isinstance(value, int | float):
        return ("number", float(value))
    return ("text", str(value))


def plain(path: str, default: Any = None) -> Reader:
    """Read one value; where it is not set, AWS's default."""

    def read(resource: Resource, _: View) -> Told:
        prop = resource.at(path)
        if isinstance(prop.value, Unknown):
            return prop.value
        absent = prop.value is ABSENT or prop.value is None
        value = default if absent else prop.value
        return Value(scalar(value), default if absent else printable(prop, value), absent=absent)

    return read


def sized(path: str, units: dict[str, float]) -> Reader:
    """Read a number that may have a unit: `1 vCPU`, `4 GB`."""

    def read(resource: Resource, _: View) -> Told:
        prop = resource.at(path)
        if isinstance(prop.value, Unknown):
            return prop.value
        text = str(prop.value).lower().replace(" ", "")
        for unit, factor in units.items():
            if text.endswith(unit) and scalar(number := text.removesuffix(unit)) != ("text", number):
                return Value(("number", float(number) * factor), prop.value)
        return Value(scalar(prop.value), None if prop.value is ABSENT else prop.value, absent=prop.value is ABSENT)

    return read


def words(path: str, default: tuple[str, ...] = ()) -> Reader:
    """Read a list of plain values that has no order."""

    def read(resource: Resource, _: View) -> Told:
        items: dict[Hashable, Any] = {}
        prop = resource.at(path)
        for item in prop.items():
            if isinstance(item.value, Unknown):
                return item.value
            items[scalar(item.value)] = printable(item, item.value)
        if prop.value is ABSENT or prop.value is None:
            items = {scalar(value): value for value in default}
        return of_items(items)

    return read


def reference(path: str, *types: str) -> Reader:
    """Read what one property points at; `types` limit what its name may mean."""

    def read(resource: Resource, view: View) -> Told:
        found = view.refer(resource.at(path), *types)
        if isinstance(found, Unknown):
            return found
        return Value(None, None, absent=True) if found is None else Value(found[0], found[1])

    return read


def references(*paths: str) -> Reader:
    """Read what the elements of some lists point at; they have no order."""

    def read(resource: Resource, view: View) -> Told:
        items: dict[Hashable, Any] = {}
        for path in paths:
            for item in resource.at(path).items():
                found = view.refer(item)
                if isinstance(found, Unknown):
                    return found
                if found is not None:
                    items[found[0]] = found[1]
        return of_items(items)

    return read


def of_items(items: dict[Hashable, Any]) -> Value:
    """Return a set of things."""
    return Value(frozenset(items), sorted(items.values(), key=str), items, absent=not items)


def told(read: Reader, resource: Resource, view: View) -> Told:
    """Read; what a reader cannot go on without is unknown."""
    try:
        return read(resource, view)
    except UnknownValueError as error:
        return error.unknown
    except (TypeError, ValueError, AttributeError) as error:  # a value of a shape that it cannot have
        return Unknown(UnknownKind.ERROR, f"the value has no shape that it can have: {error}")


__all__ = [
    "Reader",
    "Told",
    "Value",
    "View",
    "of_items",
    "plain",
    "reference",
    "references",
    "scalar",
    "sized",
    "told",
    "words",
]
