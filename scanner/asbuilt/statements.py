"""Say for each statement, in one environment, which rules can cite it and which of its values none of them looks at."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from asbuilt.coverage import cited, holdings, stated
from asbuilt.results import Reach

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asbuilt.rules import Rule
    from asbuilt.spec.load import SpecDocument
    from asbuilt.spec.models import Spec


def reaches(document: SpecDocument, spec: Spec, rules: Sequence[Rule]) -> tuple[Reach, ...]:
    """Return the reach of these rules over every statement, in the order of the architecture.

    A rule that a spec gives nothing to enforce reaches nothing, and one that only a live account could decide does
    not reach code. Values that only another environment sets are open in none: that environment's run judges them.
    """
    about, here = _environments(document), document.stated(spec.environment)
    holding: dict[str, set[str]] = defaultdict(set)
    for rule in rules:
        if not rule.live and spec.value(rule.enforces) is not None:
            for requirement in cited(rule, here):
                holding[requirement].add(rule.id)
    return tuple(
        Reach(name, tuple(sorted(holding[name])), about.get(name, ()), values)
        for name, values in ((held.requirement.id, held.open) for held in holdings(document, rules))
    )


def _environments(document: SpecDocument) -> dict[str, tuple[str, ...]]:
    """Return the environments that a statement is about, where it sets no base value."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    base = stated(document.stated(None))
    for name in document.environments():
        for requirement in stated(document.stated(name)) - base:
            found[requirement][name] = None
    return {requirement: tuple(names) for requirement, names in found.items()}
