"""The names that stand in a template as references: `Ref`, `Fn::GetAtt`, the variables of `Fn::Sub`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asbuilt.sources.cloudformation.language.substitution import parts_of

if TYPE_CHECKING:
    from asbuilt.model import Path

_FUNCTIONS: Final = frozenset(("Ref", "Fn::GetAtt", "Fn::Sub"))
Mention = tuple[str, str, "Path"]  # a name, the attribute read ("Ref" for none), and where in the document


def mentions(raw: Any, path: Path) -> list[Mention]:
    """Return every name that stands as a reference in what is at a path of a document."""
    found: list[Mention] = []
    waiting: list[tuple[Any, Path]] = [(raw, path)]
    while waiting:
        item, path = waiting.pop()
        if type(item) is dict:
            for key, value in item.items():
                kind = type(value)
                if key in _FUNCTIONS and (kind is str or key != "Ref"):
                    if key == "Ref":
                        found.append((value, key, path))
                    elif key == "Fn::GetAtt":
                        found += _attributes(value, path)
                    else:
                        found += _variables(value, path)
                        if kind is list and len(value) > 1:
                            waiting.append((value[1], (*path, key, 1)))
                elif kind is dict or kind is list:
                    waiting.append((value, (*path, key)))
        elif type(item) is list:
            for at, value in enumerate(item):
                if type(value) is dict or type(value) is list:
                    waiting.append((value, (*path, at)))
    return found


def _attributes(raw: Any, path: Path) -> list[Mention]:
    parts = raw.split(".", 1) if isinstance(raw, str) else raw
    if isinstance(parts, list) and len(parts) > 1 and all(isinstance(part, str) for part in parts):
        return [(parts[0], ".".join(parts[1:]), path)]
    return []


def _variables(raw: Any, path: Path) -> list[Mention]:
    text = raw[0] if isinstance(raw, list) and raw else raw
    own = raw[1] if isinstance(raw, list) and len(raw) > 1 and isinstance(raw[1], dict) else {}
    found: list[Mention] = []
    for part in parts_of(text) if isinstance(text, str) else ():
        if not isinstance(part, str) and part[0] not in own:
            name, dot, attribute = part[0].partition(".")
            found.append((name, attribute if dot else "Ref", path))
    return found
