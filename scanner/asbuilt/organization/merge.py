"""One result of many: the results of all jobs, read one after the other, as every report can render them.

Up to a limit every finding is there. Beyond it, findings of one rule and verdict in one account are one, with their
number and the folder that lists them, and what does not apply is one for all accounts: nothing is left out, and memory
does not grow with the number of resources.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from asbuilt.model import Severity, Verdict
from asbuilt.records import dataclass
from asbuilt.results import Results, Run, SourceInfo, Subject, Summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from asbuilt.model import Diagnostic, Gap
    from asbuilt.results import Covered, Finding, Reach, RuleInfo

MOST_FINDINGS: Final = 10_000
MOST_PASSES: Final = 100_000
MOST_GAPS: Final = 5_000
_STATES: Final = ("live", "expired", "idle", "ignored", "unused")


@dataclass(frozen=True, slots=True)
class Limits:
    """From how many findings, and from how many passes, on they are counted instead of listed."""

    findings: int = MOST_FINDINGS
    passes: int = MOST_PASSES


def merged(
    empty: Results, rows: Sequence[Covered], found: Iterable[tuple[Covered, Results]], limits: Limits | None = None
) -> Results:
    """Return the results of all jobs as one; `empty` has what they have in common: tool, spec, run header."""
    limits = limits or Limits()
    findings = sum(count for row in rows for verdict, count in row.counts.items() if verdict != Verdict.PASS.value)
    passes = sum(row.counts.get(Verdict.PASS.value, 0) for row in rows)
    merger = _Merger(brief=findings > limits.findings, counted=passes > limits.passes)
    for row, results in found:
        merger.add(row, results)
    return merger.finish(empty, rows)


class _Merger:
    """Takes in one result after the other."""

    def __init__(self, *, brief: bool, counted: bool) -> None:
        self.brief = brief
        self.counted = counted
        self.findings: list[Finding] = []
        self.groups: dict[tuple[Any, ...], _Group] = {}
        self.passes: dict[str, list[str]] = defaultdict(list)
        self.passed: dict[str, Counter[str]] = defaultdict(Counter)
        self.gaps: list[Gap] = []
        self.more_gaps = 0
        self.remarks: dict[tuple[Any, ...], Diagnostic] = {}
        self.rules: dict[str, RuleInfo] = {}
        self.waivers: dict[str, dict[str, Any]] = {}
        self.reaches: dict[str, Reach] = {}
        self.common: Results | None = None
        self.counts: Counter[str] = Counter({verdict.value: 0 for verdict in Verdict})
        self.severities: Counter[str] = Counter({severity.value: 0 for severity in Severity})
        self.sections: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, row: Covered, results: Results) -> None:
        """Take in the results of a job."""
        self.common = self.common or results
        where = _Where(row)
        own = [_placed(finding, where) for finding in results.findings]
        if self.brief:
            self._group(own, row)
        else:
            self.findings += own
        for rule, addresses in results.passes.items():
            if self.counted:
                self.passed[rule][row.account] += len(addresses)
            else:
                self.passes[rule] += [where.address(address) for address in addresses]
        room = MOST_GAPS - len(self.gaps)
        self.gaps += results.gaps[:room]
        self.more_gaps += len(results.gaps[room:])
        for remark in results.diagnostics:
            self.remarks.setdefault((remark.severity, remark.code, remark.message, str(remark.location)), remark)
        self.rules |= {rule.id: rule for rule in results.rules}
        self.reaches = {**{reach.requirement: reach for reach in results.coverage}, **self.reaches}
        for waiver in results.waivers:
            self._waiver(waiver, where)
        self.counts.update(results.summary.counts)
        self.severities.update(results.summary.by_severity)
        for section, counts in results.summary.by_section.items():
            self.sections[section].update(counts)

    def _group(self, findings: Iterable[Finding], row: Covered) -> None:
        """Count findings by rule, verdict and account; those that do not apply by rule."""
        for one in findings:
            account = "" if one.verdict is Verdict.NOT_APPLICABLE else row.account
            key = (one.rule, one.requirement.id, one.verdict, one.severity, account)
            group = self.groups.setdefault(key, _Group(replace(one, evidence=()), row))
            group.count += 1
            group.regions.setdefault(row.region)
            group.accounts.setdefault(row.account)

    def _waiver(self, row: dict[str, Any], where: _Where) -> None:
        """Take in what a waiver did in a job: it is unused only where no job had a use for it."""
        same = {key: value for key, value in row.items() if key not in ("state", "waived", "findings")}
        known = self.waivers.setdefault(json.dumps(same, sort_keys=True), {**row, "waived": 0, "findings": []})
        known["state"] = min(known["state"], row["state"], key=_STATES.index)
        known["waived"] += row["waived"]
        if not self.brief:
            known["findings"] = [*known["findings"], *map(where.id, row["findings"])]

    def finish(self, empty: Results, rows: Sequence[Covered]) -> Results:
        """Return everything as one."""
        common = self.common or empty
        self.findings += [group.finding(key) for key, group in self.groups.items()]
        for rule, accounts in self.passed.items():
            self.passes[rule] = [f"{account}: {count}" for account, count in accounts.items()]
        order = {name: place for place, name in enumerate(common.sections)}
        self.findings.sort(
            key=lambda f: (
                order.get(f.requirement.section, len(order)), f.requirement.id, f.rule, f.resource.address, f.id
            )
        )  # fmt: skip
        judged = sum(self.counts.values()) - self.counts[Verdict.NOT_APPLICABLE.value]
        score = round(100 * self.counts[Verdict.PASS.value] / judged, 1) if judged else None
        zero = dict.fromkeys((verdict.value for verdict in Verdict), 0)
        sections = {
            name: {**zero, **self.sections[name]}
            for name in sorted(self.sections, key=lambda name: (order.get(name, len(order)), name))
        }
        return replace(
            empty,
            summary=Summary(dict(self.counts), score, sections, dict(self.severities)),
            findings=tuple(self.findings),
            passes={rule: tuple(sorted(addresses)) for rule, addresses in sorted(self.passes.items())},
            gaps=tuple(self._gaps()),
            diagnostics=tuple(self.remarks[key] for key in sorted(self.remarks)),
            rules=tuple(self.rules.values()),
            waivers=tuple(self.waivers.values()),
            sections=common.sections,
            requirements=common.requirements,
            coverage=tuple(self.reaches.values()),
            accounts=tuple(rows),
        )

    def _gaps(self) -> Iterator[Gap]:
        yield from self.gaps
        if self.more_gaps:
            text = f"{self.more_gaps} more gaps are in the results of the accounts"
            yield replace(self.gaps[-1], what=text, reason="there are too many to list here", action="", location=None)


class _Where:
    """The region of an account, and what it makes of identifiers that are the same in others."""

    def __init__(self, row: Covered) -> None:
        self.row = row
        self.text = f"{row.account}/{row.region}"

    def id(self, id: str) -> str:
        """Return a fingerprint of its own."""
        return hashlib.sha256(f"{self.text}\0{id}".encode()).hexdigest()[:16]

    def address(self, address: str) -> str:
        """Return an address that says where it is; an ARN with account and region does already."""
        parts = address.split(":", 5)
        whole = len(parts) == 6 and parts[0] == "arn" and parts[3:5] == [self.row.region, self.row.account]
        return address if whole else f"{self.text} {address}".rstrip()


def _placed(finding: Finding, where: _Where) -> Finding:
    if finding.resource.source == "waivers":
        return finding
    resource = replace(
        finding.resource, address=where.address(finding.resource.address), environment=where.row.environment
    )
    return replace(finding, id=where.id(finding.id), resource=resource)


class _Group:
    """Findings that are shown as one: the first of them, how many, and where."""

    __slots__ = ("accounts", "count", "first", "regions", "row")

    def __init__(self, first: Finding, row: Covered) -> None:
        self.first = first
        self.row = row
        self.count = 0
        self.regions: dict[str, None] = {}
        self.accounts: dict[str, None] = {}

    def finding(self, key: tuple[Any, ...]) -> Finding:
        """Return the one finding: how many there are, and where they are listed."""
        account = key[-1]
        many = "1 finding" if self.count == 1 else f"{self.count} findings"
        who = f"{self.row.name or account} ({', '.join(self.regions)})" if account else f"{len(self.accounts)} accounts"
        folder = f"jobs/{account}" if account else "jobs"
        listed = "it is" if self.count == 1 else "they are"
        name, environment = (self.row.name, self.row.environment) if account else ("", "")
        return replace(
            self.first,
            id=hashlib.sha256("\0".join(map(str, key)).encode()).hexdigest()[:16],
            message=f"{many} in {who}; {listed} in {folder}",
            resource=Subject("AWS::Account", account or "all accounts", name, "", None, "aws", environment),
        )


def run_of(run: Run, rows: Sequence[Covered], exit_code: int) -> Run:
    """Return the header of a run over several accounts."""
    regions = tuple(sorted({row.region for row in rows if row.outcome != "skipped"}))
    read = sum(row.exit_code is not None for row in rows)
    wanted = [row for row in rows if row.outcome != "skipped"]
    number = len({row.account for row in wanted})
    accounts = f"organisation: {number} account{'' if number == 1 else 's'}, {read} of {len(wanted)} regions read"
    environments = sorted({row.environment for row in wanted if row.environment})
    return replace(
        run,
        environment=", ".join(environments) or run.environment,
        sources=(SourceInfo("aws", accounts, sum(row.resources for row in rows), ""),),
        account=None,
        regions=regions,
        exit_code=exit_code,
    )


def exit_code(rows: Sequence[Covered], *, allow_incomplete: bool) -> int:
    """Return 1 for findings that gate in any account, else 3 where something was not covered or not decided."""
    codes = {row.exit_code for row in rows}
    if 1 in codes:
        return 1
    if 3 in codes or not any(row.exit_code is not None for row in rows):
        return 3
    return 3 if any(row.open for row in rows) and not allow_incomplete else 0
