"""What is new, known and fixed: on a whole platform that is moved about, and case by case."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from asbuilt.baseline import Baseline, compare, difference, fixed
from asbuilt.cli import main
from asbuilt.model import Gap, Severity, Verdict
from asbuilt.results import Finding, Results
from asbuilt.scan import Options, ScanError, check
from asbuilt.sources.terraform.parsing import parser
from asbuilt.sources.terraform.parsing.syntax import SourceFile
from asbuilt.spec import load_spec
from asbuilt_reports.json_results import from_json, to_json
from reports import sample

PLATFORM = Path(__file__).parents[1] / "fixtures" / "broxiva"


def scan(folder: Path, environment: str = "prod", before: Results | None = None) -> Results:
    document = load_spec("broxiva")
    baseline = Baseline("before.json", before) if before is not None else None
    options = Options(paths=[folder / "environments" / "prod"], environment=environment, root=folder, baseline=baseline)
    return check(document, document.resolve(environment), options)


def move_about(folder: Path) -> None:
    """Insert lines, reverse the blocks of every file, and rename it."""
    for file in sorted(folder.rglob("*.tf")):
        text = file.read_text()
        body, problems = parser.parse(SourceFile(file.name, text))
        assert not problems
        blocks = [text[block.start : block.end] for block in body.blocks]
        file.write_text("# moved\n\n\n" + "\n\n".join(reversed(blocks)) + "\n")
        file.rename(file.with_name(f"moved_{file.name}"))
    for file in sorted(folder.rglob("*.tfvars")):
        file.write_text("# moved\n\n" + file.read_text())


def test_moved_lines_renamed_files_and_reordered_blocks_bring_nothing_new(tmp_path: Path) -> None:
    shutil.copytree(PLATFORM / "drifted", tmp_path / "platform")
    before = scan(tmp_path / "platform")
    move_about(tmp_path / "platform")
    after = scan(tmp_path / "platform", before=from_json(to_json(before)))
    compared = [f for f in after.findings if f.verdict is not Verdict.NOT_APPLICABLE]
    assert len(compared) > 80
    assert [(f.rule, f.resource.address) for f in compared if f.baseline != "known"] == []
    assert after.fixed == ()
    assert [f.id for f in after.findings] == [f.id for f in before.findings]
    assert [f.resource.location for f in after.findings] != [f.resource.location for f in before.findings]
    assert before.run.exit_code == 1
    assert after.run.exit_code == 0


def test_the_mended_platform_has_fixed_what_the_drifted_one_failed(tmp_path: Path) -> None:
    shutil.copytree(PLATFORM / "drifted", tmp_path / "platform")
    before = scan(tmp_path / "platform")
    code = tmp_path / "platform" / "environments" / "prod" / "services.tf"
    text, number = re.subn(r"port( +)= 4001\b", r"port\1= 4000", code.read_text())
    assert number > 0
    code.write_text(text)
    after = scan(tmp_path / "platform", before=before)
    assert [(row.rule, row.service, row.how) for row in after.fixed] == [("service-port", "api", "passes")]
    assert {f.baseline for f in after.findings if f.verdict is Verdict.FAIL} == {"known"}


def test_another_environment_or_spec_is_no_baseline(tmp_path: Path) -> None:
    folder = PLATFORM / "drifted"
    before = scan(folder)
    staging = replace(before, run=replace(before.run, environment="staging"))
    with pytest.raises(ScanError, match="the baseline is of environment staging, this run of prod"):
        scan(folder, before=staging)
    other = replace(before, run=replace(before.run, spec=replace(before.run.spec, name="shop")))
    with pytest.raises(ScanError, match="held to the spec shop, this run to broxiva"):
        scan(folder, before=other)


ONE = sample.log_group("api", baseline=None)


def results(*findings: Finding, **changes: Any) -> Results:
    return sample.results(findings, gaps=(), diagnostics=(), fixed=(), **changes)


def mark(now: Finding, *before: Finding) -> str | None:
    (found,) = compare([now], results(*before))
    return found.baseline


def test_a_finding_is_known_by_its_fingerprint() -> None:
    assert mark(ONE, ONE) == "known"
    assert mark(ONE) == "new"
    assert mark(ONE, replace(ONE, id="other")) == "new"
    assert mark(replace(ONE, message="other words"), ONE) == "known"
    assert mark(replace(ONE, verdict=Verdict.NOT_APPLICABLE), ONE) is None


def test_what_has_become_worse_is_new() -> None:
    worse = replace(ONE, severity=Severity.CRITICAL)
    assert mark(worse, ONE) == "new"
    assert mark(ONE, worse) == "known"
    twice = replace(ONE, evidence=ONE.evidence * 2)
    assert mark(twice, ONE) == "new"
    assert mark(ONE, twice) == "known"


@pytest.mark.parametrize("verdict", [Verdict.UNKNOWN, Verdict.ERROR, Verdict.WAIVED])
def test_what_did_not_fail_and_fails_now_is_new(verdict: Verdict) -> None:
    assert mark(ONE, replace(ONE, verdict=verdict)) == "new"


def test_a_known_failure_stays_known_when_waived() -> None:
    assert mark(replace(ONE, verdict=Verdict.WAIVED), ONE) == "known"


def how(now: Results, *before: Finding, **options: Any) -> list[str]:
    return [row.how for row in fixed(now, results(*before), **options)]


def passing(address: str) -> dict[str, tuple[str, ...]]:
    return {ONE.rule: (address,)}


def test_fixed_is_what_passes_or_is_gone() -> None:
    assert how(results(passes=passing(ONE.resource.address)), ONE) == ["passes"]
    assert how(results(), ONE) == ["gone"]
    assert how(results(ONE), ONE) == []


@pytest.mark.parametrize("verdict", [Verdict.UNKNOWN, Verdict.ERROR, Verdict.WAIVED])
def test_what_cannot_be_told_or_is_waived_is_not_fixed(verdict: Verdict) -> None:
    assert how(results(replace(ONE, verdict=verdict)), ONE) == []
    # ... not even where the doubt is about another property, and the fingerprint differs
    assert how(results(replace(ONE, verdict=verdict, id="other")), ONE) == []


def test_what_this_run_did_not_look_at_is_not_fixed() -> None:
    assert how(results(rules=()), ONE) == []
    assert how(results(), ONE, judged=lambda old: old.rule != ONE.rule) == []
    unread = replace(results(), gaps=(Gap("terraform", "main.tf", "does not parse"),))
    assert how(unread, ONE) == []
    # What could not be read then cannot hide now what was found then.
    assert [row.how for row in fixed(unread, replace(results(ONE), gaps=unread.gaps))] == ["gone"]
    assert how(replace(unread, passes=passing(ONE.resource.address)), ONE) == ["passes"]


def test_the_difference_of_two_results() -> None:
    web, media = sample.log_group("web"), sample.log_group("media")
    found = difference(
        results(ONE, web, media), results(replace(ONE, verdict=Verdict.UNKNOWN), web, sample.log_group("search"))
    )
    assert [f.resource.service for f in found.new] == ["search"]
    assert [f.resource.service for f in found.known] == ["web"]
    assert [f.resource.service for f in found.undecided] == ["api"]
    assert [row.service for row in found.fixed] == ["media"]
    assert found.remarks == ()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("old.json").write_text(to_json(results(ONE)))
    Path("new.json").write_text(to_json(results(ONE, sample.log_group("web"))))
    Path("hostile.json").write_text(to_json(sample.results()))
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


@pytest.mark.usefixtures("folder")
def test_diff_exits_1_for_what_is_new_only() -> None:
    worse = run("diff", "old.json", "new.json")
    assert worse.exit_code == 1
    assert "NEW  medium  log-group-retention (MON-3)" in worse.stdout
    assert "1 new, 1 known, 0 fixed" in worse.stdout
    assert run("diff", "old.json", "new.json", "--fail-on", "high").exit_code == 0
    better = run("diff", "new.json", "old.json")
    assert better.exit_code == 0
    assert "FIXED  medium  log-group-retention" in better.stdout
    assert "0 new, 1 known, 1 fixed" in better.stdout


@pytest.mark.usefixtures("folder")
def test_diff_as_json() -> None:
    data = json.loads(run("diff", "old.json", "new.json", "--json").stdout)
    assert {key: data["summary"][key] for key in ("new", "known", "fixed")} == {"new": 1, "known": 1, "fixed": 0}
    assert data["new"][0]["resource"]["service"] == "web"
    assert data["known"] == [ONE.id]


@pytest.mark.usefixtures("folder")
def test_diff_shows_control_characters_and_says_what_may_not_compare() -> None:
    Path("empty.json").write_text(to_json(sample.clean()))
    text = run("diff", "empty.json", "hostile.json").stdout
    assert all(line.isprintable() for line in text.splitlines())
    data = json.loads(Path("new.json").read_text())
    data["run"]["environment"] = "staging"
    Path("staging.json").write_text(json.dumps(data))
    assert "note: the environments are prod and staging" in run("diff", "old.json", "staging.json").stdout


@pytest.mark.parametrize("text", ["", "{}", '{"schema_version": "7"}'])
@pytest.mark.usefixtures("folder")
def test_what_is_no_result_exits_2(text: str) -> None:
    Path("bad.json").write_text(text)
    for arguments in (("diff", "old.json", "bad.json"), ("report", "bad.json"), ("report", "nowhere.json")):
        result = run(*arguments)
        assert result.exit_code == 2
        assert result.stderr.startswith("asbuilt: error: ")


@pytest.mark.usefixtures("folder")
def test_report_renders_every_format_as_the_run_did() -> None:
    names = ["json", "sarif", "html", "junit", "markdown", "csv", "github"]
    result = run("report", "hostile.json", "-o", "text", *(w for n in names for w in ("-o", f"{n}=out.{n}")))
    assert result.exit_code == 0
    assert "7 new, 1 known, 2 fixed since the baseline" in result.stdout
    assert Path("out.json").read_text() == Path("hostile.json").read_text()
    assert [name for name in names if not Path(f"out.{name}").read_text()] == []


@pytest.mark.usefixtures("folder")
def test_report_passes_the_sarif_options_on() -> None:
    data = json.loads(Path("hostile.json").read_text())
    finding = next(f for f in data["findings"] if f["verdict"] == "fail")
    finding["resource"]["location"] = finding["requirement"]["location"] = None
    finding["evidence"] = []
    data["findings"] = [finding, next(f for f in data["findings"] if f["verdict"] == "waived")]
    Path("live.json").write_text(json.dumps(data))
    options = ("--sarif-profile", "full", "--sarif-anchor", "docs/anchor.md", "-o", "sarif")
    one, other = json.loads(run("report", "live.json", *options).stdout)["runs"][0]["results"]
    assert one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "docs/anchor.md"
    assert one["baselineState"] == "unchanged"
    (suppression,) = other["suppressions"]
    assert suppression["justification"] == sample.MEDIA["reason"]
    assert suppression["properties"]["owner"] == "media-team"
    assert suppression["location"]["physicalLocation"]["artifactLocation"]["uri"] == "waivers.yaml"
    github = json.loads(run("report", "live.json", "-o", "sarif").stdout)["runs"][0]["results"]
    assert len(github) == 1
    assert "baselineState" not in github[0]


def test_check_gates_on_what_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("spec.yaml").write_text(
        "asbuilt: 1\nname: shop\nservices:\n  api: {class: critical}\nservice_classes:\n  critical: {title: C}\n"
        "logging:\n  retention_days: 30\n  log_group: /shop/${service}\n"
    )
    group = 'resource "aws_cloudwatch_log_group" "%s" {\n  name = "/shop/%s"\n  retention_in_days = 7\n}\n'
    Path("main.tf").write_text(group % ("api", "api"))
    command = ("check", ".", "--spec", "spec.yaml", "--only", "log-group-retention", "--fail-on", "low")
    assert run(*command, "-o", "json=old.json").exit_code == 1
    known = run(*command, "--baseline", "old.json")
    assert known.exit_code == 0
    assert "0 new, 1 known, 0 fixed since the baseline (old.json" in " ".join(known.stdout.split())
    assert "no new finding that gates" in known.stdout
    Path("main.tf").write_text(group % ("api", "api") + group % ("web", "web"))
    new = run(*command, "--baseline", "old.json")
    assert new.exit_code == 1
    assert "2 checks failed (1 new)" in new.stdout
    assert run(*command, "--baseline", "nowhere.json").exit_code == 2
    assert run(*command, "--baseline", "spec.yaml").exit_code == 2
