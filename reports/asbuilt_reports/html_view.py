"""What the HTML page shows, worked out before the template, which only lays it out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from asbuilt.model import Verdict
from asbuilt_reports import accounts, digest, exceptions, html_tables, places, standings
from asbuilt_reports.earlier import since
from asbuilt_reports.escape import value, visible
from asbuilt_reports.html_charts import ring
from asbuilt_reports.html_external import others

if TYPE_CHECKING:
    from asbuilt.model import Location
    from asbuilt.results import Covered, EvidenceItem, Finding, Results, RuleInfo, Run

# A card costs about 1.5 kB and a row 250 bytes: 10,000 findings stay under 3 MB.
CARDS_PER_RULE = 20  # a mistake in each of 15 services is shown whole
CARDS = 500
ROWS_PER_RULE = 4000
OPEN_ROWS = 25
MANY = 500  # findings from which the browser may put off laying out what is not in view
_FINDINGS = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.ERROR, Verdict.WAIVED, Verdict.NOT_APPLICABLE)
_TILES = (Verdict.PASS, *_FINDINGS)
_LINK = re.compile(r"https://[^\s\"'<>`)\]]+")


def view(results: Results) -> dict[str, Any]:
    """Return the template's variables."""
    ids = _Ids(results.run)
    cards = _Budget(CARDS)
    rules = digest.rule_info(results)
    sections: list[dict[str, Any]] = []
    for number, (name, blocks) in enumerate(digest.sections(results, *_FINDINGS)):
        shown = [
            {"id": f"r-{number}-{place}", **_block(block, rules.get(block.rule), ids, cards)}
            for place, block in enumerate(blocks)
        ]
        tally = results.summary.by_section.get(name, {})
        sections.append({"id": f"s-{number}", "name": name, "blocks": shown, "fail": tally.get("fail", 0)})
    return {
        "results": results,
        "run": results.run,
        "title": results.run.spec.title or results.run.spec.name,
        "sentence": digest.sentence(results),
        "mood": _mood(results),
        "incomplete": digest.incomplete(results),
        "exit_meaning": digest.exit_meaning(results),
        "started": results.run.started_at.replace("T", " ").replace("+00:00", " UTC").replace("Z", " UTC"),
        "score": digest.score(results),
        "formula": digest.SCORE_FORMULA,
        "sum": _sum(results),
        "ring": ring(results),
        "tiles": [
            {"verdict": v.value, "word": digest.VERDICT_WORDS[v], "count": digest.count(results, v)} for v in _TILES
        ],
        "severities": [(name, n) for name, n in results.summary.by_severity.items() if n],
        "bars": html_tables.bars(results, {s["name"]: s["id"] for s in sections}),
        "covered": accounts.headline(results) if results.accounts else "",
        "accounts": [_covered(row) for row in accounts.ordered(results)],
        "risks": [_risk(risk, ids) for risk in digest.top_risks(results)],
        "overall": standings.overall(results),
        "statements": html_tables.statements(results, sections),
        "sections": sections,
        "waivers": html_tables.waivers(results),
        "earlier": since(results),
        "against": exceptions.against(results),
        "compared": results.run.baseline is not None,
        "fixed": html_tables.fixed(results),
        "fixed_left": max(0, len(results.fixed) - html_tables.FIXED),
        "others": others(results),
        "passes": [
            {"rule": rule, "title": rules[rule].title if rule in rules else "", "count": len(addresses)}
            for rule, addresses in results.passes.items()
        ],
        "many": len(results.findings) > MANY,
    }


