"""`Fn::ForEach`: the turns of a loop.

Source: AWS CloudFormation Template Reference, "Fn::ForEach"; read 2026-11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asbuilt.model import Gap, Unknown, UnknownKind
from asbuilt.sources.cloudformation.language.values import EvaluationError, text_of, unmark
from asbuilt.sources.cloudformation.reading.discovery import SOURCE

if TYPE_CHECKING:
    from asbuilt.sources.cloudformation.reading.document import Place
    from asbuilt.sources.cloudformation.stacks.evaluation import Scope

NESTED: Final = "AWS::CloudFormation::Stack"
MAX_TURNS: Final = 10_000  # of all loops of a root template with its nested stacks


Turn = tuple["Scope", dict[str, Any], "Place"]


def turns(scope: Scope, key: str, raw: Any, place: Place) -> list[Turn] | Unknown:
    """Return the turns of the loop at a key, an Unknown where its collection is not known."""
    found: list[Turn] | Unknown = scope.stack.root.guard(lambda: _turns(scope, key, raw, place), place)
    return found


def _turns(scope: Scope, key: str, raw: Any, place: Place) -> list[Turn] | Unknown:
    if not isinstance(raw, list) or len(raw) != 3 or not isinstance(raw[0], str) or not isinstance(raw[2], dict):
        raise EvaluationError("wrong-argument", f"{key} takes a name, a collection and a mapping")
    name, collection, body = raw
    values = unmark(scope.evaluate(collection, place.child(1)))[0]
    if isinstance(values, Unknown) and isinstance(values.structure, list):
        values = values.structure
    if isinstance(values, list) and any(isinstance(item, Unknown) for item in values):
        values = next(item for item in values if isinstance(item, Unknown))
    if isinstance(values, Unknown):
        return Unknown(values.kind, values.reason, place.location)
    if not isinstance(values, list):
        raise EvaluationError("wrong-argument", f"{key} goes over a list")
    scope.stack.root.turns += len(values)
    if scope.stack.root.turns > MAX_TURNS:
        raise EvaluationError("loop-too-long", f"loops of more than {MAX_TURNS:,} turns in all", UnknownKind.LIMIT)
    return [(scope.looped(name, text_of(item)), body, place.child(2)) for item in dict.fromkeys(map(text_of, values))]


def missing(scope: Scope, key: str, why: Unknown, raw: Any, place: Place) -> Gap:
    """Return the gap that a loop over resources leaves whose collection is not known."""
    body = raw[2] if isinstance(raw, list) and len(raw) == 3 else None
    types = set(_types(body))
    if not types or any(type_ == NESTED or not type_.startswith("AWS::") for type_ in types):
        types = set()  # anything may be in there
    action = "Give the parameters it depends on with --parameters."
    what = f"{scope.stack.document.name}: {key}"
    return Gap(
        SOURCE, what, why.reason, action, place.location, incomplete=False, types=frozenset(types), kind=why.kind
    )


def _types(body: Any) -> list[str]:
    """Return the types of what a loop makes, "" for what cannot be told."""
    found: list[str] = []
    for item in body.values() if isinstance(body, dict) else ():
        if isinstance(item, dict):
            found.append(item["Type"] if isinstance(item.get("Type"), str) and "{" not in item["Type"] else "")
        elif isinstance(item, list) and len(item) == 3:
            found += _types(item[2])
        else:
            found.append("")
    return found
