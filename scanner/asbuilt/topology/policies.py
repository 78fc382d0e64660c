"""Read IAM policy documents as statements: which actions, on which resources, under which conditions.

Source: AWS IAM User Guide, "IAM JSON policy elements reference" and "Policy evaluation logic"; read 2026-11.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Property, Unknown, UnknownKind, possibilities
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Element:
    """One action or resource of a statement: a text or an Unknown, and the property it stands in."""

    value: Any
    prop: Property

    def possible(self) -> tuple[Any, ...]:
        """Return every action or resource it may be; there may be none where it is not certain to be there."""
        return tuple(value for value in possibilities(self.value) if value is not ABSENT and value is not None)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement whose effect is known. `all_but` says that `actions` came as NotAction, so with resources.

    `prop` is the statement as a whole, `where` what stands for it in findings (its NotAction, where it has one).
    `condition` is the Condition element, ABSENT without one. `source` names the managed policy it stands in where that
    is not in the code (`AWS managed policy X`); the properties then are those that attach it. `named` holds its actions
    in lower case, where all of them are known and none is a pattern.
    """

    allows: bool
    actions: tuple[Element, ...]
    resources: tuple[Element, ...]
    prop: Property
    where: Property
    condition: Any = ABSENT
    all_but: bool = False
    resources_all_but: bool = False
    source: str = ""
    named: frozenset[str] | None = None

    def matches(self, action: str) -> bool | Unknown:
        """Whether it speaks of an action; an Unknown where an element that may name it is not known."""
        if self.named is not None:
            return (action.lower() in self.named) is not self.all_but
        doubt: Unknown | None = None
        for element in self.actions:
            if type(element.value) is str:
                if covers(element.value, action):
                    return not self.all_but
                continue
            for value in element.possible():
                if isinstance(value, Unknown):
                    doubt = value if doubt is None else doubt
                elif covers(str(value), action):
                    if value is element.value:
                        return not self.all_but
                    doubt = element.value if doubt is None else doubt
        return self.all_but if doubt is None else doubt

    def overlaps(self, pattern: str) -> bool:
        """Whether it may speak of some action that a pattern stands for."""
        texts = [str(value) for e in self.actions for value in e.possible() if not isinstance(value, Unknown)]
        if self.all_but:
            return not any(covers(text, pattern) for text in texts)
        return any(covers(text, pattern) or covers(pattern, text) for text in texts)

    def condition_keys(self) -> tuple[str, ...] | Unknown:
        """Return the keys of its conditions, in lower case."""
        value = self.condition
        if isinstance(value, Unknown):
            value = value if value.structure is ABSENT else value.structure
        if isinstance(value, Unknown):
            return value
        found: list[str] = []
        for test in value.values() if isinstance(value, dict) else ():
            test = test.structure if isinstance(test, Unknown) and test.structure is not ABSENT else test
            if isinstance(test, Unknown):
                return test
            if isinstance(test, dict):
                found.extend(str(key).lower() for key in test)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something a policy may say that cannot be read, and the property that hides it.

    `beside` says that it is one statement of a document whose others could be read.
    """

    unknown: Unknown
    prop: Property | None = None
    beside: bool = False


def statements(document: Property, at: Property | None = None, source: str = "") -> Iterator[Statement | Doubt]:
    """Yield the statements of a policy document; what cannot be read is a Doubt. `at` stands in for all positions."""
    if isinstance(document.value, str):
        try:
            document = replace(document, value=json.loads(document.value))
        except (ValueError, RecursionError):
            unknown = Unknown(UnknownKind.ERROR, "the policy document is not JSON", document.trace.location)
            yield Doubt(unknown, at or document)
            return
    if isinstance(document.value, Unknown) and document.value.structure is ABSENT:
        yield Doubt(document.value, at or document)
        return
    for item in document.child("Statement").items():
        effect = item.get("Effect") if item.known or item.value.structure is not ABSENT else item.value
        if isinstance(effect, Unknown):
            yield Doubt(effect, at or item, beside=True)
        elif effect in ("Allow", "Deny"):
            yield _statement(item, effect == "Allow", at, source)


def _statement(item: Property, allows: bool, at: Property | None, source: str) -> Statement:
    actions, all_but = _either(item, "Action", "NotAction")
    resources, resources_all_but = _either(item, "Resource", "NotResource")
    condition = item.get("Condition")
    elements = _elements(actions, at)
    return Statement(
        allows,
        elements,
        _elements(resources, at),
        at or item,
        at or (actions if all_but else item),
        ABSENT if condition is None or condition == {} else condition,
        all_but,
        resources_all_but,
        source,
        _named(elements),
    )


def _named(actions: tuple[Element, ...]) -> frozenset[str] | None:
    texts = tuple([action.value for action in actions])
    return _without_patterns(texts) if {str}.issuperset(map(type, texts)) else None


@lru_cache(4096)
def _without_patterns(actions: tuple[str, ...]) -> frozenset[str] | None:
    """Return actions in lower case, None where one is a pattern; the same few stand in many statements."""
    text = "".join(actions)
    return None if "*" in text or "?" in text else frozenset(map(str.lower, actions))


def _either(item: Property, name: str, negated: str) -> tuple[Property, bool]:
    found = item.child(name)
    if found.value is not ABSENT or item.get(negated) is ABSENT:
        return found, False
    return item.child(negated), True


def _elements(prop: Property, at: Property | None) -> tuple[Element, ...]:
    if type(prop.value) is str:
        return (Element(prop.value, at or prop),)
    return tuple([Element(item.value, at or item) for item in prop.items()])


@lru_cache(65536)
def covers(pattern: str, text: str) -> bool:
    """Whether an action pattern stands for everything that a text (itself perhaps a pattern) stands for.

    Case does not matter in actions. `*` stands for any characters, `?` for one.
    """
    pattern, text = pattern.lower(), text.lower()
    if "*" not in pattern and "?" not in pattern:
        return pattern == text
    return _expression(pattern).fullmatch(text) is not None


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    words = {"*": ".*", "?": "[^*]"}
    return re.compile("".join(words.get(char) or re.escape(char) for char in pattern), re.DOTALL)


@dataclass(frozen=True, slots=True)
class Grant:
    """Whether an action is allowed: `given` True, False or an Unknown; `by` the statement that decides."""

    given: bool | Unknown
    by: Statement | None = None


_NOTHING = Grant(False)


def grant(action: str, policies: Iterable[Statement | Doubt]) -> Grant:
    """Say whether an action is allowed on some resource.

    A condition on keys of the action's own service (`kms:ViaService`, `ses:FromAddress`) narrows what the action is
    for, as a resource does, and counts as given. Any other condition may never be met: that is unknown. So is a denial
    that is limited to some resources, or to a condition.
    """
    allowed: Statement | None = None
    doubt: Unknown | None = None
    for item in policies:
        if isinstance(item, Doubt):
            doubt = item.unknown if doubt is None else doubt
            continue
        matched = item.matches(action)
        if matched is False:
            continue
        limit = _limit(item, action)
        if item.allows:
            if matched is True and limit is None:
                allowed = allowed or item
            else:
                doubt = _first(doubt, matched, limit)
        elif matched is True and limit is None:
            return Grant(False, item)
        elif not _only_in_plain_text(item):
            doubt = _first(doubt, matched, limit)
    # What could not be read may deny what is allowed, and allow what is not.
    if doubt is not None:
        return Grant(doubt, allowed)
    return _NOTHING if allowed is None else Grant(True, allowed)


def _first(*answers: bool | Unknown | None) -> Unknown | None:
    return next((answer for answer in answers if isinstance(answer, Unknown)), None)


def _limit(statement: Statement, action: str) -> Unknown | None:
    """Say why a statement that matches an action does not settle it, if it does not."""
    if not statement.allows:
        everywhere = any(e.value == "*" for e in statement.resources) and not statement.resources_all_but
        if not everywhere:
            return Unknown(UnknownKind.CONDITION, f"{action} is denied on some resources", _where(statement))
    if statement.condition is ABSENT:
        return None
    keys = statement.condition_keys()
    if isinstance(keys, Unknown):
        return keys
    service = action.partition(":")[0].lower()
    if statement.allows and all(key.startswith(f"{service}:") for key in keys):
        return None
    verb = "allowed" if statement.allows else "denied"
    return Unknown(
        UnknownKind.CONDITION, f"{action} is {verb} under a condition only ({', '.join(keys)})", _where(statement)
    )


def _where(statement: Statement) -> Any:
    return statement.where.trace.location


def _only_in_plain_text(statement: Statement) -> bool:
    """Whether a denial is for requests without TLS only, which no AWS SDK makes."""
    condition = statement.condition
    bare = condition.get("Bool") if isinstance(condition, dict) and len(condition) == 1 else None
    if not isinstance(bare, dict) or [str(key).lower() for key in bare] != ["aws:securetransport"]:
        return False
    value = next(iter(bare.values()))
    value = value[0] if isinstance(value, list) and len(value) == 1 else value
    return str(value).lower() == "false"


def denied(pattern: str, policies: Iterable[Statement | Doubt]) -> bool | Unknown:
    """Whether everything a pattern stands for is denied everywhere, without a condition.

    An Unknown where a statement that is not known entirely may deny it.
    """
    doubt: Unknown | None = None
    for item in policies:
        if isinstance(item, Doubt):
            doubt = _first(doubt, item.unknown if item.beside else None)
            continue
        if item.allows or item.all_but:
            continue
        covered = any(isinstance(e.value, str) and covers(e.value, pattern) for e in item.actions)
        hidden = _first(*(e.value for e in item.actions), *(e.value for e in item.resources))
        keys = item.condition_keys()
        if covered and _limit(item, pattern) is None:
            return True
        if covered or isinstance(_first(*(e.value for e in item.actions)), Unknown):
            doubt = _first(doubt, hidden, keys if isinstance(keys, Unknown) else None)
    return False if doubt is None else doubt
