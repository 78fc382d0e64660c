"""Storing runs and reading them back."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, literal, select

from asbuilt.results import Results
from asbuilt.store import StoreError, default_location, open_store, queries
from asbuilt.store.database import Store
from asbuilt.store.earlier import earlier
from asbuilt.store.schema import findings, runs, sections, waivers
from asbuilt.store.writing import save
from asbuilt_reports.json_results import from_json, to_json
from reports import sample
from store import made


def keep(store: Store, results: list[Results]) -> None:
    for one in results:
        save(store, one, to_json(one))


def count(store: Store) -> dict[str, int]:
    with store.reading() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (runs, sections, findings, waivers)
        }


def test_a_run_comes_back_byte_for_byte(store: Store) -> None:
    document = to_json(sample.results())
    run, new = save(store, sample.results(), document)
    assert new
    assert queries.document(store, "latest") == (run, document)
    assert to_json(from_json(queries.document(store, run[:6])[1])) == document


def test_the_columns_say_what_the_document_says(store: Store) -> None:
    results = sample.results()
    save(store, results, to_json(results))
    (run,) = queries.load(store)
    assert run.scope.spec == results.run.spec.name
    assert run.scope.environment == results.run.environment
    assert run.scope.sources == tuple(sorted(f"{s.kind} {s.path}" for s in results.run.sources))
    assert run.score == results.summary.score
    assert run.started_at.isoformat() == results.run.started_at.replace("Z", "+00:00")
    assert dict(run.counts) == dict(results.summary.counts)
    assert [name for name, _ in run.sections] == list(results.summary.by_section)
    stored = Counter("waived" if d.waived else "fail" for d in run.deviations.values())
    expected = Counter(f.verdict.value for f in results.findings if f.verdict.value in ("fail", "waived"))
    assert stored == expected
    assert run.undecided == {
        (f.rule, f.resource.address) for f in results.findings if f.verdict.value in ("unknown", "error")
    }
    assert len(run.waivers) == len(results.waivers)
    assert run.passed() == {(rule, address) for rule, found in results.passes.items() for address in found}


def test_every_verdict_is_in_the_findings(store: Store) -> None:
    results = sample.results()
    save(store, results, to_json(results))
    with store.reading() as connection:
        stored = dict(connection.execute(select(findings.c.id, findings.c.verdict)).all())
    assert stored == {finding.id: finding.verdict.value for finding in results.findings}


def test_the_same_run_is_stored_once(store: Store) -> None:
    results = sample.results()
    first = save(store, results, to_json(results))
    before = count(store)
    assert save(store, results, to_json(results)) == (first[0], False)
    assert count(store) == before
    other = replace(results, run=replace(results.run, duration_s=9.0))
    assert save(store, other, to_json(other))[1]
    assert count(store)["runs"] == 2


def test_hostile_names_are_stored_and_come_back(store: Store) -> None:
    name = sample.HOSTILE
    results = made.results(0, [made.finding("MON-3", name, address=name, id=name[:20])], environment=name)
    results = replace(results, waivers=(made.waiver(name, name, "2026-01-01"),))
    document = to_json(results)
    save(store, results, document, selection=name)
    (run,) = queries.load(store)
    assert "<script>" in run.scope.environment
    assert "\0" not in run.scope.environment
    assert queries.document(store, "latest")[1] == document


def test_of_two_findings_with_one_fingerprint_the_worse_counts(store: Store) -> None:
    twice = [made.finding("MON-3", "api", "unknown"), made.finding("MON-3", "api", "fail")]
    save(store, made.results(0, twice), "{}")
    (run,) = queries.load(store)
    assert len(run.deviations) == 1
    assert run.undecided == frozenset()


def test_runs_come_oldest_first_and_by_environment(store: Store) -> None:
    for day in (3, 1, 2):
        for environment in ("prod", "staging"):
            results = made.results(day, environment=environment)
            save(store, results, to_json(results))
    assert [run.started_at for run in queries.load(store, environment="prod")] == [made.at(d) for d in (1, 2, 3)]
    assert len(queries.load(store)) == 6
    assert {run.started_at for run in queries.load(store, until=made.at(1.5))} == {made.at(1)}
    assert queries.load(store, environment="PROD") == []


def test_runs_are_named_by_the_first_characters(store: Store) -> None:
    for day in range(40):
        results = made.results(day)
        save(store, results, to_json(results))
    ids = [run.id for run in queries.load(store)]
    assert queries.document(store, ids[7][:12].upper())[0] == ids[7]
    assert queries.document(store, "latest")[0] == ids[-1]
    for name, words in (("zzzz", "names no run"), ("abc", "names no run"), ("%%%%", "names no run")):
        with pytest.raises(StoreError, match=words):
            queries.document(store, name)
    with store.writing() as connection:
        connection.execute(runs.insert().from_select(["id", *_other()], _copy(ids[0], "f" * 63 + "a")))
        connection.execute(runs.insert().from_select(["id", *_other()], _copy(ids[0], "f" * 63 + "b")))
    with pytest.raises(StoreError, match="several runs"):
        queries.document(store, "ffffff")


def _other() -> list[str]:
    return [column.name for column in runs.c if column.name != "id"]


def _copy(of: str, to: str) -> Any:
    return select(literal(to), *(runs.c[name] for name in _other())).where(runs.c.id == of)


def test_a_failing_write_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    results = made.results(0, [made.finding("MON-3", "api")])
    monkeypatch.setattr("asbuilt.store.rows.waiver_rows", lambda waivers: [{"position": 0, "rule": None}])
    with pytest.raises(StoreError):
        save(store, results, to_json(results))
    assert set(count(store).values()) == {0}


def test_a_time_that_is_none_is_said(store: Store) -> None:
    results = made.results(0)
    results = replace(results, run=replace(results.run, started_at="yesterday"))
    with pytest.raises(StoreError, match="yesterday"):
        save(store, results, to_json(results))


def test_statements_come_from_the_newest_spec_that_has_them(store: Store) -> None:
    old = made.results(0)
    new = replace(old, run=replace(old.run, started_at=made.at(1).isoformat(), spec=replace(old.run.spec, sha256="2")))
    new = replace(
        new, requirements=tuple(replace(r, statement="Changed.") for r in new.requirements if r.id != "NET-9")
    )
    for results in (old, new):
        save(store, results, to_json(results))
    said = queries.statements(store, queries.load(store), {"MON-3", "NET-9", "XYZ-1"})
    assert said["MON-3"] == ("Monitoring & Logging", "Changed.")
    assert said["NET-9"][1] == "Tasks get no public address."
    assert "XYZ-1" not in said


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("results.db", "not a URL"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("mysql://root:hunter2@host/db", "not supported"),
        ("sqlite:////no/such/folder/results.db", "does not exist"),
        ("postgresql://user:hunter2@127.0.0.1:1/db?connect_timeout=2", "refused"),
    ],
)
def test_what_is_no_store_is_said_without_the_password(url: str, words: str) -> None:
    with pytest.raises(StoreError, match=words) as caught:
        open_store(url, create=True)
    assert "hunter2" not in str(caught.value)


def test_reading_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no results are stored here yet"):
        open_store(f"sqlite:///{tmp_path}/none.db")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_database_is_not_filled_by_reading(url: str) -> None:
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).touch()
    with pytest.raises(StoreError, match="no results are stored here yet"):
        open_store(url)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database, and long enough to be sure of it\n" * 20)
    with pytest.raises(StoreError, match="not a database"):
        open_store(f"sqlite:///{tmp_path}/notes.txt", create=True)


def test_the_default_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_location({"XDG_DATA_HOME": str(tmp_path)}) == f"{tmp_path}/asbuilt/results.db"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_location({}) == f"{tmp_path}/.local/share/asbuilt/results.db"
    assert default_location({"XDG_DATA_HOME": "relative"}) == f"{tmp_path}/.local/share/asbuilt/results.db"
    store = open_store("default", default=default_location({}), create=True)
    assert store.name == default_location({})
    assert (tmp_path / ".local/share/asbuilt").stat().st_mode & 0o077 == 0


def test_earlier_runs_say_since_when_something_fails(store: Store) -> None:
    failing = [made.finding("MON-3", "api")]
    keep(store, [made.results(0), made.results(1, failing), made.results(2, failing)])
    found = earlier(store, made.results(3, failing))
    assert found is not None
    assert (found.runs, found.alike, found.since[:10], found.fail) == (3, 3, "2026-03-03", 1)
    clean = earlier(store, made.results(3))
    assert clean is not None
    assert (clean.runs, clean.alike, clean.since[:10], clean.started_at[:10]) == (3, 1, "2026-03-05", "2026-03-04")


def test_a_run_that_decided_not_everything_is_not_called_clean(store: Store) -> None:
    doubt = [made.finding("MON-3", "api", "unknown")]
    keep(store, [made.results(0), made.results(1, doubt)])
    assert earlier(store, made.results(2)).alike == 1  # type: ignore[union-attr]
    own = earlier(store, made.results(2, doubt))
    assert own is not None
    assert (own.since, own.alike) == ("", 0)


def test_runs_of_another_scope_or_later_are_not_earlier_ones(store: Store) -> None:
    keep(store, [made.results(0, environment="dev"), made.results(0, spec="other"), made.results(9)])
    assert earlier(store, made.results(5)) is None
    assert earlier(store, made.results(10), selection="--only x") is None
