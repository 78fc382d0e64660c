"""What a run judged and what it could not read, and its waivers: filled from the stored documents."""

from __future__ import annotations

import json
import zlib
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_WAIVER = ("rule", "requirement", "resource", "service", "environment", "owner", "reason", "ticket", "expires")


def upgrade() -> None:
    """Add the columns and the table, then read every document once."""
    op.add_column("runs", sa.Column("selection", sa.Text, nullable=False, server_default=""))
    for name in ("rules", "requirements", "gaps"):
        op.add_column("runs", sa.Column(name, sa.JSON, nullable=False, server_default="[]"))
    waivers = op.create_table(
        "waivers",
        sa.Column("run", sa.String(64), sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in (*_WAIVER, "file")),
        sa.Column("expired", sa.Boolean, nullable=False),
    )
    connection = op.get_bind()
    runs = sa.table(
        "runs",
        sa.column("id"),
        sa.column("document", sa.LargeBinary),
        *(sa.column(name, sa.JSON) for name in ("rules", "requirements", "gaps")),
    )
    for (run,) in connection.execute(sa.select(runs.c.id)).all():
        packed = connection.execute(sa.select(runs.c.document).where(runs.c.id == run)).scalar_one()
        document = json.loads(zlib.decompress(packed))
        judged = {
            "rules": sorted(rule["id"] for rule in document["rules"]),
            "requirements": sorted(_text(requirement["id"]) for requirement in document["requirements"]),
            "gaps": _gaps(document),
        }
        connection.execute(sa.update(runs).where(runs.c.id == run).values(judged))
        rows = [_waiver(run, at, waiver) for at, waiver in enumerate(document["waivers"])]
        if rows:
            connection.execute(sa.insert(waivers), rows)


# What follows is what `asbuilt.store.rows` did at this revision: a migration does not change when that code does.


def _gaps(document: dict[str, Any]) -> list[Any]:
    found = [[_text(f"{g['source']} {g['kind']} {g['what']}"), sorted(g["types"])] for g in document["gaps"]]
    for remark in document["diagnostics"]:
        if remark["severity"] == "error":
            where = remark["location"]["file"] if remark["location"] else ""
            found.append([_text(f"{remark['code']} {where}"), []])
    return sorted(found)


def _waiver(run: str, at: int, waiver: dict[str, Any]) -> dict[str, Any]:
    texts = {key: _text(waiver.get(key)) for key in _WAIVER}
    file = _text((waiver.get("location") or {}).get("file"))
    return {"run": run, "position": at, **texts, "file": file, "expired": bool(waiver.get("expired"))}


def _text(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
