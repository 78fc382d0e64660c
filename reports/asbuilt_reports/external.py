"""What every report says in the same words about the results of other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.records import dataclass
from asbuilt_reports.digest import plural

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asbuilt.results import Dispute, ExternalFinding, ExternalRun


@dataclass(frozen=True, slots=True)
class Check:
    """The findings of one check of another tool."""

    check: str
    title: str
    guideline: str
    findings: tuple[ExternalFinding, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """The disputes that differ in the resource only: one reason for all."""

    first: Dispute
    disputes: tuple[Dispute, ...]


def by_check(findings: Iterable[ExternalFinding]) -> list[Check]:
    """Return findings by check, the widest first."""
    groups: dict[str, list[ExternalFinding]] = {}
    for finding in findings:
        groups.setdefault(finding.check, []).append(finding)
    checks = [Check(check, found[0].title, _guideline(found), tuple(found)) for check, found in groups.items()]
    return sorted(checks, key=lambda check: (-len(check.findings), check.check))


def _guideline(findings: Iterable[ExternalFinding]) -> str:
    return next((finding.guideline for finding in findings if finding.guideline), "")


def differences(run: ExternalRun) -> list[Difference]:
    """Return what the tool and the architecture judge differently, by check, rule and the two verdicts."""
    groups: dict[tuple[str, str, str, str], list[Dispute]] = {}
    for dispute in run.disputes:
        groups.setdefault((dispute.check, dispute.rule, dispute.theirs, dispute.ours.value), []).append(dispute)
    return [Difference(found[0], tuple(found)) for found in groups.values()]


def agreeing(run: ExternalRun) -> list[ExternalFinding]:
    """Return the failures that rules of ours report too."""
    return [finding for finding in run.failures if finding.rules]


def suppressed(run: ExternalRun) -> list[ExternalFinding]:
    """Return the findings that comments in the code suppress."""
    return [finding for finding in run.findings if finding.status != "fail"]


def headline(run: ExternalRun) -> str:
    """Return the counts of a run in one sentence."""
    words = f"{plural(len(run.failures), 'failure')}, {run.passes:,} passed"
    if hidden := suppressed(run):
        words += f", {len(hidden):,} suppressed in the code"
    if same := agreeing(run):
        words += f"; asbuilt reports {len(same):,} of the failures too"
    if run.disputes:
        words += f"; {plural(len(run.disputes), 'resource is', 'resources are')} judged differently"
    return words + "."


def gate(run: ExternalRun) -> str:
    """Say what the failures do."""
    if run.gates:
        return f"They exit 1 (--{run.tool}-fails), and change no score."
    return f"They are listed only: neither the exit code nor the score counts them (--{run.tool}-fails exits 1)."


def verdicts(tool: str, dispute: Dispute) -> str:
    """Say who says what: `checkov fails, asbuilt passes`."""
    ours = {"pass": "passes it", "fail": "fails it", "unknown": "cannot decide it", "waived": "has it waived"}
    word = ours.get(dispute.ours.value, f"says {dispute.ours.value.replace('_', ' ')}")
    return f"{tool} {'fails' if dispute.theirs == 'fail' else 'passes'} it, asbuilt {word}"


def cites(finding: ExternalFinding) -> str:
    """Name our rules and statements that a finding corroborates."""
    return ", ".join((*finding.requirements, *finding.rules))
