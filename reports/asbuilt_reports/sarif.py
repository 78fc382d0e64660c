"""SARIF 2.1.0, as GitHub code scanning reads it (docs.github.com, "SARIF support for code scanning", 2026-11).

Verdicts: a fail is a result of its severity's level. Unknown and error become results of level `note` under a rule
of their own (`<rule>/unknown`, tag `unknown`), because GitHub shows the security severity of the rule: under the
same rule, "could not be decided" would look like a high alert, and an alert that was unknown and then fails would
not open anew. GitHub ignores `kind` other than `fail`, and `suppressions`: the `github` profile therefore leaves
waived and not applicable results out, the `full` profile keeps them (`suppressions`, kind `notApplicable`) and says
what is new against the baseline (`baselineState`).
Other tools have runs of their own; what they report that we report too is in ours only (`sarif_external`).
The file is written also when nothing was found: GitHub closes alerts that a newer file does not name.

Message strings hold no `{0}` arguments and no embedded links; names cannot form one.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from asbuilt.model import Location, Severity, Verdict
from asbuilt_reports import digest, exceptions
from asbuilt_reports.edits import sarif_fixes
from asbuilt_reports.escape import value, visible
from asbuilt_reports.sarif_external import external_runs
from asbuilt_reports.sarif_lint import MAX_RESULTS, lint_github
from asbuilt_reports.sarif_parts import cut, markdown, physical, said, uri

if TYPE_CHECKING:
    from asbuilt.results import EvidenceItem, Finding, Results, RuleInfo

__all__ = ["as_dict", "lint_github", "render", "uri"]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVEL = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
# GitHub: over 9.0 critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, 0.1 to 3.9 low. Info has none: it is a note.
_SECURITY_SEVERITY = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
_PAGE = 8192  # `help.markdown` has no limit of its own; GitHub shows it as the alert's page
_SEMVER = re.compile(r"\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?")
_LINK = re.compile(r"https://[^\s\"<>`)\]]+")


def render(results: Results, *, profile: str = "github", anchor: str | None = None) -> str:
    """Return the SARIF text: `profile` is `github` or `full`; `anchor` is the file for findings without a place."""
    return json.dumps(as_dict(results, profile=profile, anchor=anchor), indent=1, allow_nan=False) + "\n"


def as_dict(results: Results, *, profile: str = "github", anchor: str | None = None) -> dict[str, Any]:
    """Return the SARIF log.

    Raises:
        ValueError: `profile` is neither `github` nor `full`.
    """
    if profile not in ("github", "full"):
        raise ValueError(f"SARIF profile {profile!r}: `github` or `full` is expected")
    verdicts = [Verdict.FAIL, *digest.UNDECIDED]
    if profile == "full":
        verdicts += [Verdict.WAIVED, Verdict.NOT_APPLICABLE]
    chosen = digest.of(results.findings, *verdicts)
    kept = chosen
    if len(chosen) > MAX_RESULTS:
        # Worst first decides who stays; the order of the architecture is how they are shown.
        rank = sorted(range(len(chosen)), key=lambda i: (verdicts.index(chosen[i].verdict), -chosen[i].severity.rank))
        kept = [chosen[index] for index in sorted(rank[:MAX_RESULTS])]
    rules = _rules(results, kept)
    index = {rule["id"]: position for position, rule in enumerate(rules)}
    driver: dict[str, Any] = {"name": results.tool, "version": results.version, "rules": rules}
    if _SEMVER.fullmatch(results.version):
        driver["semanticVersion"] = results.version
    seen: dict[tuple[str, str], int] = {}
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"{results.tool}/{visible(results.run.environment) or 'default'}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(results, len(chosen) - len(kept))],
        "results": [
            _result(finding, index, seen, _Anchor(results, anchor)) | (_compared(finding) if profile == "full" else {})
            for finding in kept
        ],
        "properties": _properties(results),
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run, *external_runs(results, profile)]}


class _Anchor:
    """Where a finding without any place of its own is pinned."""

    __slots__ = ("file", "spec")

    def __init__(self, results: Results, file: str | None) -> None:
        self.file = file
        self.spec = results.run.spec.path or "asbuilt-spec"

    def place(self, finding: Finding) -> Location:
        """Return the place of a finding; always one."""
        where = digest.location_of(finding)
        if where is not None and where.file:
            return where
        return Location(self.file or self.spec, 1)


def _rule_id(finding: Finding) -> str:
    return f"{finding.rule}/unknown" if finding.verdict in digest.UNDECIDED else finding.rule


def _rules(results: Results, findings: list[Finding]) -> list[dict[str, Any]]:
    known = digest.rule_info(results)
    first = {_rule_id(finding): finding for finding in reversed(findings)}
    return [_rule(rule_id, first[rule_id], known.get(first[rule_id].rule)) for rule_id in sorted(first)]


def _rule(rule_id: str, finding: Finding, info: RuleInfo | None) -> dict[str, Any]:
    unknown = finding.verdict in digest.UNDECIDED
    severity = info.severity if info else finding.severity
    title = said((info.title if info else "") or finding.title or finding.rule)
    short = f"Could not be decided: {title}" if unknown else title
    why = said((info.why if info else "") or title)
    requirement = finding.requirement
    parts = {"Requirement": said(exceptions.says(requirement)), "Why": why}
    parts["Fix"] = said((info.fix if info else "") or finding.fix)
    parts["Source"] = said(info.source) if info else ""
    tags = ["architecture", "infrastructure-as-code", requirement.id, *(["unknown"] if unknown else [])]
    properties: dict[str, Any] = {"tags": [said(tag) for tag in tags if tag], "precision": "very-high"}
    if not unknown:
        properties["problem.severity"] = "recommendation" if _LEVEL[severity] == "note" else _LEVEL[severity]
        if severity in _SECURITY_SEVERITY:
            properties["security-severity"] = _SECURITY_SEVERITY[severity]
    rule: dict[str, Any] = {
        "id": rule_id,
        "shortDescription": {"text": cut(short)},
        "fullDescription": {"text": cut(why)},
        "help": {
            "text": cut("\n".join(f"{key}: {text}" for key, text in parts.items() if text)),
            "markdown": _page(title, severity, parts, info),
        },
        "defaultConfiguration": {"level": "note" if unknown else _LEVEL[severity]},
        "properties": properties,
    }
    if info and info.page:
        rule["helpUri"] = info.page
    elif info and (link := _LINK.search(info.source)):
        rule["helpUri"] = link.group().rstrip(".,;")
    return rule


def _page(title: str, severity: Severity, parts: dict[str, str], info: RuleInfo | None) -> str:
    """Return the page of a rule in Markdown, as `docs/rules` has it, with the statement of this run's own spec."""
    paragraphs = [f"**{markdown(title.rstrip('.'))}.**", f"Severity: {severity.value}"]
    paragraphs += [f"**{key}.** {markdown(text)}" for key, text in parts.items() if text]
    if info and info.page:
        paragraphs.append(f"[More about {markdown(info.id)}, with an example]({info.page})")
    text = "\n\n".join(paragraphs)
    return text if len(text) <= _PAGE else text[: _PAGE - 1] + "…"


