"""Declare rules and build evidence.

A rule is a generator of `Evidence`. It never decides its own verdict: no evidence is a pass, a violation is a
fail, something unknown is unknown. Three decorators say what it is called with:

* `@rule(resource="AWS::Logs::LogGroup", …)`: each resource of a type: `(resource, spec, graph)`;
* `@service_rule(…)`: each service of the spec that the graph has: `(service, spec, graph)`;
* `@platform_rule(…)`: once: `(spec, graph)`, for inventory and topology; its evidence names its own resources.

`live` is for rules on what only an account tells, such as tasks that run: to code they are not applicable.
`enforces` is the path of the spec value the rule holds infrastructure to. A spec that says nothing there makes the rule
not applicable. Findings cite the statement that sets the value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Evidence, Outcome, Property, Resource, Severity, Unknown, possibilities
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from asbuilt.graph import Graph


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as declared. `scope` is `resource`, `service` or `platform`; `resources` its CloudFormation types."""

    id: str
    scope: str
    resources: tuple[str, ...]
    severity: Severity
    enforces: str
    check: Callable[..., Iterator[Evidence]]
    title: str
    why: str
    fix: str
    source: str
    live: bool = False

    @property
    def module(self) -> str:
        """The module the rule is declared in."""
        return self.check.__module__


def rule(
    *,
    id: str,
    resource: str | tuple[str, ...],
    severity: str,
    enforces: str,
    live: bool = False,
) -> Callable[[Callable[..., Iterator[Evidence]]], Callable[..., Iterator[Evidence]]]:
    """Declare a rule that looks at each resource of one type (or several)."""
    return _declare(id, "resource", (resource,) if isinstance(resource, str) else resource, severity, enforces, live)


def service_rule(
    *,
    id: str,
    severity: str,
    enforces: str,
    needs: str | tuple[str, ...] = "AWS::ECS::Service",
    live: bool = False,
) -> Callable[[Callable[..., Iterator[Evidence]]], Callable[..., Iterator[Evidence]]]:
    """Declare a rule that looks at each service of the spec that was found; `needs` names the types it reads.

    It needs the services themselves in any case: where they cannot be listed, it has looked at none.
    """
    types = (needs,) if isinstance(needs, str) else needs
    return _declare(id, "service", tuple(dict.fromkeys((*types, "AWS::ECS::Service"))), severity, enforces, live)


def platform_rule(
    *,
    id: str,
    severity: str,
    enforces: str,
    needs: str | tuple[str, ...] = (),
    live: bool = False,
) -> Callable[[Callable[..., Iterator[Evidence]]], Callable[..., Iterator[Evidence]]]:
    """Declare a rule that looks at the whole graph once; `needs` names the types it reads."""
    return _declare(id, "platform", (needs,) if isinstance(needs, str) else needs, severity, enforces, live)


def _declare(
    id_: str, scope: str, resources: tuple[str, ...], severity: str, enforces: str, live: bool
) -> Callable[[Callable[..., Iterator[Evidence]]], Callable[..., Iterator[Evidence]]]:
    def decorate(check: Callable[..., Iterator[Evidence]]) -> Callable[..., Iterator[Evidence]]:
        texts = _texts(check.__doc__ or "")
        declared = Rule(
            id_,
            scope,
            resources,
            Severity(severity),
            enforces,
            check,
            texts["title"],
            texts["why"],
            texts["fix"],
            texts["source"],
            live,
        )
        check.__asbuilt_rule__ = declared  # type: ignore[attr-defined]
        return check

    return decorate


_HEADINGS = ("Why", "Fix", "Source")


def _texts(doc: str) -> dict[str, str]:
    """Split a rule's docstring into its title and its Why, Fix and Source paragraphs."""
    title, _, rest = "\n".join(line.strip() for line in doc.strip().splitlines()).partition("\n\n")
    words: dict[str, list[str]] = {"title": title.split(), "why": [], "fix": [], "source": []}
    into: list[str] = []  # what stands before the first heading is nobody's
    for line in rest.splitlines():
        heading, colon, text = line.partition(":")
        if colon and heading in _HEADINGS:
            into = words[heading.lower()] = []
            line = text
        into += line.split()
    return {name: " ".join(found) for name, found in words.items()}


def rules_in(module: object) -> Iterator[Rule]:
    """Yield the rules a module declares."""
    for value in filter(callable, list(vars(module).values())):
        declared = getattr(value, "__asbuilt_rule__", None)
        if isinstance(declared, Rule) and declared.check.__module__ == getattr(module, "__name__", None):
            yield declared


def violation(prop: Property, message: str, *, expected: Any = None, **more: Any) -> Evidence:
    """Say that a property breaks the spec. `actual` is taken from the property unless given."""
    more.setdefault("actual", prop.value)
    return Evidence(Outcome.VIOLATION, message, prop, expected=expected, **more)


