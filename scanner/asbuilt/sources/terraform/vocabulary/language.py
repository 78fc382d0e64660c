"""The words tables are written in: what one Terraform argument becomes in CloudFormation.

A table maps a Terraform name to a dotted CloudFormation path (a plain string), or to one of these:

| word | Terraform | CloudFormation |
|---|---|---|
| `"A.B"` | string, list of strings, map | the same; numbers and booleans become strings, as Terraform's schema does |
| `number("A")`, `flag("A")` | number or boolean, also written as a string | number, boolean |
| `choice("A", {True: "ENABLED"})` | a value | another value |
| `prefix("A")` | `name_prefix` | a partly known string |
| `json("A")` | JSON text | the tree |
| `one("A", {…})` | block | object (`nested.py`); with path `""` its fields stand beside |
| `many("A", {…})` | repeated block | list of objects |
| `pairs("A", "Name", "Value")` | map | `[{Name, Value}]` |
| `each("A", "B")` | value or list | `[{B: value}]` |
| `wrapped("A")` | a value (or list) | `[value]`, added to the list A |
| `attribute("A", "k")` | value | one `{Key: k, Value: text}` more in the list A |
| `tags("Tags")`, `tag_map("Tags")` | map, with the provider's `default_tags` | `[{Key, Value}]`, map |
| `referred("A")` | a reference | the same; a known value is dropped (it names something else) |

Each word converts a value (`convert`) and finds the way back (`inverse`: the rest of a CloudFormation path to
the rest of the Terraform path). Unknown and Sensitive are dealt with once, in `apply`. The words
for lists are in `lists.py`, those for blocks in `nested.py` and `fanning.py`.
"""

from __future__ import annotations

import json as json_
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Sensitive, Unknown, UnknownKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from asbuilt.model import Path
    from asbuilt.sources.terraform.instance import Instance


_SCALARS = frozenset({str, int, float, bool})


