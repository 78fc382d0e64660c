"""What is wrong with assertions: schemas that are none, keywords that cannot be decided, statements there are not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from asbuilt.spec.errors import Problem, suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.model import Location, Path
    from asbuilt.spec.positioned import Positioned

# They ask which properties other keywords have looked at, which cannot be told where one of those is not known.
UNDECIDABLE: Final = frozenset({"unevaluatedProperties", "unevaluatedItems", "$dynamicRef", "$recursiveRef"})
# Keywords whose values are named schemas, and so no keywords themselves.
_NAMED: Final = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})
_LITERAL: Final = frozenset({"const", "enum", "default", "examples"})


def check_assertions(content: Positioned) -> Iterator[Problem]:
    """Yield the mistakes in a spec's assertions, each at its line."""
    ids = [row["id"] for row in content.data.get("requirements", ())]
    environments = list(content.data.get("environments", {}))
    for name, assertion in content.data.get("assertions", {}).items():
        place: Path = ("assertions", name)
        yield from _keywords(assertion["schema"], (*place, "schema"), content)
        yield from _schema(plain(assertion["schema"]), (*place, "schema"), content)
        wanted = assertion.get("requirement")
        if wanted is not None and wanted not in ids:
            where = content.value((*place, "requirement"))
            yield Problem(where, f"`{wanted}` is no statement of this spec", suggest(wanted, ids, "statements"))
        for position, environment in enumerate(assertion.get("select", {}).get("environments", ())):
            if environment not in environments:
                where = content.value((*place, "select", "environments", position))
                remedy = suggest(environment, environments, "environments")
                yield Problem(where, f"`{environment}` is no environment of this spec", remedy)


def _keywords(schema: Any, path: Path, content: Positioned) -> Iterator[Problem]:
    """Yield keywords that are not supported: what cannot be decided, and references out of the spec."""
    if isinstance(schema, tuple):
        for position, item in enumerate(schema):
            yield from _keywords(item, (*path, position), content)
    if not isinstance(schema, dict):
        return
    for key, value in schema.items():
        here: Path = (*path, key)
        if key in UNDECIDABLE:
            remedy = "say it with additionalProperties, items or anyOf"
            yield Problem(content.key(here), f"`{key}` is not supported: it cannot be decided in three values", remedy)
        elif key == "$ref":
            yield from _reference(value, here, content)
        elif key == "pattern" and isinstance(value, str):
            yield from _pattern(value, content.value(here))
        elif key in _NAMED and isinstance(value, dict):
            for name in value if key == "patternProperties" else ():
                yield from _pattern(name, content.key((*here, name)))
            for name, inner in value.items():
                yield from _keywords(inner, (*here, name), content)
        elif key not in _LITERAL:
            yield from _keywords(value, here, content)


def _reference(value: Any, path: Path, content: Positioned) -> Iterator[Problem]:
    if not (isinstance(value, str) and value.startswith("#")):
        yield Problem(content.value(path), f"`{value}` is outside of this schema", "refer to #/$defs/… only")
    elif not _resolves(value, content, path):
        yield Problem(content.value(path), f"`{value}` is not in this schema", "refer to #/$defs/…")


def _pattern(text: str, where: Location) -> Iterator[Problem]:
    try:
        re.compile(text)
    except re.error as error:
        yield Problem(where, f"`{text}` is no regular expression: {error}", "correct the pattern")


def _resolves(reference: str, content: Positioned, path: Path) -> bool:
    found: Any = content.data["assertions"][path[1]]["schema"]
    for part in [part for part in reference[1:].split("/") if part]:
        name = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(found, dict) or name not in found:
            return False
        found = found[name]
    return True


def _schema(schema: Any, path: Path, content: Positioned) -> Iterator[Problem]:
    """Yield what JSON Schema itself says of a schema; jsonschema is imported only here and to evaluate."""
    from jsonschema import Draft202012Validator

    for error in Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema):
        where = (*path, *error.absolute_path)
        name = ".".join(map(str, where))
        yield Problem(content.value(where), f"`{name}` is no JSON Schema: {error.message}", "see json-schema.org")


def plain(value: Any) -> Any:
    """Return data of a spec as JSON has it: lists in the place of tuples."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, tuple) else value