def missing(subject: str, message: str, *, expected: Any = None, **more: Any) -> Evidence:
    """Say that something the spec names does not exist; `resource` may name where it should be."""
    return Evidence(Outcome.VIOLATION, message, subject=subject, expected=expected, **more)


def undecided(unknown: Unknown, message: str = "", prop: Property | None = None, **more: Any) -> Evidence:
    """Say that this cannot be decided, and why."""
    return Evidence(Outcome.UNKNOWN, message or unknown.reason, prop, unknown=unknown, **more)


def inapplicable(resource: Resource | None, message: str, **more: Any) -> Evidence:
    """Say that the statement does not apply to this subject."""
    return Evidence(Outcome.NOT_APPLICABLE, message, resource=resource, **more)


def note(prop: Property, message: str, **more: Any) -> Evidence:
    """Say something worth knowing that changes no verdict."""
    return Evidence(Outcome.NOTE, message, prop, actual=prop.value, **more)


def examined(resource: Resource, **more: Any) -> Evidence:
    """Say that a platform rule looked at this resource: without other evidence about it, it passes."""
    return Evidence(Outcome.NOTE, "", resource=resource, **more)


def present(resources: Iterable[Resource], **more: Any) -> Iterator[Evidence]:
    """Say that a platform rule looked at resources of which one has to exist; unknown where that is certain of none."""
    found = tuple(resources)
    certain = any(resource.conditional is None for resource in found)
    for resource in found:
        perhaps = resource.conditional
        if certain or perhaps is None:
            yield examined(resource, **more)
        else:
            reason = f"whether {resource.address} exists is not known: {perhaps.reason}"
            yield undecided(perhaps, reason, resource=resource, **more)


def expect(
    prop: Property,
    accepts: Any,
    message: str,
    *,
    default: Any = ABSENT,
    expected: Any = ABSENT,
    **more: Any,
) -> Iterator[Evidence]:
    """Hold one property to what the spec says, in three values.

    `accepts` is the value itself or a predicate. `default` is what AWS documents for an absent property: without
    one, absent is judged as ABSENT. An unknown value is unknown; one with two possible values is a violation when every
    one breaks the spec, a pass when none does, and unknown, saying which one breaks it, otherwise.
    """
    wanted = accepts if expected is ABSENT else expected
    test: Callable[[Any], bool] = accepts if callable(accepts) else lambda value: _equal(value, accepts)
    verdicts: list[tuple[bool | None, Any]] = []
    for value in prop.possible():
        if isinstance(value, Unknown):
            verdicts.append((None, value))
            continue
        judged = default if value is ABSENT or value is None else value
        verdicts.append((test(judged), value))
    broken = [value for verdict, value in verdicts if verdict is False]
    unknown = [value for verdict, value in verdicts if verdict is None]
    if not broken and not unknown:
        return
    if len(broken) == len(verdicts):
        yield violation(prop, message, expected=wanted, actual=broken[0], literal=not callable(accepts), **more)
        return
    source = unknown[0] if unknown else prop.value
    assert isinstance(source, Unknown)  # noqa: S101 - only an unknown has several possible values
    reason = source.reason
    if broken:
        reason = f"{message} in one case ({_show(broken[0])}); which case applies is not known: {reason}"
    yield undecided(source, reason, prop, expected=wanted, **more)


def expect_each(props: Iterable[Property], accepts: Any, message: str, **more: Any) -> Iterator[Evidence]:
    """Hold each of several properties to the same thing."""
    for prop in props:
        yield from expect(prop, accepts, message, **more)


def either(graph: Graph, evidence: Evidence, *types: str) -> Evidence:
    """Turn "missing" into "unknown" where resources of these types may hide behind a gap."""
    hidden = graph.hidden(*types)
    if hidden is None or evidence.outcome is not Outcome.VIOLATION:
        return evidence
    return Evidence(
        Outcome.UNKNOWN,
        f"{evidence.message}, or it is where asbuilt cannot see it: {hidden.reason}",
        evidence.prop,
        subject=evidence.subject,
        resource=evidence.resource,
        expected=evidence.expected,
        service=evidence.service,
        unknown=hidden,
        severity=evidence.severity,
        requirement=evidence.requirement,
    )


def _equal(value: Any, wanted: Any) -> bool:
    """Compare as AWS does: `"512"` and 512 are one value, `"true"` and True are one value, "1" and True are not."""
    if isinstance(wanted, bool) or isinstance(value, bool):
        return str(value).lower() == str(wanted).lower()
    if isinstance(wanted, int | float) and isinstance(value, str):
        try:
            return float(value) == float(wanted)
        except ValueError:
            return False
    return bool(value == wanted)


def _show(value: Any) -> str:
    return "not set" if value is ABSENT else repr(value)


__all__ = [
    "Rule",
    "either",
    "examined",
    "expect",
    "expect_each",
    "inapplicable",
    "missing",
    "note",
    "platform_rule",
    "possibilities",
    "present",
    "rule",
    "rules_in",
    "service_rule",
    "undecided",
    "violation",
]
