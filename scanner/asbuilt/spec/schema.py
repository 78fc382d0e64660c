"""The JSON Schema of specs, for editors that check and complete while one writes."""

from __future__ import annotations

from typing import Any, Final

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a spec file, with the models' texts as descriptions."""
    from asbuilt.spec.aws import RETENTION_DAYS
    from asbuilt.spec.models import SpecFile
    from asbuilt.spec.models.strict import complete

    schema = complete(SpecFile).model_json_schema(by_alias=True)
    definitions = schema["$defs"]
    definitions["Logging"]["properties"]["retention_days"]["enum"] = [*RETENTION_DAYS, None]
    return {"$schema": DIALECT, **_tidied(schema), "title": "asbuilt architecture spec"}


def _tidied(node: Any, *, names: bool = False) -> Any:
    """Drop the titles and defaults pydantic makes up: editors show the key itself, and every default is "unset".

    `names` says that the keys of this mapping are names, not words of JSON Schema.
    """
    if isinstance(node, list):
        return [_tidied(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _tidied(value, names=key in ("properties", "$defs") and not names)
        for key, value in node.items()
        if names or not (key == "title" or (key == "default" and (value in (None, []) or isinstance(value, dict))))
    }
