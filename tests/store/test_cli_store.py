"""`check --store`, `history` and `trend` from the outside."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from asbuilt.cli import main
from asbuilt.store import open_store
from asbuilt.store.writing import save
from asbuilt_reports.json_results import from_json, to_json
from store import made

SPEC = """\
asbuilt: 1
name: shop
services:
  api: {class: critical, port: 4000}
service_classes:
  critical: {title: Critical}
logging:
  retention_days: 30
  log_group: /shop/${service}
"""
CODE = """\
resource "aws_cloudwatch_log_group" "api" {
  name              = "/shop/api"
  retention_in_days = DAYS
}

resource "aws_ecs_service" "api" {
  name = "api"
}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASBUILT_STORE", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    Path("spec.yaml").write_text(SPEC)
    Path("code").mkdir()
    write(30)
    return tmp_path


def write(days: int) -> None:
    Path("code/main.tf").write_text(CODE.replace("DAYS", str(days)))


def asbuilt(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, list(arguments), catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def check(*arguments: str, code: int = 0) -> Result:
    return asbuilt("check", "code", "--spec", "spec.yaml", "--only", "log-group-retention", *arguments, code=code)


def history(url: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(asbuilt("history", "--store", url, "--json").stdout)["runs"]
    return found


def test_a_run_is_stored_and_changes_neither_output_nor_exit_code(url: str) -> None:
    write(7)
    plain = check(code=1)
    stored = check("--store", url, code=1)
    assert re.sub(r"\d+\.\d+ s", "", stored.stdout) == re.sub(r"\d+\.\d+ s", "", plain.stdout)
    assert "stored run" in stored.stderr
    (run,) = history(url)
    assert (run["exit_code"], run["counts"]["fail"]) == (1, 1)  # type: ignore[index]
    assert run["selection"] == "--only log-group-retention"
    assert run["new"] is run["fixed"] is None


def test_reports_say_since_when_something_fails(url: str) -> None:
    write(7)
    first = check("--store", url, code=1)
    assert "run before" not in first.stdout
    started = "2026-03-01T08:00:00+00:00"
    asbuilt("history", "show", "latest", "--store", url, "-o", "json=first.json")
    moved = json.loads(Path("first.json").read_text())
    moved["run"]["started_at"] = started
    results = from_json(json.dumps(moved))
    save(open_store(url), results, to_json(results), selection="--only log-group-retention")
    again = check("--store", url, "-o", "text", "-o", "markdown=summary.md", "-o", "html=page.html", code=1)
    assert re.search(r"Something has failed since 2026-03-01, in each of [23] runs; the\s+run before, of", again.stdout)
    assert "Something has failed since" in Path("summary.md").read_text()
    assert '<p class="since">Something has failed since 2026-03-01' in Path("page.html").read_text()


def test_nothing_is_stored_unless_asked_for(tmp_path: Path) -> None:
    check()
    assert not (tmp_path / "data").exists()


def test_history_says_what_is_new_and_fixed(url: str) -> None:
    open_store(url, create=True)
    save_all(url, [made.results(0), made.results(1, [made.finding("MON-3", "api")]), made.results(2)])
    newest, middle, oldest = history(url)
    assert (oldest["new"], oldest["fixed"]) == (None, None)
    assert (len(middle["new"]), middle["fixed"]) == (1, [])  # type: ignore[arg-type]
    assert (newest["new"], newest["fixed"]) == ([], middle["new"])
    text = asbuilt("history", "--store", url, "--limit", "1").stdout
    assert str(newest["id"])[:12] in text
    assert "1 of 3 runs" in text
    assert "No run is stored." in asbuilt("history", "--store", url, "--env", "other").stdout


def save_all(url: str, results: list) -> None:  # type: ignore[type-arg]
    for one in results:
        save(open_store(url, create=True), one, made.document(one))


def test_a_stored_run_is_written_again_as_it_was(url: str) -> None:
    write(7)
    check("--store", url, "-o", "json=first.json", code=1)
    (run,) = history(url)
    asbuilt("history", "show", "latest", "--store", url, "-o", "json=again.json", "-o", "html=again.html")
    assert Path("again.json").read_bytes() == Path("first.json").read_bytes()
    assert "<!doctype html>" in Path("again.html").read_text()
    shown = asbuilt("history", "--store", url, "show", str(run["id"])[:8]).stdout
    assert "retention_in_days = 7" in shown


def test_the_default_store_and_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no results are stored here yet" in asbuilt("history", code=2).stderr
    check("--store", "default")
    assert (tmp_path / "data/asbuilt/results.db").exists()
    assert "shop" in asbuilt("history").stdout
    monkeypatch.setenv("ASBUILT_STORE", "sqlite:///other.db")
    check()
    assert len(history("sqlite:///other.db")) == 1
    assert "1 run of 1 scope" in asbuilt("trend").stdout


def test_a_bad_store_is_said_before_the_scan() -> None:
    result = check("--store", "results.db", "-o", "json=out.json", code=2)
    assert "not a URL" in result.stderr
    assert not Path("out.json").exists()


def test_a_store_that_fails_leaves_the_outputs_and_exits_2() -> None:
    Path("notes.db").write_text("no database, and long enough to be sure of it\n" * 20)
    result = check("--store", "sqlite:///notes.db", "-o", "json=out.json", code=2)
    assert "the run was not stored" in result.stderr
    assert json.loads(Path("out.json").read_text())["findings"] == []


def test_trend_in_every_format(url: str) -> None:
    save_all(url, made.quarter())
    asbuilt(
        "trend", "--store", url, "--until", "2026-06-05", "-o", "text=t.txt", "-o", "json=t.json", "-o", "html=t.html"
    )
    assert "3 statements are not met" in Path("t.txt").read_text()
    assert json.loads(Path("t.json").read_text())["until"] == "2026-06-05T23:59:59+00:00"
    assert "<svg" in Path("t.html").read_text()
    again = asbuilt("trend", "--store", url, "--until", "2026-06-05", "-o", "html").stdout
    assert again == Path("t.html").read_text()
    only = json.loads(asbuilt("trend", "--store", url, "--env", "staging", "-o", "json").stdout)
    assert [scope["environment"] for scope in only["scopes"]] == ["staging"]
    early = json.loads(
        asbuilt("trend", "--store", url, "--since", "2026-03-09", "--until", "2026-03-10", "-o", "json").stdout
    )
    assert early["runs"] == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--since", "last week"), "expected a day"),
        (("--since", "2026-06-02", "--until", "2026-06-01"), "later than --until"),
        (("-o", "pdf"), "text, json, html"),
        (("-o", "html", "-o", "json"), "only one output"),
        (("-o", "html=no/such/folder/x.html"), "cannot be written"),
    ],
)
def test_wrong_use_of_trend(arguments: tuple[str, ...], words: str) -> None:
    save_all("sqlite:///results.db", [made.results(0)])
    assert words in asbuilt("trend", "--store", "sqlite:///results.db", *arguments, code=2).stderr


def test_a_partial_run_is_not_compared_with_a_whole_one() -> None:
    url = "sqlite:///results.db"
    whole = made.results(0, [made.finding("MON-3", "api")])
    part = replace(made.results(1), rules=())
    save(open_store(url, create=True), whole, made.document(whole))
    save(open_store(url), part, made.document(part), selection="--only NET-9")
    assert [run["fixed"] for run in history(url)] == [None, None]
