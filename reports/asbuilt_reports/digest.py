"""What every report says in the same words: the verdict, what the exit code means, how findings are grouped."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from asbuilt.model import Outcome, Severity, Verdict
from asbuilt.records import dataclass
from asbuilt.results import MASK

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from asbuilt.model import Location
    from asbuilt.results import EvidenceItem, Finding, Frame, Requirement, Results, RuleInfo

UNDECIDED = (Verdict.UNKNOWN, Verdict.ERROR)
VERDICT_WORDS = {
    Verdict.PASS: "pass",
    Verdict.FAIL: "fail",
    Verdict.UNKNOWN: "unknown",
    Verdict.ERROR: "error",
    Verdict.NOT_APPLICABLE: "not applicable",
    Verdict.WAIVED: "waived",
}
SCORE_FORMULA = "pass / (pass + fail + unknown + error + waived)"
_EXIT = {
    0: "clean",
    1: "findings at or above --fail-on",
    2: "usage, configuration or internal error",
    3: "incomplete: something could not be read or decided",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one rule with one place and one way to mend them; `findings[0]` speaks for all."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The finding shown in full."""
        return self.findings[0]

    @property
    def origin(self) -> Location | None:
        """The one place that mends every finding of the group, if there is one."""
        origins = {main_evidence(finding).origin if finding.evidence else None for finding in self.findings}
        return origins.pop() if len(origins) == 1 else None


@dataclass(frozen=True, slots=True)
class Risk:
    """What one rule found broken about one statement: its worst group, and how much more of it there is."""

    group: Group
    total: int
    new: int
    places: int


