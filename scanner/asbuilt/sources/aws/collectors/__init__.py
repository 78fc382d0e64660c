"""One service a module, found by looking. Each has `OPERATIONS`, what it may call, and `collect`, a generator.

A module with `GLOBAL` set is read once an account, in its first region.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType


@cache
def modules() -> dict[str, ModuleType]:
    """Return the collectors by name, in alphabetical order."""
    names = sorted(info.name for info in pkgutil.iter_modules(__path__))
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}
