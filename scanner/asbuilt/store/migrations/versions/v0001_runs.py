"""Runs, with counts by section and findings by fingerprint."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_VERDICTS = ("pass", "fail", "unknown", "error", "not_applicable", "waived")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "runs",
        sa.Column("id", sa.String(64), primary_key=True),
        *_texts("tool_version", "command"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_s", sa.Float, nullable=False),
        *_texts("environment", "spec_name", "spec_title", "spec_sha256"),
        sa.Column("commit", sa.Text),
        sa.Column("sources", sa.JSON, nullable=False),
        sa.Column("exit_code", sa.Integer, nullable=False),
        sa.Column("score", sa.Float),
        *_counts(),
        sa.Column("document", sa.LargeBinary, nullable=False),
    )
    op.create_index("runs_by_time", "runs", ["started_at"])
    op.create_table(
        "sections", _run(), sa.Column("position", sa.Integer, primary_key=True), *_texts("section"), *_counts()
    )
    op.create_table(
        "findings",
        _run(),
        sa.Column("id", sa.String(64), primary_key=True),
        *_texts("rule", "requirement", "section", "severity", "verdict", "type", "address", "service"),
    )
    op.create_index("findings_by_id", "findings", ["id"])


def _run() -> sa.Column[Any]:
    return sa.Column("run", sa.String(64), sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _counts() -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Integer, nullable=False) for name in _VERDICTS]
