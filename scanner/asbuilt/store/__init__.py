"""Results over time: a store of runs in SQLite or PostgreSQL, and what can be read off it.

`open_store` gives a `Store`; `lifetimes` and `trends` are pure functions over what it returns. SQLAlchemy is loaded by
`open_store`, never by importing this package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.store.errors import StoreError
from asbuilt.store.location import DEFAULT, default_location

if TYPE_CHECKING:
    from asbuilt.store.database import Store

__all__ = ["DEFAULT", "StoreError", "default_location", "open_store"]


def open_store(url: str, *, default: str = "", create: bool = False) -> Store:
    """Open the store behind a URL, bringing an older schema up to date.

    `default` is the path that the word `default` stands for. Unless `create`, a SQLite file that is not there is an
    error instead of a new, empty store.

    Raises:
        StoreError: no such URL, driver, file or server, or a schema that is newer than this version.
    """
    from asbuilt.store.database import connect

    return connect(url, default=default, create=create)
