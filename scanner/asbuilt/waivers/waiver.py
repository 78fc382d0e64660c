"""One waiver: what it says, what it holds for, and what makes one acceptable."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from asbuilt.patterns import when_used
from asbuilt.records import dataclass
from asbuilt.spec.errors import Problem, listed, suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from asbuilt.graph import Comment
    from asbuilt.model import Location
    from asbuilt.results import Finding, Subject

DEFAULT_DAYS: Final = 366
LONGEST: Final = 1000  # characters of a field
KEYS: Final = ("rule", "requirement", "resource", "service", "environment", "reason", "owner", "expires", "ticket")
MANDATORY: Final = {
    "reason": "say why the architecture may be broken here",
    "owner": "name who answers for it",
    "expires": "give the last day it holds, as YYYY-MM-DD",
}
_DATE = when_used(r"\d{4}-\d{2}-\d{2}")
_MODULE = when_used(r"module\.([^.\[]+)(?:\[(?:\"(?:[^\"\\]|\\.)*\"|[^\]\"]*)\])?\.")


@dataclass(frozen=True, slots=True)
class Waiver:
    """An exception. `expires` is the last day it holds; `comment` is the one it stands in, if it is inline."""

    reason: str
    owner: str
    expires: date
    location: Location
    rule: str = ""
    requirement: str = ""
    resource: str = ""
    service: str = ""
    environment: str = ""
    ticket: str = ""
    comment: Comment | None = None

    def holds_for(self, finding: Finding, roots: Callable[[str], set[str]]) -> bool:
        """Whether it names this finding; `roots` gives the roots in which a resource address exists."""
        subject = finding.resource
        return (
            self.rule in ("", finding.rule)
            and self.requirement in ("", finding.requirement.id)
            and self.service in ("", subject.service)
            and self.environment in ("", subject.environment)
            and (not self.resource or any(map(pattern(self.resource).fullmatch, _names(subject))))
            and (self.comment is None or _speaks_of(self.comment, finding, roots))
        )

    @property
    def what(self) -> str:
        """What it excepts, in one line: `log-group-retention for service api`."""
        names = " and ".join(name for name in (self.rule, self.requirement) if name)
        subjects = [self.resource, f"service {self.service}" if self.service else ""]
        where = " of ".join(subject for subject in subjects if subject)
        if self.comment is not None and not where:
            where = "this block"
        return f"{names} for {where}" + (f" in {self.environment}" if self.environment else "")

    def as_dict(self, today: date) -> dict[str, Any]:
        """Return it as JSON values, as results carry it."""
        where = self.location
        return {
            **{key: getattr(self, key) or None for key in KEYS if key != "expires"},
            "expires": self.expires.isoformat(),
            "expired": self.expires < today,
            "inline": self.comment is not None,
            "location": {
                "file": where.file,
                "start_line": where.start_line,
                "start_column": where.start_column,
                "end_line": where.end_line,
                "end_column": where.end_column,
            },
        }


def _names(subject: Subject) -> tuple[str, ...]:
    """Return what a pattern may match: the address in the source, and the name that holds in every source."""
    return (subject.address, subject.canonical) if subject.canonical else (subject.address,)


@cache
def pattern(text: str) -> re.Pattern[str]:
    """Return the expression of an address pattern: `*` is any text, `?` any character, brackets are themselves."""
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(char) or re.escape(char) for char in text), re.DOTALL)


def module_of(address: str) -> str:
    """Return the module of a resource address without instance keys: `module.a["x"].aws_lb.this` is in `module.a`."""
    names, at = [], 0
    while found := _MODULE.match(address, at):
        names.append(f"module.{found.group(1)}")
        at = found.end()
    return ".".join(names)


def _speaks_of(comment: Comment, finding: Finding, roots: Callable[[str], set[str]]) -> bool:
    """Whether a finding is about a resource declared in the comment's block, or below the module it calls.

    Failing that, whether every violation of it stands in the block: rules over several resources point there.
    """

    def inside(place: Location | None) -> bool:
        return place is not None and any(
            place.file == block.file and block.start_line <= place.start_line <= block.end_line
            for block in comment.blocks
        )

    if inside(finding.resource.location):
        return True
    module = module_of(finding.resource.address)
    below = {root for root, called in comment.modules if f"{module}.".startswith(f"{called}.")}
    if below and (owners := roots(finding.resource.address)) and owners <= below:
        return True
    violations = [item for item in finding.evidence if item.outcome == "violation"]
    return bool(violations) and all(inside(item.location) or inside(item.origin) for item in violations)


def problems_of(
    given: Mapping[str, Any], at: Callable[[str], Location], today: date, max_days: int, *, inline: bool
) -> Iterator[Problem]:
    """Yield what is wrong with the fields of a waiver; `at` says where a key stands."""
    for key, value in given.items():
        if key not in KEYS:
            yield Problem(at(key), f"unknown key `{key}`", suggest(key, KEYS, "keys here"))
        elif not isinstance(value, str) and not (key == "ticket" and isinstance(value, int)):
            yield Problem(at(key), f"`{key}` has to be text", "put it in quotes")
        elif isinstance(value, str) and len(value) > LONGEST:
            yield Problem(at(key), f"`{key}` is longer than {LONGEST:,} characters", "say it shorter")
        elif isinstance(value, str) and not value.strip():
            yield Problem(at(key), f"`{key}` is empty", MANDATORY.get(key, "leave the key out, or give it a value"))
    for key, remedy in MANDATORY.items():
        if key not in given:
            yield Problem(at(""), f"`{key}` is missing", remedy)
    if "rule" not in given and "requirement" not in given:
        yield Problem(at(""), "it does not say what is waived", "give a `rule` or a `requirement`, by its id")
    if not inline and "resource" not in given and "service" not in given:
        yield Problem(
            at(""), "it does not say for what", "give a `resource` (an address, * and ? are wild) or a `service`"
        )
    if isinstance(given.get("expires"), str) and given["expires"].strip():
        yield from _date_problems(given["expires"], at("expires"), today, max_days)


def _date_problems(text: str, where: Location, today: date, max_days: int) -> Iterator[Problem]:
    expires = as_date(text)
    if expires is None:
        yield Problem(where, f"`expires` is {text!r}, which is no day", "write it as YYYY-MM-DD")
        return
    latest = today + timedelta(days=max_days)
    if expires > latest:
        message = f"`expires` is more than {max_days} days ahead"
        yield Problem(where, message, f"a waiver may hold until {latest.isoformat()} at most; renew it then")


def as_date(text: str) -> date | None:
    """Return a day written as YYYY-MM-DD."""
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def build(given: Mapping[str, Any], location: Location, comment: Comment | None = None) -> Waiver:
    """Return the waiver of fields that were found to be right."""
    texts = {key: str(value).strip() for key, value in given.items() if key != "expires"}
    expires = as_date(str(given["expires"]))
    assert expires is not None  # noqa: S101 - checked by `problems_of`
    return Waiver(expires=expires, location=location, comment=comment, **texts)


def name_problems(
    waiver: Waiver, rules: Iterable[str], requirements: Iterable[str], environments: Iterable[str]
) -> Iterator[tuple[str, Problem]]:
    """Yield each key of a waiver whose name means nothing here: such a waiver would never hold."""
    known = {"rule": list(rules), "requirement": list(requirements), "environment": list(environments)}
    for key, names in known.items():
        name = getattr(waiver, key)
        if name and name not in names:
            remedy = suggest(name, names, f"{key}s") or f"known: {listed(names)}"
            yield key, Problem(waiver.location, f"there is no {key} `{name}`", remedy)
