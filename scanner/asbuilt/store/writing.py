"""Writing a run: one transaction, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.store import rows
from asbuilt.store.schema import findings, runs, sections, waivers

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

    from asbuilt.results import Results
    from asbuilt.store.database import Store


def save(store: Store, results: Results, document: str, *, selection: str = "") -> tuple[str, bool]:
    """Store a run; return its id, and whether it is new: the same run again changes nothing.

    `document` is the canonical JSON of the results; `selection` says what `--only` and `--skip` left, since the
    document does not.
    """
    run = rows.run_row(results, document, selection)
    parts: list[tuple[Table, list[rows.Row]]] = [
        (sections, rows.section_rows(results)),
        (findings, rows.finding_rows(results)),
        (waivers, rows.waiver_rows(results.waivers)),
    ]
    with store.writing() as connection:
        if not _insert(connection, run):
            return run["id"], False
        for table, found in parts:
            if found:
                connection.execute(table.insert(), [{"run": run["id"], **row} for row in found])
    return run["id"], True


def _insert(connection: Connection, run: rows.Row) -> bool:
    """Insert the run unless it is there; a writer of the same run at the same time is waited for."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as upsert

        statement = upsert(runs).on_conflict_do_nothing(index_elements=["id"]).values(run)
        return connection.execute(statement.returning(runs.c.id)).first() is not None
    from sqlalchemy.dialects.sqlite import insert

    return connection.execute(insert(runs).on_conflict_do_nothing(index_elements=["id"]).values(run)).rowcount == 1
