"""Every test of the store runs on SQLite and on PostgreSQL; without PostgreSQL that half fails, and says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from asbuilt.store import open_store
from asbuilt.store.database import Store
from store.postgres import Cluster, MissingError


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    try:
        server = Cluster()
    except MissingError as missing:
        pytest.fail(str(missing))
    with server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/results.db"
    server: Cluster = request.getfixturevalue("cluster")
    return server.database()


@pytest.fixture
def store(url: str) -> Store:
    return open_store(url, create=True)
