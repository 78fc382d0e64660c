"""The architecture spec: what infrastructure must look like.

`load_spec` reads one. Importing this package costs nothing; loading one imports pydantic
only where something is wrong with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asbuilt.spec.errors import Problem, SpecError
    from asbuilt.spec.load import SpecDocument, load_spec, validate
    from asbuilt.spec.schema import json_schema
    from asbuilt.spec.show import describe

_HOMES = {
    "Problem": "asbuilt.spec.errors",
    "SpecError": "asbuilt.spec.errors",
    "SpecDocument": "asbuilt.spec.load",
    "describe": "asbuilt.spec.show",
    "json_schema": "asbuilt.spec.schema",
    "load_spec": "asbuilt.spec.load",
    "validate": "asbuilt.spec.load",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["Problem", "SpecDocument", "SpecError", "describe", "json_schema", "load_spec", "validate"]
