"""The tables, as they are at the newest revision; `migrations/` leads there from every older one.

A run is its whole canonical JSON, compressed, and beside it the columns that queries need: all of them can be worked
out again from the document, except `selection`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

if TYPE_CHECKING:
    from sqlalchemy import Dialect

HEAD = "0002"
VERDICTS = ("pass", "fail", "unknown", "error", "not_applicable", "waived")

metadata = MetaData()


class Moment(TypeDecorator[datetime]):
    """A time in UTC. SQLite has no time zones: there it is the UTC wall clock."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Convert to UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Mark as UTC, or convert to it."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _counts() -> list[Column[Any]]:
    return [Column(name, Integer, nullable=False) for name in VERDICTS]


def _run() -> Column[Any]:
    return Column("run", String(64), ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)


runs = Table(
    "runs",
    metadata,
    Column("id", String(64), primary_key=True),  # SHA-256 of the canonical JSON
    Column("tool_version", Text, nullable=False),
    Column("command", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("duration_s", Float, nullable=False),
    Column("environment", Text, nullable=False),
    Column("spec_name", Text, nullable=False),
    Column("spec_title", Text, nullable=False),
    Column("spec_sha256", Text, nullable=False),
    Column("commit", Text),
    Column("sources", JSON, nullable=False),  # ["terraform environments/prod", …], sorted
    Column("exit_code", Integer, nullable=False),
    Column("score", Float),
    *_counts(),
    Column("document", LargeBinary, nullable=False),  # zlib
    Column("selection", Text, nullable=False, server_default=""),  # what --only and --skip left
    Column("rules", JSON, nullable=False, server_default="[]"),  # ids of the rules that ran
    Column("requirements", JSON, nullable=False, server_default="[]"),  # ids of the statements the spec had
    Column("gaps", JSON, nullable=False, server_default="[]"),  # [[what was not read, [types it may hide]], …]
    Index("runs_by_time", "started_at"),
)

sections = Table(
    "sections",
    metadata,
    _run(),
    Column("position", Integer, primary_key=True),
    Column("section", Text, nullable=False),
    *_counts(),
)

findings = Table(
    "findings",
    metadata,
    _run(),
    Column("id", String(64), primary_key=True),  # the fingerprint
    Column("rule", Text, nullable=False),
    Column("requirement", Text, nullable=False),
    Column("section", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("service", Text, nullable=False),
    Index("findings_by_id", "id"),
)

waivers = Table(
    "waivers",
    metadata,
    _run(),
    Column("position", Integer, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("requirement", Text, nullable=False),
    Column("resource", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("environment", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("ticket", Text, nullable=False),
    Column("expires", Text, nullable=False),  # a day, ISO 8601; empty: never
    Column("file", Text, nullable=False),  # where the waiver is written
    Column("expired", Boolean, nullable=False),
)
