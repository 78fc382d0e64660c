"""`count` and `for_each`: how often a block is there."""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING, Any

from asbuilt.model import Unknown
from asbuilt.records import dataclass
from asbuilt.sources.terraform.configuration.override import file_of
from asbuilt.sources.terraform.evaluation.objects import ResourceObject, element_of
from asbuilt.sources.terraform.language.convert import convert
from asbuilt.sources.terraform.language.errors import EvalError, LimitError
from asbuilt.sources.terraform.language.typesys import NUMBER
from asbuilt.sources.terraform.language.values import SetValue, derived, is_wholly_known, type_of, unmark_deep

if TYPE_CHECKING:
    from collections.abc import Callable

    from asbuilt.sources.terraform.evaluation.modules import ModuleInstance
    from asbuilt.sources.terraform.parsing.syntax import Attribute, Body

UNKNOWN_KEY = object()  # the key of the one instance that stands for any number of them


@dataclass(slots=True)
class Expansion:
    """The instances of a block. `mode` is `one`, `count`, `for_each` or `unknown`; `names` is what each sees."""

    mode: str
    names: dict[Any, dict[str, Any]] = field(default_factory=dict)
    unknown: Unknown | None = None


ONE = Expansion("one", {None: {}})


def expand(module: ModuleInstance, body: Body, owner: object, address: Callable[[], str]) -> Expansion:
    """Return how often a resource, data or module block of a module instance is there; most are there once.

    Raises EvalError when that depends on itself.
    """
    count, for_each = body.attributes.get("count"), body.attributes.get("for_each")
    if count is None and for_each is None:
        return ONE
    what = address()
    module.root.enter(owner, (what, "(expand)"))
    try:
        return _expand(module, body, what)
    finally:
        module.root.leave(owner)


def _expand(module: ModuleInstance, body: Body, what: str) -> Expansion:
    root = module.root
    count, for_each = body.attributes.get("count"), body.attributes.get("for_each")
    attribute = body.attributes["count" if for_each is None else "for_each"]
    scope = module.scope(file_of(body, attribute.name))
    try:
        _not_both(count, for_each)
        value = module.settled(attribute.expr, scope)
        found = _by_key(value) if for_each is not None else _by_number(value, root.limits.instances)
        root.spend_instances(len(found.names), what)
    except LimitError as error:
        return _open(root.shortfall(error), None, attribute)
    except EvalError as error:
        return _open(root.error_value(error, attribute.expr, scope.file), None, attribute)
    return found


def _not_both(count: Attribute | None, for_each: Attribute | None) -> None:
    if count is not None and for_each is not None:
        raise EvalError('The "count" and "for_each" meta-arguments are mutually exclusive.')


def _by_number(value: Any, limit: int) -> Expansion:
    bare, marked = unmark_deep(value)
    if marked:
        raise EvalError("Sensitive values, or values derived from them, cannot be used as count arguments.")
    if bare is None:
        raise EvalError("The given count argument value is null. An integer is required.")
    number = convert(bare, NUMBER)
    if isinstance(number, Unknown):
        return _open(number, None, None, mode="count")
    if not isinstance(number, int) or number < 0:
        raise EvalError(
            "The given count argument value is unsuitable: a whole number that is not negative is required."
        )
    if number > limit:
        raise LimitError(f"count is {number}; more than {limit} instances are not expanded")
    return Expansion("count", {at: {"count": {"index": at}} for at in range(number)})


def _by_key(value: Any) -> Expansion:
    bare, marked = unmark_deep(value)
    if marked:
        raise EvalError("Sensitive values, or values derived from them, cannot be used as for_each arguments.")
    if bare is None:
        raise EvalError("The given for_each argument value is null. A map, or set of strings is allowed.")
    if isinstance(bare, Unknown) and not isinstance(bare, ResourceObject):
        return _open(bare, bare, None)
    if isinstance(bare, SetValue):
        if not is_wholly_known(bare):
            return _open(derived(bare), derived(bare), None)
        if not all(isinstance(item, str) for item in bare):
            raise EvalError("The given for_each set holds elements that are not strings.")
        return Expansion("for_each", {item: {"each": {"key": item, "value": item}} for item in bare})
    if isinstance(bare, dict):
        return Expansion("for_each", {key: {"each": {"key": key, "value": bare[key]}} for key in sorted(bare)})
    kind = "object of a resource" if isinstance(bare, Unknown) else type_of(bare)
    raise EvalError(f"The given for_each argument value is unsuitable: a map, or set of strings is needed, not {kind}.")


def _open(cause: Unknown, collection: Unknown | None, attribute: Attribute | None, mode: str = "for_each") -> Expansion:
    """Return the expansion that nobody knows, with one instance that stands for each."""
    base = derived([cause])
    names: dict[str, Any] = {
        "each": {"key": Unknown(base.kind, base.reason, base.location, base.references, type="string")}
    }
    names["each"]["value"] = element_of(collection) if collection is not None else base
    names["count"] = {"index": Unknown(base.kind, base.reason, base.location, base.references, type="number")}
    which = attribute.name if attribute is not None else mode
    reason = f"{which} is not known: {cause.reason}"
    conditional = Unknown(cause.kind, reason, cause.location, base.references, arms=cause.arms)
    return Expansion("unknown", {UNKNOWN_KEY: names}, conditional)


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SPECIAL = re.compile(r'["\\\n\r\t]|[$%](?=\{)')


def suffix(key: Any) -> str:
    """Write an instance key as addresses have it."""
    if key is None:
        return ""
    if key is UNKNOWN_KEY:
        return "[*]"
    if isinstance(key, int):
        return f"[{key}]"
    return '["' + _SPECIAL.sub(lambda m: _ESCAPES.get(m[0], m[0] * 2), key) + '"]'
