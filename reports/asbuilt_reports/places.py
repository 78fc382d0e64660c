"""Where a reader is sent: the place to change in code, or the account and region of what lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt_reports.digest import main_evidence, place_of

if TYPE_CHECKING:
    from asbuilt.model import Location
    from asbuilt.results import Finding, Run

LIVE = "aws"  # the source of what an account answered
ABSENT = "spec"  # the source of what the architecture names and nothing else does


def mended_at(finding: Finding) -> Location | None:
    """Return the place to change; None where something is absent or live, and only the statement has a place."""
    origin = main_evidence(finding).origin if finding.evidence else None
    place = origin or place_of(finding)
    return None if place == finding.requirement.location else place


def account_of(finding: Finding, run: Run) -> str:
    """Say in which account and region a live finding was made: what its ARN says, else the run; else nothing."""
    region, account = run.regions[0] if len(run.regions) == 1 else "", run.account or ""
    if finding.resource.source not in (LIVE, ABSENT):
        return ""
    arn = finding.resource.address.split(":", 5)
    if arn[0] == "arn" and len(arn) == 6:  # those of global services name no region, those of buckets no account
        region, account = arn[3], arn[4] or account
    return ", ".join(filter(None, (f"account {account}", region))) if account else ""