class _Ids:
    """Fragment identifiers: safe characters only, each given once; the same finding always gets the same.

    `run` says which account a live finding is about.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self._by_finding: dict[int, str] = {}
        self._taken: set[str] = set()

    def of(self, finding: Finding) -> str:
        """Return the identifier of a finding."""
        known = self._by_finding.get(id(finding))
        if known:
            return known
        base = found = "f-" + re.sub(r"[^A-Za-z0-9_.:-]", "_", finding.id or finding.rule)
        number = 1
        while found in self._taken:
            number += 1
            found = f"{base}.{number}"
        self._taken.add(found)
        self._by_finding[id(finding)] = found
        return found


class _Budget:
    """How many cards may still be drawn in full."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self) -> bool:
        """Take one, if there is one."""
        self.left -= 1
        return self.left >= 0


def _covered(row: Covered) -> dict[str, Any]:
    """Return what the template shows of a region of an account."""
    fine = {0: "pass", 1: "fail"}.get(row.exit_code or 0, "unknown") if row.exit_code is not None else "unknown"
    looks = "not_applicable" if row.outcome == "skipped" else "unknown" if row.open else fine
    return {
        "row": row,
        "looks": looks,
        "outcome": row.outcome.replace("-", " "),
        "told": accounts.numbers(row),
        "why": accounts.why(row),
    }


def _mood(results: Results) -> str:
    if digest.count(results, Verdict.FAIL):
        return "fail"
    undecided = digest.count(results, Verdict.UNKNOWN) + digest.count(results, Verdict.ERROR)
    if undecided or digest.incomplete(results) or not digest.count(results, Verdict.PASS):
        return "unknown"
    return "pass"


def _sum(results: Results) -> str:
    counted = [digest.count(results, v) for v in Verdict if v is not Verdict.NOT_APPLICABLE]
    return f"{counted[0]:,} / {sum(counted):,}"


def _block(block: digest.RuleBlock, info: RuleInfo | None, ids: _Ids, cards: _Budget) -> dict[str, Any]:
    groups: list[dict[str, Any]] = []
    loose: dict[tuple[str, str, str], list[Finding]] = {}
    drawn, room = 0, ROWS_PER_RULE
    ordered = sorted(block.groups, key=lambda group: _FINDINGS.index(group.first.verdict))
    for group in ordered:
        first = group.first
        if first.verdict is not Verdict.NOT_APPLICABLE and drawn < CARDS_PER_RULE and cards.take():
            drawn += 1
            rows = group.findings[1:][: max(0, room)]
            room -= len(rows)
            groups.append(_group(first, _card(first, ids), rows, len(group.findings) - 1, ids, group.origin))
        else:
            kind = (first.verdict.value, first.severity.value, first.baseline or "")
            loose.setdefault(kind, []).extend(group.findings)
    for findings in loose.values():
        rows = tuple(findings[: max(0, room)])
        room -= len(rows)
        groups.append(_group(findings[0], None, rows, len(findings), ids, None))
    source = info.source if info else ""
    link = _LINK.search(source)
    return {
        "rule": block.rule,
        "title": block.title,
        "severity": block.severity.value,
        "says": exceptions.says(block.requirement),
        "requirement": block.requirement,
        "where": _place(block.requirement.location),
        "why": info.why if info else "",
        "source": source,
        "link": link.group().rstrip(".,;") if link else "",
        "page": info.page if info else "",
        "groups": groups,
        "count": len(block.findings),
    }


def _group(
    first: Finding,
    card: dict[str, Any] | None,
    rows: tuple[Finding, ...],
    total: int,
    ids: _Ids,
    origin: Location | None,
) -> dict[str, Any]:
    return {
        "verdict": first.verdict.value,
        "severity": first.severity.value,
        "baseline": first.baseline or "",
        "card": card,
        "rows": [_row(finding, ids) for finding in rows],
        "total": total,
        "left": total - len(rows),
        "open": total <= OPEN_ROWS,
        "together": bool(card and origin and first.evidence and digest.main_evidence(first).via),
    }


