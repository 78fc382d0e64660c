"""From the results of a check to edits that are proven, and to results that carry them."""

from __future__ import annotations

import gc
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from asbuilt.confinement import Confinement, instead
from asbuilt.evaluate import chosen
from asbuilt.fixes.changes import Change, edited
from asbuilt.fixes.opening import Documents
from asbuilt.fixes.propose import Refusal, propose
from asbuilt.fixes.verify import Verifier
from asbuilt.model import Verdict
from asbuilt.records import dataclass
from asbuilt.scan import ScanError, check

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from asbuilt.results import Edit, Finding, Results
    from asbuilt.scan import Options
    from asbuilt.spec.load import SpecDocument
    from asbuilt.spec.models import Spec

MAX_CHECKS = 40


@dataclass(frozen=True, slots=True)
class Plan:
    """Edits that hold together, as the check `after` says.

    `refused` are violations whose right value is known and that have no edit. `texts` are the files after the edits.
    Nothing outside of `roots` is edited.
    """

    before: Results
    after: Results
    changes: tuple[Change, ...]
    refused: tuple[Refusal, ...]
    texts: Mapping[str, str]
    roots: tuple[str, ...]

    @property
    def mended(self) -> tuple[Finding, ...]:
        """The failures that the edits mend."""
        found: dict[str, Finding] = {}
        still = {(f.rule, f.resource.address) for f in self.after.findings if f.verdict is Verdict.FAIL}
        for change in self.changes:
            for target in change.targets:
                finding = target.finding
                if (finding.rule, finding.resource.address) not in still:
                    found[finding.id] = finding
        return tuple(found.values())


def plan(
    document: SpecDocument,
    spec: Spec,
    options: Options,
    only: Sequence[str] = (),
    *,
    results: Results | None = None,
    progress: Callable[[str], None] = lambda _: None,
    limit: int = MAX_CHECKS,
) -> Plan:
    """Find the edits for the failures below the paths of `options`, those of `only` rules or requirements.

    `results` are those of a check with these options, where there are some already. Raises ScanError and SpecError as
    `scan.check` does.
    """
    before = results if results is not None else check(document, spec, options, progress)
    _known(before, only)
    roots = Confinement.around(options.paths, options.root).roots
    wanted = [finding for finding in before.findings if chosen(finding, only, ())]
    changes, refused = propose(wanted, Documents(roots, options.module_dirs.values()))

    def recheck(files: Mapping[str, bytes]) -> Results:
        progress("checking the edits")
        gc.collect()  # the command line switches the collector off for one run; this is one more
        with instead(files):
            return check(document, spec, options, progress)

    verifier = Verifier(recheck, before, limit)
    kept = verifier.settle(changes)
    made = edited(kept)
    proven, after = verifier.last
    if proven != kept:
        after = recheck(made.files)
    return Plan(before, after, tuple(kept), (*refused, *verifier.refused), made.texts, roots)


def _known(results: Results, names: Sequence[str]) -> None:
    known = [rule.id for rule in results.rules] + [requirement.id for requirement in results.requirements]
    for name in names:
        if name not in known:
            close = get_close_matches(name, known, 1)
            raise ScanError(f"no rule or requirement {name!r}" + (f"; did you mean {close[0]}?" if close else ""))


def suggested(document: SpecDocument, spec: Spec, options: Options, results: Results) -> Results:
    """Return the results of a check with these options, carrying the edits.

    The proof looks at every rule, also where the options narrow them: what nobody asked for must not break either.
    """
    narrowed = options.only or options.skip or options.baseline
    everything = replace(options, only=(), skip=(), baseline=None)
    found = plan(document, spec, everything, results=None if narrowed else results)
    return with_edits(results, found.changes)


def with_edits(results: Results, changes: Sequence[Change]) -> Results:
    """Return the results with the edits in the evidence that they mend."""
    edits: dict[tuple[str, int], Edit] = {}
    for change in changes:
        for target in change.targets:
            at = next(at for at, item in enumerate(target.finding.evidence) if item is target.item)
            edits[(target.finding.id, at)] = change.edit

    def carried(finding: Finding) -> Finding:
        items = enumerate(finding.evidence)
        return replace(finding, evidence=tuple(replace(item, edit=edits.get((finding.id, at))) for at, item in items))

    return replace(results, findings=tuple(carried(f) if f.verdict is Verdict.FAIL else f for f in results.findings))
