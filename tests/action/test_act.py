"""The Action in act, which runs composite actions as a runner does: its own expressions, conditions and outputs.

act runs on this machine, without containers and without the network: actions of others are folders that stand in for
them. What they leave behind is the same as in `runner.py`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import yaml

from action.conftest import MAILS, Repository

ROOT = Path(__file__).parents[2]
ACT = Path(sys.executable).parent / "act"
OURS = "OWNER/asbuilt@" + "0" * 40
STEPS = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["runs"]["steps"]
USED = [step["uses"] for step in STEPS if "uses" in step]
WORKFLOW = f"""\
on: pull_request
jobs:
  gate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      - id: asbuilt
        uses: {OURS}
        with:
          upload-sarif: "true"
          variables: |
            harmless=$(touch CANARY) `touch CANARY`; touch CANARY
      - if: always()
        shell: bash
        env:
          OUTPUTS: ${{{{ toJSON(steps.asbuilt.outputs) }}}}
        run: printf '%s' "$OUTPUTS" > "OUTPUTS_FILE"
"""
STANDS_IN = {
    "actions/setup-python": ("inputs: {python-version: {default: ''}, update-environment: {default: ''}}", "python"),
    "actions/cache": ("inputs: {path: {default: ''}, key: {default: ''}}", "cache"),
    "github/codeql-action/upload-sarif": ("inputs: {sarif_file: {default: ''}}", "upload"),
}


@pytest.fixture(scope="module")
def action(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Action as a caller gets it: what git knows of it, and nothing else."""
    folder = tmp_path_factory.mktemp("asbuilt")
    names = ("action.yml", "pyproject.toml", "scanner", "policies", "reports", "scripts/action_setup.py")
    listed = subprocess.run(["git", "ls-files", "-z", *names], cwd=ROOT, check=True, capture_output=True, text=True)
    for name in filter(None, listed.stdout.split("\0")):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    return folder


def stand_in(folder: Path, name: str, scratch: Path) -> None:
    """Write an action that leaves behind what another would."""
    inputs, kind = STANDS_IN[name]
    python = getattr(sys, "_base_executable", sys.executable)
    site = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    lines = {
        "python": f'echo "python-path={python}" >> "$GITHUB_OUTPUT"',
        "cache": f'"{python}" -I -m venv --without-pip "$FOLDER"\n'
        f'echo "{sysconfig.get_paths()["purelib"]}" > "$FOLDER/{site}/dependencies.pth"\n'
        'touch "$FOLDER/complete"',
        "upload": f'cp "$FOLDER" "{scratch}/uploaded.sarif"',
    }[kind]
    value = {"python": "", "cache": "${{ inputs.path }}", "upload": "${{ inputs.sarif_file }}"}[kind]
    step = {"id": "it", "shell": "bash", "env": {"FOLDER": value}, "run": lines}
    data = {"name": name, "description": "stands in", **yaml.safe_load(inputs)}
    data["outputs"] = {"python-path": {"description": "x", "value": "${{ steps.it.outputs.python-path }}"}}
    data["runs"] = {"using": "composite", "steps": [step]}
    target = folder / "upload-sarif" if kind == "upload" else folder
    target.mkdir(parents=True)
    (target / "action.yml").write_text(yaml.safe_dump(data, sort_keys=False))


def act(repository: Repository, action: Path, scratch: Path) -> tuple[int, dict[str, str], str]:
    """Run the pull request in act; return its exit code, the Action's outputs and the log."""
    workflow = scratch / "workflow.yml"
    outputs = scratch / "outputs.json"
    text = WORKFLOW.replace("CANARY", str(scratch / "canary")).replace("OUTPUTS_FILE", str(outputs))
    workflow.write_text(text)
    event = scratch / "event.json"
    event.write_text(json.dumps({"pull_request": {"base": {"sha": repository.base}}}))
    locals_ = [f"{OURS}={action}"]
    for uses in USED:
        name, _, commit = uses.partition("@")
        folder = scratch / "stands-in" / name.replace("/", "-")
        stand_in(folder, name, scratch)
        locals_.append(f"{'/'.join(name.split('/')[:2])}@{commit}={folder}")
    command = [str(ACT), "pull_request", "--workflows", str(workflow), "--eventpath", str(event)]
    command += ["--platform", "ubuntu-latest=-self-hosted", "--action-offline-mode"]
    command += ["--action-cache-path", str(scratch / "cache")]
    command += [word for one in locals_ for word in ("--local-repository", one)]
    environ = {"PATH": os.environ["PATH"], "HOME": str(scratch), "XDG_CACHE_HOME": str(scratch / "xdg")}
    done = subprocess.run(command, cwd=repository.folder, env=environ, capture_output=True, text=True, check=False)
    found: dict[str, str] = json.loads(outputs.read_text()) if outputs.is_file() else {}
    return done.returncode, found, done.stdout + done.stderr


def merged(repository: Repository, files: dict[str, str]) -> None:
    repository.write(files)
    repository.commit("change")
    repository.git("checkout", "-q", "-B", "merged", "main")
    repository.git("merge", "-q", "--no-ff", "-m", "merge", "head")


def test_a_clean_pull_request_passes(repository: Repository, action: Path, tmp_path: Path) -> None:
    merged(repository, {"prod/other.tf": "# nothing\n"})
    code, outputs, log = act(repository, action, tmp_path)
    assert code == 0, log
    assert outputs["exit-code"] == "0"
    assert not (tmp_path / "canary").exists()


def test_a_new_violation_fails_the_job_after_everything_is_reported(
    repository: Repository, action: Path, tmp_path: Path
) -> None:
    merged(repository, {"prod/mails.tf": MAILS})
    code, outputs, log = act(repository, action, tmp_path)
    assert code == 1, log
    assert outputs["exit-code"] == "1"
    assert json.loads(outputs["counts"])["new"] == 1
    assert "Not as specified" in log
    (result,) = json.loads((tmp_path / "uploaded.sarif").read_text())["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "prod/mails.tf"
    assert not (tmp_path / "canary").exists()
