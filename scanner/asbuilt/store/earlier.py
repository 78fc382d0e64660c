"""What the store says of a run before it is kept: since when things stand as they do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from asbuilt.results import Earlier
from asbuilt.store import rows
from asbuilt.store.schema import runs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asbuilt.results import Results
    from asbuilt.store.database import Store

_COLUMNS = ("started_at", "score", "pass", "fail", "unknown", "error", "exit_code", "sources", "gaps")
_FAILED, _CLEAN = "failed", "clean"


def earlier(store: Store, results: Results, *, selection: str = "") -> Earlier | None:
    """Return what the runs of the same scope that began before this one say; None where there are none.

    Raises:
        StoreError: the store cannot be read.
    """
    own = rows.run_row(results, "", selection)
    wanted = (
        select(*(runs.c[name] for name in _COLUMNS))
        .where(runs.c.started_at < own["started_at"], runs.c.selection == own["selection"])
        .where(runs.c.environment == own["environment"], runs.c.spec_name == own["spec_name"])
    )
    with store.reading() as connection:
        found = [row._mapping for row in connection.execute(wanted.order_by(runs.c.started_at.desc(), runs.c.id))]
    found = [row for row in found if row["sources"] == own["sources"]]
    if not found:
        return None
    state, alike, since = _state(own), 1, own["started_at"]
    for row in found:
        if _state(row) != state:
            break
        alike, since = alike + 1, row["started_at"]
    newest = found[0]
    return Earlier(
        runs=len(found),
        since=since.isoformat(timespec="seconds") if state else "",
        alike=alike if state else 0,
        started_at=newest["started_at"].isoformat(timespec="seconds"),
        score=newest["score"],
        fail=newest["fail"],
    )


def _state(row: Mapping[Any, Any]) -> str:
    """Return what is certain of a run: it failed; all was read and decided and nothing failed; or, "", neither."""
    if row["fail"]:
        return _FAILED
    decided = row["pass"] and not row["unknown"] and not row["error"] and not row["gaps"]
    return _CLEAN if decided and row["exit_code"] == 0 else ""