class Rule:
    """What an argument becomes: a string at a path. The base of all words."""

    __slots__ = ("path",)
    kind = "string"
    listing = False  # whether several arguments add to the same list
    always = False  # whether there may be a value where the argument is not set

    def __init__(self, path: str) -> None:
        self.path: tuple[str, ...] = tuple(path.split(".")) if path else ()

    def convert(self, value: Any, instance: Instance) -> Any:  # noqa: ARG002 - some words need it
        """Convert a value that is neither absent, null, unknown nor sensitive."""
        return self.scalar(value) if type(value) in _SCALARS else self.scalars(value)

    def merged(self, value: Any, instance: Instance) -> Any:
        """Convert any value, absent ones included: for rules that apply `always`."""
        return apply(self, value, instance)

    def scalars(self, value: Any) -> Any:
        """Convert a scalar, or those of a list; leave unknowns and maps alone."""
        if type(value) in _SCALARS:
            return self.scalar(value)
        if isinstance(value, list):
            return [self.scalars(item) for item in value]
        if isinstance(value, Sensitive):
            return Sensitive(self.scalars(value.value))
        if value is None or isinstance(value, (Unknown, dict)):
            return value
        return self.scalar(value)

    def scalar(self, value: Any) -> Any:
        """Convert one scalar."""
        return value if type(value) is str else text(value)

    def unknown(self, value: Unknown, instance: Instance) -> Any:
        """Convert what is known of an unknown value."""
        if not value.arms:
            return value
        return replace(value, arms=tuple(apply(self, arm, instance) for arm in value.arms))

    def inverse(self, value: Any, rest: Path, instance: Instance) -> Path:  # noqa: ARG002
        """Turn the rest of a CloudFormation path, below this rule's own, into the rest of the Terraform path."""
        return rest

    def paths(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the CloudFormation paths written, `*` for a list position, each with its kind."""
        yield self.path, self.kind


def apply(rule: Rule, value: Any, instance: Instance) -> Any:
    """Convert any value: null is absent, unknown and sensitive stay what they are."""
    if value is ABSENT or value is None:
        return ABSENT
    if type(value) in _SCALARS:
        return rule.convert(value, instance)
    if isinstance(value, Sensitive):
        found = apply(rule, value.value, instance)
        return found if found is ABSENT or isinstance(found, (Unknown, Sensitive)) else Sensitive(found)
    if isinstance(value, Unknown):
        return rule.unknown(value, instance)
    return rule.convert(value, instance)


def text(value: Any) -> str:
    """Write a scalar as Terraform converts it to a string."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def leaf(value: Any) -> Any:
    """Write a scalar as text, below a mark too; leave what is unknown or a tree alone."""
    if isinstance(value, Sensitive):
        return Sensitive(leaf(value.value))
    return value if isinstance(value, (Unknown, list, dict)) else text(value)


def bare(value: Any) -> Any:
    """Take off the mark of a sensitive value, and take the structure of an unknown one that has it."""
    if isinstance(value, Sensitive):
        value = value.value
    return value.structure if isinstance(value, Unknown) and value.structure is not ABSENT else value


class Number(Rule):
    """A number, int where it is whole."""

    __slots__ = ()
    kind = "number"

    def scalar(self, value: Any) -> Any:
        """Convert one scalar."""
        if isinstance(value, (bool, int)):
            return value
        try:
            found = float(value)
        except (TypeError, ValueError):
            return value
        return int(found) if found.is_integer() else found


class Flag(Rule):
    """A boolean."""

    __slots__ = ()
    kind = "boolean"

    def scalar(self, value: Any) -> Any:
        """Convert one scalar."""
        return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


class Choice(Rule):
    """One value for another; those not named stay."""

    __slots__ = ("lower", "values")

    def __init__(self, path: str, values: Mapping[Any, Any], *, lower: bool = False) -> None:
        super().__init__(path)
        self.values = {text(key): value for key, value in values.items()}
        self.lower = lower  # the provider does not care about case, AWS does

    def scalar(self, value: Any) -> Any:
        """Convert one scalar."""
        written = text(value).lower() if self.lower else text(value)
        return self.values.get(written, written)


class Prefix(Rule):
    """A name that the provider makes from a prefix."""

    __slots__ = ()

    def convert(self, value: Any, instance: Instance) -> Any:
        """Convert a value that is there."""
        return Unknown(
            UnknownKind.COMPUTED, "the provider makes the name from name_prefix", instance.location, prefix=text(value)
        )

    def unknown(self, value: Unknown, instance: Instance) -> Any:  # noqa: ARG002
        """Convert what is known of an unknown value."""
        return replace(value, exact=False, references=(), arms=(), suffix="", structure=ABSENT)


class Referred(Rule):
    """A reference that says whose this is; a known value names something else, and is dropped."""

    __slots__ = ()

    def convert(self, value: Any, instance: Instance) -> Any:  # noqa: ARG002
        """Convert a value that is there."""
        return ABSENT


class Json(Rule):
    """A tree behind JSON text; an empty text is nothing."""

    __slots__ = ()
    kind = "any"

    def convert(self, value: Any, instance: Instance) -> Any:
        """Convert a value that is there."""
        return decoded(value, instance)

    def unknown(self, value: Unknown, instance: Instance) -> Any:
        """Convert what is known of an unknown value."""
        return super().unknown(value, instance) if value.structure is ABSENT else value.structure


def decoded(value: Any, instance: Instance) -> Any:
    """Read JSON text; anything else is already the tree."""
    if not isinstance(value, str):
        return value
    if not value.strip():
        return ABSENT
    try:
        return json_.loads(value)
    except (ValueError, RecursionError) as error:
        return Unknown(UnknownKind.ERROR, f"not JSON: {error}", instance.location)


number, flag, choice, prefix, json, referred = Number, Flag, Choice, Prefix, Json, Referred
