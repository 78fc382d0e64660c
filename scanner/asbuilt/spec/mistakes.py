"""Say in plain words, with a place and a remedy, what pydantic found wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args, get_origin

from pydantic import BaseModel

from asbuilt.spec.data import MISSING, get
from asbuilt.spec.errors import Problem, listed, suggest

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import ValidationError

    from asbuilt.model import Location, Path

WANTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "text",
    "tuple_type": "a list",
    "dict_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
}
_BOOLEANS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}


def problems_of(
    error: ValidationError,
    root: type[BaseModel],
    data: Any,
    at: Callable[[Path], Location],
    key: Callable[[Path], Location],
) -> list[Problem]:
    """Translate every error of a validation of `data` by `root`."""
    found = []
    for item in error.errors(include_url=False):
        loc = tuple(part for part in item["loc"] if part != "[key]")
        found.append(_problem(item, loc, root, data, at, key))
    return found


def _problem(item: Any, loc: Path, root: Any, data: Any, at: Any, key: Any) -> Problem:
    kind, context = item["type"], item.get("ctx", {})
    name = ".".join(map(str, loc)) or "the spec"
    value = get(data, loc)
    if kind == "extra_forbidden":
        known = list(fields_of(model_at(root, loc[:-1])))
        place = f" in `{'.'.join(map(str, loc[:-1]))}`" if loc[:-1] else ""
        home = _homes(root, str(loc[-1]), loc)
        close = suggest(str(loc[-1]), known, "keys here")
        remedy = home if home and not close.startswith("did you") else close
        return Problem(key(loc), f"unknown key `{loc[-1]}`{place}", remedy)
    if kind == "missing":
        return Problem(at(loc[:-1]), f"`{name}` is missing", _about(root, loc))
    if item["loc"][-1:] == ("[key]",):
        return Problem(
            key(loc), f"`{loc[-1]}` is no name", "use letters, digits, - and _, beginning with a letter or digit"
        )
    if kind in WANTED:
        return Problem(at(loc), f"`{name}` must be {WANTED[kind]}, not {shown(value)}", _type_remedy(kind, value))
    if kind == "literal_error":
        allowed = [part.strip(" '") for part in context["expected"].replace(" or ", ", ").split(",")]
        return Problem(at(loc), f"`{name}` cannot be {shown(value)}", suggest(str(value), allowed, "it is one of"))
    if kind == "string_pattern_mismatch":
        return Problem(at(loc), f"`{name}` cannot be {shown(value)}", _pattern_remedy(context["pattern"]))
    limits = {"greater_than": "more than", "greater_than_equal": "at least", "less_than": "less than"}
    limits |= {"less_than_equal": "at most"}
    if kind in limits:
        bound = next(iter(context.values()))
        return Problem(at(loc), f"`{name}` must be {limits[kind]} {bound}, not {shown(value)}", _about(root, loc))
    if kind in ("string_too_short", "too_short"):
        return Problem(at(loc), f"`{name}` is empty", "leave the key out, or give it a value")
    return Problem(at(loc), f"`{name}`: {item['msg']}", _about(root, loc))


def shown(value: Any) -> str:
    """Show a value as it might stand in YAML, cut short."""
    if value is MISSING or value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'the text "{value[:60]}"' + ("…" if len(value) > 60 else "")
    if isinstance(value, dict):
        return f"a mapping ({listed(value, 3)})" if value else "an empty mapping"
    if isinstance(value, tuple):
        return "a list"
    return str(value)


def _type_remedy(kind: str, value: Any) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if kind == "bool_type":
        return f"write {_BOOLEANS[text.lower()]}" if text.lower() in _BOOLEANS else "write true or false without quotes"
    if kind in ("int_type", "int_from_float", "float_type"):
        digits = text.replace("_", "").replace(",", "").rstrip("%")
        return f"write {digits}" if digits.isdigit() else "write the number in digits, without quotes or a unit"
    if kind == "string_type":
        return f'write "{value}" in quotes' if isinstance(value, int | float) else "write text"
    if kind == "tuple_type":
        return f"write [{value}]" if isinstance(value, str | int) else "write a list: [a, b]"
    return "write keys and values, one a line, indented"


def _pattern_remedy(pattern: str) -> str:
    if pattern == "^/":
        return "a path begins with /"
    if ":" in pattern:
        return "write an IAM action as service:Action, as in s3:GetObject"
    return "use letters, digits, - and _, beginning with a letter or digit"


def fields_of(model: Any) -> dict[str, Any]:
    """Return the fields of a model by the key they have in YAML."""
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return {}
    return {field.alias or name: field for name, field in model.model_fields.items()}


def model_at(root: Any, path: Path) -> Any:
    """Return the model or the type that describes what stands at a path."""
    current: Any = root
    for part in path:
        fields = fields_of(current)
        if fields:
            current = _inner(fields[str(part)].annotation) if part in fields else None
        elif get_origin(current) is dict:
            current = _inner(get_args(current)[1])
        elif get_origin(current) is tuple:
            current = _inner(get_args(current)[0])
        else:
            return None
    return current


def field_at(root: Any, path: Path) -> Any:
    """Return the field of a model that a path leads to, or None."""
    return fields_of(model_at(root, path[:-1])).get(str(path[-1])) if path else None


def _inner(annotation: Any) -> Any:
    """Strip Annotated and Optional."""
    if hasattr(annotation, "__metadata__"):
        return _inner(annotation.__origin__)
    arms = [arm for arm in get_args(annotation) if arm is not type(None)]
    if len(arms) < len(get_args(annotation)) and len(arms) == 1:
        return _inner(arms[0])
    return annotation


def _about(root: Any, path: Path) -> str:
    field = field_at(root, path)
    return (field.description or "").rstrip(".") if field is not None else ""


def _homes(root: Any, word: str, loc: Path) -> str:
    """Say where a key would be known, if it is known in another area."""
    homes = [
        f"{area}.{word}"
        for area, field in fields_of(root).items()
        if word in fields_of(_inner(field.annotation)) and area not in (*loc[:1], "environments", "requirements")
    ]
    if word in fields_of(root) and len(loc) > 1:
        homes.append(word)
    return f"did you mean {' or '.join(homes)}?" if homes else ""
