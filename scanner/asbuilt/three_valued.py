"""Evaluate JSON Schema in three values: what is not known makes neither a pass nor a failure.

The keywords of jsonschema are wrapped: on an unknown value each yields an undecided error, unless it says the same of
every value the unknown may have. `anyOf`, `not`, `if` and `contains` combine three values.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from asbuilt.model import ABSENT, Sensitive, Unknown, UnknownKind, possibilities

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Keywords that go on into schemas, and decide nothing by themselves: an unknown value is handed on.
_HANDED_ON: Final = frozenset({"allOf", "$ref"})
_NUMERIC: Final = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})
PASS, FAIL, OPEN = "pass", "fail", "open"


def decide(schema: Mapping[str, Any], instance: Any) -> list[Any]:
    """Return jsonschema's errors; one whose `undecided` attribute is an Unknown says that it cannot be decided."""
    return list(_validator()(schema).iter_errors(instance))


def instance_of(value: Any) -> Any:
    """Return a resource's properties as JSON: null is not set, secrets are bare, what is unknown stays."""
    if isinstance(value, Sensitive):
        return instance_of(value.value)
    if isinstance(value, Unknown) and value.structure is not ABSENT:
        return instance_of(value.structure)
    if isinstance(value, Mapping):
        return {str(key): instance_of(item) for key, item in value.items() if item is not None and item is not ABSENT}
    if isinstance(value, list | tuple):
        return [instance_of(item) for item in value]
    return value


def unknown_of(error: Any) -> Unknown | None:
    """Return why an error is undecided, None for one that is certain."""
    found = getattr(error, "undecided", None)
    return found if isinstance(found, Unknown) else None


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    own: dict[str, Any] = {
        "anyOf": _any_of,
        "oneOf": _one_of,
        "not": _not,
        "if": _if,
        "contains": _contains,
        "required": _required,
        "items": _items,
        "prefixItems": _prefix_items,
        "additionalProperties": _additional,
    }
    wrapped = {
        keyword: check if keyword in _HANDED_ON else _wrapped(keyword, own.get(keyword, check))
        for keyword, check in Draft202012Validator.VALIDATORS.items()
    }
    return extend(Draft202012Validator, wrapped)  # type: ignore[no-untyped-call]


def _wrapped(keyword: str, check: Any) -> Callable[..., Iterator[Any]]:
    def run(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any]:
        if isinstance(instance, Unknown):
            arms = [instance_of(arm) for arm in possibilities(instance)] if instance.arms else []
            states = {_arm(keyword, check, validator, value, arm, schema) for arm in arms}
            if states == {PASS}:
                return
            if states == {FAIL}:
                yield _error(f"no possible value satisfies {keyword} {value!r}", keyword, value)
                return
            yield _undecided(instance, keyword, value)
        else:
            yield from _on(keyword, check, validator, value, instance, schema)

    return run


def _arm(keyword: str, check: Any, validator: Any, value: Any, arm: Any, schema: Any) -> str:
    """Return what a keyword says of one possible value; null means not set, of which only `required` speaks."""
    if isinstance(arm, Unknown):
        return OPEN
    if arm is None or arm is ABSENT:
        return PASS
    return _state(_on(keyword, check, validator, value, arm, schema))


