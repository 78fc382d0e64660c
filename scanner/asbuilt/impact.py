"""Say what a change of the spec does to infrastructure code that stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.assertions import rules_for
from asbuilt.evaluate import Evaluation, evaluate
from asbuilt.records import dataclass
from asbuilt.scan import Options, read
from asbuilt.spec.compare import Difference, differences

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from asbuilt.graph import Graph
    from asbuilt.results import Finding
    from asbuilt.spec.load import SpecDocument

_NOT_HELD = "not held"


@dataclass(frozen=True, slots=True)
class Change:
    """A verdict that changes: of a rule on a subject, from one to another; `finding` says why, where there is one."""

    rule: str
    address: str
    old: str
    new: str
    finding: Finding | None

    def as_dict(self) -> dict[str, Any]:
        """Return the change as JSON values."""
        found = self.finding
        return {
            "rule": self.rule,
            "address": self.address,
            "old": self.old,
            "new": self.new,
            "message": found.message if found else "",
            "requirement": found.requirement.id if found else None,
        }


@dataclass(frozen=True, slots=True)
class Impact:
    """What differs between two specs, and which verdicts change with it."""

    differences: tuple[Difference, ...]
    changes: tuple[Change, ...]

    @property
    def loosened(self) -> tuple[Difference, ...]:
        """Return the values that ask for less than before, or for nothing any more."""
        return tuple(item for item in self.differences if item.kind in ("loosened", "dropped"))

    def becoming(self, new: str) -> tuple[Change, ...]:
        """Return the changes to a verdict."""
        return tuple(change for change in self.changes if change.new == new)


def impact(
    old: SpecDocument,
    new: SpecDocument,
    paths: Sequence[Path],
    environment: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Impact:
    """Hold the code below the paths to both specs. Raises ScanError and SpecError."""
    before, after = old.resolve(environment), new.resolve(environment)
    graph = read(new, Options(paths=paths, environment=after.environment), progress)
    first, second = _verdicts(evaluate(rules_for(before), before, graph)), _judged(new, environment, graph)
    changes = []
    for key in dict.fromkeys((*second, *first)):
        verdict, finding = second.get(key, (_NOT_HELD, None))
        earlier, reason = first.get(key, (_NOT_HELD, None))
        if verdict != earlier:
            changes.append(Change(*key, earlier, verdict, finding or reason))
    return Impact(tuple(differences(old, new)), tuple(changes))


def _judged(document: SpecDocument, environment: str | None, graph: Graph) -> dict[tuple[str, str], Any]:
    spec = document.resolve(environment)
    return _verdicts(evaluate(rules_for(spec), spec, graph))


def _verdicts(evaluation: Evaluation) -> dict[tuple[str, str], tuple[str, Finding | None]]:
    """Return the verdict of each rule on each subject; what does not apply is not held."""
    found: dict[tuple[str, str], tuple[str, Finding | None]] = {}
    for rule, addresses in evaluation.passes.items():
        found.update(dict.fromkeys(((rule, address) for address in addresses), ("pass", None)))
    for finding in evaluation.findings:
        if finding.verdict.value != "not_applicable":
            found[finding.rule, finding.resource.address] = (finding.verdict.value, finding)
    return found
