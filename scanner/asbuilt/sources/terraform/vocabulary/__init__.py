"""Terraform's arguments in CloudFormation's words: tables by service, and the small language they are written in."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from asbuilt.packaged import modules_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asbuilt.sources.terraform.vocabulary.tables import Table

_MACHINERY = frozenset({"fanning", "language", "lists", "nested", "tables"})


@cache
def all_tables() -> Mapping[str, Table]:
    """Return every table by Terraform type. Modules of this package are found, not listed."""
    found: dict[str, Table] = {}
    for folder in __path__:
        for name, _ in modules_of(folder):
            if name not in _MACHINERY:
                found.update(import_module(f"{__name__}.{name}").TABLES)
    return found


def table_for(type_: str) -> Table | None:
    """Return the table of a Terraform type, None where there is none."""
    return all_tables().get(type_)


def mapped_types() -> tuple[str, ...]:
    """Return the Terraform types that have a table."""
    return tuple(all_tables())
