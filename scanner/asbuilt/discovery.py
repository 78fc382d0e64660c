"""Find the rules: every module below `asbuilt_policies`, and installed packages that add their own.

Other packages name a package of rules under the entry point group `asbuilt.rules`. Nothing is ever
loaded from the path being scanned.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING

from asbuilt.packaged import modules_of
from asbuilt.rules import Rule, rules_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

GROUP = "asbuilt.rules"


class DuplicateRuleError(Exception):
    """Two rules bear one id."""


def discover() -> list[Rule]:
    """Return all rules, sorted by id. Raises DuplicateRuleError."""
    import asbuilt_policies

    packages: list[ModuleType] = [asbuilt_policies]
    packages.extend(_added())
    rules: dict[str, Rule] = {}
    for package in packages:
        for module in _modules(package):
            for rule in rules_in(module):
                if rule.id in rules:
                    raise DuplicateRuleError(f"rule {rule.id} is in {rules[rule.id].module} and in {rule.module}")
                rules[rule.id] = rule
    return [rules[key] for key in sorted(rules)]


def _added() -> Iterator[ModuleType]:
    """Yield the packages of rules that installed packages name.

    Most often there is none, and looking for the word ourselves takes a tenth of importing what would tell.
    """
    if any(_mentions(folder or ".") for folder in sys.path):
        from importlib.metadata import entry_points

        for point in entry_points(group=GROUP):
            yield point.load()


def _mentions(folder: str) -> bool:
    """Whether a distribution in a folder may have the entry points; true for what is no folder (an archive)."""
    try:
        with os.scandir(folder) as entries:
            found = [entry.path for entry in entries if entry.name.endswith((".dist-info", ".egg-info"))]
    except NotADirectoryError:
        return True
    except OSError:
        return False
    return any(_holds(f"{path}/entry_points.txt") for path in found)


def _holds(path: str) -> bool:
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - pathlib costs start-up time
            return GROUP.encode() in file.read()
    except OSError:
        return False


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    yield package
    for folder in package.__path__:
        for name, is_package in modules_of(folder):
            module = importlib.import_module(f"{package.__name__}.{name}")
            yield from _modules(module) if is_package else (module,)
