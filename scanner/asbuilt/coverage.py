"""Say for each statement of a spec whether rules hold infrastructure to it.

A statement is enforced where, for every value it sets, some rule's findings can cite it. A rule's findings cite the
statements of the values below what it `enforces`; of other values of a statement that it cites, it enforces those that
its code reads. A value that a rule only could enforce live counts as such; one that no rule looks at is unverifiable.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import field
from functools import cache, lru_cache
from opcode import EXTENDED_ARG, opmap
from types import CodeType
from typing import TYPE_CHECKING, Any

from asbuilt.records import dataclass
from asbuilt.spec.data import UNSTATED, leaves, matches, parts
from asbuilt.topology.subjects import subjects_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asbuilt.model import Location, Path
    from asbuilt.results import Requirement
    from asbuilt.rules import Rule
    from asbuilt.spec.lint import Doubt
    from asbuilt.spec.load import SpecDocument
    from asbuilt.spec.models import Stated

SOURCES = ("terraform", "cloudformation", "live")
STATES = ("enforced", "partly", "only live", "unverifiable", "not understood")
# Values that explain others: no statement is less enforced because no rule reads them.
_OTHER = "Terraform::<type>, with Terraform's own arguments"
_WORDS = (("secrets", "holds"), ("load_balancer", "default_priority"), ("cdn", "service"))


@dataclass(slots=True)
class Row:
    """One statement: what enforces it in each source, and which of its values nothing enforces."""

    id: str
    section: str
    statement: str
    location: Location | None
    state: str
    rules: dict[str, tuple[str, ...]] = field(default_factory=dict)
    open: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        return {
            "id": self.id,
            "section": self.section,
            "statement": self.statement,
            "location": str(self.location) if self.location else None,
            "state": self.state,
            "rules": {source: list(rules) for source, rules in self.rules.items()},
            "open": list(self.open),
        }


@dataclass(frozen=True, slots=True)
class Coverage:
    """The statements with their states. `percent` is the share that is enforced, of all that is stated or unclear."""

    rows: tuple[Row, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Return the number of statements in each state."""
        found = dict.fromkeys(STATES, 0)
        for row in self.rows:
            found[row.state] += 1
        return found

    @property
    def percent(self) -> float:
        """Return the share of statements that is enforced, rounded down to a tenth: 100 means all."""
        return int(1000 * self.counts["enforced"] / len(self.rows)) / 10 if self.rows else 100.0


def coverage(document: SpecDocument, rules: Sequence[Rule]) -> Coverage:
    """Return the coverage of a spec by these rules, over all of its environments."""
    rows = [
        Row(
            held.requirement.id,
            held.requirement.section,
            held.requirement.statement,
            held.requirement.location,
            _state(held.static, held.values, held.open),
            {
                source: tuple(sorted(rule.id for rule in held.citing if source in sources_of(rule)))
                for source in SOURCES
            },
            held.open,
        )
        for held in holdings(document, rules)
    ]
    rows += [
        Row("", "", note.message, note.location, "not understood") for note in document.notes if _lost(note.message)
    ]
    return Coverage(tuple(rows))


@dataclass(slots=True)
class Holding:
    """One statement: rules that can cite it, how many values it sets, how many of them code is held to, those open."""

    requirement: Requirement
    citing: tuple[Rule, ...]
    values: int
    static: int
    open: tuple[str, ...]


def holdings(document: SpecDocument, rules: Sequence[Rule]) -> Iterator[Holding]:
    """Yield how these rules hold each statement of a spec, in the order of its sections, over all environments."""
    values: dict[str, dict[Path, Any]] = defaultdict(dict)
    citing: dict[str, set[str]] = defaultdict(set)
    direct: dict[tuple[str, Path], set[str]] = defaultdict(set)
    rules = [rule for rule in rules if rule.live or _comes_with_asbuilt(rule) or _readable(rule.resources)]
    specs = [document.stated(name) for name in (None, *document.environments())]
    for spec in specs:
        for path, value, name in _stated(spec):
            values[name][path] = value
        for rule in rules:
            for path, name in _held(rule, spec):
                citing[name].add(rule.id)
                direct[name, path].add(rule.id)
    known = {rule.id: rule for rule in rules}
    order = {name: position for position, name in enumerate(specs[0].sections)}
    for requirement in sorted(specs[0].requirements, key=lambda r: order.get(r.section, len(order))):
        yield _holding(requirement, values[requirement.id], citing[requirement.id], direct, known)


def unread(document: SpecDocument) -> list[Doubt]:
    """Return the assertions about types that no source yields: they would never find anything."""
    from asbuilt.spec.lint import Doubt

    spec = document.resolve(None)
    asserted = spec.values().get("assertions", {})
    types = {name: assertion["resource"] for name, assertion in asserted.items()}
    message = (
        "no source yields {}, so the assertion finds nothing; types that asbuilt maps are CloudFormation's, others {}"
    )
    return [
        Doubt("warning", "type-never-read", spec.location(f"assertions.{name}.resource"), message.format(type_, _OTHER))
        for name, type_ in types.items()
        if not _readable((type_,))
    ]


def _comes_with_asbuilt(rule: Rule) -> bool:
    """Whether it is one of the rules that are all about types that are read: `tests/test_coverage.py` holds them to it.

    To know what is read takes the tables of all types, which a check of templates has no other use for.
    """
    return rule.module.partition(".")[0] == "asbuilt_policies"


def _readable(types: Sequence[str]) -> bool:
    """Whether Terraform code can yield resources of one of these types."""
    return not types or any(name in _yielded() or name.startswith("Terraform::") for name in types)


