"""What the sections of a template declare, loops and includes written out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Unknown, UnknownKind
from asbuilt.sources.cloudformation.language.values import EvaluationError
from asbuilt.sources.cloudformation.reading.document import Place
from asbuilt.sources.cloudformation.stacks.evaluation import LOOP, Scope
from asbuilt.sources.cloudformation.stacks.includes import macro
from asbuilt.sources.cloudformation.stacks.mentions import mentions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from asbuilt.sources.cloudformation.stacks.mentions import Mention
    from asbuilt.sources.cloudformation.stacks.stack import Stack

Entry = tuple[Any, Place, Scope]


def named_section(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a section of a template, empty where it is none."""
    found = data.get(name)
    return found if isinstance(found, dict) else {}


def declarations(stack: Stack, section: str) -> dict[str, Entry]:
    """Return the entries of a section by name, each with its place and its scope."""
    place = Place(stack.document, (section,))
    return dict(_entries(named_section(stack.data, section), place, stack.scope))


def _entries(raw: dict[str, Any], place: Place, scope: Scope) -> Iterator[tuple[str, Entry]]:
    for key, body in raw.items():
        if key.startswith(LOOP):
            turns = scope.turns(key, body, place.child(key))
            if isinstance(turns, Unknown):
                _open(scope, key, turns, body, place)
                continue
            for inner, template, at in turns:
                yield from _entries(template, at, inner)
        elif key == "Fn::Transform":
            yield from scope.stack.root.scan.included_entries(body, place.child(key), scope)
        else:
            yield scope.named(key), (body, place.child(key), scope)


def _open(scope: Scope, key: str, why: Unknown, body: Any, place: Place) -> None:
    """Keep that a section may have more in it."""
    from asbuilt.sources.cloudformation.stacks.loops import missing

    section = str(place.path[0])
    scope.stack.open_sections.setdefault(section, why)
    if section == "Resources":
        scope.stack.root.gap(missing(scope, key, why, body, place.child(key)))


class Declared:
    """A resource as declared in a stack: `type` is "" where it has none, `inside` is where its properties stand.

    `address` is its logical id, with those of the stacks around it.

    Its scope takes for granted that its own condition holds.
    """

    __slots__ = ("_exists", "_mentions", "address", "body", "inside", "name", "place", "scope", "stack", "type")

    def __init__(self, stack: Stack, name: str, body: dict[str, Any], place: Place, scope: Scope) -> None:
        self.stack = stack
        self.name = name
        self.address = stack.prefix + name
        self.body = body
        self.place = place
        self.inside = place.child("Properties")
        condition = self._condition(scope)
        self.scope = scope.assuming({condition: True}) if condition else scope
        kind = body.get("Type")
        self.type = self.scope.named(kind) if isinstance(kind, str) else ""
        self._exists: bool | Unknown | None = None
        self._mentions: list[Mention] | None = None

    def _condition(self, scope: Scope) -> str:
        condition = self.body.get("Condition")
        return scope.named(condition) if isinstance(condition, str) else ""

    @property
    def construct(self) -> str:
        """The path of the construct that the AWS CDK synthesised it of, "" for what people wrote."""
        metadata = self.body.get("Metadata")
        found = metadata.get("aws:cdk:path") if isinstance(metadata, dict) else None
        return found if isinstance(found, str) else ""

    @property
    def key(self) -> str:
        """Unique in a scan."""
        return self.stack.root.key_prefix + self.address

    def exists(self, assumed: Mapping[str, bool] | None = None) -> bool | Unknown:
        """Return whether its condition holds; that of a condition in error is not known."""
        if assumed:
            return self._decide(assumed)
        if self._exists is None:
            self._exists = self._decide({})
        return self._exists

    def _decide(self, assumed: Mapping[str, bool]) -> bool | Unknown:
        raw = self.body.get("Condition")
        if raw is None:
            return True
        if not isinstance(raw, str):
            location = self.place.child("Condition").location
            message = f"the Condition of {self.name} has to be the name of a condition"
            self.stack.root.remark("error", "wrong-argument", message, location)
            return Unknown(UnknownKind.ERROR, message, location)
        condition = self._condition(self.scope)
        if not condition:
            return True
        try:
            return self.stack.conditions.get(condition, assumed)
        except EvaluationError as error:
            location = self.place.child("Condition").location
            self.stack.root.remark("error", error.code, error.message, location)
            return Unknown(error.kind, error.message, location)

    def reworked(self) -> Unknown | None:
        """Return why its properties may be others than those written, if a transform is given it to rewrite."""
        own = self.body.get("Fn::Transform")
        name = self.stack.rewriter or ("" if own is None else macro(own) or "AWS::Include")
        if not name:
            return None
        reason = f"the transform {name} runs at deployment, and may change {self.address}"
        return Unknown(UnknownKind.UNSUPPORTED, reason, self.place.key)

    def raw(self, name: str) -> tuple[Any, Place] | None:
        """Return a property as written, None where it is not set or the properties as a whole are worked out."""
        properties = self.body.get("Properties")
        if isinstance(properties, dict) and name in properties and not is_function(properties):
            return properties[name], self.inside.child(name)
        return None

    def mentions(self) -> list[Mention]:
        """Return every name that stands in its properties as a reference."""
        if self._mentions is None:
            self._mentions = mentions(self.body.get("Properties"), self.inside.path)
        return self._mentions

    def value(self, path: str) -> Any:
        """Return the value of a property at a dotted path."""
        name, _, rest = path.partition(".")
        found = self.raw(name)
        value = ABSENT if found is None else self.scope.evaluate(*found)
        for part in rest.split(".") if rest else ():
            if isinstance(value, Unknown):
                return value
            value = value.get(part, ABSENT) if isinstance(value, dict) else ABSENT
        return value


def is_function(raw: Any) -> bool:
    """Whether a mapping is an intrinsic function, or has one among its keys that gives it more."""
    if not isinstance(raw, dict):
        return False
    if len(raw) == 1 and "Ref" in raw:
        return True
    return "Fn::" in " ".join(raw) and any(key.startswith("Fn::") for key in raw)
