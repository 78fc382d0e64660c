"""Listener rules as rows of a routing table: priority, conditions, and the service they lead to.

A listener takes the rule with the lowest priority whose conditions all hold; a condition holds when one of its values
does (Elastic Load Balancing User Guide, "Listener rules for your Application Load Balancer"; read 2026-11).
"""

from __future__ import annotations

from itertools import accumulate
from operator import or_
from typing import TYPE_CHECKING

from asbuilt.model import ABSENT, Property, Resource, Unknown, UnknownKind, UnknownValueError, possibilities
from asbuilt.records import dataclass
from asbuilt.topology.load_balancing import LISTENER, LISTENER_RULE, LOAD_BALANCER, LoadBalancing, protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asbuilt.spec.models import Spec

CATCH_ALL = frozenset({"/*", "*"})
HTTPS_PORT = 443
NARROWING = ("HttpHeaderConfig", "HttpRequestMethodConfig", "QueryStringConfig", "SourceIpConfig")
NAMES = {
    "HttpHeaderConfig": "an HTTP header",
    "HttpRequestMethodConfig": "the request method",
    "QueryStringConfig": "the query string",
    "SourceIpConfig": "the source address",
}


@dataclass(frozen=True, slots=True)
class Patterns:
    """The values of all conditions of a kind; `doubt` says why there may be others. `where` is what to change."""

    values: frozenset[str]
    where: Property
    doubt: Unknown | None = None

    def are(self, wanted: Iterable[str]) -> bool:
        """Whether these are known to be the wanted ones."""
        return self.doubt is None and self.values == frozenset(wanted)


@dataclass(frozen=True, slots=True)
class Route:
    """A listener rule. `narrowing` are conditions on neither path nor host."""

    rule: Resource
    priority: int | Unknown
    paths: Patterns
    hosts: Patterns
    narrowing: tuple[Property, ...]

    @property
    def plain(self) -> bool:
        """Whether paths are all it asks for, and all are known."""
        return not (self.narrowing or self.hosts.values) and self.hosts.doubt is None and self.paths.doubt is None

    @property
    def catches_all(self) -> bool:
        """Whether it is known to match every request."""
        return self.plain and bool(self.paths.values & CATCH_ALL)

    def before(self, priority: int) -> bool | Unknown:
        """Whether it comes before a rule of another priority."""
        if not isinstance(self.priority, Unknown):
            return self.priority < priority
        later = all(str(arm).isdigit() and int(arm) >= priority for arm in possibilities(self.priority))
        return False if later else self.priority

    def covers(self, path: str) -> str | None:
        """Return the pattern that takes every request of another pattern, if it is known to."""
        if not self.plain:
            return None
        return next((pattern for pattern in sorted(self.paths.values) if matches(pattern, path)), None)


def route(rule: Resource) -> Route:
    """Read a listener rule."""
    conditions = list(rule.at("Conditions").items())
    narrowing = tuple(c.at(name) for c in conditions if c.known for name in NARROWING if c.at(name).value is not ABSENT)
    return Route(
        rule,
        _priority(rule),
        _patterns(rule, conditions, "PathPatternConfig", "path-pattern"),
        _patterns(rule, conditions, "HostHeaderConfig", "host-header"),
        narrowing,
    )


def _priority(rule: Resource) -> int | Unknown:
    prop = rule.at("Priority")
    if isinstance(prop.value, Unknown):
        return prop.value
    try:
        return int(prop.value)
    except (TypeError, ValueError):
        reason = f"{rule.address} has no priority: the provider gives it the next one that is free"
        return Unknown(UnknownKind.COMPUTED, reason, rule.location)


def _patterns(rule: Resource, conditions: list[Property], config: str, field: str) -> Patterns:
    where: Property | None = None
    found: set[str] = set()
    doubt: Unknown | None = None
    for condition in conditions:
        lists = [condition.at(f"{config}.Values")] if condition.known else [condition]
        named = condition.at("Field").value if condition.known else ABSENT
        if isinstance(named, Unknown):
            doubt = named if doubt is None else doubt
        elif named == field:
            lists.append(condition.at("Values"))
        for prop in lists:
            for item in prop.items():
                if isinstance(item.value, Unknown):
                    doubt = item.value if doubt is None else doubt
                else:
                    found.add(str(item.value))
                where = where or prop
        if condition.known and condition.at(f"{config}.RegexValues").value is not ABSENT:
            where = condition.at(f"{config}.RegexValues")
            doubt = Unknown(UnknownKind.UNSUPPORTED, f"{rule.address} matches by regular expressions")
    return Patterns(frozenset(found), where or rule.at("Conditions"), doubt)


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern (`*` any characters, `?` one) matches all that another pattern stands for."""
    head = pattern.partition("*")[0].partition("?")[0]
    if not path.startswith(head):
        return False
    pattern, path = pattern[len(head) :], path[len(head) :]
    reached = [True] + [False] * len(path)  # which beginnings of the path the pattern so far matches
    for sign in pattern:
        if sign == "*":
            reached = list(accumulate(reached, or_))
        else:
            one = sign == "?"
            fits = (char == sign or (one and char != "*") for char in path)
            reached = [False, *(before and fit for before, fit in zip(reached, fits, strict=False))]
    return reached[-1]


@dataclass(frozen=True, slots=True)
class Doors:
    """The HTTPS listeners that users reach the services by; `doubts` are those that may be some."""

    listeners: tuple[Resource, ...]
    doubts: tuple[tuple[Property, Unknown], ...]


def https_doors(view: LoadBalancing, spec: Spec) -> Doors:
    """Return the HTTPS listeners on the port that HTTP is redirected to, else all HTTPS listeners."""
    found: list[Resource] = []
    doubts: list[tuple[Property, Unknown]] = []
    for balancer in view.front_doors():
        for listener in view.listeners[balancer.key]:
            try:
                if protocol(listener) == "HTTPS":
                    found.append(listener)
            except UnknownValueError as error:
                doubts.append((listener.at("Protocol"), error.unknown))
    wanted = spec.load_balancer.http_redirect.port or HTTPS_PORT
    main = [listener for listener in found if str(listener.get("Port")) == str(wanted)]
    if main or doubts:
        return Doors(tuple(main), tuple(doubts))
    unclear = [listener.at("Port") for listener in found if isinstance(listener.get("Port"), Unknown)]
    if unclear:
        return Doors((), (*doubts, *((prop, prop.value) for prop in unclear)))
    if not found:
        doubts.extend(_elsewhere(view))
    return Doors(tuple(found), tuple(doubts))


def _elsewhere(view: LoadBalancing) -> Iterator[tuple[Property, Unknown]]:
    """Yield what belongs to a load balancer or a listener that is not among what was scanned."""
    for type_, path, owner in ((LISTENER, "LoadBalancerArn", LOAD_BALANCER), (LISTENER_RULE, "ListenerArn", LISTENER)):
        for resource in view.graph.of_type(type_):
            prop = resource.at(path)
            target = view.graph.target(prop, owner)
            if isinstance(target, Unknown):
                yield prop, target
            elif target is None:
                yield prop, Unknown(UnknownKind.UNREAD, f"{prop.value} is not among what was scanned")


def routes(listener: Resource, view: LoadBalancing) -> list[Route]:
    """Return the rules of a listener, in source order."""
    return [route(rule) for rule in view.rules[listener.key]]
