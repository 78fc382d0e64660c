"""`Fn::Transform`: AWS::Include of a file on disk; every other macro is code that runs at AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asbuilt.model import Unknown, UnknownKind
from asbuilt.sources.cloudformation.language.values import EvaluationError, derived

if TYPE_CHECKING:
    from asbuilt.sources.cloudformation.reading.document import Place
    from asbuilt.sources.cloudformation.stacks.evaluation import Scope


INCLUDE: Final = "AWS::Include"


def macro(raw: Any) -> str:
    """Return the first macro of a transform that is not an include: it rewrites what stands beside it; "" for none."""
    for item in raw if isinstance(raw, list) else [raw]:
        name = item.get("Name") if isinstance(item, dict) else item
        if name is not None and name != INCLUDE:
            return name if isinstance(name, str) else "?"
    return ""


def included(scope: Scope, raw: Any, place: Place) -> Any:
    """Return what a transform leads to. Raises EvaluationError."""
    if isinstance(raw, list) and len(raw) == 1:
        raw, place = raw[0], place.child(0)
    if not isinstance(raw, dict) or not isinstance(raw.get("Name"), str):
        raise EvaluationError("wrong-argument", "Fn::Transform takes a mapping with a Name")
    name = raw["Name"]
    if name != INCLUDE:
        return Unknown(UnknownKind.UNSUPPORTED, f"the macro {name} runs at deployment only", place.location)
    parameters = raw.get("Parameters")
    location = parameters.get("Location") if isinstance(parameters, dict) else None
    where = scope.evaluate(location, place.child("Parameters").child("Location"))
    if isinstance(where, Unknown):
        return derived([where])
    if not isinstance(where, str) or not where:
        raise EvaluationError("wrong-argument", "AWS::Include takes a Location")
    found = scope.stack.root.scan.fragment(where, place)
    if isinstance(found, Unknown):
        return found
    from asbuilt.sources.cloudformation.reading.document import Place

    return scope.evaluate(found.data, Place(found))
