"""The intrinsic functions: what each makes of its arguments, in the scope where it stands.

Source: AWS CloudFormation User Guide, "Intrinsic function reference"; read 2026-11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asbuilt.model import ABSENT, Unknown, UnknownKind
from asbuilt.sources.cloudformation.language import functions
from asbuilt.sources.cloudformation.language.dynamic import settled
from asbuilt.sources.cloudformation.language.substitution import parts_of
from asbuilt.sources.cloudformation.language.texts import pieces
from asbuilt.sources.cloudformation.language.values import (
    EvaluationError,
    concatenate,
    derived,
    join_arms,
    known,
    mark,
    over_arms,
    text_of,
    unmark,
    unmark_deep,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from asbuilt.sources.cloudformation.reading.document import Place
    from asbuilt.sources.cloudformation.stacks.evaluation import Scope


def _pure(compute: Callable[..., Any], values: list[Any], type_: str = "string") -> Any:
    """Return a function of known values; the arms of one unknown are followed."""
    forked = over_arms(lambda items: _pure(compute, items, type_), values)
    if forked is not None:
        return forked
    bare = [unmark_deep(value) for value in values]
    secret = any(marked for _, marked in bare)
    plain = [value for value, _ in bare]
    if not all(map(known, plain)):
        return mark(derived(plain, type_), secret)
    return mark(compute(*plain), secret)


def _ref(scope: Scope, raw: Any, place: Place) -> Any:
    return scope.ref(raw, place)


def _get_att(scope: Scope, raw: Any, place: Place) -> Any:
    parts = raw.split(".", 1) if isinstance(raw, str) else raw
    if not isinstance(parts, list) or len(parts) < 2:
        raise EvaluationError("wrong-argument", "Fn::GetAtt takes a resource and an attribute")
    values = [unmark(scope.evaluate(part, place.child(at)))[0] for at, part in enumerate(parts)]
    if any(isinstance(value, Unknown) for value in values):
        return derived(values)
    name, *attribute = map(text_of, values)
    return scope.attribute(name, ".".join(attribute))


def _sub(scope: Scope, raw: Any, place: Place) -> Any:
    if not isinstance(raw, str) or scope.loops or scope.assumed:
        return _substituted(scope, raw, place)
    texts = scope.stack.texts  # the same text stands in many places
    if raw not in texts:
        texts[raw] = _substituted(scope, raw, place)
    return texts[raw]


def _substituted(scope: Scope, raw: Any, place: Place) -> Any:
    text, own, names = raw, {}, place
    if isinstance(raw, list):
        if len(raw) != 2 or not isinstance(raw[1], dict):
            raise EvaluationError("wrong-argument", "Fn::Sub takes a text, or a text and a mapping of variables")
        text, own, names = raw[0], raw[1], place.child(1)
    if not isinstance(text, str):
        text = unmark(scope.evaluate(text, place))[0]
    if isinstance(text, Unknown):
        return derived([text], "string")
    if not isinstance(text, str):
        raise EvaluationError("wrong-argument", "Fn::Sub takes a text")
    found: list[Any] = []
    for part in parts_of(text):
        if isinstance(part, str):
            found.append(scope.text(part, place) if "{" in part else part)
        elif part[0] in own:
            found.append(scope.evaluate(own[part[0]], names.child(part[0])))
        else:
            found.append(_variable(scope, part[0], place))
    return settled(concatenate(found))


def _variable(scope: Scope, name: str, place: Place) -> Any:
    resource, dot, attribute = name.partition(".")
    try:
        return scope.attribute(resource, attribute) if dot else scope.ref(name, place)
    except EvaluationError as error:
        if error.code != "unknown-name":
            raise
        raise EvaluationError("unknown-variable", f"Fn::Sub: {error.message}, for ${{{name}}}") from None


def _join(scope: Scope, raw: Any, place: Place) -> Any:
    between = scope.argument(raw, place, 0)
    values = scope.argument(raw, place, 1)
    if not isinstance(between, str):
        raise EvaluationError("wrong-argument", "the delimiter of Fn::Join has to be text")
    forked = over_arms(lambda items: _joined(between, items[0]), [values])
    return settled(_joined(between, values)) if forked is None else forked


def _joined(between: str, values: Any) -> Any:
    bare, secret = unmark(values)
    if isinstance(bare, Unknown):
        inner = bare.structure
        if not isinstance(inner, list):
            return mark(derived([bare], "string"), secret)
        bare = inner
    if bare is ABSENT or bare == []:
        return ""
    return mark(concatenate(functions.listed(bare, "what Fn::Join joins"), between), secret)


def _select(scope: Scope, raw: Any, place: Place) -> Any:
    index, values = scope.argument(raw, place, 0), scope.argument(raw, place, 1)
    if isinstance(index, Unknown):
        return derived([index, values])
    at = functions.whole(unmark(index)[0], "the index of Fn::Select")
    return _selected(at, values)


def _selected(at: int, values: Any) -> Any:
    forked = over_arms(lambda items: _selected(at, items[0]), [values])
    if forked is not None:
        return forked
    bare, secret = unmark(values)
    if isinstance(bare, Unknown) and isinstance(bare.structure, list):
        bare = bare.structure
    if isinstance(bare, Unknown):
        return mark(derived([bare]), secret)
    found = functions.listed(bare, "what Fn::Select selects from")
    if at >= 0 and any(isinstance(item, Unknown) and item.type != "string" for item in found[: at + 1]):
        return mark(derived([item for item in found if isinstance(item, Unknown)]), secret)
    return mark(functions.select(at, found), secret)


def _split(scope: Scope, raw: Any, place: Place) -> Any:
    separator, value = scope.argument(raw, place, 0), scope.argument(raw, place, 1)
    return _taken_apart(separator, value)


def _taken_apart(separator: Any, value: Any) -> Any:
    forked = over_arms(lambda items: _taken_apart(separator, items[0]), [value])
    if forked is not None:
        return forked
    bare, secret = unmark(value)
    if isinstance(bare, Unknown) and isinstance(separator, str):
        found = pieces(bare, separator)
        return mark(derived([bare]) if found is None else found, secret)
    return _pure(functions.split, [separator, value], "")


def _if(scope: Scope, raw: Any, place: Place) -> Any:
    if not isinstance(raw, list) or len(raw) != 3:
        raise EvaluationError("wrong-argument", "Fn::If takes a condition and two values")
    name = raw[0]
    if isinstance(name, dict):
        test = scope.stack.conditions.decide(name, place.child(0), scope)
    elif isinstance(name, str):
        name = scope.named(name)
        test = scope.stack.conditions.get(name, scope.assumed)
    else:
        raise EvaluationError("wrong-argument", "Fn::If takes the name of a condition")
    if not isinstance(test, Unknown):
        return scope.evaluate(raw[1 if test else 2], place.child(1 if test else 2))
    arms = []
    for at, holds in ((1, True), (2, False)):
        inner = scope.assuming({name: holds}) if isinstance(name, str) else scope
        arms.append(inner.evaluate(raw[at], place.child(at)))
    return join_arms(test, arms)


def _find_in_map(scope: Scope, raw: Any, place: Place) -> Any:
    keys = [scope.argument(raw, place, at) for at in range(3)]
    extra = raw[3] if len(raw) > 3 else None
    fallback = ABSENT
    if isinstance(extra, dict) and "DefaultValue" in extra:
        fallback = scope.evaluate(extra["DefaultValue"], place.child(3).child("DefaultValue"))
    return settled(scope.stack.mapped(keys, fallback))


def _get_azs(scope: Scope, raw: Any, place: Place) -> Any:
    region = scope.evaluate(raw, place)
    region = scope.stack.pseudo("AWS::Region") if region in ("", None) else region
    named = f" of {region}" if isinstance(region, str) else " of the region"
    return Unknown(UnknownKind.DATA_SOURCE, f"the availability zones{named} are known at deployment only")


def _stack_output(scope: Scope, raw: Any, place: Place) -> Any:  # noqa: ARG001
    names = raw if isinstance(raw, dict) else {}
    shown = " of the stack ".join(
        str(names[key]) for key in ("OutputName", "StackName") if isinstance(names.get(key), str)
    )
    return Unknown(UnknownKind.MODULE, f"the output {shown} is read at deployment", place.location, type="string")


def _import_value(scope: Scope, raw: Any, place: Place) -> Any:
    return scope.stack.root.scan.imported(scope.evaluate(raw, place))


def _base64(scope: Scope, raw: Any, place: Place) -> Any:
    return _pure(functions.to_base64, [scope.evaluate(raw, place)])


def _cidr(scope: Scope, raw: Any, place: Place) -> Any:
    values = [scope.argument(raw, place, at) for at in range(min(len(raw), 3) if isinstance(raw, list) else 1)]
    if len(values) < 2:
        raise EvaluationError("wrong-argument", "Fn::Cidr takes a block, a count and the bits for hosts")
    return _pure(functions.cidr, [*values, 8][:3], "")


def _length(scope: Scope, raw: Any, place: Place) -> Any:
    value = scope.evaluate(raw, place)
    bare = unmark(value)[0]
    if isinstance(bare, list) and not any(isinstance(item, Unknown) and item.type != "string" for item in bare):
        return len(bare)
    return _pure(lambda item: len(functions.listed(item, "what Fn::Length counts")), [value], "number")


def _to_json(scope: Scope, raw: Any, place: Place) -> Any:
    bare, secret = unmark_deep(scope.evaluate(raw, place))
    if known(bare):
        return mark(functions.to_json(bare), secret)
    return mark(derived([bare], "string", structure=bare), secret)


def _transform(scope: Scope, raw: Any, place: Place) -> Any:
    from asbuilt.sources.cloudformation.stacks.includes import included

    return included(scope, raw, place)


def _condition(scope: Scope, raw: Any, place: Place) -> Any:
    return scope.stack.conditions.decide({place.path[-1]: raw}, place, scope)


FUNCTIONS: Final[dict[str, Callable[[Scope, Any, Place], Any]]] = {
    "Ref": _ref,
    "Fn::And": _condition,
    "Fn::Base64": _base64,
    "Fn::Cidr": _cidr,
    "Fn::Equals": _condition,
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAZs": _get_azs,
    "Fn::GetAtt": _get_att,
    "Fn::GetStackOutput": _stack_output,
    "Fn::If": _if,
    "Fn::ImportValue": _import_value,
    "Fn::Join": _join,
    "Fn::Length": _length,
    "Fn::Not": _condition,
    "Fn::Or": _condition,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
    "Fn::ToJsonString": _to_json,
    "Fn::Transform": _transform,
}