def _result(
    finding: Finding, index: dict[str, int], seen: dict[tuple[str, str], int], anchor: _Anchor
) -> dict[str, Any]:
    rule_id = _rule_id(finding)
    undecided = finding.verdict in digest.UNDECIDED
    nth = seen[(rule_id, finding.id)] = seen.get((rule_id, finding.id), 0) + 1
    place = anchor.place(finding)
    result: dict[str, Any] = {
        "ruleId": rule_id,
        "ruleIndex": index[rule_id],
        "level": "note" if undecided else _LEVEL[finding.severity],
        "message": {"text": _message(finding)},
        "locations": [{"physicalLocation": physical(place), "logicalLocations": _logical(finding)}],
        # GitHub's own convention: the n-th result with the same hash ends in `:n`.
        "partialFingerprints": {"primaryLocationLineHash": f"{finding.id or rule_id}:{nth}"},
        "properties": {"verdict": finding.verdict.value, "severity": finding.severity.value},
    }
    if related := _related(finding):
        result["relatedLocations"] = related
    if fixes := sarif_fixes(finding, uri):
        result["fixes"] = fixes
    if finding.verdict is Verdict.NOT_APPLICABLE:
        result |= {"kind": "notApplicable", "level": "none"}
    if finding.verdict is Verdict.WAIVED:
        result["suppressions"] = [_suppression(finding.waiver or {})]
    return result


def _compared(finding: Finding) -> dict[str, str]:
    """Return the state against the baseline in SARIF's words."""
    states = {"new": "new", "known": "unchanged"}
    return {"baselineState": states[finding.baseline]} if finding.baseline in states else {}


