"""Bundled specs as they were read and checked when they were built: a run need not read YAML again.

Beside `broxiva.yaml` stands `broxiva.json`, written by `make specs`. It names the YAML it was made of by its SHA-256;
with any other YAML it is not used. A test builds each anew and compares.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from asbuilt.model import Location, Path
from asbuilt.spec.positioned import Positioned

if TYPE_CHECKING:
    from pathlib import Path as FilePath


def as_built(spec: FilePath, sha256: str, name: str) -> Positioned | None:
    """Return what a bundled spec says, None where nothing was built of exactly this text; `name` is the file shown."""
    try:
        found = json.loads(spec.with_suffix(".json").read_bytes())
    except (OSError, ValueError):
        return None
    if found["sha256"] != sha256:
        return None
    return Positioned(name, _data(found["data"]), _places(found["values"], name), _places(found["keys"], name))


def to_build(content: Positioned, sha256: str) -> str:
    """Return the text of the built form of a spec that was read."""
    parts = {
        "sha256": json.dumps(sha256),
        "data": json.dumps(content.data, separators=(",", ":")),
        "values": _rows(content.values),
        "keys": _rows(content.keys),
    }
    return "{" + ",\n".join(f'"{key}": {text}' for key, text in parts.items()) + "}\n"


def _rows(places: dict[Path, Location]) -> str:
    rows = [
        [*path, [where.start_line, where.start_column, where.end_line, where.end_column]]
        for path, where in places.items()
    ]
    return "[" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "]"


def _places(rows: list[list[Any]], name: str) -> dict[Path, Location]:
    return {tuple(row[:-1]): Location(name, *row[-1]) for row in rows}


def _data(value: Any) -> Any:
    """Make lists tuples, as the reader of YAML does."""
    if isinstance(value, dict):
        return {key: _data(item) for key, item in value.items()}
    return tuple(map(_data, value)) if isinstance(value, list) else value
