"""What a run found, as plain data: the canonical result that every report renders.

Everything here can be written as JSON and read back (`asbuilt_reports.json_results`); nothing points into a
graph or a file. Actual values that may be secret are already masked, control characters are not.
"""

from __future__ import annotations

from dataclasses import field
from typing import Any

from asbuilt.model import Diagnostic, Gap, Location, Severity, Step, Verdict
from asbuilt.records import dataclass

SCHEMA_VERSION = "1"
MASK = "(sensitive value)"
KNOWN = "known"  # a finding that the baseline has too


@dataclass(frozen=True, slots=True)
class Requirement:
    """The sentence of the architecture that a finding enforces; `location` is its line in the spec."""

    id: str
    section: str
    statement: str
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about. `service` is the name in the spec's inventory, where there is one.

    An absence has the spec's name for what is missing and the location of the statement. `canonical` is the name that
    the resource has in every source, see `asbuilt.topology.canonical`. `construct` is the path in its CDK app.
    """

    type: str
    address: str
    name: str = ""
    service: str = ""
    location: Location | None = None
    source: str = "terraform"
    environment: str = ""
    canonical: str = ""
    construct: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """A few lines of the file around a location: `lines[0]` is line `first_line`."""

    first_line: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one stretch of a file that mends a finding: `text` takes its place.

    An empty stretch (start and end are the same) is an insertion. Only edits after which a check found the violation
    gone, and nothing new, are in results.
    """

    location: Location
    text: str


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A value in the source's own words (`true` for `ENABLED`), and the one to write instead of it."""

    found: Any
    wanted: Any


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One observation: `path` in CloudFormation's words, `native` in the source's own.

    `expected` and `actual` are JSON values; `actual` is None both for null and for a property that is not
    set: `absent` tells them apart. `via` lists the stations of the value, nearest first, origin last.
    `rewrite` is what `asbuilt.fixes` makes an `edit` of; it is written nowhere and not read back.
    """

    outcome: str
    message: str
    path: str = ""
    native: str = ""
    expected: Any = None
    actual: Any = None
    absent: bool = False
    location: Location | None = None
    via: tuple[Step, ...] = ()
    frame: Frame | None = None
    fix: str = ""
    edit: Edit | None = None
    rewrite: Rewrite | None = field(default=None, compare=False, repr=False)

    @property
    def origin(self) -> Location | None:
        """Where to change the value: the last station it came through, or where the property is written."""
        return self.via[-1].location if self.via else self.location


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's verdict on one subject; every verdict but pass becomes one.

    `id` is the fingerprint: rule, canonical address and property path, never a line number.
    `reason` says why a verdict is unknown, an error or not applicable. `baseline` is `new` or `known` where the run was
    compared with an earlier one. `waiver` is the one that holds for it or, on a failure, the one that has expired.
    """

    id: str
    rule: str
    title: str
    verdict: Verdict
    severity: Severity
    message: str
    fix: str
    requirement: Requirement
    resource: Subject
    evidence: tuple[EvidenceItem, ...] = ()
    reason: str | None = None
    waiver: dict[str, Any] | None = None
    baseline: str | None = None

    @property
    def gates(self) -> bool:
        """Whether it may fail the run: any may, but with a baseline only what is new."""
        return self.baseline != KNOWN


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What a report says about a rule: texts from its docstring; `page` is the address of its page on the web."""

    id: str
    title: str
    severity: Severity
    requirement: str
    why: str
    fix: str
    source: str
    page: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far rules hold infrastructure to one statement in the environment of the run.

    `requirement` is the statement's id. `rules` can cite it: each of their passes counts for it. `environments` names
    the ones it is about, where it is not about all. `open` lists the values it sets that no rule looks at.
    """

    requirement: str
    rules: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """One thing that was scanned: a Terraform root, a template, an account."""

    kind: str
    path: str
    resources: int
    environment: str = ""