def _on(keyword: str, check: Any, validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """Run a keyword on a value that is not unknown itself, though something inside may be."""
    if isinstance(instance, list | dict) and keyword in _COUNTS and (doubt := _inside(instance)) is not None:
        yield from _counted(keyword, value, instance, doubt)
    else:
        yield from check(validator, value, _read(keyword, value, instance), schema) or ()


def _read(keyword: str, value: Any, instance: Any) -> Any:
    """Take a text for the number or truth value it stands for, where the schema speaks of one."""
    wanted = value if isinstance(value, list) else [value]
    if not isinstance(instance, str) or (keyword == "type" and "string" in wanted):
        return instance
    about_numbers = keyword in _NUMERIC or (
        keyword in ("const", "enum", "type")
        and any(
            item in ("integer", "number") or (isinstance(item, int | float) and item is not True) for item in wanted
        )
    )
    if about_numbers and instance not in wanted:
        try:
            number = float(instance)
        except ValueError:
            return instance
        return int(number) if number == int(number) else number
    truths = any(item is True or item is False or item == "boolean" for item in wanted)
    if truths and instance.lower() in ("true", "false"):
        return instance.lower() == "true"
    return instance


def _error(message: str, keyword: str, value: Any, **more: Any) -> Any:
    from jsonschema import ValidationError

    return ValidationError(message, validator=keyword, validator_value=value, **more)


def _undecided(unknown: Unknown, keyword: str, value: Any, **more: Any) -> Any:
    error = _error(f"not known: {unknown.reason}", keyword, value, **more)
    error.undecided = unknown
    return error


def _state(errors: Iterator[Any] | None) -> str:
    found = [unknown_of(error) for error in errors or ()]
    if not found:
        return PASS
    return OPEN if all(unknown is not None for unknown in found) else FAIL


def _doubt(errors: list[Any]) -> Unknown:
    return next(unknown for error in errors if (unknown := unknown_of(error)) is not None)


def _branches(validator: Any, schemas: list[Any], instance: Any) -> tuple[list[str], list[Any]]:
    states, errors = [], []
    for schema in schemas:
        found = list(validator.descend(instance, schema))
        states.append(_state(iter(found)))
        errors += found
    return states, errors


def _any_of(validator: Any, schemas: Any, instance: Any, _: Any) -> Iterator[Any]:
    states, errors = _branches(validator, schemas, instance)
    if PASS in states:
        return
    if OPEN in states:
        yield _undecided(_doubt(errors), "anyOf", schemas)
    else:
        yield _error("none of the alternatives holds", "anyOf", schemas)


def _one_of(validator: Any, schemas: Any, instance: Any, _: Any) -> Iterator[Any]:
    states, errors = _branches(validator, schemas, instance)
    if states.count(PASS) > 1:
        yield _error("more than one of the alternatives holds", "oneOf", schemas)
    elif OPEN in states:
        yield _undecided(_doubt(errors), "oneOf", schemas)
    elif PASS not in states:
        yield _error("none of the alternatives holds", "oneOf", schemas)


def _not(validator: Any, schema: Any, instance: Any, _: Any) -> Iterator[Any]:
    states, errors = _branches(validator, [schema], instance)
    if states == [OPEN]:
        yield _undecided(_doubt(errors), "not", schema)
    elif states == [PASS]:
        yield _error("what must not hold does", "not", schema)


def _if(validator: Any, condition: Any, instance: Any, schema: Any) -> Iterator[Any]:
    states, errors = _branches(validator, [condition], instance)
    arms = [schema.get("then", True), schema.get("else", True)]
    if states == [OPEN]:
        found, inner = _branches(validator, arms, instance)
        if found == [PASS, PASS]:
            return
        if found == [FAIL, FAIL]:
            yield from (error for error in inner if unknown_of(error) is None)
            return
        yield _undecided(_doubt(errors), "if", condition)
    else:
        yield from validator.descend(instance, arms[0] if states == [PASS] else arms[1])


def _contains(validator: Any, schema: Any, instance: Any, around: Any) -> Iterator[Any]:
    """Count elements; an unknown element may stand for any number of them."""
    if not isinstance(instance, list):
        return
    least, most = around.get("minContains", 1), around.get("maxContains")
    known = [item for item in instance if not isinstance(item, Unknown)]
    states, errors = _branches_of(validator, schema, known)
    doubts = [item for item in instance if isinstance(item, Unknown)]
    certain, possible = states.count(PASS), states.count(PASS) + states.count(OPEN)
    if most is not None and certain > most:
        yield _error(f"more than {most} elements are of the kind", "contains", schema)
    elif certain >= least and (most is None or (possible <= most and not doubts)):
        return
    elif doubts or possible > certain:
        yield _undecided(doubts[0] if doubts else _doubt(errors), "contains", schema)
    else:
        yield _error(f"fewer than {least} elements are of the kind", "contains", schema)


def _branches_of(validator: Any, schema: Any, items: list[Any]) -> tuple[list[str], list[Any]]:
    found = [list(validator.descend(item, schema)) for item in items]
    return [_state(iter(errors)) for errors in found], [error for errors in found for error in errors]


def _required(_: Any, names: Any, instance: Any, __: Any) -> Iterator[Any]:
    """Want properties to be set; an unknown one may turn out to be null, unless it comes from another resource."""
    for name in names if isinstance(instance, dict) else ():
        if name not in instance:
            yield _error(f"{name} is not set", "required", names, path=(name,))
        elif isinstance(instance[name], Unknown):
            found = instance[name]
            arms = list(possibilities(found)) if found.arms else [found]
            if any(arm is None or arm is ABSENT or (isinstance(arm, Unknown) and _may_be_null(arm)) for arm in arms):
                yield _undecided(found, "required", names, path=(name,))


def _may_be_null(unknown: Unknown) -> bool:
    return not unknown.exact and unknown.kind is not UnknownKind.COMPUTED and not (unknown.prefix or unknown.suffix)


def _items(validator: Any, schema: Any, instance: Any, around: Any) -> Iterator[Any]:
    first = len(around.get("prefixItems", ()))
    for position, item in enumerate(instance if isinstance(instance, list) else ()):
        if position >= first:
            yield from validator.descend(item, schema, path=position)


def _prefix_items(validator: Any, schemas: Any, instance: Any, _: Any) -> Iterator[Any]:
    """Hold elements by their position, which is uncertain behind an unknown one."""
    for position, (item, schema) in enumerate(
        zip(instance, schemas, strict=False) if isinstance(instance, list) else ()
    ):
        before = next((other for other in instance[:position] if isinstance(other, Unknown)), None)
        if before is not None:
            yield _undecided(before, "prefixItems", schemas, path=(position,))
            return
        yield from validator.descend(item, schema, path=position, schema_path=position)


def _additional(validator: Any, schema: Any, instance: Any, around: Any) -> Iterator[Any]:
    import re

    patterns = around.get("patternProperties", {})
    for name, item in instance.items() if isinstance(instance, dict) else ():
        if name in around.get("properties", {}) or any(re.search(pattern, name) for pattern in patterns):
            continue
        if schema is False and isinstance(item, Unknown) and _may_be_null(item):
            yield _undecided(item, "additionalProperties", schema, path=(name,))
        elif schema is False:
            yield _error(f"{name} must not be set", "additionalProperties", schema, path=(name,))
        else:
            yield from validator.descend(item, schema, path=name)


# Keywords that count or compare what is inside, and so depend on what is unknown inside.
_COUNTS: Final = frozenset(
    {
        *("minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"),
        *("const", "enum", "dependentRequired", "dependentSchemas"),
    }
)


def _inside(instance: Any) -> Unknown | None:
    """Return an unknown value inside of another."""
    if isinstance(instance, Unknown):
        return instance
    inner = instance.values() if isinstance(instance, dict) else instance if isinstance(instance, list) else ()
    return next((found for item in inner if (found := _inside(item)) is not None), None)


def _counted(keyword: str, value: Any, instance: Any, doubt: Unknown) -> Iterator[Any]:
    """Decide by what is known where that is enough: more elements do not take away from the ones there are."""
    items = list(instance.values()) if isinstance(instance, dict) else instance
    open_ = [item for item in items if isinstance(item, Unknown)]
    known = len(items) - len(open_)
    if keyword.endswith("Items") != isinstance(instance, list) and keyword.startswith(("min", "max")):
        return
    if keyword.startswith("min") and (known >= value or (not open_ and known < value)):
        if known < value:
            yield _error(f"fewer than {value}", keyword, value)
    elif keyword.startswith("max") and (known > value or not open_):
        if known > value:
            yield _error(f"more than {value}", keyword, value)
    elif keyword != "uniqueItems" or (value and isinstance(instance, list) and len(items) > 1):
        yield _undecided(doubt, keyword, value)
