"""Jobs and reports for tests."""

from __future__ import annotations

from pathlib import Path

from asbuilt.organization.job import Job, Report, SpecText
from asbuilt.results import Covered
from asbuilt.scan import Options
from asbuilt.sources.aws.session import Access

SPEC = Path(__file__).parents[2] / "fixtures" / "rules" / "spec.yaml"


def job(account: str = "111111111111", region: str = "eu-west-1", role: str = "audit") -> Job:
    """Return a job."""
    access = Access(role_arn=f"arn:aws:iam::{account}:role/{role}", external_id="ours", attempts=1)
    text = SpecText(SPEC.read_bytes(), "spec.yaml")
    return Job(account, "team", region, access, text, Options(paths=(), environment="prod"))


def report(one: Job, outcome: str = "audited", results: str = "{}") -> Report:
    """Return what a job came to."""
    row = Covered(one.account, one.name, one.region, "prod", outcome, exit_code=0 if results else None)
    from datetime import UTC, datetime

    return Report(row, results, (), datetime.now(UTC).isoformat(timespec="seconds"), 0.1)
