"""The scripts that generate and measure platforms."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from asbuilt.sources.terraform.load import load

SCRIPTS = Path(__file__).parents[1] / "scripts"


@pytest.fixture
def scripts(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    yield
    for name in ("bench", "bench_live", "bench_templates", "demo_audit", "generate_platform", "generate_templates"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize("size", [12, 100, 500])
def test_a_generated_platform_has_as_many_resources_as_asked_for(scripts, tmp_path, size):
    from generate_platform import generate

    for folder in ("one", "two"):
        generate(size, tmp_path / folder)
    loaded = load([tmp_path / "one"])
    assert sum(one.mode == "managed" for one in loaded.roots[0].instances()) == size
    assert loaded.diagnostics == []
    texts = [{p.name: p.read_text() for p in (tmp_path / folder).rglob("*.tf")} for folder in ("one", "two")]
    assert texts[0] == texts[1]


def test_bars_say_what_is_met_missed_and_not_measured(scripts):
    from bench import Row, bars, table

    rows = [
        Row("asbuilt", "platform", wall=0.5, cpu=0.5, megabytes=30),
        Row("checkov", "platform", wall=5.0, cpu=5.0, megabytes=200),
        Row("asbuilt", "20000", wall=5.0, cpu=5.0, megabytes=300),
        Row("checkov", "20000", note="stopped after 1800 s"),
    ]
    step = Row("action", "platform", wall=1.4, cpu=1.4, megabytes=40, resources=300)
    for wall, resources, met in ((1.4, 300, True), (1.6, 300, False), (0.1, None, None)):
        step.wall, step.resources = wall, resources
        assert [found for what, found, _ in bars([*rows, step]) if "scan step" in what] == [met]
    held = {what: met for what, met, _ in bars(rows)}
    assert list(held.values()) == [False, None, True, True, True, None, None]
    for whole, met in ((0.25, True), (0.26, False)):
        share = {"platform": {"alone": 0.1, "with_values": whole}}
        assert bars(rows, share)[-1][1:] == (met, f"{whole:.0%}; 10% without the values they are the first to ask for")
    assert "stopped after 1800 s" in table(rows)
    rows[3].note = "cannot be installed: no network"
    assert [met for what, met, _ in bars(rows) if "100 times" in what] == [None]


def test_the_share_of_rules_is_measured_with_and_without_values(scripts, tmp_path):
    from bench import PLATFORM, rule_share

    share = rule_share(PLATFORM, tmp_path, 1)
    assert 0 < share["alone"] < share["with_values"] < 1


def test_the_scan_step_of_the_action_is_one_that_scans(scripts, tmp_path):
    from bench import PLATFORM, ScanStep, run

    step = ScanStep(tmp_path, tmp_path)
    assert step.prepare() == ""
    ran = run(step.command(PLATFORM), 120, tmp_path)
    assert ran.code == 0
    assert step.resources(ran, PLATFORM) > 300
    (step.clone / "asbuilt.yaml").write_text(
        "nonsense: 1\n"
    )  # of the change: the base has none, so it counts for nothing
    assert step.resources(run(step.command(PLATFORM), 120, tmp_path), PLATFORM) > 300
    step.base = "f" * 40
    assert step.resources(run(step.command(PLATFORM), 120, tmp_path), PLATFORM) is None


def test_live_bench_measures_processes_and_says_what_its_bars_are(scripts, monkeypatch, tmp_path):
    import bench_live

    monkeypatch.setattr(bench_live, "asked", lambda _: ["ListClusters", "ListServices"])
    one = [sys.executable, "-c", "print('{\"seconds\": 0.3}')"]
    row = bench_live.measure(bench_live.named(bench_live.DEFAULT), one, "http://127.0.0.1", 2, bench_live.seconds)
    assert (row.collected, row.calls, len(row.runs), row.note) == (0.3, 2, 2, "")
    failing = bench_live.measure("x", [sys.executable, "-c", "raise SystemExit(7)"], "", 1, bench_live.nothing)
    assert failing.note.startswith("exit code 7")
    peer = bench_live.Row("Cloud Custodian", wall=6.0, cpu=1.0, megabytes=110.0, calls=78)
    whole = bench_live.Row("asbuilt audit", wall=1.5, cpu=1.0, megabytes=140.0, calls=98)
    faster = bench_live.Row("asbuilt, 16 threads", collected=0.01, note="not run")  # bars are held with the default
    rows = [bench_live.Row("asbuilt, 1 thread", collected=1.9, note="not run"), faster, row, whole, peer]
    held = {what: met for what, met, _ in bench_live.bars(rows, 0.05)}
    assert list(held.values()) == [True, True, False, True]
    row.collected = 0.51
    assert [met for what, met, _ in bench_live.bars(rows, 0.05)] == [False, False, False, True]
    assert [met for what, met, _ in bench_live.bars(rows, 0) if "dependent" in what] == [None]
    assert [line.split()[-1] for line in bench_live.table(rows).splitlines()[1:]] == ["run", "run", "2", "98", "78"]
    assert bench_live.Custodian(tmp_path, tmp_path).audit("http://127.0.0.1")[-1].endswith("custodian.yaml")


def test_generated_templates_have_the_resources_asked_for_and_nothing_wrong(scripts, tmp_path):
    from generate_templates import large, many

    from asbuilt.scan import Options, read

    large(tmp_path / "large", 50)
    graph = read(None, Options(paths=[tmp_path / "large"]), lambda _: None)
    assert (len(graph.resources), len(graph.sources)) == (50, 1)
    for folder in ("one", "two"):
        many(tmp_path / folder, 8)
    graph = read(None, Options(paths=[tmp_path / "one"]), lambda _: None)
    assert (len(graph.resources), len(graph.sources)) == (150, 8)
    assert not graph.diagnostics
    assert not graph.gaps
    assert {p.suffix for p in (tmp_path / "one").iterdir()} == {".yaml", ".json"}
    texts = [{p.name: p.read_text() for p in (tmp_path / folder).iterdir()} for folder in ("one", "two")]
    assert texts[0] == texts[1]


def test_bars_of_templates_say_what_is_met_missed_and_not_measured(scripts):
    from bench_templates import Row, bars

    rows = [
        Row("asbuilt", "many", wall=1.0, cpu=1.0, megabytes=199.0),
        Row("cfn-lint", "many", wall=20.0, cpu=19.0),
        Row("checkov", "many", wall=19.0, cpu=21.0),
        Row("asbuilt", "one", wall=1.0, cpu=1.0, megabytes=200.0),
        Row("cfn-lint", "one", note="cannot be installed: no network"),
    ]
    assert [met for _, met, _ in bars(rows)] == [True, False, True, None, None, False]
    assert bars(rows)[1][2] == "19.0 times (21.0 of CPU time)"
