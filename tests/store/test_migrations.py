"""Schemas: an older one is brought up to date without loss, a newer one is refused; ours is what migrations make."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, Table, create_engine, select, text
from sqlalchemy.engine import make_url

from asbuilt.store import StoreError, database, location, open_store, queries
from asbuilt.store.database import Store
from asbuilt.store.rows import run_id
from asbuilt.store.schema import HEAD, metadata
from asbuilt.store.writing import save
from asbuilt_reports.json_results import from_json
from store import made

# Written by `python tests/store/data/make.py`, at revision 0001: six runs of `made.quarter()`.
OLD = Path(__file__).parent / "data" / "schema-0001.db"


def at_0001(url: str) -> None:
    """Put the old file behind the URL: copied, or row by row into PostgreSQL at the same revision."""
    if url.startswith("sqlite"):
        shutil.copy(OLD, url.removeprefix("sqlite:///"))
        return
    config = Config()
    config.set_main_option("script_location", "asbuilt.store:migrations")
    old = create_engine(f"sqlite:///{OLD}")
    new = create_engine(location.parse(url, ""))
    with old.connect() as source, new.begin() as target:
        config.attributes["connection"] = target
        command.upgrade(config, "0001")
        for name in ("runs", "sections", "findings"):
            table = Table(name, MetaData(), autoload_with=target)
            copied = [
                dict(row._mapping) for row in source.execute(select(Table(name, MetaData(), autoload_with=source)))
            ]
            for row in copied:
                if "started_at" in row:
                    row["started_at"] = row["started_at"].replace(tzinfo=made.START.tzinfo)
            target.execute(table.insert(), copied)
    old.dispose()
    new.dispose()


def revision(connection: Connection) -> str:
    found: str = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    return found


def test_an_older_store_is_migrated_without_loss(url: str) -> None:
    at_0001(url)
    fresh = open_store(url)
    with fresh.reading() as connection:
        assert revision(connection) == HEAD
    migrated = queries.load(fresh)
    assert len(migrated) == 6
    with sqlite3.connect(OLD) as old:
        kept = dict(old.execute("SELECT id, score FROM runs").fetchall())
        assert old.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    old.close()
    assert {run.id: run.score for run in migrated} == kept
    for run in migrated:
        assert run.id == run_id(queries.document(fresh, run.id)[1])


def test_what_is_new_is_filled_from_the_documents(url: str, tmp_path: Path) -> None:
    """A migrated store is the same as one that was written at the present schema."""
    at_0001(url)
    migrated = queries.load(open_store(url))
    new = open_store(f"sqlite:///{tmp_path}/new.db", create=True)
    for run in migrated:
        document = queries.document(open_store(url), run.id)[1]
        save(new, from_json(document), document)
    facts = [
        [
            (
                r.id,
                r.started_at,
                r.scope,
                r.rules,
                r.requirements,
                r.gaps,
                r.waivers,
                r.deviations,
                r.undecided,
                r.sections,
            )
            for r in runs
        ]
        for runs in (migrated, queries.load(new))
    ]
    assert facts[0] == facts[1]
    assert any(run.waivers for run in migrated)
    assert any(run.gaps for run in migrated)


def test_a_newer_store_is_refused_and_left_alone(store: Store, url: str) -> None:
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"newer asbuilt .*9999.*upgrade asbuilt"):
        open_store(url, create=True)
    with store.reading() as connection:
        assert revision(connection) == "9999"


def test_a_database_of_another_program_is_refused(url: str) -> None:
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).touch()
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg") if "postgres" in url else url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE runs (id INTEGER)"))
    with pytest.raises(StoreError, match="not asbuilt's"):
        open_store(url, create=True)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('1975ea83b712')"))
    with pytest.raises(StoreError, match="another program"):
        open_store(url, create=True)
    engine.dispose()


def test_the_migrations_make_the_schema_of_the_code(store: Store) -> None:
    with store.reading() as connection:
        assert revision(connection) == HEAD
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_migration_that_fails_leaves_the_old_schema(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at_0001(url)
    with monkeypatch.context() as patch:
        patch.setattr("zlib.decompress", lambda packed: b"not JSON")
        with pytest.raises(StoreError, match="left as it was"):
            open_store(url)
    assert len(queries.load(open_store(url))) == 6


def test_an_up_to_date_store_loads_no_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/results.db"
    open_store(url, create=True)
    code = f"import sys; from asbuilt.store import open_store; open_store({url!r}); print('alembic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_package_alone_loads_no_sqlalchemy() -> None:
    code = "import sys, asbuilt.store, asbuilt.cli.check; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_passwords_are_not_in_names() -> None:
    url = location.parse("postgresql://me:hunter2@db.example/asbuilt?sslpassword=hunter2&sslmode=require", "")
    assert location.shown(url) == "postgresql://me:***@db.example/asbuilt?sslmode=require"
    assert database.WAIT_S > 5
