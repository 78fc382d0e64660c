"""`asbuilt diff`: what two results say differently."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from asbuilt.cli.inputs import read_results

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.baseline import Difference
    from asbuilt.results import Finding, Fixed


@click.command("diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "--fail-on",
    type=click.Choice(["critical", "high", "medium", "low", "info"]),
    default="medium",
    show_default=True,
    help="Lowest severity of a new failure that exits 1.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, old: Path, new: Path, fail_on: str, as_json: bool) -> None:
    """Compare two results (JSON outputs of runs): failures that are new, known and fixed since OLD.

    Exits 1 when something failed anew at or above --fail-on, else 0.
    """
    from asbuilt.baseline import difference
    from asbuilt.model import Severity

    found = difference(read_results(old), read_results(new))
    if as_json:
        click.echo(json.dumps(_as_dict(found), indent=1))
    else:
        from asbuilt_reports.escape import visible

        click.echo("\n".join(visible(line) for line in _lines(found)))
    raise SystemExit(int(any(f.severity.rank >= Severity(fail_on).rank for f in found.new)))


def _as_dict(found: Difference) -> dict[str, Any]:
    from asbuilt_reports.json_results import finding_dict, fixed_dict

    return {
        "remarks": list(found.remarks),
        "summary": {
            "new": len(found.new),
            "known": len(found.known),
            "fixed": len(found.fixed),
            "undecided": len(found.undecided),
            "waived": len(found.waived),
            "score": {"old": found.scores[0], "new": found.scores[1]},
        },
        "new": [finding_dict(finding) for finding in found.new],
        "known": [finding.id for finding in found.known],
        "fixed": [fixed_dict(row) for row in found.fixed],
        "undecided": [finding_dict(finding) for finding in found.undecided],
        "waived": [finding_dict(finding) for finding in found.waived],
    }


def _lines(found: Difference) -> Iterator[str]:
    for remark in found.remarks:
        yield f"note: {remark}"
    for title, findings in (
        ("NEW", found.new),
        ("NO LONGER DECIDED", found.undecided),
        ("NOW WAIVED", found.waived),
    ):
        for finding in findings:
            yield from _finding(title, finding)
    for row in found.fixed:
        yield _fixed(row)
    was, now = ("no score" if score is None else f"{score:g} %" for score in found.scores)
    counts = f"{len(found.new)} new, {len(found.known)} known, {len(found.fixed)} fixed"
    if found.undecided:
        counts += f", {len(found.undecided)} no longer decided"
    if found.waived:
        counts += f", {len(found.waived)} now waived"
    yield f"{counts}; score {was} before, {now} now"


def _finding(title: str, finding: Finding) -> Iterator[str]:
    from asbuilt_reports.digest import place_of

    subject = finding.resource
    place = place_of(finding)
    says = f" ({finding.requirement.id})" if finding.requirement.id else ""
    yield f"{title}  {finding.severity.value}  {finding.rule}{says}  {subject.address or subject.name}"
    yield f"    {finding.reason or finding.message}"
    if place is not None:
        yield f"    at {place}"


def _fixed(row: Fixed) -> str:
    says = f" ({row.requirement})" if row.requirement else ""
    how = "" if row.how == "passes" else "  (no longer there)"
    return f"FIXED  {row.severity.value}  {row.rule}{says}  {row.address}{how}"
