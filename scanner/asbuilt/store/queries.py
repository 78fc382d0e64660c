"""Reading runs back: as facts for what is worked out over time, or whole."""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from asbuilt.store import rows
from asbuilt.store.errors import StoreError
from asbuilt.store.facts import UNDECIDED, Deviation, RunFacts, Scope, WaiverFact
from asbuilt.store.schema import VERDICTS, findings, runs, sections, waivers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from asbuilt.store.database import Store

LATEST = "latest"
_HEADER = [column for column in runs.c if column.name != "document"]


def load(store: Store, *, environment: str | None = None, until: datetime | None = None) -> list[RunFacts]:
    """Return the runs with everything about them, oldest first."""
    wanted = select(*_HEADER)
    if environment is not None:
        wanted = wanted.where(runs.c.environment == environment)
    if until is not None:
        wanted = wanted.where(runs.c.started_at <= until)
    with store.reading() as connection:
        headers = connection.execute(wanted.order_by(runs.c.started_at)).all()
        parts = _Parts(connection, {row.id for row in headers})
    found = [_facts(store, row, parts) for row in headers]
    return sorted(found, key=lambda run: (run.started_at, run.id))


def document(store: Store, name: str) -> tuple[str, str]:
    """Return the id of a run and its canonical JSON; the name is `latest`, an id, or the first characters of one.

    Raises:
        StoreError: there is no such run, or several.
    """
    name = name.lower()
    wanted = select(runs.c.id, runs.c.document)
    if name == LATEST:
        wanted = wanted.order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(1)
    elif re.fullmatch("[0-9a-f]{4,64}", name):
        wanted = wanted.where(runs.c.id.startswith(name)).limit(2)
    else:
        raise StoreError(
            f"{name!r} names no run: give `latest`, or at least four characters of an id of `asbuilt history`"
        )
    with store.reading() as connection:
        found = connection.execute(wanted).all()
    if not found:
        raise StoreError(f"{store.name}: no run {name}; `asbuilt history` lists them")
    if len(found) > 1:
        raise StoreError(f"{store.name}: several runs begin with {name}; give more of the id")
    return found[0].id, zlib.decompress(found[0].document).decode()


class _Parts:
    """The rows of the tables below `runs`, by run."""

    def __init__(self, connection: Connection, wanted: set[str]) -> None:
        self.sections: dict[str, list[Any]] = defaultdict(list)
        self.findings: dict[str, list[Any]] = defaultdict(list)
        self.waivers: dict[str, list[Any]] = defaultdict(list)
        judged = findings.c.verdict.in_(("fail", "waived", *UNDECIDED))
        for rows_of, query in (
            (self.sections, select(sections).order_by(sections.c.position)),
            (self.findings, select(findings).where(judged)),
            (self.waivers, select(waivers).order_by(waivers.c.position)),
        ):
            for row in connection.execute(query):
                if row.run in wanted:
                    rows_of[row.run].append(row)


def _facts(store: Store, row: Row[Any], parts: _Parts) -> RunFacts:
    verdicts = parts.findings[row.id]
    return RunFacts(
        id=row.id,
        started_at=row.started_at,
        scope=Scope(row.spec_name, row.environment, tuple(row.sources), row.selection),
        score=row.score,
        counts=_counts(row),
        sections=tuple((part.section, _counts(part)) for part in parts.sections[row.id]),
        rules=frozenset(row.rules),
        requirements=frozenset(row.requirements),
        gaps={what: frozenset(types) for what, types in row.gaps},
        deviations={f.id: _deviation(f) for f in verdicts if f.verdict not in UNDECIDED},
        undecided=frozenset((f.rule, f.address) for f in verdicts if f.verdict in UNDECIDED),
        waivers=tuple(
            WaiverFact(**{name: value for name, value in w._mapping.items() if name not in ("run", "position")})
            for w in parts.waivers[row.id]
        ),
        commit=row.commit,
        command=row.command,
        version=row.tool_version,
        spec_title=row.spec_title,
        spec_sha256=row.spec_sha256,
        exit_code=row.exit_code,
        passed=cache(lambda: _passed(store, row.id)),
    )


def _counts(row: Row[Any]) -> Mapping[str, int]:
    return {name: getattr(row, name) for name in VERDICTS}


def _deviation(row: Row[Any]) -> Deviation:
    waived = row.verdict == "waived"
    return Deviation(
        row.id, row.rule, row.requirement, row.section, row.severity, row.address, row.type, row.service, waived
    )


def _passed(store: Store, run: str) -> frozenset[tuple[str, str]]:
    with store.reading() as connection:
        packed = connection.execute(select(runs.c.document).where(runs.c.id == run)).scalar_one()
    return rows.passed(packed)


def statements(store: Store, runs_found: list[RunFacts], wanted: set[str]) -> dict[str, tuple[str, str]]:
    """Return section and sentence of each wanted requirement, from the newest run whose spec had it."""
    found: dict[str, tuple[str, str]] = {}
    read: set[tuple[str, str]] = set()
    for run in reversed(runs_found):
        missing = (wanted - found.keys()) & run.requirements
        if missing and (run.spec_sha256, run.scope.environment) not in read:
            read.add((run.spec_sha256, run.scope.environment))
            said = rows.statements(document(store, run.id)[1])
            found.update({name: said[name] for name in missing & said.keys()})
    return found
