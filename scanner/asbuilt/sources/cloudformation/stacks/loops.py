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

MAX_TURNS: Final = 10_000  # of all loops of a root template with its nested stacks


def turns(scope: Scope, key: str, raw: Any, place: Place) -> list[tuple[Scope, dict[str, Any], Place]]:
    """Return the turns of the loop at a key; a collection that is not known is a gap."""
    found = scope.stack.root.guard(lambda: list(_turns(scope, key, raw, place)), place)
    return [] if isinstance(found, Unknown) else found


def _turns(scope: Scope, key: str, raw: Any, place: Place) -> list[tuple[Scope, dict[str, Any], Place]]:
    if not isinstance(raw, list) or len(raw) != 3 or not isinstance(raw[0], str) or not isinstance(raw[2], dict):
        raise EvaluationError("wrong-argument", f"{key} takes a name, a collection and a mapping")
    name, collection, body = raw
    values = unmark(scope.evaluate(collection, place.child(1)))[0]
    if isinstance(values, Unknown) and isinstance(values.structure, list):
        values = values.structure
    if isinstance(values, list) and any(isinstance(item, Unknown) for item in values):
        values = next(item for item in values if isinstance(item, Unknown))
    if isinstance(values, Unknown):
        _unknown(scope, key, values, body, place)
        return []
    if not isinstance(values, list):
        raise EvaluationError("wrong-argument", f"{key} goes over a list")
    scope.stack.root.turns += len(values)
    if scope.stack.root.turns > MAX_TURNS:
        raise EvaluationError("loop-too-long", f"loops of more than {MAX_TURNS:,} turns in all", UnknownKind.LIMIT)
    return [(scope.looped(name, text_of(item)), body, place.child(2)) for item in dict.fromkeys(map(text_of, values))]


def _unknown(scope: Scope, key: str, why: Unknown, body: dict[str, Any], place: Place) -> None:
    types = frozenset(_types(body))
    action = "Give the parameters it depends on with --parameters."
    what = f"{scope.stack.document.name}: {key}"
    gap = Gap(SOURCE, what, why.reason, action, place.location, incomplete=False, types=types, kind=why.kind)
    scope.stack.root.gap(gap)


def _types(body: dict[str, Any]) -> list[str]:
    found = []
    for item in body.values():
        if isinstance(item, dict) and isinstance(item.get("Type"), str):
            found.append(item["Type"])
        elif isinstance(item, list) and len(item) == 3 and isinstance(item[2], dict):
            found += _types(item[2])
    return found
