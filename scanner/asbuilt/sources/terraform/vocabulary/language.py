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
the rest of the Terraform path). Unknown and Sensitive are dealt with once, in `apply`.
"""

from __future__ import annotations

import json as json_
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Sensitive, Unknown, UnknownKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.model import Path
    from asbuilt.sources.terraform.instance import Instance


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
        return self.scalars(value)

    def merged(self, value: Any, instance: Instance) -> Any:
        """Convert any value, absent ones included: for rules that apply `always`."""
        return apply(self, value, instance)

    def scalars(self, value: Any) -> Any:
        """Convert a scalar, or those of a list; leave unknowns and maps alone."""
        if isinstance(value, list):
            return [self.scalars(item) for item in value]
        if isinstance(value, Sensitive):
            return Sensitive(self.scalars(value.value))
        if value is None or isinstance(value, (Unknown, dict)):
            return value
        return self.scalar(value)

    def scalar(self, value: Any) -> Any:
        """Convert one scalar."""
        return text(value)

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

    __slots__ = ("values",)

    def __init__(self, path: str, values: Mapping[Any, Any]) -> None:
        super().__init__(path)
        self.values = {text(key): value for key, value in values.items()}

    def scalar(self, value: Any) -> Any:
        """Convert one scalar."""
        return self.values.get(text(value), text(value))


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


class Pairs(Rule):
    """A map as a list of pairs."""

    __slots__ = ("key", "value")
    kind = "list"

    def __init__(self, path: str, key: str, value: str) -> None:
        super().__init__(path)
        self.key, self.value = key, value

    def convert(self, value: Any, instance: Instance) -> Any:  # noqa: ARG002
        """Convert a value that is there."""
        if not isinstance(value, Mapping):
            return value
        return [{self.key: key, self.value: _text(item)} for key, item in value.items() if item is not None]

    def unknown(self, value: Unknown, instance: Instance) -> Any:
        """Convert what is known of an unknown value."""
        if isinstance(value.structure, Mapping):
            return self.convert(value.structure, instance)
        return super().unknown(value, instance)

    def inverse(self, value: Any, rest: Path, instance: Instance) -> Path:  # noqa: ARG002
        """Find the way back."""
        tree = bare(value)
        keys = [key for key, item in tree.items() if item is not None] if isinstance(tree, Mapping) else []
        at = rest[0] if rest else None
        return (keys[at],) if isinstance(at, int) and at < len(keys) else ()

    def paths(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the paths written."""
        yield (*self.path, "*", self.key), "string"
        yield (*self.path, "*", self.value), "string"


def _text(value: Any) -> Any:
    if isinstance(value, Sensitive):
        return Sensitive(_text(value.value))
    return value if isinstance(value, (Unknown, list, dict)) else text(value)


class Tags(Pairs):
    """Tags, with the provider's `default_tags` where the resource does not set the same key."""

    __slots__ = ()
    always = True

    def __init__(self, path: str) -> None:
        super().__init__(path, "Key", "Value")

    def merged(self, value: Any, instance: Instance) -> Any:
        """Convert tags, absent ones included, with the default tags."""
        own = apply(self, value, instance)
        defaults = bare(instance.default_tags)
        if defaults is ABSENT or defaults is None or isinstance(own, (Unknown, Sensitive)):
            return own
        found = [] if own is ABSENT else list(own)
        if isinstance(defaults, Unknown):
            return [*found, defaults]
        names = {tag[self.key] for tag in found if isinstance(tag, dict)}
        return found + [tag for tag in self.convert(defaults, instance) if tag[self.key] not in names]


class TagMap(Rule):
    """Tags where CloudFormation wants a map."""

    __slots__ = ()
    kind = "any"
    always = True

    def merged(self, value: Any, instance: Instance) -> Any:
        """Convert tags, absent ones included, with the default tags."""
        own, defaults = bare(value), bare(instance.default_tags)
        if isinstance(own, Unknown) or not isinstance(defaults, Mapping):
            return ABSENT if own is None else own
        return {**defaults, **(own or {})}


class Each(Rule):
    """A value, or each of a list, as an object with one property."""

    __slots__ = ("key",)
    kind = "list"

    def __init__(self, path: str, key: str) -> None:
        super().__init__(path)
        self.key = key

    def convert(self, value: Any, instance: Instance) -> Any:  # noqa: ARG002
        """Convert a value that is there."""
        return [{self.key: _text(item)} for item in (value if isinstance(value, list) else [value])]

    def unknown(self, value: Unknown, instance: Instance) -> Any:
        """Convert what is known of an unknown value."""
        return self.convert(value if value.structure is ABSENT else value.structure, instance)

    def inverse(self, value: Any, rest: Path, instance: Instance) -> Path:  # noqa: ARG002
        """Find the way back."""
        return rest[:1] if isinstance(bare(value), list) else ()

    def paths(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the paths written."""
        yield (*self.path, "*", self.key), "string"


class Wrapped(Rule):
    """One value as a list of one, added to those of others."""

    __slots__ = ()
    listing = True

    def convert(self, value: Any, instance: Instance) -> Any:  # noqa: ARG002
        """Convert a value that is there."""
        found = self.scalars(value)
        return found if isinstance(found, list) else [found]

    def unknown(self, value: Unknown, instance: Instance) -> Any:  # noqa: ARG002
        """Convert what is known of an unknown value."""
        return [value]

    def inverse(self, value: Any, rest: Path, instance: Instance) -> Path:  # noqa: ARG002
        """Find the way back."""
        return rest if isinstance(bare(value), list) else ()


class Attribute(Rule):
    """One entry of a list of keys and values, such as a load balancer's attributes."""

    __slots__ = ("key",)
    kind = "list"
    listing = True

    def __init__(self, path: str, key: str) -> None:
        super().__init__(path)
        self.key = key

    def convert(self, value: Any, instance: Instance) -> Any:  # noqa: ARG002
        """Convert a value that is there."""
        return [{"Key": self.key, "Value": self.scalars(value)}]

    def unknown(self, value: Unknown, instance: Instance) -> Any:  # noqa: ARG002
        """Convert what is known of an unknown value."""
        return [{"Key": self.key, "Value": value}]

    def inverse(self, value: Any, rest: Path, instance: Instance) -> Path:  # noqa: ARG002
        """Find the way back."""
        return ()

    def paths(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the paths written."""
        yield (*self.path, "*", "Key"), "string"
        yield (*self.path, "*", "Value"), "string"


number, flag, choice, prefix, json = Number, Flag, Choice, Prefix, Json
pairs, tags, tag_map, each, wrapped = Pairs, Tags, TagMap, Each, Wrapped
attribute, referred = Attribute, Referred
