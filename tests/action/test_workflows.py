"""action.yml and every workflow we hand out: valid, pinned, least rights, and clean to those who audit such files."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
WORKFLOWS = sorted((ROOT / "examples" / "github").glob("*.yml"))
FILES = [ROOT / "action.yml", *WORKFLOWS]
GITLAB = ROOT / "examples" / "gitlab" / ".gitlab-ci.yml"
STARTER = ROOT / "scanner" / "asbuilt" / "starter"
# Read from each action's own repository: the commit of the release.
PINS = {
    "actions/checkout": ("3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    "actions/setup-python": ("5fda3b95a4ea91299a34e894583c3862153e4b97", "v7.0.0"),
    "actions/cache": ("27d5ce7f107fe9357f9df03efb73ab90386fccae", "v5.0.5"),
    "actions/upload-artifact": ("bbbca2ddaa5d8feaa63e36b76fdaad77386f024f", "v7.0.0"),
    "actions/download-artifact": ("3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "v8.0.1"),
    "actions/github-script": ("ed597411d8f924073f98dfc5c65a23a2325f34cd", "v8.0.0"),
    "actions/upload-pages-artifact": ("fc324d3547104276b827a68afc52ff2a11cc49c9", "v5.0.0"),
    "actions/deploy-pages": ("cd2ce8fcbc39b97be8ca5fce6e763baed58fa128", "v5.0.0"),
    "aws-actions/configure-aws-credentials": ("e6de054238d6b7531b4efff3b6587d9aade6a06c", "v6.2.3"),
    "github/codeql-action/upload-sarif": ("8aad20d150bbac5944a9f9d289da16a4b0d87c1e", "v4.36.2"),
}
USES = re.compile(r"uses: (\S+)@(\S+)(?: # (.*))?$", re.MULTILINE)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)
    return found


def steps(path: Path) -> list[dict[str, Any]]:
    data = read(path)
    jobs = data.get("jobs", {"action": data.get("runs")})
    return [step for job in jobs.values() for step in job["steps"]]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_schemas(path: Path) -> None:
    schema = "vendor.github-actions" if path.name == "action.yml" else "vendor.github-workflows"
    done = run(str(BIN / "check-jsonschema"), "--builtin-schema", schema, str(path))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_job_for_gitlab() -> None:
    done = run(str(BIN / "check-jsonschema"), "--builtin-schema", "vendor.gitlab-ci", str(GITLAB))
    assert done.returncode == 0, done.stdout + done.stderr


def zizmor(*paths: Path) -> subprocess.CompletedProcess[str]:
    options = ("--offline", "--strict-collection", "--no-progress", "--format", "json")
    return run(str(BIN / "zizmor"), *options, *map(str, paths))


def test_zizmor_finds_nothing_and_looks_at_every_file(tmp_path: Path) -> None:
    done = zizmor(*FILES)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [row for row in json.loads(done.stdout) if not row.get("ignored")] == []
    for path in FILES:
        assert path.name in done.stderr
    # It can find something, so its silence says something.
    bad = tmp_path / "workflows"
    bad.mkdir()
    text = WORKFLOWS[0].read_text("utf-8").replace(" # zizmor: ignore[dangerous-triggers]", " #")
    (bad / "bad.yml").write_text(text)
    assert "dangerous-triggers" in zizmor(bad / "bad.yml").stdout


@pytest.mark.parametrize("path", [*FILES, GITLAB], ids=lambda path: path.name)
def test_shellcheck(path: Path, tmp_path: Path) -> None:
    if path == GITLAB:
        job = yaml.safe_load(path.read_text("utf-8"))["architecture"]
        scripts = ["\n".join([*job["before_script"], *job["script"]])]
    else:
        scripts = [step["run"] for step in steps(path) if "run" in step]
    if path.name == "fork-scan.yml":
        assert scripts == []
        return
    if path.name == "pull-request.yml":
        assert scripts == []
        return
    assert scripts
    for number, text in enumerate(scripts):
        script = tmp_path / f"{number}.sh"
        script.write_text(f"#!/usr/bin/env bash\nset -eo pipefail\n{text}")
        done = run(str(BIN / "shellcheck"), "--shell=bash", "--severity=style", str(script))
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_expression_in_a_script_and_everything_pinned(path: Path) -> None:
    for step in steps(path):
        assert "${{" not in step.get("run", "")
        assert "${{" not in step.get("with", {}).get("script", "")
    uses = USES.findall(path.read_text("utf-8"))
    assert len(uses) == sum("uses" in step for step in steps(path))
    for name, commit, comment in uses:
        assert re.fullmatch(r"[0-9a-f]{40}", commit)
        if name != "OWNER/asbuilt":
            assert (commit, comment) == PINS[name]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_rights_are_the_least(path: Path) -> None:
    data = read(path)
    assert data["permissions"] == {}
    assert "pull_request_target" not in path.read_text("utf-8")
    for job in data["jobs"].values():
        assert "timeout-minutes" in job
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] == "false"


def test_what_runs_with_rights_over_a_forks_pull_request_checks_nothing_out() -> None:
    data = read(ROOT / "examples" / "github" / "fork-comment.yml")
    assert [*data["on"]] == ["workflow_run"]
    assert not [step for step in data["jobs"]["comment"]["steps"] if "checkout" in step.get("uses", "")]
    scan = read(ROOT / "examples" / "github" / "fork-scan.yml")
    assert scan["jobs"]["scan"]["permissions"] == {"contents": "read"}
    assert data["on"]["workflow_run"]["workflows"] == [scan["name"]]
    assert "secrets." not in (ROOT / "examples" / "github" / "fork-scan.yml").read_text("utf-8")


def test_what_init_writes_is_what_the_examples_have() -> None:
    for path in WORKFLOWS:
        assert (STARTER / "github" / path.name).read_text("utf-8") == path.read_text("utf-8")
    assert sorted(path.name for path in (STARTER / "github").iterdir()) == [path.name for path in WORKFLOWS]
    assert (STARTER / "gitlab.yml").read_text("utf-8") == GITLAB.read_text("utf-8")


def test_every_input_reaches_the_scan_and_is_documented() -> None:
    data = read(ROOT / "action.yml")
    (scan,) = [step for step in data["runs"]["steps"] if step.get("id") == "scan"]
    given = {re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", r"\1", text) for text in scan["env"].values()}
    elsewhere = {"upload-sarif", "python-version"}
    assert set(data["inputs"]) == {name for name in given if "${{" not in name} | elsewhere
    documentation = (ROOT / "docs" / "ci.md").read_text("utf-8")
    for name in (*data["inputs"], *data["outputs"]):
        assert f"`{name}`" in documentation


def test_options_the_examples_use_exist() -> None:
    """Commands in workflows and documentation are real ones."""
    from click.testing import CliRunner

    from asbuilt.cli import main

    texts = {path: path.read_text("utf-8").replace("\\\n", " ") for path in (*FILES, GITLAB, ROOT / "docs" / "ci.md")}
    called = re.compile(r"asbuilt\"? (check|audit|report|init)((?: +[^\n`]+(?:\n +-[^\n]+)*)?)")
    found = 0
    for path, text in texts.items():
        for command, rest in called.findall(text):
            known = CliRunner().invoke(main, [command, "--help"]).output
            for option in set(re.findall(r"(?<!\S)--[a-z-]+", rest)):
                found += 1
                assert option in known, (path, command, option)
    assert found >= 12
