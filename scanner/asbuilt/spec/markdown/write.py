"""Write what was read of a document as a spec in YAML, to go on from there by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from asbuilt.spec.load import SpecDocument


def as_spec(document: SpecDocument) -> str:
    """Return a loaded document as YAML; every statement names the line it was read from."""
    from asbuilt.spec.models import Areas

    content = document._content
    data: dict[str, Any] = content.data
    head = [key for key in ("asbuilt", "name", "title", "project", "sections", "environments") if key in data]
    middle = [key for key in (*Areas.__annotations__, "assertions") if key in data]
    parts = [f"# Read from {document.path} by `asbuilt spec import`; edit this file, or the document and import again."]
    parts += [_dumped({key: _plain(data[key])}) for key in (*head, *middle)]
    rows = []
    for number, row in enumerate(data.get("requirements", ())):
        line = content.value(("requirements", number, "statement")).start_line
        first, _, rest = _dumped([_plain(row)]).partition("\n")
        rows.append(f"{first} # {document.path}:{line}\n{rest}")
    text = "\n".join(parts) + "\n"
    if rows:
        text += "\nrequirements:\n" + "".join(f"  {line}\n" for row in rows for line in row.splitlines())
    return text


def _dumped(value: Any) -> str:
    nested = isinstance(value, dict) and any(isinstance(inner, dict | list) for inner in value.values())
    flow = None if nested else False
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=110, default_flow_style=flow).rstrip("\n")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else value
