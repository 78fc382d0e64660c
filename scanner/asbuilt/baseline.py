"""Compare a run with an earlier one: what is new, what was known, what is fixed.

Findings are the same when their fingerprints are (rule, canonical address, property; never a line or a file). A finding
that has become worse is new: another verdict, a higher severity, or more violations of a property than before.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from asbuilt.model import Verdict
from asbuilt.records import dataclass
from asbuilt.results import KNOWN, BaselineInfo, Finding, Fixed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from asbuilt.results import Results

NEW: Final = "new"
COMPARED: Final = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.ERROR, Verdict.WAIVED)


@dataclass(frozen=True, slots=True)
class Baseline:
    """An earlier result, and the file it was read from."""

    path: str
    results: Results

    @property
    def info(self) -> BaselineInfo:
        """What the run header says about it."""
        run = self.results.run
        return BaselineInfo(self.path, run.started_at, run.commit)

    def mismatch(self, spec: str, environment: str) -> str:
        """Say why it cannot be compared with a run of this spec and environment, if it cannot."""
        run = self.results.run
        if run.spec.name != spec:
            return f"the baseline was held to the spec {run.spec.name}, this run to {spec}"
        if run.environment != environment:
            return (
                f"the baseline is of environment {run.environment or '(none)'}, this run of {environment or '(none)'}"
            )
        return ""


def compare(findings: Iterable[Finding], before: Results) -> list[Finding]:
    """Return the findings, each marked new or known."""
    earlier = {finding.id: finding for finding in before.findings}

    def marked(finding: Finding) -> Finding:
        if finding.verdict not in COMPARED:
            return finding
        old = earlier.get(finding.id)
        return replace(finding, baseline=KNOWN if old is not None and not _worse(finding, old) else NEW)

    return [marked(finding) for finding in findings]


def fixed(results: Results, before: Results, judged: Callable[[Finding], bool] = lambda _: True) -> tuple[Fixed, ...]:
    """Return the failures of an earlier result that are gone, in its order.

    Gone is what passes now; or what is no longer there at all, if nothing is unread that was read before. What is now
    unknown or waived is not fixed, nor what this run did not look at: its rule did not run, or `judged` says so.
    """
    ran = {rule.id for rule in results.rules}
    still = [finding for finding in results.findings if finding.verdict is not Verdict.NOT_APPLICABLE]
    ids = {finding.id for finding in still}
    subjects = {(finding.rule, finding.resource.address) for finding in still}
    passed = {rule: set(addresses) for rule, addresses in results.passes.items()}
    complete = _reads_as_much(results, before)
    rows = []
    for old in before.findings:
        looked_at = judged(old) and (old.rule in ran or old.resource.source == "waivers")
        if old.verdict is not Verdict.FAIL or old.id in ids or not looked_at:
            continue
        passing = old.resource.address in passed.get(old.rule, ())
        if passing or (complete and (old.rule, old.resource.address) not in subjects):
            rows.append(_row(old, "passes" if passing else "gone"))
    return tuple(rows)


def _row(old: Finding, how: str) -> Fixed:
    subject, says = old.resource, old.requirement
    address = subject.address or subject.name
    return Fixed(old.id, old.rule, old.title, old.severity, says.id, says.section, address, subject.service, how)


def _reads_as_much(results: Results, before: Results) -> bool:
    """Whether everything that the earlier run could read was read again."""
    known = {(gap.what, gap.reason) for gap in before.gaps}
    errors = {remark.message for remark in before.diagnostics if remark.severity == "error"}
    return all((gap.what, gap.reason) in known for gap in results.gaps) and all(
        remark.message in errors for remark in results.diagnostics if remark.severity == "error"
    )


def _worse(new: Finding, old: Finding) -> bool:
    """Whether a finding says more than it did: known things must not hide it."""
    if new.verdict is Verdict.WAIVED:
        return old.verdict not in (Verdict.FAIL, Verdict.WAIVED)
    if new.verdict is not old.verdict or new.severity.rank > old.severity.rank:
        return True
    return bool(_violations(new) - _violations(old))


def _violations(finding: Finding) -> Counter[str]:
    """Count violations by property, whatever their place in a list."""
    return Counter(
        ".".join(part for part in item.path.split(".") if not part.isdigit())
        for item in finding.evidence
        if item.outcome == "violation"
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """What two results say differently of failures; `undecided` and `waived` are failures of the old one.

    `remarks` say why the two may not be comparable; `scores` are those of the old and the new result.
    """

    new: tuple[Finding, ...]
    known: tuple[Finding, ...]
    fixed: tuple[Fixed, ...]
    undecided: tuple[Finding, ...]
    waived: tuple[Finding, ...]
    remarks: tuple[str, ...]
    scores: tuple[float | None, float | None]


def difference(old: Results, new: Results) -> Difference:
    """Compare two results."""
    findings = compare(new.findings, old)
    failed = {finding.id for finding in old.findings if finding.verdict is Verdict.FAIL}

    def turned(*verdicts: Verdict) -> tuple[Finding, ...]:
        return tuple(f for f in findings if f.verdict in verdicts and f.id in failed)

    def failing(mark: str) -> tuple[Finding, ...]:
        return tuple(f for f in findings if f.verdict is Verdict.FAIL and f.baseline == mark)

    before, after = old.run, new.run
    pairs = (
        ("the specs are", before.spec.name, after.spec.name),
        ("the environments are", before.environment or "(none)", after.environment or "(none)"),
        ("the spec has changed: sha256", before.spec.sha256[:12], after.spec.sha256[:12]),
        ("the versions of asbuilt are", old.version, new.version),
    )
    return Difference(
        failing(NEW),
        failing(KNOWN),
        fixed(new, old),
        turned(Verdict.UNKNOWN, Verdict.ERROR),
        turned(Verdict.WAIVED),
        tuple(f"{what} {one} and {other}" for what, one, other in pairs if one != other),
        (old.summary.score, new.summary.score),
    )


__all__ = ["KNOWN", "NEW", "Baseline", "Difference", "compare", "difference", "fixed"]