@dataclass(frozen=True, slots=True)
class SpecInfo:
    """Which spec was used: name, path, SHA-256 of its bytes."""

    name: str
    title: str
    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class BaselineInfo:
    """Which earlier result findings were compared with: path, start (UTC, ISO 8601), commit."""

    path: str
    started_at: str
    commit: str | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the store holds of earlier runs of the same spec, environment, sources and selection of rules.

    `runs` says how many; `since` is the start of the first of the runs in a row, up to and with this one, that came out
    alike (something failed, or everything was decided and nothing did), and `alike` how many these are; "" and 0 where
    this run failed nothing and left something undecided. The rest is the newest one: start, score, failures.
    """

    runs: int
    since: str
    alike: int
    started_at: str
    score: float | None
    fail: int


@dataclass(frozen=True, slots=True)
class Run:
    """The run header, the only place with a time in it. `started_at` is UTC, ISO 8601; `duration_s` in seconds."""

    command: str
    started_at: str
    duration_s: float
    environment: str
    spec: SpecInfo
    sources: tuple[SourceInfo, ...]
    exit_code: int
    fail_on: str = "medium"
    on_unknown: str = "warn"
    commit: str | None = None
    account: str | None = None
    regions: tuple[str, ...] = ()
    baseline: BaselineInfo | None = None
    earlier: Earlier | None = None


@dataclass(frozen=True, slots=True)
class Fixed:
    """A failure of the baseline that is gone. `how`: `passes`, or `gone` with the resource itself.

    `requirement` and `section` name the statement it broke.
    """

    id: str
    rule: str
    title: str
    severity: Severity
    requirement: str
    section: str
    address: str
    service: str
    how: str


@dataclass(frozen=True, slots=True)
class ExternalFinding:
    """What another tool holds against a resource; `status` is `fail`, or `suppressed` by a comment in the code.

    `id` is the fingerprint: tool, check, address, never a line number. `called` is the module call through which the
    resource comes to be. `guideline` is an https link or empty, `reason` what the suppressing comment says. `rules` and
    `requirements` are ours that fail on the same resource for the same cause. `baseline` as in `Finding`.
    """

    id: str
    check: str
    title: str
    status: str
    address: str
    location: Location | None = None
    called: Location | None = None
    severity: Severity | None = None
    guideline: str = ""
    reason: str = ""
    rules: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    baseline: str | None = None


@dataclass(frozen=True, slots=True)
class Dispute:
    """A resource that another tool and the architecture judge differently: what each says, and why they differ.

    `theirs` is `pass` or `fail`, `ours` the verdict of `rule` on `requirement`; `found` says what we saw there, where
    it did not pass.
    """

    check: str
    title: str
    theirs: str
    ours: Verdict
    rule: str
    requirement: str
    address: str
    why: str
    found: str = ""
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class ExternalRun:
    """What another tool said about the same code: findings by file and line, what passed as a number only.

    `gates` says whether its failures decide the exit code. A tool that did not finish has no run, but a gap.
    """

    tool: str
    version: str
    passes: int
    gates: bool = False
    findings: tuple[ExternalFinding, ...] = ()
    disputes: tuple[Dispute, ...] = ()

    @property
    def failures(self) -> tuple[ExternalFinding, ...]:
        """The findings that no comment suppresses."""
        return tuple(finding for finding in self.findings if finding.status == "fail")

    @property
    def own(self) -> tuple[ExternalFinding, ...]:
        """The failures that no rule of ours reports too."""
        return tuple(finding for finding in self.failures if not finding.rules)


@dataclass(frozen=True, slots=True)
class Covered:
    """What the audit of an organisation came to in one region of one account.

    `outcome` is `audited` where everything was read; else `denied`, `throttled`, `not-enabled`, `unread`, `crashed`,
    all of which may have results of what could be read; or, where nothing was asked, `suspended`, `unassigned` (the
    spec does not say which environment it is) or `skipped` (by a filter). `reason` says why, `action` what to do.
    `exit_code` and `counts` of verdicts are of the results, where there are any, and `file` is where they are.
    """

    account: str
    name: str
    region: str
    environment: str
    outcome: str
    reason: str = ""
    action: str = ""
    exit_code: int | None = None
    counts: dict[str, int] = field(default_factory=dict)
    resources: int = 0
    file: str = ""

    @property
    def open(self) -> bool:
        """Whether something was to be looked at and was not, or not in whole."""
        return self.outcome not in ("audited", "skipped")


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of verdicts. `score`: pass in percent of all but not applicable; None where nothing was judged."""

    counts: dict[str, int]
    score: float | None
    by_section: dict[str, dict[str, int]]
    by_severity: dict[str, int]


@dataclass(frozen=True, slots=True)
class Results:
    """Everything a run found, in deterministic order: findings by section of the spec, rule, address."""

    tool: str
    version: str
    run: Run
    summary: Summary
    findings: tuple[Finding, ...]
    passes: dict[str, tuple[str, ...]]
    gaps: tuple[Gap, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    rules: tuple[RuleInfo, ...] = ()
    waivers: tuple[dict[str, Any], ...] = ()
    sections: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = field(default=())
    fixed: tuple[Fixed, ...] = ()
    coverage: tuple[Reach, ...] = ()
    external: tuple[ExternalRun, ...] = ()
    accounts: tuple[Covered, ...] = ()


__all__ = [
    "KNOWN",
    "MASK",
    "SCHEMA_VERSION",
    "BaselineInfo",
    "Covered",
    "Diagnostic",
    "Dispute",
    "Earlier",
    "Edit",
    "EvidenceItem",
    "ExternalFinding",
    "ExternalRun",
    "Finding",
    "Fixed",
    "Frame",
    "Gap",
    "Location",
    "Reach",
    "Requirement",
    "Results",
    "Rewrite",
    "RuleInfo",
    "Run",
    "Severity",
    "SourceInfo",
    "SpecInfo",
    "Step",
    "Subject",
    "Summary",
    "Verdict",
]
