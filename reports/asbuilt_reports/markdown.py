"""Markdown for a step summary or a pull request comment: the verdict, the worst findings, what was not decided.

GitHub refuses step summaries over 1 MiB, so rows stop before that, and the last line says how many are left out.
Names form no HTML, no link, no mention, no table cell.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asbuilt.model import Verdict
from asbuilt_reports import accounts, digest, exceptions, external, places, standings
from asbuilt_reports.earlier import since
from asbuilt_reports.edits import markdown_section
from asbuilt_reports.escape import value, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.results import ExternalRun, Results, Run

LIMIT = 1000 * 1000  # bytes; under GitHub's 1 MiB with room to spare
ACCOUNTS = 1000  # rows of what was covered
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~$^=-])")
_SHAPE = {"critical": "⬛", "high": "🟥", "medium": "🟧", "low": "🟨", "info": "⬜"}


def render(results: Results, *, limit: int = LIMIT) -> str:
    """Return the summary, at most `limit` bytes of UTF-8."""
    head = "\n".join(_head(results)) + "\n"
    groups = digest.worst_groups(results)
    tail = "\n".join(_tail(results)) + "\n"
    parts, room = [head], limit - len(head.encode()) - 500
    if groups:
        parts.append(
            "\n### Findings\n\n| severity | finding | resource | expected → found | change here | requirement |\n"
            "|---|---|---|---|---|---|\n"
        )
    left = 0
    pages = {rule: info.page for rule, info in digest.rule_info(results).items()}
    for group in groups:
        row = _row(group, pages.get(group.first.rule, ""), results.run)
        room -= len(row.encode())
        if room < 0:
            left += len(group.findings)
        else:
            parts.append(row)
    if left:
        parts.append(f"\n{left:,} more findings are in the JSON.\n")
    edits = markdown_section(results)
    if len(edits.encode()) <= max(room - len(tail.encode()), 0):
        parts.append(edits)
        room -= len(edits.encode())
    elif edits:
        parts.append("\nThe edits are in the JSON.\n")
    if len(tail.encode()) <= max(room, 0):
        parts.append(tail)
    elif tail.strip():
        parts.append("\nWhat could not be decided is in the JSON.\n")
    return "".join(parts)


def md(text: str, limit: int = 300) -> str:
    """Return text that Markdown shows as it is, in a table cell too."""
    shown = visible(text)
    if len(shown) > limit:
        shown = shown[:limit] + "…"
    shown = _SPECIAL.sub(r"\\\1", shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    # A zero-width space ends mentions and bare links without changing what is read.
    return shown.replace("@", "@\u200b").replace("://", ":\u200b//").replace("www.", "www\u200b.")


def _head(results: Results) -> Iterator[str]:
    run = results.run
    yield f"## {digest.sentence(results)}"
    yield ""
    verdicts = list(Verdict)
    yield "| " + " | ".join(digest.VERDICT_WORDS[v] for v in verdicts) + " | score |"
    yield "|" + "--:|" * (len(verdicts) + 1)
    yield "| " + " | ".join(f"{digest.count(results, v):,}" for v in verdicts) + f" | {digest.score(results)} |"
    yield ""
    where = "; ".join(md(line) for line in digest.scanned(results)) or "nothing"
    yield f"Spec {md(run.spec.title or run.spec.name)}, environment {md(run.environment) or 'default'}; "
    yield f"scanned {where}; "
    yield f"{md(digest.exit_meaning(results))}."
    if stands := standings.overall(results):
        yield ""
        yield md(stands)
    if told := since(results):
        yield ""
        yield md(told)
    if compared := exceptions.against(results):
        yield ""
        yield f"**{md(compared[0].upper() + compared[1:])}.**"
    if results.accounts:
        yield from _accounts(results)
    if results.gaps:
        yield ""
        yield "### Not evaluated"
        yield ""
        for gap in results.gaps[:50]:
            word = "**incomplete**" if gap.incomplete else "unknown"
            yield f"- {word}: {md(gap.what)}: {md(gap.reason)}. {md(gap.action)}"
        if len(results.gaps) > 50:
            yield f"- and {len(results.gaps) - 50:,} more"


def _accounts(results: Results) -> Iterator[str]:
    """Yield what was covered of an organisation: what was not, first."""
    rows = accounts.ordered(results)
    yield ""
    yield "### Coverage"
    yield ""
    yield f"{md(accounts.headline(results))}."
    yield ""
    yield "| account | region | environment | outcome | verdicts | why |"
    yield "|---|---|---|---|---|---|"
    for row in rows[:ACCOUNTS]:
        cells = (f"{row.account} {row.name}", row.region, row.environment, row.outcome, accounts.numbers(row))
        yield f"| {' | '.join(md(cell, 120) for cell in cells)} | {md(accounts.why(row))} |"
    if len(rows) > ACCOUNTS:
        yield f"\n{len(rows) - ACCOUNTS:,} more are in the JSON."


def external_section(run: ExternalRun) -> Iterator[str]:
    """Yield what another tool said: what is judged differently in full, the rest folded away."""
    yield f"\n### {md(run.tool)} {md(run.version)}\n"
    yield f"{md(external.headline(run))} {md(external.gate(run))}"
    if run.disputes:
        yield "\n| judged differently | resource | where | why |\n|---|---|---|---|"
        for dispute in run.disputes[:50]:
            where = f"{dispute.location.file}:{dispute.location.start_line}" if dispute.location else ""
            who = f"{external.verdicts(run.tool, dispute)} ({dispute.requirement or dispute.rule})"
            why = f"{md(dispute.why)}<br>{md(dispute.found)}"
            yield f"| **{md(dispute.check)}** {md(who)} | {md(dispute.address)} | {md(where)} | {why} |"
    yield f"\n<details><summary>What {md(run.tool)} found</summary>\n"
    yield "| check | what | resource | where | asbuilt too |\n|---|---|---|---|---|"
    for finding in run.findings[:200]:
        where = f"{finding.location.file}:{finding.location.start_line}" if finding.location else ""
        hidden = f" (suppressed: {finding.reason or 'no reason given'})" if finding.status != "fail" else ""
        cells = (finding.check, finding.title + hidden, finding.address, where, external.cites(finding))
        yield "| " + " | ".join(md(cell) for cell in cells) + " |"
    if len(run.findings) > 200:
        yield f"\n{len(run.findings) - 200:,} more are in the JSON."
    yield "\n</details>"


def _row(group: digest.Group, page: str, run: Run) -> str:
    finding = group.first
    resource = md(finding.resource.address or finding.resource.name)
    if more := len(group.findings) - 1:
        resource += f"<br>and {more:,} more"
    compared, change = "", places.mended_at(finding)
    if finding.evidence:
        item = digest.main_evidence(finding)
        if item.path:
            compared = f"{md(value(item.expected))} → {md(value(item.actual, absent=item.absent))}"
    place = md(f"{change.file}:{change.start_line}" if change else places.account_of(finding, run))
    severity = finding.severity.value
    title = f"[{md(finding.title)}]({page})" if page else md(finding.title)
    what = f"**{title}**<br>{md(finding.message)}" + (f"<br>{md(finding.fix)}" if finding.fix else "")
    says = md(exceptions.says(finding.requirement))
    mark = f"<br>{md(finding.baseline)}" if finding.baseline else ""
    return f"| {_SHAPE[severity]} {severity}{mark} | {what} | {resource} | {compared} | {place} | {says} |\n"


def _tail(results: Results) -> Iterator[str]:
    reasons = digest.by_reason(results)
    if reasons:
        yield "\n### Could not be decided\n"
        for reason, findings in reasons[:50]:
            names = ", ".join(md(finding.resource.address or finding.resource.name, 100) for finding in findings[:3])
            more = f" and {len(findings) - 3:,} more" if len(findings) > 3 else ""
            yield f"- {md(reason)} ({digest.plural(len(findings), 'check')}): {names}{more}"
        if len(reasons) > 50:
            yield f"- and {len(reasons) - 50:,} more reasons"
    yield from _statements(results)
    yield from _waivers(results)
    for run in results.external:
        yield from external_section(run)
    if results.fixed:
        yield "\n### Fixed since the baseline\n"
        for row in results.fixed[:50]:
            how = "" if row.how == "passes" else " (no longer there)"
            yield f"- {md(row.severity.value)} {md(row.rule)}: {md(row.address)}{how}"
        if len(results.fixed) > 50:
            yield f"- and {len(results.fixed) - 50:,} more"


def _statements(results: Results) -> Iterator[str]:
    """Yield every statement with its standing, folded away."""
    by_section = standings.standings(results)
    if not by_section:
        return
    yield "\n<details><summary>Statement by statement</summary>\n"
    yield "| section | id | statement | verdict | checks |\n|---|---|---|---|---|"
    for section, rows in by_section:
        for row in rows:
            state = f"**{row.state}**" if row.state == "broken" else row.state.replace("partly", "holds in part")
            says = row.requirement
            yield f"| {md(section)} | {md(says.id)} | {md(says.statement)} | {state} | {md(row.why)} |"
    yield "\n</details>"


def _waivers(results: Results) -> Iterator[str]:
    waivers = exceptions.listed(results)
    if not waivers:
        return
    waived = digest.count(results, Verdict.WAIVED)
    yield f"\n### Waivers\n\n{digest.plural(waived, 'finding')} waived.\n"
    yield "| state | waives | for | owner | reason | expires | where |\n|---|---|---|---|---|---|---|"
    for waiver in waivers[:100]:
        owner, reason, expires = (value(waiver.get(key) or "") for key in ("owner", "reason", "expires"))
        texts = (
            exceptions.excused(waiver),
            exceptions.subject(waiver),
            owner,
            reason,
            expires,
            exceptions.place(waiver),
        )
        shown = exceptions.state(waiver)
        state = f"**{shown}**" if shown in ("expired", "unused") else shown
        yield f"| {state} | " + " | ".join(md(text) for text in texts) + " |"
    if len(waivers) > 100:
        yield f"\n{len(waivers) - 100:,} more waivers are in the JSON."
