"""States: what Terraform last saw, as `terraform show -json` writes it and as it lies in the backend (version 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.sources.terraform.plans.planned import Planned, with_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def state_rows(data: Mapping[str, Any]) -> Iterator[Planned]:
    """Yield the resources of a state as `terraform show -json` writes it."""
    stack = [(data.get("values") or {}).get("root_module") or {}]
    while stack:
        module = stack.pop()
        for row in module.get("resources") or ():
            if row.get("mode") != "managed" or "deposed_key" in row:
                continue
            yield Planned(
                address=str(row["address"]),
                module=str(module.get("address") or ""),
                type=str(row["type"]),
                name=str(row["name"]),
                index=row.get("index"),
                values=_mapping(row.get("values")),
                unknown={},
                sensitive=row.get("sensitive_values") or {},
            )
        stack.extend(reversed(module.get("child_modules") or ()))


def state_file_rows(data: Mapping[str, Any]) -> Iterator[Planned]:
    """Yield the resources of a state file."""
    for row in data["resources"]:
        if row.get("mode") != "managed":
            continue
        module = str(row.get("module") or "")
        bare = f"{module}.{row['type']}.{row['name']}" if module else f"{row['type']}.{row['name']}"
        for instance in row.get("instances") or ():
            if "deposed" in instance:
                continue
            index = instance.get("index_key")
            yield Planned(
                address=with_key(bare, index),
                module=module,
                type=str(row["type"]),
                name=str(row["name"]),
                index=index,
                values=_mapping(instance.get("attributes")),
                unknown={},
                sensitive=_marks(instance.get("sensitive_attributes") or ()),
            )


def _mapping(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise TypeError("the values of a resource are no object")
    return value


def _marks(paths: Any) -> dict[str, Any]:
    """Return paths of sensitive attributes as marks: everything below the first step of a path is marked."""
    found: dict[str, Any] = {}
    for path in paths:
        first = path[0]["value"] if isinstance(path, list) and path else None
        if isinstance(first, str):
            found[first] = True
    return found
