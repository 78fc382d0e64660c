"""How each statement of the architecture stands in a run, in the words of every report.

A statement holds only where checks that can cite it passed and nothing that cites it says otherwise. Everything else
is broken, unknown, waived or not judged, each with its reason.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from asbuilt.model import Verdict
from asbuilt.records import dataclass
from asbuilt.results import Reach
from asbuilt_reports import digest
from asbuilt_reports.digest import plural

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asbuilt.results import Finding, Requirement, Results

STATES = ("broken", "unknown", "waived", "partly", "holds", "not judged")
WORDS = {
    "broken": ("is broken", "are broken"),
    "unknown": ("is undecided", "are undecided"),
    "waived": ("is waived", "are waived"),
    "partly": ("holds in part", "hold in part"),
    "holds": ("holds", "hold"),
    "not judged": ("was not judged", "were not judged"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How one statement stands in a run: its state (one of STATES), why, and the findings that cite it.

    `checks` is what its rules judged, passes and all; of these `passes` passed.
    """

    requirement: Requirement
    state: str
    why: str
    passes: int
    checks: int
    findings: tuple[Finding, ...] = ()


def standings(results: Results) -> list[tuple[str, list[Standing]]]:
    """Return every statement, by section, both in the architecture's order."""
    cited: dict[str, list[Finding]] = defaultdict(list)
    known = {requirement.id: requirement for requirement in results.requirements}
    for finding in results.findings:
        if finding.requirement.id:
            cited[finding.requirement.id].append(finding)
            known.setdefault(finding.requirement.id, finding.requirement)
    reaches = {reach.requirement: reach for reach in results.coverage} or _by_rules(results)
    shared = _shared(reaches.values())
    order = {name: position for position, name in enumerate(digest.section_order(results))}
    by_section: dict[str, list[Standing]] = {}
    for requirement in sorted(known.values(), key=lambda r: order.get(r.section, len(order))):
        reach = reaches.get(requirement.id, Reach(requirement.id))
        row = _standing(requirement, reach, tuple(cited[requirement.id]), results, shared)
        by_section.setdefault(requirement.section, []).append(row)
    return list(by_section.items())


def tally(rows: list[Standing]) -> dict[str, int]:
    """Count the states that occur, in the order of STATES."""
    counts = Counter(row.state for row in rows)
    return {state: counts[state] for state in STATES if counts[state]}


def told(counts: dict[str, int]) -> str:
    """Write the counts of states: `2 are broken, 1 holds`."""
    return ", ".join(f"{number:,} {WORDS[state][number != 1]}" for state, number in counts.items())


def overall(results: Results) -> str:
    """Say in one sentence how the statements stand; nothing where the results list none."""
    rows = [row for _, section in standings(results) for row in section]
    return f"Of {plural(len(rows), 'statement')} of the architecture, {told(tally(rows))}." if rows else ""


def _by_rules(results: Results) -> dict[str, Reach]:
    """Return what results of older versions say: the one statement that each rule enforces first."""
    rules: dict[str, list[str]] = defaultdict(list)
    for rule in results.rules:
        rules[rule.requirement].append(rule.id)
    return {requirement: Reach(requirement, tuple(found)) for requirement, found in rules.items()}


def _shared(reaches: Iterable[Reach]) -> dict[str, list[str]]:
    """Return the rules that can cite several statements, with these."""
    citing: dict[str, list[str]] = defaultdict(list)
    for reach in reaches:
        for rule in reach.rules:
            citing[rule].append(reach.requirement)
    return {rule: found for rule, found in citing.items() if len(found) > 1}


def _standing(
    requirement: Requirement,
    reach: Reach,
    findings: tuple[Finding, ...],
    results: Results,
    shared: dict[str, list[str]],
) -> Standing:
    found = Counter(finding.verdict for finding in findings)
    passes = sum(len(results.passes.get(rule, ())) for rule in reach.rules)
    checks = passes + sum(number for verdict, number in found.items() if verdict is not Verdict.NOT_APPLICABLE)
    undecided = found[Verdict.UNKNOWN] + found[Verdict.ERROR]
    if failed := found[Verdict.FAIL]:
        state, why = "broken", f"{failed:,} of {plural(checks, 'check')}"
    elif undecided:
        state, why = "unknown", f"{undecided:,} of {plural(checks, 'check')}"
    elif waived := found[Verdict.WAIVED]:
        state, why = "waived", f"{waived:,} of {plural(checks, 'check')}"
    elif passes and reach.open:
        state, why = "partly", f"{plural(passes, 'check')}; no rule looks at {', '.join(reach.open)}"
    elif passes:
        state, why = "holds", plural(passes, "check")
        # A pass of such a rule does not say which of its statements it was about.
        passing = [rule for rule in reach.rules if results.passes.get(rule)]
        if all(rule in shared for rule in passing):
            others = dict.fromkeys(name for rule in passing for name in shared[rule] if name != requirement.id)
            why += f", shared with {' and '.join(others)}"
    else:
        state, why = "not judged", _why_not(reach, found[Verdict.NOT_APPLICABLE], results)
    return Standing(requirement, state, why, passes, checks, findings)


def _why_not(reach: Reach, inapplicable: int, results: Results) -> str:
    if reach.environments and results.run.environment not in reach.environments:
        return f"about {' and '.join(reach.environments)} only"
    if not reach.rules:
        return "no rule can decide it" if results.coverage or results.rules else "no rule ran"
    if not {rule.id for rule in results.rules}.intersection(reach.rules):
        return "its rules were left out of this run"
    if inapplicable:
        return f"does not apply to {plural(inapplicable, 'resource')}"
    return "nothing to look at"
