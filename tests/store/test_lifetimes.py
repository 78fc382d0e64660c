"""When a finding counts as gone, and how long a statement was violated."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from asbuilt.store.facts import Deviation, RunFacts, Scope
from asbuilt.store.lifetimes import FIXED, WITHDRAWN, by_scope, changes, closing, episodes, spells
from asbuilt.store.trends import trend
from store import made

SCOPE = Scope("shop", "prod", ("terraform prod",))
A = Deviation("a", "rule-a", "REQ-1", "Section", "medium", "aws_x.a", "AWS::X")
B = Deviation("b", "rule-b", "REQ-1", "Section", "medium", "aws_x.b", "AWS::X")


def run(day: float, *found: Deviation, **changes: Any) -> RunFacts:
    values: dict[str, Any] = {
        "scope": SCOPE,
        "rules": frozenset({"rule-a", "rule-b"}),
        "requirements": frozenset({"REQ-1", "REQ-2"}),
        "deviations": {deviation.id: deviation for deviation in found},
    }
    return RunFacts(f"run-{day}", made.at(day), **(values | changes))


def waived(deviation: Deviation) -> Deviation:
    return replace(deviation, waived=True)


def close(now: RunFacts, seen: RunFacts | None = None) -> str | None:
    return closing(A, seen or run(0, A), now)


def test_gone_from_a_complete_run_is_fixed() -> None:
    assert close(run(1)) == FIXED
    assert close(run(1, A)) is None


def test_what_could_not_be_decided_is_not_fixed() -> None:
    assert close(run(1, undecided=frozenset({("rule-a", "aws_x.a")}))) is None
    assert close(run(1, undecided=frozenset({("rule-a", "aws_x.other")}))) == FIXED


def test_a_rule_that_did_not_run_fixes_nothing() -> None:
    assert close(run(1, rules=frozenset({"rule-b"}))) is None


def test_a_statement_that_left_the_spec_is_withdrawn_not_met() -> None:
    assert close(run(1, requirements=frozenset({"REQ-2"}))) == WITHDRAWN


def test_a_waiver_fixes_nothing() -> None:
    assert close(run(1, waived(A))) is None
    assert changes([run(0, A), run(1, waived(A))])["run-1"].fixed == frozenset()


def test_what_a_new_gap_may_hide_is_not_fixed_unless_it_passed() -> None:
    gap: dict[str, frozenset[str]] = {"terraform main.tf": frozenset()}
    passed = {"passed": lambda: frozenset({("rule-a", "aws_x.a")})}
    assert close(run(1, gaps=gap)) is None
    assert close(run(1, gaps=gap, **passed)) == FIXED
    assert close(run(1, gaps={"terraform main.tf": frozenset({"AWS::X"})})) is None
    assert close(run(1, gaps={"terraform main.tf": frozenset({"AWS::Y"})})) == FIXED
    assert close(run(1, gaps=gap), run(0, A, gaps=gap)) == FIXED, "it was seen in spite of that gap"
    several = replace(SCOPE, sources=("terraform a", "terraform b"))
    assert close(run(1, gaps=gap, scope=several, **passed)) is None, "it may be the other root's that passed"


def test_new_and_fixed_are_against_the_run_before() -> None:
    found = changes([run(0, A), run(1, B), run(2, A, B)])
    assert "run-0" not in found
    assert (found["run-1"].new, found["run-1"].fixed) == ({"b"}, {"a"})
    assert (found["run-2"].new, found["run-2"].fixed) == ({"a"}, frozenset())


def test_a_finding_undecided_in_between_was_open_all_the_time() -> None:
    undecided = frozenset({("rule-a", "aws_x.a")})
    (spell,) = spells([run(0, A), run(1, undecided=undecided), run(2, waived(A)), run(3)])
    assert (spell.start, spell.end, spell.how) == (made.at(0), made.at(3), FIXED)


def test_a_finding_waived_from_the_start_opens_when_its_waiver_ends() -> None:
    (spell,) = spells([run(0, waived(A)), run(1, A)])
    assert (spell.start, spell.end) == (made.at(1), None)


def test_a_statement_is_met_when_all_its_findings_are_gone() -> None:
    (episode,) = episodes([run(0, A), run(1, A, B), run(2, B), run(5), run(6)])
    assert (episode.start, episode.end, episode.how) == (made.at(0), made.at(5), FIXED)
    assert episode.findings == 2
    (episode,) = episodes([run(0, A), run(2, B)])
    assert (episode.end, episode.findings) == (None, 1), "one gone, another there in the same run: never met"
    first, second = episodes([run(0, A), run(1), run(2, B)])
    assert (first.end, second.start, second.end) == (made.at(1), made.at(2), None)


def test_withdrawn_statements_do_not_make_the_mean_better() -> None:
    runs = [run(0, A), run(10), run(20, A), run(21, requirements=frozenset({"REQ-2"}))]
    (statement,) = trend(runs, made.at(30)).statements
    assert (statement.fixed, statement.mean_s) == (1, timedelta(days=10).total_seconds())
    assert [episode.how for episode in statement.episodes] == [FIXED, WITHDRAWN]
    assert statement.open == ()


def test_findings_about_waivers_are_fixed_but_no_statement() -> None:
    expired = Deviation("w", "waiver-expired", "", "Waivers", "low", "waiver of rule-a")
    runs = [run(0, expired), run(1), run(2, expired)]
    assert changes(runs)["run-1"].fixed == {"w"}
    found = trend(runs, made.at(3))
    assert found.statements == ()
    assert len(found.recurring) == 1


def test_scopes_are_kept_apart() -> None:
    other = replace(SCOPE, environment="staging")
    partial = replace(SCOPE, selection="--only REQ-2")
    runs = [run(0, A), run(1, scope=other), run(2, scope=partial), run(3, A)]
    assert {scope: len(found) for scope, found in by_scope(runs).items()} == {SCOPE: 2, other: 1, partial: 1}
    (statement,) = trend(runs, made.at(4)).statements
    assert [episode.scope for episode in statement.open] == [SCOPE]


STATES = st.lists(st.tuples(st.sampled_from("FWUP"), st.sampled_from("FWUP")), max_size=12)
STEPS = st.lists(st.integers(1, 72), min_size=12, max_size=12)


def history(states: list[tuple[str, str]], steps: list[int]) -> list[RunFacts]:
    """Runs some hours apart; each letter is what became of one finding: Fail, Waived, Unknown, Pass."""
    runs, hours = [], 0
    for number, pair in enumerate(states):
        hours += steps[number]
        found = [d if s == "F" else waived(d) for d, s in zip((A, B), pair, strict=True) if s in "FW"]
        unknown = frozenset((d.rule, d.address) for d, s in zip((A, B), pair, strict=True) if s == "U")
        runs.append(run(hours / 24, *found, undecided=unknown))
    return runs


@given(STATES, STEPS)
def test_mean_time_to_compliance_is_what_walking_hour_by_hour_gives(
    states: list[tuple[str, str]], steps: list[int]
) -> None:
    """The other way to get there: a flag per finding, raised by a fail, lowered by a pass, and a clock."""
    runs = history(states, steps)
    flags, violated, since, times = [False, False], False, made.START, []
    for stored, pair in zip(runs, states, strict=True):
        flags = [s == "F" or (flag and s != "P") for flag, s in zip(flags, pair, strict=True)]
        if any(flags) and not violated:
            since = stored.started_at
        if violated and not any(flags):
            times.append((stored.started_at - since).total_seconds())
        violated = any(flags)
    now = made.at(100)
    found = trend(runs, now)
    statement = found.statements[0] if found.statements else None
    assert (statement.mean_s if statement else None) == (sum(times) / len(times) if times else None)
    assert (len(statement.open) if statement else 0) == violated
    if statement and violated:
        assert statement.open[0].start == since
        assert statement.open[0].seconds(now) == (now - since).total_seconds()


@given(STATES, STEPS)
def test_episodes_are_in_order_and_apart(states: list[tuple[str, str]], steps: list[int]) -> None:
    runs = history(states, steps)
    found = episodes(runs) if runs else []
    moments = {stored.started_at for stored in runs}
    for before, after in pairwise(found):
        assert before.end is not None
        assert before.end < after.start
    assert all(e.start in moments and (e.end is None or (e.end in moments and e.end > e.start)) for e in found)


@given(STATES, STEPS, st.integers(0, 12))
def test_the_past_does_not_change(states: list[tuple[str, str]], steps: list[int], at: int) -> None:
    """A trend as of a moment is the same whatever happens later."""
    runs = history(states, steps)
    if at < len(runs):
        moment = runs[at].started_at
        assert trend(runs, moment) == trend(runs[: at + 1], moment)


@given(STATES, STEPS)
def test_what_changed_adds_up(states: list[tuple[str, str]], steps: list[int]) -> None:
    runs = history(states, steps)
    for before, after in pairwise(runs):
        change = changes([before, after])[after.id]
        assert change.new == after.failing - before.failing
        assert change.fixed <= before.failing - after.failing
        gone = (
            before.failing - after.deviations.keys() - {d.id for d in (A, B) if (d.rule, d.address) in after.undecided}
        )
        assert change.fixed == gone
