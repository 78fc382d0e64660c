"""`asbuilt check --with checkov`: what it does to the exit code and to the results."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from asbuilt.cli import main
from beside.fakes import output, program, record

SPEC = "asbuilt: 1\nname: shop\nlogging: {retention_days: 30}\n"
CODE = 'resource "aws_cloudwatch_log_group" "api" {\n  name              = "api"\n  retention_in_days = %d\n}\n'


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    (tmp_path / "repo/.git").mkdir(parents=True)
    (tmp_path / "repo/main.tf").write_text(CODE % 30)
    (tmp_path / "spec.yaml").write_text(SPEC)
    return tmp_path / "repo"


def check(repo: Path, body: str, *more: str, base: Path | None = None) -> tuple[Result, dict[str, Any]]:
    base = base or repo.parent
    command = ["check", str(repo), "--spec", str(base / "spec.yaml"), "-q", "-o", f"json={base}/r.json"]
    fake = program(base, body)
    result = CliRunner().invoke(main, [*command, "--with", "checkov", "--checkov-program", str(fake), *more])
    path = base / "r.json"
    return result, json.loads(path.read_text()) if path.exists() else {}


def fails(repo: Path, **changes: Any) -> str:
    found = record(check_id="CKV_AWS_338", file_abs_path=str(repo / "main.tf"), file_line_range=[1, 4], **changes)
    return f"print({output([found])!r})\n"


def test_its_failures_are_listed_and_do_not_gate(repo: Path) -> None:
    result, data = check(repo, fails(repo))
    assert (result.exit_code, data["gaps"]) == (0, [])
    (run,) = data["external"]
    assert [finding["check"] for finding in run["findings"]] == ["CKV_AWS_338"]
    (dispute,) = run["disputes"]
    assert (dispute["theirs"], dispute["ours"], dispute["rule"]) == ("fail", "pass", "log-group-retention")
    assert data["summary"]["score"] == 100.0


def test_its_failures_gate_where_asked(repo: Path) -> None:
    result, data = check(repo, fails(repo), "--checkov-fails")
    assert (result.exit_code, data["run"]["exit_code"]) == (1, 1)
    (repo.parent / "before.json").write_text((repo.parent / "r.json").read_text())
    result, data = check(repo, fails(repo), "--checkov-fails", "--baseline", str(repo.parent / "before.json"))
    assert result.exit_code == 0
    assert data["external"][0]["findings"][0]["baseline"] == "known"
    more = fails(repo, resource="aws_cloudwatch_log_group.web")
    result, _ = check(repo, more, "--checkov-fails", "--baseline", str(repo.parent / "before.json"))
    assert result.exit_code == 1


@pytest.mark.parametrize("body", ["sys.exit(2)\n", "print('{}')\n", "time.sleep(600)\n", "os.abort()\n"])
def test_what_goes_wrong_is_a_gap_and_never_a_pass(repo: Path, body: str) -> None:
    result, data = check(repo, body, "--checkov-timeout", "3")
    assert result.exit_code == data["run"]["exit_code"] == 3
    (gap,) = data["gaps"]
    assert (gap["source"], gap["incomplete"]) == ("checkov", True)
    assert data["external"] == []
    assert data["summary"]["unknown"] == 0  # our own verdicts do not depend on it
    result, _ = check(repo, body, "--checkov-timeout", "3", "--allow-incomplete")
    assert result.exit_code == 0


def test_a_file_that_it_cannot_parse_is_a_gap(repo: Path) -> None:
    result, data = check(repo, f"print({output(errors=[str(repo / 'main.tf')])!r})\n")
    assert result.exit_code == 3
    assert [gap["what"].endswith("main.tf") for gap in data["gaps"]] == [True]
    assert data["external"][0]["passes"] == 0


def test_what_none_of_its_checks_saw_does_not_look_clean(repo: Path) -> None:
    result, data = check(repo, f"print({output()!r})\n")
    assert result.exit_code == 0
    (gap,) = data["gaps"]
    assert (gap["incomplete"], "judged nothing" in gap["reason"]) == (False, True)


def test_our_failures_win_over_its_gap(repo: Path) -> None:
    (repo / "main.tf").write_text(CODE % 7)
    result, data = check(repo, "sys.exit(2)\n", "--fail-on", "low")
    assert result.exit_code == 1
    assert data["gaps"]


def test_what_it_has_no_counterpart_of_is_said(repo: Path) -> None:
    _, data = check(repo, fails(repo), "--var", "a=b")
    assert [remark["code"] for remark in data["diagnostics"] if "--var" in remark["message"]] == ["checkov-options"]


def test_not_installed_is_a_gap(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asbuilt.checkov.program._own", lambda: None)
    monkeypatch.setenv("PATH", "/nowhere")
    command = ["check", str(repo), "--spec", str(repo.parent / "spec.yaml"), "-q", "--with", "checkov"]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 3
    assert "checkov is not installed" in result.output
    assert "pip install" in result.output


def test_the_project_cannot_name_the_program(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo)
    program(repo, f"open({str(repo / 'ran')!r}, 'w')\n")
    for key in ("checkov_program: ./checkov", "with: [checkov]", "checkov-program: ./checkov"):
        (repo / "asbuilt.yaml").write_text(f"{key}\n")
        result = CliRunner().invoke(main, ["check", ".", "--spec", str(repo.parent / "spec.yaml"), "--with", "checkov"])
        assert result.exit_code == 2, result.output
    assert not (repo / "ran").exists()


def git(repo: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *settings, *arguments], cwd=repo, check=True, capture_output=True)


def test_what_the_merge_base_had_does_not_gate(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / ".git").rmdir()
    git(repo, "init", "-q", "-b", "main")
    git(repo, "add", "main.tf")
    git(repo, "commit", "-q", "-m", "before")
    monkeypatch.chdir(repo)
    body = (
        "folder = [one for one in sys.argv if one.startswith('--directory=')][0].split('=', 1)[1]\n"
        f"found, more = {record(check_id='CKV_AWS_338')!r}, {record(check_id='CKV_AWS_66')!r}\n"
        "rows = [found, more] if 'more' in open(folder + '/main.tf').read() else [found]\n"
        "summary = {'passed': 0, 'failed': len(rows), 'skipped': 0, 'checkov_version': '3.3.30'}\n"
        "results = {'failed_checks': rows, 'passed_checks': [], 'skipped_checks': [], 'parsing_errors': []}\n"
        "print(json.dumps({'check_type': 'terraform', 'results': results, 'summary': summary}))\n"
    )
    more = ("--checkov-fails", "--changed-since", "main")
    result, data = check(Path(), body, *more, base=repo.parent)
    assert result.exit_code == 0, result.output
    assert [finding["baseline"] for finding in data["external"][0]["findings"]] == ["known"]
    (repo / "main.tf").write_text(CODE % 30 + "# more\n")
    result, data = check(Path(), body, *more, base=repo.parent)
    assert result.exit_code == 1
    assert [finding["baseline"] for finding in data["external"][0]["findings"]] == ["known", "new"]


def test_its_options_without_it_are_an_error(repo: Path) -> None:
    result = CliRunner().invoke(main, ["check", str(repo), "--spec", "broxiva", "--checkov-fails"])
    assert result.exit_code == 2
    assert "need --with checkov" in result.output