@cache
def _yielded() -> frozenset[str]:
    from asbuilt.sources.terraform.vocabulary import all_tables

    return frozenset(table.type for table in all_tables().values())


def _lost(message: str) -> bool:
    """Whether a note says that something of a document was not understood, not merely that it is remarkable."""
    return "not understood" in message or "left out" in message


def stated(spec: Stated) -> set[str]:
    """Return the ids of the statements that set values in an environment."""
    return {name for _, _, name in _stated(spec)}


def cited(rule: Rule, spec: Stated) -> set[str]:
    """Return the ids of the statements that findings of a rule can cite in an environment."""
    return {name for _, name in _held(rule, spec)}


@lru_cache(32)
def _stated(spec: Stated) -> tuple[tuple[Path, Any, str], ...]:
    """Return every value that a spec states, each with the id of its statement."""
    found: list[tuple[Path, Any]] = [(("assertions", name), None) for name in spec.values().get("assertions", {})]
    for path, value in leaves(spec.values()):
        if path[:1] not in UNSTATED and path not in UNSTATED and path not in _WORDS:
            found.append((path, value))
    return tuple((path, value, _owner(spec, path)) for path, value in found)


@lru_cache(8192)
def _owner(spec: Stated, path: Path) -> str:
    """Return the id of the statement that sets a value."""
    return spec.requirement_of(path).id


def _held(rule: Rule, spec: Stated) -> list[tuple[Path, str]]:
    """Return the values that findings of a rule are about, each with the id of its statement."""
    if rule.enforces.startswith("assertions."):
        path = parts(rule.enforces)
        return [(path, _owner(spec, path))]
    held = [
        (path, name)
        for path, name, subjects in _below(spec, rule.enforces)
        if not subjects or subjects.intersection(rule.resources)
    ]
    # That tasks run in a tier and that the tier holds tasks are one fact.
    if rule.enforces == "tasks.subnets" and (tier := spec.value("tasks.subnets")):
        same: Path = ("network", "subnets", tier, "holds")
        held += [(path, _owner(spec, path)) for path, value in matches(spec.values(), same) if "tasks" in value]
    return held


@lru_cache(1024)
def _below(spec: Stated, path: str) -> tuple[tuple[Path, str, frozenset[str]], ...]:
    """Return the values at or below a path with their statements, and the types they are about; see `subjects_of`."""
    found = matches(spec.values(), parts(path))
    return tuple(
        (place, _owner(spec, place), subjects_of(place, value))
        for at, inner in found
        for place, value in leaves(inner, at)
    )


def _holding(
    requirement: Requirement,
    values: dict[Path, Any],
    citing: set[str],
    direct: dict[tuple[str, Path], set[str]],
    known: dict[str, Rule],
) -> Holding:
    static, missing = 0, []
    for path in values:
        holding = direct.get((requirement.id, path)) or {n for n in citing if _reads(known[n], path)}
        if any(not known[name].live for name in holding):
            static += 1
        elif not holding:
            missing.append(".".join(map(str, path)))
    return Holding(requirement, tuple(known[name] for name in citing), len(values), static, tuple(missing))


def sources_of(rule: Rule) -> tuple[str, ...]:
    """Return the sources that can decide a rule: only an account has facts about what runs."""
    if rule.live:
        return ("live",)
    if rule.resources and all(name.startswith("Terraform::") for name in rule.resources):
        return ("terraform",)
    return SOURCES


def _state(static: int, total: int, missing: Sequence[str]) -> str:
    if total and static == total:
        return "enforced"
    if static:
        return "partly"
    return "only live" if total > len(missing) else "unverifiable"


def _reads(rule: Rule, path: Path) -> bool:
    """Whether a rule's code reads a value of the spec by its name; `class_` and `from_` are keys too."""
    last = next((part for part in reversed(path) if isinstance(part, str)), "")
    return any(_takes(code, last) for code in _codes(rule.module))


@cache
def _codes(module: str) -> tuple[CodeType, ...]:
    """Return the code of a module and of everything in it, nothing where it is not at hand."""
    loader = getattr(sys.modules.get(module), "__loader__", None)
    whole = loader.get_code(module) if loader is not None and hasattr(loader, "get_code") else None
    found = [] if whole is None else [whole]
    for code in found:  # grows
        found += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return tuple(found)


def _takes(code: CodeType, word: str) -> bool:
    """Whether code takes an attribute of this name from anything."""
    if not any(name.rstrip("_") == word for name in code.co_names):
        return False  # most often, and much cheaper to tell
    return any(name.rstrip("_") == word for name in attributes(code))


# The instructions on attributes, with how far their argument is shifted from the position of the name.
_ATTRIBUTES = {
    opmap[name]: shift
    for name, shift in {
        "LOAD_ATTR": int(sys.version_info >= (3, 12)),
        "LOAD_METHOD": 0,
        "LOAD_SUPER_ATTR": 2,
        "STORE_ATTR": 0,
        "DELETE_ATTR": 0,
    }.items()
    if name in opmap
}


def attributes(code: CodeType) -> set[str]:
    """Return the names of the attributes that code takes or sets: what `dis` tells, which reads places and labels too.

    Source: the Python documentation of `dis` on each instruction, 3.11 to 3.14.
    """
    found: set[str] = set()
    high = 0
    for instruction, low in zip(code.co_code[::2], code.co_code[1::2], strict=True):
        argument = high | low
        high = argument << 8 if instruction == EXTENDED_ARG else 0
        if instruction in _ATTRIBUTES:
            found.add(code.co_names[argument >> _ATTRIBUTES[instruction]])
    return found
