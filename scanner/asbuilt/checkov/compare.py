"""checkov's results beside ours: each said once, what we say too marked, what we judge differently explained."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from asbuilt.checkov.addresses import Addresses, logical
from asbuilt.checkov.readings import READINGS, Reading, by_check
from asbuilt.model import Location, Severity, Verdict
from asbuilt.records import dataclass
from asbuilt.results import Dispute, ExternalFinding, ExternalRun

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asbuilt.checkov.output import Record
    from asbuilt.checkov.run import Said
    from asbuilt.results import Results

TOOL: Final = "checkov"
_CONTRADICTED: Final = {
    "fail": (Verdict.PASS, Verdict.NOT_APPLICABLE),
    "pass": (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WAIVED),
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a rule of ours said about an address, and what it saw there."""

    verdict: Verdict
    requirement: str
    found: str = ""


class Ours:
    """Our verdicts of the rules that checkov has a check for, by rule and address."""

    def __init__(self, results: Results) -> None:
        wanted = {reading.rule for reading in READINGS}
        self._said: dict[tuple[str, str], set[Judgement]] = defaultdict(set)
        statements = {rule.id: rule.requirement for rule in results.rules}
        for finding in results.findings:
            if finding.rule in wanted and finding.resource.address:
                said = finding.message if not finding.reason or finding.reason in finding.message else finding.reason
                judgement = Judgement(finding.verdict, finding.requirement.id, said)
                self._said[finding.rule, finding.resource.address].add(judgement)
        for rule in wanted & set(results.passes):
            for address in results.passes[rule]:
                self._said[rule, address].add(Judgement(Verdict.PASS, statements.get(rule, "")))
        rules: dict[str, list[str]] = defaultdict(list)
        for rule, address in self._said:
            rules[rule].append(address)
        self._addresses = {rule: Addresses(addresses) for rule, addresses in rules.items()}

    def of(self, reading: Reading, theirs: str) -> Iterator[tuple[str, Judgement]]:
        """Yield what we said about the resource that checkov names; an address of two roots says nothing certain."""
        addresses = self._addresses.get(reading.rule)
        for address in addresses.meant(theirs) if addresses else ():
            said = self._said[reading.rule, address]
            if len({judgement.verdict for judgement in said}) == 1:
                yield address, min(said, key=lambda judgement: judgement.found)


def external_run(
    said: Sequence[Said], results: Results, *, gates: bool, baseline: Results | None = None
) -> ExternalRun:
    """Return checkov's side of a report."""
    ours = Ours(results)
    findings: dict[str, ExternalFinding] = {}
    disputes: dict[tuple[str, str, str], Dispute] = {}
    before = [run for run in baseline.external if run.tool == TOOL] if baseline is not None else []
    known = {finding.id for run in before for finding in run.failures} if before else None
    passes: set[str] = set()
    for status, root, record in _by_status(said):
        identity = _identity(record, root)
        if identity in findings or identity in passes:
            continue
        for dispute in _disputes(record, status, ours):
            disputes.setdefault((dispute.check, dispute.rule, dispute.address), dispute)
        if status == "pass":
            passes.add(identity)
        else:
            findings[identity] = _finding(identity, record, root, status, ours, known)
    ordered = sorted(findings.values(), key=lambda f: (f.check, f.address, f.id))
    return ExternalRun(
        TOOL,
        " and ".join(sorted({one.output.version for one in said})),
        len(passes),
        gates,
        tuple(ordered),
        tuple(disputes[key] for key in sorted(disputes)),
    )


def _by_status(said: Sequence[Said]) -> Iterator[tuple[str, Path, Record]]:
    """Yield failures first: a resource that fails and passes, as instances of one loop may, fails."""
    for status, name in (("fail", "failed"), ("suppressed", "suppressed"), ("pass", "passed")):
        for one in said:
            for record in getattr(one.output, name):
                yield status, one.target.path, record


def _finding(
    identity: str, record: Record, root: Path, status: str, ours: Ours, known: set[str] | None
) -> ExternalFinding:
    agreeing = [
        (reading.rule, judgement.requirement)
        for reading in by_check().get(record.check_id, ())
        for _, judgement in ours.of(reading, address_of(record))
        if judgement.verdict is Verdict.FAIL and status == "fail"
    ]
    link = record.guideline or ""
    return ExternalFinding(
        id=identity,
        check=record.check_id,
        title=record.check_name or record.check_id,
        status=status,
        address=address_of(record),
        location=_location(record.file_abs_path or record.file_path, record.file_line_range),
        called=_called(record, root),
        severity=_severity(record.severity),
        guideline=link if link.startswith("https://") and len(link) <= 500 else "",
        reason=record.check_result.suppress_comment or "" if status == "suppressed" else "",
        rules=tuple(dict.fromkeys(rule for rule, _ in agreeing)),
        requirements=tuple(dict.fromkeys(requirement for _, requirement in agreeing if requirement)),
        baseline=None if known is None or status != "fail" else "known" if identity in known else "new",
    )


def _disputes(record: Record, status: str, ours: Ours) -> Iterator[Dispute]:
    if status == "suppressed":
        return
    for reading in by_check().get(record.check_id, ()):
        if status == "pass" and reading.answers != "both":
            continue
        for address, judgement in ours.of(reading, address_of(record)):
            if judgement.verdict in _CONTRADICTED[status]:
                yield Dispute(
                    check=record.check_id,
                    title=record.check_name or record.check_id,
                    theirs=status,
                    ours=judgement.verdict,
                    rule=reading.rule,
                    requirement=judgement.requirement,
                    address=address,
                    why=_why(reading, record, address),
                    found=judgement.found,
                    location=_location(record.file_abs_path or record.file_path, record.file_line_range),
                )


def _why(reading: Reading, record: Record, address: str) -> str:
    asks = f"{TOOL} asks {reading.theirs}; the architecture asks {reading.ours}"
    one = "[" in address and "[" not in address_of(record)
    return f"{asks} ({TOOL} has judged all instances as one)" if one else asks


def address_of(record: Record) -> str:
    """Return checkov's address of a resource: that of a plan where there is one."""
    return record.resource_address or record.resource


def _identity(record: Record, root: Path) -> str:
    """Return a fingerprint: tool, check, root (or template) and address, never a line number."""
    place = record.file_abs_path if logical(record.resource) and record.file_abs_path else str(root)
    text = "\0".join((TOOL, record.check_id, shown(place), address_of(record)))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _location(file: str, lines: tuple[int, int]) -> Location | None:
    first, last = lines
    return Location(shown(file), max(1, first), 1, max(1, first, last), 0) if file else None


def _called(record: Record, root: Path) -> Location | None:
    """Return the module call; checkov names its file from the scanned folder on."""
    lines, file = record.caller_file_line_range, record.caller_file_path
    if not lines or not file:
        return None
    folder = root if root.is_dir() else root.parent
    return _location(os.path.normpath(f"{folder}/{file.lstrip('/')}"), lines)


def shown(file: str) -> str:
    """Return a file as we name it: from the current directory on where it lies below, else whole."""
    try:
        return Path(file).relative_to(Path.cwd()).as_posix()
    except ValueError:
        return file


def _severity(data: object) -> Severity | None:
    word = data.lower() if isinstance(data, str) else ""
    return Severity(word) if word in set(Severity) else None
