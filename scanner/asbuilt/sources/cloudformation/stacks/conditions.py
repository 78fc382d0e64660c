"""The conditions of a template, in three values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import Unknown, UnknownKind
from asbuilt.sources.cloudformation.language import functions
from asbuilt.sources.cloudformation.language.values import (
    EvaluationError,
    derived,
    known,
    over_arms,
    unmark_deep,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asbuilt.sources.cloudformation.reading.document import Place
    from asbuilt.sources.cloudformation.stacks.evaluation import Scope
    from asbuilt.sources.cloudformation.stacks.stack import Stack


class Conditions:
    """The conditions of a stack: each is worked out once."""

    def __init__(self, stack: Stack, declared: Mapping[str, tuple[Any, Place, Scope]]) -> None:
        self.stack = stack
        self.declared = declared
        self._known: dict[str, bool | Unknown] = {}
        self._open: list[str] = []

    def get(self, name: str, assumed: Mapping[str, bool] | None = None) -> bool | Unknown:
        """Return whether a condition holds, with what is taken for granted. Raises EvaluationError."""
        if assumed and name in assumed:
            return assumed[name]
        if name not in self.declared and "Conditions" in self.stack.open_sections:
            return self.stack.open_sections["Conditions"]
        if name not in self.declared:
            raise EvaluationError("unknown-condition", f"there is no condition {name}")
        if name not in self._known:
            if name in self._open:
                chain = " -> ".join([*self._open[self._open.index(name) :], name])
                raise EvaluationError("circular-condition", f"the condition depends on itself: {chain}")
            self._open.append(name)
            raw, place, scope = self.declared[name]
            try:
                self._known[name] = self.decide(raw, place, scope)
            finally:
                self._open.pop()
        found = self._known[name]
        if assumed and isinstance(found, Unknown):
            raw, place, scope = self.declared[name]
            return self.decide(raw, place, scope.assuming(assumed))
        return found

    def decide(self, raw: Any, place: Place, scope: Scope) -> bool | Unknown:
        """Return whether a condition as written holds. Raises EvaluationError."""
        found = self._decide(raw, place, scope)
        if isinstance(found, bool | Unknown):
            return found
        if isinstance(found, str) and found.lower() in ("true", "false"):
            return found.lower() == "true"
        raise EvaluationError("wrong-argument", "a condition is made of And, Or, Not, Equals and other conditions")

    def _decide(self, raw: Any, place: Place, scope: Scope) -> Any:
        if isinstance(raw, dict) and len(raw) == 1:
            name, argument = next(iter(raw.items()))
            at = place if place.path and place.path[-1] == name else place.child(name)
            if name == "Condition" and isinstance(argument, str):
                return self.get(scope.named(argument), scope.assumed)
            if name == "Fn::Equals":
                pair = [scope.argument(argument, at, position) for position in range(2)]
                return equal(*pair)
            if name in ("Fn::And", "Fn::Or", "Fn::Not"):
                parts = argument if isinstance(argument, list) else [argument]
                values = [self.decide(part, at.child(n), scope) for n, part in enumerate(parts)]
                return _combined(name, values)
        if isinstance(raw, bool | str):
            return raw
        return scope.evaluate(raw, place)


def equal(left: Any, right: Any) -> bool | Unknown:
    """Return whether two values are the same. Raises EvaluationError."""
    forked = over_arms(lambda items: equal(*items), [left, right])
    if forked is not None:
        return forked  # type: ignore[no-any-return]
    bare = [unmark_deep(value)[0] for value in (left, right)]
    if all(map(known, bare)):
        return functions.equals(*bare)
    one, other = bare
    if isinstance(one, Unknown) and isinstance(other, str) and not _possible(one, other):
        return False
    if isinstance(other, Unknown) and isinstance(one, str) and not _possible(other, one):
        return False
    return derived(bare, "bool")


def _possible(unknown: Unknown, text: str) -> bool:
    """Whether a partly known text may be a certain one; an id of a resource is never empty."""
    if unknown.kind is UnknownKind.COMPUTED and unknown.exact and not text:
        return False
    long_enough = len(text) >= len(unknown.prefix) + len(unknown.suffix)
    return long_enough and text.startswith(unknown.prefix) and text.endswith(unknown.suffix)


def _combined(name: str, values: list[bool | Unknown]) -> bool | Unknown:
    if name == "Fn::Not":
        if len(values) != 1:
            raise EvaluationError("wrong-argument", "Fn::Not takes one condition")
        return negated(values[0])
    decisive = name == "Fn::Or"
    if any(value is decisive for value in values):
        return decisive
    doubts = [value for value in values if isinstance(value, Unknown)]
    return derived(doubts, "bool") if doubts else not decisive


def negated(value: bool | Unknown) -> bool | Unknown:
    """Return the opposite."""
    return derived([value], "bool") if isinstance(value, Unknown) else not value
