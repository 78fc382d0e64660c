"""A quarter of runs, stored and read back: what the trend says about it, in every rendering."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from asbuilt.results import SourceInfo
from asbuilt.store import queries
from asbuilt.store.database import Store
from asbuilt.store.facts import RunFacts, Scope, WaiverFact
from asbuilt.store.trends import Trend, needed, score, trend
from asbuilt.store.writing import save
from asbuilt_reports import trend_html, trend_json, trend_text, trend_words
from store import made

DAY = 86400.0
NOW = made.at(94)


@pytest.fixture
def quarter(store: Store) -> list[RunFacts]:
    for results in reversed(made.quarter()):  # the order of writing must not matter
        save(store, results, made.document(results))
    return queries.load(store)


def read(store: Store, quarter: list[RunFacts]) -> Trend:
    return trend(quarter, NOW, statements=queries.statements(store, quarter, needed(quarter)))


def test_scores_by_section_are_those_of_the_runs(quarter: list[RunFacts]) -> None:
    found = trend(quarter, NOW)
    assert [scope.scope.environment for scope in found.scopes] == ["prod", "staging"]
    prod = found.scopes[0]
    expected = [r.summary.score for r in made.quarter() if r.run.environment == "prod"]
    assert [point.score for point in prod.overall.points] == expected
    logging = next(series for series in prod.sections if series.name == "Monitoring & Logging")
    last = made.quarter()[-2].summary.by_section["Monitoring & Logging"]
    assert logging.latest == score(last)
    assert logging.change == round((logging.latest or 0) - (logging.points[0].score or 0), 1)


def test_time_to_compliance(quarter: list[RunFacts]) -> None:
    by_id = {statement.requirement: statement for statement in trend(quarter, NOW).statements}
    assert (by_id["NET-9"].fixed, by_id["NET-9"].mean_s) == (1, 35 * DAY)
    # prod: four services, one mended every second week, the last after eight; staging: three weeks
    assert (by_id["MON-3"].fixed, by_id["MON-3"].mean_s) == (2, (56 + 21) / 2 * DAY)
    assert (by_id["ALB-2"].fixed, by_id["ALB-2"].mean_s) == (2, 14 * DAY)
    assert by_id["SEC-2"].mean_s is None
    (open_,) = by_id["SEC-2"].open
    assert (open_.start, open_.findings, open_.seconds(NOW)) == (made.at(63), 2, 31 * DAY)
    assert by_id["MON-5"].open[0].waived


def test_statements_that_are_open_come_first_the_oldest_first(quarter: list[RunFacts]) -> None:
    names = [statement.requirement for statement in trend(quarter, NOW).statements]
    assert names == ["MON-5", "SEC-2", "ALB-2", "MON-3", "NET-9", "DEP-1"]


def test_since_hides_the_past_but_not_how_old_things_are(quarter: list[RunFacts]) -> None:
    found = trend(quarter, NOW, since=made.at(80))
    assert found.runs == 4
    by_id = {statement.requirement: statement for statement in found.statements}
    assert set(by_id) == {"MON-5", "SEC-2", "ALB-2"}
    assert by_id["SEC-2"].open[0].start == made.at(63)


def test_waivers_age_by_owner(quarter: list[RunFacts]) -> None:
    owners = {owner.owner: owner for owner in trend(quarter, NOW).owners}
    media, platform = owners["media-team"], owners["platform"]
    (moved,) = media.waivers
    assert (moved.since, moved.extended, moved.expired) == (made.at(28), 1, False)
    assert [(waiver.expired, waiver.age_s) for waiver in platform.waivers] == [(True, 66 * DAY), (False, 52 * DAY)]
    assert (platform.expired, platform.oldest_s, platform.mean_age_s) == (1, 66 * DAY, 59 * DAY)


def test_a_waiver_that_left_is_not_listed_and_the_same_one_in_two_scopes_is_one() -> None:
    def stored(day: float, environment: str, *owners: str) -> RunFacts:
        waivers = tuple(WaiverFact(owner=owner, rule="r", expires="2026-12-31") for owner in owners)
        return RunFacts(f"{environment}{day}", made.at(day), Scope("shop", environment, ()), waivers=waivers)

    runs = [stored(0, "prod", "a", "b"), stored(0, "staging", "a"), stored(1, "prod", "a", "a"), stored(1, "staging")]
    (owner,) = trend(runs, made.at(2)).owners
    assert owner.owner == "a"
    assert [(w.age_s, w.scopes) for w in owner.waivers] == [(2 * DAY, ("shop · prod",)), (DAY, ("shop · prod",))]


def test_findings_that_came_back(quarter: list[RunFacts]) -> None:
    (back,) = trend(quarter, NOW).recurring
    assert back.spells[-1].finding.rule == "listener-tls-policy"
    assert [(s.start, s.end) for s in back.spells] == [
        (made.at(7), made.at(21)),
        (made.at(42), made.at(56)),
        (made.at(77), None),
    ]
    assert back.open
    assert trend(quarter, made.at(60)).recurring[0].open is False


def test_the_order_of_runs_does_not_matter(quarter: list[RunFacts]) -> None:
    assert trend(list(reversed(quarter)), NOW) == trend(quarter, NOW)


def test_both_databases_render_the_same(store: Store, quarter: list[RunFacts]) -> None:
    """Golden files: the same for SQLite and PostgreSQL, and from one day to the next."""
    found = read(store, quarter)
    rendered = {
        "trend.txt": trend_text.render(found),
        "trend.json": trend_json.render(found),
        "trend.html": without_style(trend_html.render(found)),
    }
    folder = Path(__file__).parent / "golden"
    if os.environ.get("ASBUILT_UPDATE_GOLDEN"):
        for name, text in rendered.items():
            (folder / name).write_text(text, "utf-8")
        raise AssertionError("rewritten; look at the difference and run again without the variable")
    different = [name for name, text in rendered.items() if text != (folder / name).read_text("utf-8")]
    assert different == [], "ASBUILT_UPDATE_GOLDEN=1 rewrites them"


def without_style(page: str) -> str:
    """The page without the style that it shares with the report, and its hash."""
    return re.sub(r"<style>.*?</style>|<meta http-equiv[^>]*>", "", page, flags=re.DOTALL)


def test_json_agrees_with_the_trend(store: Store, quarter: list[RunFacts]) -> None:
    found = read(store, quarter)
    said = json.loads(trend_json.render(found))
    assert said["mean_time_to_compliance_s"] == found.mean_s
    assert sum(statement["open"] for statement in said["statements"]) == 3
    assert [len(scope["points"]) for scope in said["scopes"]] == [14, 14]
    assert {statement["statement"] for statement in said["statements"]} == {s for _, s, _ in made.REQUIREMENTS.values()}


def test_no_runs_say_so_everywhere() -> None:
    found = trend([], NOW)
    assert "No run" in trend_text.render(found)
    assert "No run" in trend_html.render(found)
    assert json.loads(trend_json.render(found))["runs"] == 0


def test_a_run_that_judged_nothing_has_no_score() -> None:
    empty = RunFacts("1", made.at(0), Scope("shop", "prod", ()), sections=(("Network", {"not_applicable": 3}),))
    runs = [empty, replace(empty, id="2", started_at=made.at(1))]
    found = trend(runs, made.at(2))
    assert found.scopes[0].overall.latest is None
    assert "no score" in trend_text.render(found)
    assert "Nothing was judged in Network" in trend_html.render(found)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (5400, "1 h 30 min"),
        (DAY, "1 d"),
        (DAY * 3.5, "3 d 12 h"),
        (DAY * 10, "10 d"),
        (DAY * 1234.4, "1,234 d"),
    ],
)
def test_durations(seconds: float, words: str) -> None:
    assert trend_words.duration(seconds) == words


def test_accounts_of_one_environment_are_told_apart(store: Store) -> None:
    failing = [made.finding("MON-3", "api")]
    for account in ("111111111111", "222222222222"):
        one = made.results(0, failing)
        sources = (SourceInfo("aws", f"{account} eu-west-1", 9),)
        one = replace(one, run=replace(one.run, command="audit", account=account, sources=sources))
        save(store, one, made.document(one))
    runs = queries.load(store)
    found = trend(runs, made.at(3))
    assert len(found.scopes) == 2
    said, page = " ".join(trend_text.render(found).split()), trend_html.render(found)
    for account in ("111111111111", "222222222222"):
        assert f"in shop · prod · aws {account} eu-west-1, for 3 d" in said
        assert f">prod · aws {account} eu-west-1</a>" in page
        assert f"MON-3 in prod · aws {account} eu-west-1" in page
        assert f"aws {account} eu-west-1" in trend_text.history(runs, {}, 2)
