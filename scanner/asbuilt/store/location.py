"""Where a store is: the URLs people write, and the place used where they write none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from asbuilt.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import URL

DEFAULT = "default"
_FORMS = "sqlite:///results.db (relative), sqlite:////var/lib/results.db (absolute) or postgresql://user@host/database"


def default_location(environment: Mapping[str, str]) -> str:
    """Return the default file: `$XDG_DATA_HOME/asbuilt/results.db`, by default below `~/.local/share`.

    The XDG Base Directory Specification says to ignore relative paths in the variable.
    """
    named = environment.get("XDG_DATA_HOME", "")
    base = Path(named) if named.startswith("/") else Path.home() / ".local" / "share"
    return str(base / "asbuilt" / "results.db")


def parse(url: str, default: str) -> URL:
    """Return the URL as SQLAlchemy's, with our driver. Raises StoreError for what is no store of ours."""
    from sqlalchemy import URL, make_url
    from sqlalchemy.exc import ArgumentError

    if url == DEFAULT:
        return URL.create("sqlite", database=default)
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreError(f"--store: not a URL; write {_FORMS}, or `{DEFAULT}`") from None
    kind, _, driver = parsed.drivername.partition("+")
    if kind == "sqlite" and not driver:
        if parsed.database in (None, "", ":memory:") or parsed.host:
            raise StoreError(f"{url}: names no file; write {_FORMS}")
        return parsed
    if kind in ("postgresql", "postgres") and driver in ("", "psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    raise StoreError(f"{parsed.drivername}: not supported as a store; write {_FORMS}")


def shown(url: URL) -> str:
    """Return the URL to print: never with a password, our driver left out."""
    safe = url.difference_update_query([key for key in url.query if "pass" in key.lower()])
    return safe.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)
