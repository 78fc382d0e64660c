"""Show what a spec says for an environment: every value with the statement behind it and the line it stands on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from asbuilt.records import dataclass
from asbuilt.spec.data import MISSING, UNSTATED, leaves

if TYPE_CHECKING:
    from asbuilt.model import Location
    from asbuilt.spec.compare import Difference
    from asbuilt.spec.models import Spec


@dataclass(frozen=True, slots=True)
class Row:
    """One value of an environment: its path, the statement that sets it, whether it was derived, and its place."""

    path: str
    value: Any
    requirement: str
    section: str
    statement: str
    derived: bool
    location: Location

    def as_dict(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        return {
            "path": self.path,
            "value": self.value,
            "requirement": self.requirement,
            "section": self.section,
            "statement": self.statement,
            "derived": self.derived,
            "file": self.location.file,
            "line": self.location.start_line,
        }


def describe(spec: Spec) -> list[Row]:
    """Return a row for every value of the spec's environment, in the order of the file."""
    return [
        _row(spec, ".".join(map(str, path)), value)
        for path, value in leaves(spec.values())
        if path[:1] not in UNSTATED and path not in UNSTATED
    ]


def _row(spec: Spec, path: str, value: Any) -> Row:
    requirement = spec.requirement(path)
    return Row(
        path,
        value,
        requirement.id,
        requirement.section,
        requirement.statement,
        spec.is_derived(path),
        spec.location(path),
    )


def as_json(spec: Spec) -> str:
    """Render the values of an environment as JSON, one object a value."""
    rows = [row.as_dict() for row in describe(spec)]
    head = {"name": spec.name, "title": spec.title, "project": spec.project, "environment": spec.environment}
    return json.dumps({**head, "values": rows}, indent=2, ensure_ascii=False) + "\n"


def as_yaml(spec: Spec) -> str:
    """Render the values of an environment as YAML, with requirement, derivation and line as comments.

    Each statement is written out once, above the first value it sets.
    """
    lines = [f"# {' '.join(spec.title.split())}, {spec.environment or 'base values'}"]
    rows = {row.path: row for row in describe(spec)}
    told: set[str] = set()
    _write(spec.values(), "", rows, told, lines)
    return "\n".join(lines) + "\n"


def _write(data: dict[str, Any], prefix: str, rows: dict[str, Row], told: set[str], lines: list[str]) -> None:
    indent = "  " * (prefix.count(".") + 1 if prefix else 0)
    for key, value in data.items():
        path = f"{prefix}.{key}" if prefix else str(key)
        name = json.dumps(key) if key.isdigit() else key
        if isinstance(value, dict):
            lines.append(f"{indent}{name}:" + ("" if value else " {}"))
            _write(value, path, rows, told, lines)
            continue
        row = rows.get(path)
        if row is None:
            lines.append(f"{indent}{name}: {json.dumps(value, ensure_ascii=False)}")
            continue
        if row.requirement not in told and row.requirement != path:
            told.add(row.requirement)
            lines.append(f"{indent}# {row.requirement}: {' '.join(row.statement.split())}")
        marks = [row.requirement] if row.requirement != path else []
        marks += ["derived"] if row.derived else []
        comment = ", ".join([*marks, f"line {row.location.start_line}"])
        lines.append(f"{indent}{name}: {json.dumps(value, ensure_ascii=False)} # {comment}")


def difference_row(item: Difference) -> dict[str, Any]:
    """Return a difference as JSON values; a value that is not stated is left out."""
    row: dict[str, Any] = {"path": item.path, "kind": item.kind}
    row |= {"old": item.old} if item.old is not MISSING else {}
    row |= {"new": item.new} if item.new is not MISSING else {}
    return row | {"old_location": str(item.old_location), "new_location": str(item.new_location)}


def difference_text(item: Difference) -> str:
    """Return a difference in a line."""
    old, new = (json.dumps(v, ensure_ascii=False) if v is not MISSING else "not stated" for v in (item.old, item.new))
    return f"{item.kind:<9} {item.path}: {old} -> {new}"
