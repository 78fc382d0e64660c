"""Write which properties are booleans, numbers and texts, from the schemas that cfn-lint carries.

CloudFormation takes "true" for true and 443 for "443"; so does asbuilt, for the resource types that its rules and views
name. Run it after a new cfn-lint: `python scripts/make_property_types.py`.
"""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "scanner/asbuilt/sources/cloudformation/vocabulary/property_types.json"
KINDS = {"boolean": "b", "integer": "n", "number": "n", "string": "s"}
MAX_DEPTH = 9


def named_types() -> list[str]:
    """Return the types that rules, views and Terraform's vocabulary name."""
    found: set[str] = set()
    for folder in ("policies", "scanner"):
        for file in (ROOT / folder).rglob("*.py"):
            found.update(re.findall(r"\bAWS::[A-Za-z0-9]+::[A-Za-z0-9]+\b", file.read_text("utf-8")))
    return sorted(found)


def shape(schema: dict[str, Any], top: dict[str, Any], depth: int = 0) -> Any:
    """Return "b", "n" or "s" for a scalar, nested dicts and lists of one for what holds scalars, None for the rest."""
    if depth > MAX_DEPTH:
        return None
    if "$ref" in schema:
        target: Any = top
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return shape(target, top, depth + 1)
    kind = schema.get("type")
    if isinstance(kind, list):
        return None
    if kind in KINDS:
        return KINDS[kind]
    if kind == "array" and isinstance(schema.get("items"), dict):
        inner = shape(schema["items"], top, depth + 1)
        return None if inner is None else [inner]
    found = {name: shape(value, top, depth + 1) for name, value in schema.get("properties", {}).items()}
    for value in schema.get("patternProperties", {}).values():
        found.setdefault("*", shape(value, top, depth + 1))
    found = {name: value for name, value in found.items() if value is not None}
    return found or None


def table() -> dict[str, Any]:
    """Return the shapes of all types."""
    found = {}
    for type_ in named_types():
        try:
            schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_).schema
        except Exception:  # noqa: BLE001, S112 - a type of our own
            continue
        shaped = shape({key: value for key, value in schema.items() if key != "$ref"}, schema)
        if shaped:
            found[type_] = shaped
    return found


def main() -> None:
    """Write the table."""
    types = table()
    lines = [f'"cfn-lint": {json.dumps(version("cfn-lint"))}']
    lines += [f"{json.dumps(name)}: {json.dumps(value, separators=(',', ':'))}" for name, value in types.items()]
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {len(types)} types")


if __name__ == "__main__":
    main()