def _row(finding: Finding, ids: _Ids) -> dict[str, str]:
    item = digest.main_evidence(finding) if finding.evidence else None
    found = ""
    if item and item.path and finding.verdict is not Verdict.NOT_APPLICABLE:
        found = _compared(item) if item.outcome == "violation" else ""
    if finding.verdict in (*digest.UNDECIDED, Verdict.NOT_APPLICABLE):
        found = finding.reason or finding.message
    elif not found:
        found = finding.message
    where = _place(digest.place_of(finding)) or places.account_of(finding, ids.run)
    return {"id": ids.of(finding), "name": _name(finding), "where": where, "found": found}


def _compared(item: EvidenceItem) -> str:
    actual = value(item.actual, absent=item.absent, limit=60)
    return actual if item.expected is None else f"{actual}, expected {value(item.expected, limit=60)}"


def _card(finding: Finding, ids: _Ids) -> dict[str, Any]:
    fix = finding.fix or (digest.main_evidence(finding).fix if finding.evidence else "")
    return {
        "id": ids.of(finding),
        "name": _name(finding),
        "type": finding.resource.type,
        "service": finding.resource.service,
        "construct": finding.resource.construct,
        "message": finding.message if finding.message != finding.title else "",
        "reason": finding.reason or "",
        "fix": fix,
        "waiver": exceptions.facts(finding.waiver or {}),
        "expired": bool(finding.waiver and finding.waiver.get("expired")),
        "where": "" if finding.evidence else _place(digest.place_of(finding)),
        "account": places.account_of(finding, ids.run),
        "live": finding.resource.source == places.LIVE,
        "evidence": [_evidence(item, shown) for item, shown in digest.framed(finding)],
    }


def _evidence(item: EvidenceItem, shown: bool) -> dict[str, Any]:
    violation = item.outcome == "violation"
    return {
        "note": item.message if item.outcome == "note" else "",
        "where": _place(digest.framed_at(item), column=True),
        "set": _place(item.location) if item.via else "",
        "frame": _frame(item) if shown else [],
        "path": item.path,
        "native": item.native if item.native != item.path else "",
        "expected": value(item.expected) if item.path and item.expected is not None else "",
        "actual": value(item.actual, absent=item.absent) if item.path and violation else "",
        "through": [(step.what, _place(step.location)) for step in item.via[:-1]],
        "origin": (item.via[-1].what, _place(item.via[-1].location)) if item.via else None,
    }


def _frame(item: EvidenceItem) -> list[dict[str, Any]]:
    """Return the frame's lines, the marked one cut in three where the attribute stands."""
    frame, location = digest.frame_of(item), digest.framed_at(item)
    if not frame or not location:
        return []
    lines = []
    for offset, raw in enumerate(frame.lines):
        number = frame.first_line + offset
        if number != location.start_line:
            lines.append({"number": number, "before": _code(raw), "mark": "", "after": ""})
            continue
        start = location.start_column - 1
        end = location.end_column - 1 if location.end_line == number else len(raw)
        end = max(end, start + 1)
        lines.append(
            {"number": number, "before": _code(raw[:start]), "mark": _code(raw[start:end]), "after": _code(raw[end:])}
        )
    return lines


def _code(text: str) -> str:
    return visible(text.replace("\t", "  "))


def _risk(risk: digest.Risk, ids: _Ids) -> dict[str, Any]:
    finding = risk.group.first
    return {
        "id": ids.of(finding),
        "severity": finding.severity.value,
        "title": finding.title,
        "name": _name(finding),
        "more": risk.total - 1,
        "places": risk.places,
        "message": finding.message if finding.message != finding.title else "",
        "fix": finding.fix,
        "change": _place(places.mended_at(finding)),
        "account": places.account_of(finding, ids.run),
        "says": exceptions.says(finding.requirement),
        "new": risk.new,
    }


def _name(finding: Finding) -> str:
    resource = finding.resource
    return resource.address or resource.name or resource.service or resource.type or finding.rule


def _place(location: Location | None, *, column: bool = False) -> str:
    if location is None:
        return ""
    return str(location) if column else f"{location.file}:{location.start_line}"