def _suppression(waiver: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": "inSource" if waiver.get("inline") else "external", "status": "accepted"}
    if reason := said(str(waiver.get("reason") or "")):
        found["justification"] = reason
    if where := exceptions.location(waiver):
        found["location"] = {"physicalLocation": physical(where)}
    facts = {key: said(str(waiver[key])) for key in ("owner", "expires", "ticket") if waiver.get(key)}
    return {**found, "properties": facts} if facts else found


def _message(finding: Finding) -> str:
    resource = finding.resource
    text = finding.message or finding.title or finding.rule
    if resource.address and resource.address not in text:
        text = f"{resource.address}: {text}"
    sentences = [text]
    if finding.evidence and finding.verdict in (Verdict.FAIL, Verdict.WAIVED):
        item = digest.main_evidence(finding)
        if item.path and item.expected is not None:
            shown = value(item.actual, absent=item.absent)
            sentences.append(f"Expected {value(item.expected)}, found {shown}")
    if finding.reason and finding.reason not in text:
        sentences.append(finding.reason)
    if finding.requirement.statement:
        sentences.append(f"{finding.requirement.id} says: “{finding.requirement.statement}”")
    if finding.waiver and finding.waiver.get("expired"):
        sentences.append(f"A waiver has expired: {exceptions.granted(finding.waiver)}")
    if finding.fix:
        sentences.append(f"Fix: {finding.fix}")
    return ". ".join(said(part).rstrip(". ") for part in sentences) + "."


def _related(finding: Finding) -> list[dict[str, Any]]:
    """Return the statement of the spec, then the stations of the value, its origin last."""
    places: list[tuple[Location, str]] = []
    if finding.requirement.location:
        places.append((finding.requirement.location, finding.requirement.statement or finding.requirement.id))
    item: EvidenceItem | None = digest.main_evidence(finding) if finding.evidence else None
    steps = item.via if item else ()
    places += [
        (step.location, f"{'change it here' if step is steps[-1] else 'the value comes through'}: {step.what}")
        for step in steps
    ]
    return [
        {"id": number, "physicalLocation": physical(where), "message": {"text": cut(said(text))}}
        for number, (where, text) in enumerate(((w, t) for w, t in places if w.file), 1)
    ]


def _logical(finding: Finding) -> list[dict[str, str]]:
    name = said(finding.resource.address or finding.resource.name or finding.resource.type or finding.rule)
    found = [{"fullyQualifiedName": name, "kind": "resource"}]
    construct = finding.resource.construct
    return [*found, {"fullyQualifiedName": said(construct), "kind": "object"}] if construct else found


def _invocation(results: Results, left_out: int) -> dict[str, Any]:
    notes: list[dict[str, Any]] = []
    for gap in results.gaps:
        text = said(f"not evaluated: {gap.what}: {gap.reason}" + (f" ({gap.action})" if gap.action else ""))
        notes.append(_notification("error" if gap.incomplete else "warning", text, gap.location))
    levels = {"error": "error", "warning": "warning"}
    for remark in results.diagnostics:
        text = said(f"{remark.message} [{remark.code}]")
        notes.append(_notification(levels.get(remark.severity, "note"), text, remark.location))
    if left_out:
        notes.append(_notification("warning", f"{left_out:,} more results are in the JSON: GitHub's limit", None))
    broken = results.run.exit_code == 2 or digest.incomplete(results)
    invocation: dict[str, Any] = {"executionSuccessful": not broken, "exitCode": results.run.exit_code}
    invocation["exitCodeDescription"] = digest.exit_meaning(results)
    if notes:
        invocation["toolExecutionNotifications"] = notes
    return invocation


def _notification(level: str, text: str, where: Location | None) -> dict[str, Any]:
    notification: dict[str, Any] = {"level": level, "message": {"text": text}}
    if where and where.file:
        notification["locations"] = [{"physicalLocation": physical(where)}]
    return notification


def _properties(results: Results) -> dict[str, Any]:
    spec = results.run.spec
    found = {
        "environment": results.run.environment,
        "commit": results.run.commit,
        "startedAt": results.run.started_at,
        "spec": {k: v for k, v in (("name", spec.name), ("path", spec.path), ("sha256", spec.sha256)) if v},
        "score": results.summary.score,
    }
    return {key: what for key, what in found.items() if what not in (None, "", {})}
