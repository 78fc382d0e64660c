"""The connection: one engine a store, transactions that really are some, and the schema's revision.

SQLite: Python's driver would commit behind our back, so transactions are begun by hand: writers take the lock at once
(`BEGIN IMMEDIATE`) and wait for each other, up to `WAIT_S`. The journal is SQLite's default one: a killed writer leaves
a journal that the next reader rolls back, and the store stays one file that can be copied.
"""

from __future__ import annotations

import warnings
import zlib
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from asbuilt.store import location
from asbuilt.store.errors import StoreError
from asbuilt.store.schema import HEAD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection, Engine

WAIT_S = 60  # how long a writer waits for another one
_LOCK = 0x61736275  # PostgreSQL's advisory lock while the schema changes; any number that is ours


class Store:
    """An open store. Every method of it is one transaction; errors of the database are StoreErrors."""

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine = engine
        self.name = name

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection in a transaction that changes nothing."""
        with self._translated(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection in a transaction that is committed as a whole, or not at all."""
        with self._translated(), self.engine.connect() as connection:
            connection = connection.execution_options(asbuilt_writes=True)
            with connection.begin():
                yield connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            reason = str(error.orig).strip().splitlines() or [type(error).__name__]
            raise StoreError(f"{self.name}: {'; '.join(reason)}{_advice(error)}") from error
        except SQLAlchemyError as error:
            raise StoreError(f"{self.name}: {error}") from error


def connect(url: str, *, default: str, create: bool) -> Store:
    """Open a store; see `asbuilt.store.open_store`."""
    parsed = location.parse(url, default)
    name = location.shown(parsed)
    options: dict[str, Any] = {}
    if parsed.get_backend_name() == "sqlite":
        name = str(parsed.database)
        _file_there(Path(name), create=create, ours=url == location.DEFAULT)
        options = {"connect_args": {"timeout": WAIT_S}}
    elif find_spec("psycopg") is None:
        raise StoreError("PostgreSQL needs the extra `postgres`: pip install 'asbuilt[postgres]'")
    engine = create_engine(parsed, poolclass=NullPool, **options)
    if parsed.get_backend_name() == "sqlite":
        _begin_by_hand(engine)
    store = Store(engine, name)
    _up_to_date(store, create=create)
    return store


def check_url(url: str, *, default: str) -> None:
    """Raise StoreError for a URL that cannot be a store, without connecting: a long scan need not find out last."""
    parsed: URL = location.parse(url, default)
    if parsed.get_backend_name() == "postgresql" and find_spec("psycopg") is None:
        raise StoreError("PostgreSQL needs the extra `postgres`: pip install 'asbuilt[postgres]'")


def _file_there(path: Path, *, create: bool, ours: bool) -> None:
    if path.exists():
        return
    if not create:
        raise StoreError(f"{path}: no results are stored here yet; `asbuilt check … --store` puts them there")
    if ours:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    elif not path.parent.is_dir():
        raise StoreError(f"{path}: the folder {path.parent} does not exist")


def _begin_by_hand(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _(connection: Any, record: Any) -> None:  # noqa: ARG001
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        writes = connection.get_execution_options().get("asbuilt_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _up_to_date(store: Store, *, create: bool) -> None:
    with store.reading() as connection:
        found = _revision(connection)
    if found is None and not create:
        raise StoreError(f"{store.name}: no results are stored here yet; `asbuilt check … --store` puts them there")
    if found != HEAD:
        _known(store, found)
        _migrate(store)


def _revision(connection: Connection) -> str | None:
    """Return the schema's revision, or None for a database without our tables."""
    there = inspect(connection)
    if not there.has_table("alembic_version"):
        if there.has_table("runs"):
            raise StoreError("this database has a table `runs` that is not asbuilt's; give asbuilt one of its own")
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _known(store: Store, found: str | None) -> None:
    if found is not None and not (found.isdigit() and len(found) == len(HEAD)):
        raise StoreError(f"{store.name}: belongs to another program (schema revision {found!r})")
    if found is not None and found > HEAD:
        raise StoreError(
            f"{store.name}: was written by a newer asbuilt (schema {found}, this version knows {HEAD}); upgrade asbuilt"
        )


def _migrate(store: Store) -> None:
    """Bring the schema to HEAD in one transaction; whoever comes second finds it done."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "asbuilt.store:migrations")
    with store.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        found = _revision(connection)
        _known(store, found)
        if found == HEAD:
            return
        config.attributes["connection"] = connection
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Alembic's own, about its configuration file
            try:
                command.upgrade(config, "head")
            except (KeyError, TypeError, ValueError, zlib.error) as error:  # a document that is none
                raise StoreError(
                    f"{store.name}: a stored run cannot be read, so the store was left as it was: {error}"
                ) from error


def _advice(error: DBAPIError) -> str:
    if "readonly database" in str(error.orig) or "read-only" in str(error.orig):
        return " (an older store is brought up to date when it is first read: make it writable once)"
    if isinstance(error, OperationalError) and "locked" in str(error.orig):
        return f" (another process has been writing for {WAIT_S} s)"
    return ""
