"""Put spec, code and account side by side: one row for each thing that drifted, or that cannot be told."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from asbuilt import __version__
from asbuilt.drift.alone import alone
from asbuilt.drift.board import Board, Sources
from asbuilt.drift.comparing import differences
from asbuilt.drift.model import DRIFT, Compared, Drift, Row, Standing, State
from asbuilt.drift.pairs import pair
from asbuilt.drift.verdicts import SPEC, Key, Verdicts, verdicts
from asbuilt.graph import Graph
from asbuilt.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asbuilt.model import Resource
    from asbuilt.results import Requirement, Results


def drift(sources: Sources) -> Drift:
    """Compare code and account."""
    belonging = {resource.key for resource in sources.account.resources}
    whole = Graph((*sources.account.resources, *(r for r in sources.aside if r.key not in belonging)))
    pairs = pair(sources.code, whole, sources.spec, lambda resource: resource.key in belonging)
    left_out: Counter[str] = Counter()
    lonely = list(alone(pairs, sources.code, sources.account, lambda one: one.key in belonging, left_out))
    found, agreeing = differences(pairs)
    ours, theirs = _verdicts(sources.code_results, pairs.code), _verdicts(sources.account_results, pairs.account)
    board = Board(sources, pairs, ours, theirs)
    board.judge()
    board.add_alone(lonely)
    board.add_differences(found)
    compared = Compared(len(pairs.to_account), agreeing, board.holding, dict(sorted(left_out.items())))
    return finished(sources.code_results, sources.account_results, board.rows, compared)


def _verdicts(results: Results, view: Any) -> Verdicts:
    """Read a side's verdicts; a resource is called what its pair is called."""
    index: dict[str, list[Resource]] = defaultdict(list)
    for resource in view.graph.resources:
        index[resource.address].append(resource)

    def key_of(_rule: str, address: str, nothing: bool, _canonical: str) -> Key:
        found = [] if nothing else index.get(address, [])
        if len(found) == 1:
            token: Key = view.token(found[0])
            return token
        return (SPEC, address)

    return verdicts(results, key_of)




CLEAN, DRIFTED, INCOMPLETE = 0, 1, 3
_ORDER = (Verdict.FAIL, Verdict.ERROR, Verdict.UNKNOWN, Verdict.WAIVED, Verdict.PASS)


def finished(
    code: Results, account: Results, rows: Sequence[Row], compared: Compared, *, with_properties: bool = True
) -> Drift:
    """Put rows in order and decide the exit code."""
    places = {requirement.id: place for place, requirement in enumerate(code.requirements)}
    states = list(State)
    ordered = tuple(
        sorted(
            rows,
            key=lambda row: (
                places.get(row.requirement.id, len(places)),
                states.index(row.state),
                row.rule,
                row.subject,
                row.property,
                row.id,
            ),
        )
    )
    counts = {state.value: sum(row.state is state for row in ordered) for state in State}
    counts[State.IN_SYNC.value] = compared.verdicts + compared.properties
    gaps = tuple([("code", gap) for gap in code.gaps] + [("account", gap) for gap in account.gaps])
    standings = tuple(_standing(one, code, account, ordered) for one in code.requirements)
    exit_code = _exit_code(ordered, code, account)
    return Drift(
        code.tool,
        __version__,
        code.run,
        account.run,
        ordered,
        standings,
        compared,
        counts,
        gaps,
        exit_code,
        with_properties,
    )


def _exit_code(rows: Sequence[Row], code: Results, account: Results) -> int:
    if any(row.state in DRIFT for row in rows):
        return DRIFTED
    unread = any(gap.incomplete for side in (code, account) for gap in side.gaps)
    wrong = any(remark.severity == "error" for side in (code, account) for remark in side.diagnostics)
    undecided = any(row.state is State.UNKNOWN for row in rows)
    return INCOMPLETE if unread or wrong or undecided else CLEAN


def _standing(requirement: Requirement, code: Results, account: Results, rows: Sequence[Row]) -> Standing:
    own = [row.state for row in rows if row.requirement.id == requirement.id]
    ours, theirs = _said(requirement, code), _said(requirement, account)
    worst = min(own, key=list(State).index, default=None)
    if worst is None and "pass" in (ours, theirs):
        worst = State.IN_SYNC
    return Standing(requirement, ours, theirs, worst, len(own))


def _said(requirement: Requirement, results: Results) -> str:
    """Return the worst verdict on a statement, "" where nothing judged it."""
    found = {finding.verdict for finding in results.findings if finding.requirement.id == requirement.id}
    ran = [rule.id for rule in results.rules if rule.requirement == requirement.id]
    if any(results.passes.get(rule) for rule in ran):
        found.add(Verdict.PASS)
    return next((verdict.value for verdict in _ORDER if verdict in found), "")


__all__ = ["drift", "finished"]
