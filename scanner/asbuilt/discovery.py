"""Find the rules: every module below `asbuilt_policies`, and installed packages that add their own.

Other packages name a package of rules under the entry point group `asbuilt.rules`. Nothing is ever
loaded from the path being scanned.
"""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

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
    packages.extend(point.load() for point in entry_points(group=GROUP))
    rules: dict[str, Rule] = {}
    for package in packages:
        for module in _modules(package):
            for rule in rules_in(module):
                if rule.id in rules:
                    raise DuplicateRuleError(f"rule {rule.id} is in {rules[rule.id].module} and in {rule.module}")
                rules[rule.id] = rule
    return [rules[key] for key in sorted(rules)]


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    yield package
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(info.name)
