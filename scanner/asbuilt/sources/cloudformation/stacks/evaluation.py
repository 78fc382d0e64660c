"""Work out what stands at a place of a template: intrinsic functions, references, loops.

An error in the template is a diagnostic, and the value an Unknown; so is every function that is not known here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asbuilt.model import ABSENT, Unknown, UnknownKind
from asbuilt.sources.cloudformation.language.dynamic import START, settled
from asbuilt.sources.cloudformation.language.values import EvaluationError, Partial, derived, text_of, unmark
from asbuilt.sources.cloudformation.stacks.includes import macro
from asbuilt.sources.cloudformation.stacks.intrinsics import FUNCTIONS
from asbuilt.sources.cloudformation.stacks.parameters import PSEUDO

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asbuilt.sources.cloudformation.reading.document import Place
    from asbuilt.sources.cloudformation.stacks.loops import Turn
    from asbuilt.sources.cloudformation.stacks.stack import Stack

LOOP: Final = "Fn::ForEach::"
MAX_DEPTH: Final = 60  # of values that lead to other values
SCALARS: Final = frozenset({bool, int, float, type(None)})  # beside texts: they are what they are wherever they stand


class Scope:
    """Where something is worked out: the stack, the variables of the loops around it, what its condition says."""

    __slots__ = ("assumed", "loops", "stack")

    def __init__(self, stack: Stack, loops: Mapping[str, str] | None = None, assumed: Any = None) -> None:
        self.stack = stack
        self.loops: Mapping[str, str] = loops or {}
        self.assumed: Mapping[str, bool] = assumed or {}

    def looped(self, name: str, value: str) -> Scope:
        """Return the scope of one turn of a loop."""
        return Scope(self.stack, {**self.loops, name: value}, self.assumed)

    def assuming(self, conditions: Mapping[str, bool]) -> Scope:
        """Return the scope of what is there only if conditions are as said."""
        return Scope(self.stack, self.loops, {**self.assumed, **conditions}) if conditions else self

    def evaluate(self, raw: Any, place: Place) -> Any:
        """Return the value of what stands at a place."""
        if isinstance(raw, str):
            return self.text(raw, place) if "{" in raw else raw
        if isinstance(raw, dict):
            if len(raw) == 1:
                name = next(iter(raw))
                if name == "Ref" or (name.startswith("Fn::") and not name.startswith(LOOP)):
                    return self.call(name, raw[name], place)
            return self._mapping(raw, place)
        if isinstance(raw, list):
            found = [
                item if type(item) is str and "{" not in item else self.evaluate(item, place.child(at))
                for at, item in enumerate(raw)
            ]
            return [item for item in found if item is not ABSENT] if ABSENT in found else found
        return raw

    def _mapping(self, raw: dict[str, Any], place: Place) -> Any:
        result: dict[str, Any] = {}
        rest: Unknown | None = None
        for key, item in raw.items():
            if type(item) is str and "{" not in item and not self.loops:
                result[key] = item
            elif key.startswith(LOOP):
                turns = self.turns(key, item, place.child(key))
                rest = turns if isinstance(turns, Unknown) else rest
                for scope, inner, at in () if isinstance(turns, Unknown) else turns:
                    result.update(scope._mapping(inner, at))
            elif key == "Fn::Transform":
                found = self.call(key, item, place)
                if macro(item):
                    return found  # the macro is given the whole mapping
                rest = found if isinstance(found, Unknown) else rest
                result.update(found if isinstance(found, dict) else {})
            else:
                value = item if type(item) in SCALARS else self.evaluate(item, place.child(key))
                if value is not ABSENT:
                    result[self.named(key) if self.loops else key] = value
        return result if rest is None else Partial(result, rest)

    def named(self, text: str) -> str:
        """Return a key with the variables of loops in it."""
        if self.loops and "{" in text:
            for name, value in self.loops.items():
                clean = "".join(char for char in value if char.isalnum())
                text = text.replace("${" + name + "}", value).replace("&{" + name + "}", clean)
        return text

    def text(self, raw: str, place: Place) -> Any:
        """Return a text that may hold variables of loops or dynamic references."""
        raw = self.named(raw)
        return raw if START not in raw else self.stack.root.guard(lambda: settled(raw), place)

    def turns(self, key: str, raw: Any, place: Place) -> list[Turn] | Unknown:
        """Return the turns of a loop: the scope and the template of each; an Unknown where they cannot be told."""
        from asbuilt.sources.cloudformation.stacks.loops import turns

        return turns(self, key, raw, place)

    def call(self, name: str, raw: Any, place: Place) -> Any:
        """Return the result of an intrinsic function."""
        function = FUNCTIONS.get(name)
        if function is None:
            reason = f"{name} is not a function that asbuilt knows"
            self.stack.root.remark("warning", "unknown-function", reason, place.location)
            return Unknown(UnknownKind.UNSUPPORTED, reason, place.location)
        root = self.stack.root
        root.depth += 1
        try:
            return function(self, raw, place.child(name)) if root.depth <= MAX_DEPTH else _too_deep()
        except EvaluationError as error:
            return root.refused(error, place)
        finally:
            root.depth -= 1

    def ref(self, name: Any, place: Place) -> Any:
        """Return what a logical name stands for. Raises EvaluationError."""
        if not isinstance(name, str):
            name = unmark(self.evaluate(name, place))[0]
            if isinstance(name, Unknown):
                return derived([name])
            name = text_of(name)
        name = self.named(name)
        if name in self.loops:
            return self.loops[name]
        if name in PSEUDO:
            return self.stack.pseudo(name)
        if name in self.stack.parameters:
            return settled(self.stack.parameter(name))
        if name in self.stack.resources:
            return self.stack.ref(name, self.assumed)
        elsewhere = self.stack.made_elsewhere(name)
        if elsewhere is not None:
            return elsewhere
        raise EvaluationError("unknown-name", f"there is no parameter or resource {name}")

    def attribute(self, name: str, attribute: str) -> Any:
        """Return an attribute of a resource. Raises EvaluationError."""
        name = self.named(name)
        if name not in self.stack.resources:
            elsewhere = self.stack.made_elsewhere(name)
            if elsewhere is not None:
                return elsewhere
            raise EvaluationError("unknown-name", f"there is no resource {name}")
        return self.stack.attribute(name, self.named(attribute), self.assumed)

    def argument(self, raw: Any, place: Place, at: int) -> Any:
        """Return an argument of a function by its position. Raises EvaluationError."""
        if not isinstance(raw, list) or at >= len(raw):
            raise EvaluationError("wrong-argument", f"{place.path[-1]} takes a list with {at + 1} elements or more")
        return self.evaluate(raw[at], place.child(at))


def _too_deep() -> Any:
    raise EvaluationError("too-many-references", "values refer to values too often", UnknownKind.LIMIT)
