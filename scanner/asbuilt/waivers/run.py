"""Waivers of one run: those of the file and those of the code, held against what evaluation found."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from asbuilt.records import dataclass
from asbuilt.waivers.apply import RULES, Applied, apply
from asbuilt.waivers.inline import inline_waivers
from asbuilt.waivers.waiver import DEFAULT_DAYS, Waiver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from asbuilt.evaluate import Evaluation
    from asbuilt.graph import Graph
    from asbuilt.model import Diagnostic
    from asbuilt.spec.models import Spec
    from asbuilt.waivers.file import WaiverFile


@dataclass(frozen=True, slots=True)
class WaiverOptions:
    """What the user asked for: the file, how far ahead a waiver may reach, and whether comments count."""

    file: WaiverFile | None = None
    max_days: int | None = None
    inline: bool = True

    @property
    def days(self) -> int:
        """For how many days ahead any waiver may hold: the command line's word, else the file's."""
        if self.max_days is not None:
            return self.max_days
        return self.file.max_days if self.file is not None else DEFAULT_DAYS


def waive(
    evaluation: Evaluation,
    graph: Graph,
    spec: Spec,
    rules: Iterable[str],
    environments: Iterable[str],
    options: WaiverOptions,
    today: date,
    selection: tuple[Sequence[str], Sequence[str]] = ((), ()),
) -> tuple[Applied, list[Diagnostic]]:
    """Apply all waivers; with the result, a warning for each comment that is no waiver.

    `rules` are the ids of all rules, run or not; `environments` those of the spec; `selection` what `--only` and
    `--skip` name.
    Raises SpecError where the file names a rule, requirement or environment that does not exist.
    """
    names = ([*rules, *RULES], [r.id for r in spec.requirements], list(environments))
    granted = list(options.file.waivers) if options.file is not None else []
    if options.file is not None:
        options.file.check_names(*names)
    written, warnings = inline_waivers(graph.comments, today, options.days, *names)
    only, skip = selection
    applied = apply(
        evaluation.findings,
        [*granted, *(written if options.inline else ())],
        today,
        roots=_Roots(graph),
        in_scope=_scope(evaluation, spec, only, skip),
        ignored=[] if options.inline else written,
        unreported=[name for name in RULES if name in skip],
    )
    return applied, warnings


class _Roots:
    """Tells in which roots a resource address exists; looked up only where a comment speaks of a module."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._index: dict[str, set[str]] | None = None

    def __call__(self, address: str) -> set[str]:
        if self._index is None:
            self._index = defaultdict(set)
            for resource in self._graph.resources:
                root = resource.key.removesuffix(resource.address).removesuffix("//")
                self._index[resource.address].add(root)
        return self._index.get(address, set())


def _scope(evaluation: Evaluation, spec: Spec, only: Sequence[str], skip: Sequence[str]) -> Callable[[Waiver], bool]:
    """Return whether a run looked at what a waiver excuses: a selection leaves rules out, environments differ."""
    ran = {rule.id for rule in evaluation.rules}

    def in_scope(waiver: Waiver) -> bool:
        if waiver.environment not in ("", spec.environment or ""):
            return False
        if not only and not skip:
            return True
        if waiver.rule:
            return waiver.rule in ran
        return waiver.requirement in only

    return in_scope
