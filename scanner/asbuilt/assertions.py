"""Make rules of a spec's assertions: a JSON Schema over a resource's properties, evaluated in three values.

An assertion is a rule like any other, with its key as id: it passes, fails, is unknown or not applicable, and is
selected with `--only` and `--skip`. Where a schema says nothing about a property that is not set, it is satisfied:
`required` says that something must be set.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Property, Resource, Severity, Unknown
from asbuilt.rules import Rule, inapplicable, undecided, violation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from asbuilt.graph import Graph
    from asbuilt.model import Evidence
    from asbuilt.spec.models import Spec

# Keywords whose value is the only one accepted, and may be written as it is.
_EXACT = ("const",)


def rules_for(spec: Spec) -> list[Rule]:
    """Return the rules of the packages and those of the spec. Raises DuplicateRuleError."""
    from asbuilt.discovery import DuplicateRuleError, discover

    rules = discover()
    own = assertion_rules(spec)
    taken = {rule.id: rule for rule in rules}
    for rule in own:
        if rule.id in taken:
            raise DuplicateRuleError(f"the assertion {rule.id} has the name of a rule in {taken[rule.id].module}")
    return [*rules, *own]


def assertion_rules(spec: Spec) -> list[Rule]:
    """Return a rule for each assertion of a spec, in its order."""
    asserted: Mapping[str, Any] = spec.values().get("assertions", {})
    return [_rule(name, assertion) for name, assertion in asserted.items()]


def _rule(name: str, assertion: Mapping[str, Any]) -> Rule:
    def check(resource: Resource, spec: Spec, graph: Graph) -> Iterator[Evidence]:  # noqa: ARG001 - rules share it
        yield from _check(resource, assertion, spec)

    return Rule(
        id=name,
        scope="resource",
        resources=(assertion["resource"],),
        severity=Severity(assertion.get("severity", "medium")),
        enforces=f"assertions.{name}",
        check=check,
        title=assertion["message"],
        why=assertion.get("why", ""),
        fix=assertion.get("fix", ""),
        source="An assertion of the spec.",
    )


def _check(resource: Resource, assertion: Mapping[str, Any], spec: Spec) -> Iterator[Evidence]:
    from asbuilt.spec.assertions import plain
    from asbuilt.three_valued import decide, instance_of, unknown_of

    selected = _selected(resource, assertion.get("select", {}), spec)
    if isinstance(selected, Unknown):
        yield undecided(selected, f"whether it is meant is not known: {selected.reason}", resource.at())
        return
    if not selected:
        yield inapplicable(resource, "the assertion does not select it")
        return
    seen = set()
    for error in decide(plain(assertion["schema"]), instance_of(resource.properties)):
        prop = _at(resource, tuple(error.absolute_path))
        unknown = unknown_of(error)
        wanted = error.validator_value if error.validator in _EXACT else None
        if unknown is not None:
            if prop.path not in seen:
                yield undecided(unknown, f"{assertion['message']}, or not: {unknown.reason}", prop, expected=wanted)
        else:
            message = f"{assertion['message']} ({_said(error, prop)})"
            literal = isinstance(wanted, bool | int | float | str)
            yield violation(prop, message, expected=_expected(error), literal=literal)
        seen.add(prop.path)


def _said(error: Any, prop: Property) -> str:
    """Say which keyword is not satisfied where, without the value: that may be secret, and is evidence."""
    name = prop.name or "the resource"
    if error.validator == "required":
        return f"{name} is not set"
    if error.validator == "additionalProperties":
        return f"{name} must not be set"
    value = error.validator_value
    shown = f" {value}" if isinstance(value, str | int | float | list) and len(str(value)) < 80 else ""
    return f"{name}: {error.validator}{shown}"


def _expected(error: Any) -> Any:
    if error.validator == "required":
        return "set"
    if error.validator == "additionalProperties":
        return "not set"
    value = error.validator_value
    if error.validator in _EXACT:
        return value
    plain_value = isinstance(value, str | int | float) or (isinstance(value, list) and len(str(value)) < 80)
    return f"{error.validator} {value}" if plain_value else error.validator


def _at(resource: Resource, path: tuple[Any, ...]) -> Property:
    """Return the property at an error's path; keys may hold dots."""
    prop = resource.at()
    for part in path:
        prop = prop.child(part)
    return prop


def _selected(resource: Resource, select: Mapping[str, Any], spec: Spec) -> bool | Unknown:
    """Say whether an assertion is about a resource, in three values; one "no" is enough."""
    environments = select.get("environments")
    if environments is not None and spec.environment not in environments:
        return False
    held: list[bool | Unknown] = []
    if "name" in select:
        held.append(_named(resource, select["name"]))
    if select.get("tags"):
        tags = resource.at("Tags")
        held += [_tagged(tags, key, pattern) for key, pattern in select["tags"].items()]
    if any(one is False for one in held):
        return False
    return next((one for one in held if isinstance(one, Unknown)), True)


def _named(resource: Resource, pattern: str) -> bool | Unknown:
    names = [resource.name, *resource.identifiers.values()]
    if any(isinstance(name, str) and fnmatchcase(name, pattern) for name in names):
        return True
    return next((name for name in names if isinstance(name, Unknown) and not _known_arn(name)), False)


def _known_arn(unknown: Unknown) -> bool:
    """Whether an identifier is one that AWS makes up: it is no name."""
    return unknown.exact and bool(unknown.references)


def _tagged(tags: Property, key: str, pattern: str) -> bool | Unknown:
    """Look a tag up in a list of keys and values, or in a mapping."""
    value = tags.value
    if isinstance(value, Unknown) and value.structure is ABSENT:
        return value
    if hasattr(value, "get"):
        return _fits(tags.child(key).value, pattern)
    doubt: Unknown | None = None
    for item in tags.items():
        name = item.value if isinstance(item.value, Unknown) else item.at("Key").value
        if isinstance(name, Unknown):
            doubt = name
        elif name == key:
            return _fits(item.at("Value").value, pattern)
    return doubt if doubt is not None else False


def _fits(value: Any, pattern: str) -> bool | Unknown:
    if isinstance(value, Unknown):
        return value
    return value is not ABSENT and value is not None and fnmatchcase(str(value), pattern)