@dataclass(frozen=True, slots=True)
class RuleBlock:
    """The groups of one rule under one requirement."""

    rule: str
    title: str
    severity: Severity
    requirement: Requirement
    groups: tuple[Group, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding of the block, group after group."""
        return tuple(finding for group in self.groups for finding in group.findings)


def plural(count: int, noun: str, many: str = "") -> str:
    """Write `1 finding`, `2 findings`."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def of(findings: Iterable[Finding], *verdicts: Verdict) -> list[Finding]:
    """Return the findings with one of the verdicts, in their order."""
    return [finding for finding in findings if finding.verdict in verdicts]


def count(results: Results, verdict: Verdict) -> int:
    """Return how many subjects got a verdict."""
    return results.summary.counts.get(verdict.value, 0)


def incomplete(results: Results) -> bool:
    """Tell whether something that should have been read was not."""
    return (
        results.run.exit_code == 3
        or any(gap.incomplete for gap in results.gaps)
        or any(row.open for row in results.accounts)
        or any(remark.severity == "error" for remark in results.diagnostics)
    )


def sentence(results: Results) -> str:
    """Return the verdict of the run as a sentence that claims no more than was checked."""
    fails, passes = count(results, Verdict.FAIL), count(results, Verdict.PASS)
    undecided = count(results, Verdict.UNKNOWN) + count(results, Verdict.ERROR)
    if fails:
        words = _failed(results)
    elif passes and not undecided and not incomplete(results):
        words = f"No deviation found: {plural(passes, 'check')} passed"
        if waived := count(results, Verdict.WAIVED):
            words += f", {plural(waived, 'finding')} waived"
        if silent := unjudged(results):
            words += f"; nothing was judged in {len(silent)} of {plural(len(section_order(results)), 'section')}"
    elif passes:
        words = (
            f"Nothing contradicts the architecture, but not everything was decided: {plural(passes, 'check')} passed"
        )
    elif undecided:
        words = "Nothing was decided"
    elif waived := count(results, Verdict.WAIVED):
        words = f"Nothing passed: whatever was judged fails and is waived ({plural(waived, 'finding')})"
    else:
        words = "Nothing was judged: no rule applied to what was read"
    if undecided:
        words += f"; {plural(undecided, 'check')} could not be decided"
    if incomplete(results):
        words += ", and the scan is incomplete"
    return words + "."


def _failed(results: Results) -> str:
    failed = of(results.findings, Verdict.FAIL)
    requirements = {finding.requirement.id for finding in failed} - {""}
    new = sum(finding.baseline == "new" for finding in failed)
    words = f"Not as specified: {plural(len(failed), 'check')} failed"
    if results.run.baseline is not None:
        words += f" ({new:,} new)"
    if not requirements:  # findings about waivers break no statement
        return f"No deviation found, but {plural(len(failed), 'waiver needs', 'waivers need')} attention"
    return f"{words}, against {plural(len(requirements), 'requirement')} of the architecture"


def unjudged(results: Results) -> list[str]:
    """Return the sections of the architecture in which no rule came to a verdict."""
    silent = []
    for section in section_order(results):
        counts = results.summary.by_section.get(section, {})
        if not any(number for verdict, number in counts.items() if verdict != Verdict.NOT_APPLICABLE.value):
            silent.append(section)
    return silent


def exit_meaning(results: Results) -> str:
    """Say what the exit code of the run means."""
    code = results.run.exit_code
    meaning = _EXIT.get(code, "")
    if code == 0 and count(results, Verdict.FAIL):
        new = "new " if results.run.baseline else ""
        meaning = f"no {new}finding that gates (--fail-on {results.run.fail_on})"
    elif code == 0 and (incomplete(results) or count(results, Verdict.UNKNOWN)):
        meaning = "nothing gates; not everything was decided"
    elif code == 1:
        new = "new " if results.run.baseline else ""
        meaning = f"{new}findings at or above --fail-on {results.run.fail_on}"
        if others := [run.tool for run in results.external if run.gates and run.failures]:
            meaning += f", or failures of {' and '.join(others)}"
    return f"exit code {code}: {meaning}" if meaning else f"exit code {code}"


def score(results: Results) -> str:
    """Write the score: one decimal, never rounded up to 100 while anything is not a pass."""
    number = results.summary.score
    if number is None:
        return "no score"
    perfect = all(not count(results, v) for v in Verdict if v not in (Verdict.PASS, Verdict.NOT_APPLICABLE))
    shown = f"{number:.1f}".removesuffix(".0")
    return ("99.9" if shown == "100" and not perfect else shown) + " %"


def main_evidence(finding: Finding) -> EvidenceItem:
    """Return the evidence that carries the verdict: the first violation, else the first unknown, else the first."""
    for outcome in (Outcome.VIOLATION, Outcome.UNKNOWN):
        for item in finding.evidence:
            if item.outcome == outcome.value:
                return item
    return finding.evidence[0]


def place_of(finding: Finding) -> Location | None:
    """Return where a finding stands, its evidence or else its resource; None for what an account answered."""
    located = main_evidence(finding).location if finding.evidence else None
    return located or finding.resource.location


def location_of(finding: Finding) -> Location | None:
    """Return the place for formats that cannot do without one: where the finding stands, else the statement."""
    return place_of(finding) or finding.requirement.location


def frame_of(item: EvidenceItem) -> Frame | None:
    """Return the lines to show, or None where they would print a value that must not be printed."""
    return None if MASK in (item.actual, item.expected) else item.frame


def framed_at(item: EvidenceItem) -> Location | None:
    """Return the place a frame shows: where the value is to be changed, unless the lines can only be the property's."""
    frame, origin, own = item.frame, item.origin, item.location
    if frame is None or origin is None or own is None:
        return origin or own
    shown = range(frame.first_line, frame.first_line + len(frame.lines))
    return own if own.start_line in shown and origin.start_line not in shown else origin


def framed(finding: Finding) -> list[tuple[EvidenceItem, bool]]:
    """Return the evidence, and whether its lines are to be shown: those of one place only once."""
    seen: set[Location | None] = set()
    rows = []
    for item in finding.evidence:
        place = framed_at(item)
        rows.append((item, place not in seen))
        seen.add(place)
    return rows


def section_order(results: Results) -> list[str]:
    """Return the sections in the order of the architecture, then any that only findings name."""
    named = [*results.sections, *results.summary.by_section, *(f.requirement.section for f in results.findings)]
    return list(dict.fromkeys(named))


def sections(results: Results, *verdicts: Verdict) -> list[tuple[str, list[RuleBlock]]]:
    """Return the findings with one of the verdicts by section, requirement and rule, all in the spec's order."""
    wanted = of(results.findings, *verdicts)
    by_section: dict[str, dict[tuple[str, str], list[Finding]]] = {}
    for finding in wanted:
        blocks = by_section.setdefault(finding.requirement.section, {})
        blocks.setdefault((finding.requirement.id, finding.rule), []).append(finding)
    return [
        (section, [_block(findings) for findings in by_section[section].values()])
        for section in section_order(results)
        if section in by_section
    ]


def _block(findings: Sequence[Finding]) -> RuleBlock:
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(_sameness(finding), []).append(finding)
    worst = max(findings, key=lambda finding: finding.severity.rank)
    first = findings[0]
    return RuleBlock(
        first.rule, first.title, worst.severity, first.requirement, tuple(Group(tuple(g)) for g in groups.values())
    )


def _sameness(finding: Finding) -> str:
    """Return a key that is equal for findings that one change of one place mends in the same way."""
    facts = [
        (item.outcome, re.sub(r"\d+", "N", item.path), item.expected, item.actual, item.absent)
        for item in finding.evidence
        if item.path
    ]
    # Where the values say it all, messages may differ in the resource's name; else the message is the fact.
    told = facts and all(item.expected is not None for item in finding.evidence if item.path)
    own = "" if told else _nameless(finding, finding.message)
    places = [str(item.origin) for item in finding.evidence] or [str(location_of(finding))]
    fixes = [_nameless(finding, fix) for fix in (finding.fix, *(item.fix for item in finding.evidence))]
    key = (finding.verdict, finding.severity, facts, own, finding.waiver, finding.reason, finding.baseline)
    return json.dumps([key, places, fixes], sort_keys=True, default=str)


def _nameless(finding: Finding, text: str) -> str:
    """Return a message or a fix without the words that name the resource."""
    resource = finding.resource
    for name in (resource.address, resource.name, resource.service):
        text = text.replace(name, "\0") if name else text
    return text


def worst_groups(results: Results) -> list[Group]:
    """Return the failing groups: by severity, then by how many resources they hit, then what is new."""
    groups = [group for _, blocks in sections(results, Verdict.FAIL) for block in blocks for group in block.groups]
    return sorted(groups, key=_badness)


def top_risks(results: Results, limit: int = 5) -> list[Risk]:
    """Return what is broken worst, each rule and statement once: by severity, then breadth, then what is new."""
    risks = [_risk(block) for _, blocks in sections(results, Verdict.FAIL) for block in blocks]
    return sorted(risks, key=lambda r: (-r.group.first.severity.rank, -r.total, not r.new))[:limit]


def _risk(block: RuleBlock) -> Risk:
    new = sum(finding.baseline == "new" for finding in block.findings)
    return Risk(min(block.groups, key=_badness), len(block.findings), new, len(block.groups))


def _badness(group: Group) -> tuple[int, int, bool]:
    return -group.first.severity.rank, -len(group.findings), group.first.baseline == "known"


def by_reason(results: Results) -> list[tuple[str, list[Finding]]]:
    """Return what could not be decided, by reason, the commonest reason first."""
    reasons: dict[str, list[Finding]] = {}
    for finding in of(results.findings, *UNDECIDED):
        what = "the rule crashed: " if finding.verdict is Verdict.ERROR else ""
        reasons.setdefault(what + (finding.reason or finding.message), []).append(finding)
    return sorted(reasons.items(), key=lambda entry: -len(entry[1]))


def rule_info(results: Results) -> dict[str, RuleInfo]:
    """Return what is known about each rule, by id."""
    return {rule.id: rule for rule in results.rules}


def scanned(results: Results) -> list[str]:
    """Say what was scanned, one line a source."""
    return [
        f"{source.kind} {source.path or '.'}"
        + (f" ({source.environment})" if source.environment else "")
        + f": {plural(source.resources, 'resource')}"
        for source in results.run.sources
    ]
