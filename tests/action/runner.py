"""A GitHub runner without GitHub: runs the `run:` blocks of action.yml with the environment a runner gives them.

Actions of others are stood in for by what they leave behind; nothing else of action.yml is replaced.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
EXPRESSION = re.compile(r"\$\{\{\s*([a-z_]+)\.([\w-]+)(?:\.outputs\.([\w-]+))?\s*\}\}")
FIXED = re.compile(r"\$\{\{ inputs\.upload-sarif == 'true' && steps\.scan\.outputs\.sarif-file != '' \}\}")


@dataclass
class Finished:
    """A run of the Action: its code, outputs, summary, log, the commands of the scan step, what was uploaded."""

    code: int
    outputs: dict[str, str]
    summary: str
    log: str
    commands: list[str]
    uploaded: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


class Runner:
    """Runs the Action over a workspace."""

    def __init__(self, workspace: Path, scratch: Path, *, install: bool = False) -> None:
        self.workspace = workspace
        self.scratch = scratch
        self.install = install
        (scratch / "temp").mkdir(parents=True, exist_ok=True)

    def run(self, event: str, payload: dict[str, Any] | None = None, **inputs: str) -> Finished:
        """Run every step, as a runner would, until one fails."""
        unknown = set(inputs) - set(ACTION["inputs"])
        assert not unknown, unknown
        self.given = {name: inputs.get(name, said["default"]) for name, said in ACTION["inputs"].items()}
        self.steps: dict[str, dict[str, str]] = {}
        self.uploaded: list[str] = []
        self.log, self.seconds = "", {}
        (self.scratch / "summary.md").write_text("")
        event_file = self.scratch / "event.json"
        event_file.write_text(json.dumps(payload or {}))
        # What a runner sets; nothing of the test's own environment but where programs are.
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.scratch),
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(event_file),
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_STEP_SUMMARY": str(self.scratch / "summary.md"),
            "RUNNER_OS": "Linux",
            "RUNNER_TEMP": str(self.scratch / "temp"),
            # A runner of one's own: where packages are, and what was fetched before.
            **{key: text for key, text in os.environ.items() if key.startswith("PIP_")},
            "PIP_CACHE_DIR": os.environ.get("PIP_CACHE_DIR") or str(Path.home() / ".cache" / "pip"),
        }
        self.environ = {key: value for key, value in self.environ.items() if value}
        code, commands = 0, []
        for step in ACTION["runs"]["steps"]:
            code, printed = self.step(step)
            if step.get("id") == "scan":
                commands = obeyed(printed)
            if code:
                break
        outputs = {name: self.value(said["value"]) for name, said in ACTION["outputs"].items()}
        summary = (self.scratch / "summary.md").read_text("utf-8")
        return Finished(code, outputs, summary, self.log, commands, self.uploaded, self.seconds)

    def step(self, step: dict[str, Any]) -> tuple[int, str]:
        if condition := step.get("if"):
            assert FIXED.fullmatch(condition), condition
            if self.given["upload-sarif"] != "true" or not self.steps["scan"].get("sarif-file"):
                return 0, ""
        if uses := step.get("uses"):
            return self.stand_in(uses.partition("@")[0], step), ""
        assert "${{" not in step["run"]
        output = self.scratch / "output"
        output.write_text("")
        script = self.scratch / "step.sh"
        script.write_text(step["run"])
        environ = self.environ | {key: self.value(value) for key, value in step.get("env", {}).items()}
        environ["GITHUB_OUTPUT"] = str(output)
        # As the page "Workflow syntax" on docs.github.com says for `shell: bash` (2026-11).
        command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)]
        start = time.perf_counter()
        done = subprocess.run(command, cwd=self.workspace, env=environ, capture_output=True, text=True, check=False)
        self.seconds[step["name"]] = time.perf_counter() - start
        self.log += done.stdout + done.stderr
        if "id" in step:
            self.steps[step["id"]] = read_outputs(output.read_text("utf-8"))
        return done.returncode, done.stdout

    def stand_in(self, name: str, step: dict[str, Any]) -> int:
        if name == "actions/setup-python":
            self.steps["python"] = {"python-path": getattr(sys, "_base_executable", sys.executable)}
        elif name == "actions/cache":
            if not self.install:
                self.restore(Path(self.value(step["with"]["path"])))
        elif name == "github/codeql-action/upload-sarif":
            self.uploaded.append(self.value(step["with"]["sarif_file"]))
        else:
            raise AssertionError(f"no stand-in for {name}")
        return 0

    def restore(self, folder: Path) -> None:
        """Leave what the cache would: an environment with the dependencies, here those of this one."""
        if (folder / "complete").exists():
            return
        python = getattr(sys, "_base_executable", sys.executable)
        subprocess.run([python, "-I", "-m", "venv", "--without-pip", str(folder)], check=True)
        (site,) = (folder / "lib").glob("python3*/site-packages")
        (site / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
        (folder / "complete").touch()

    def value(self, text: Any) -> str:
        """Replace the expressions of a value."""

        def replaced(found: re.Match[str]) -> str:
            context, name, output = found.groups()
            if context == "inputs":
                return self.given[name]
            if context == "github":
                return {"action_repository": "example/asbuilt", "action_ref": "0" * 40}[name]
            assert context == "steps", found[0]
            return self.steps.get(name, {}).get(output, "")

        return EXPRESSION.sub(replaced, str(text))


def read_outputs(text: str) -> dict[str, str]:
    """Read a file of outputs as the runner does: NAME=VALUE, or NAME<<DELIMITER, lines, DELIMITER."""
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, sign, value = line.partition("=")
        heredoc = re.match(r"([^=]+?)<<(.+)$", line)
        if heredoc:
            rows = []
            for row in lines:
                if row == heredoc[2]:
                    break
                rows.append(row)
            found[heredoc[1]] = "\n".join(rows)
        else:
            assert sign, line
            found[name] = value
    return found


def obeyed(text: str) -> list[str]:
    """Return the workflow commands that a runner would obey: those between stop-commands and its token do not count."""
    found, token = [], None
    for line in text.splitlines():
        line = line.strip()
        if token is not None:
            token = None if line == f"::{token}::" else token
        elif line.startswith("::stop-commands::"):
            token = line.removeprefix("::stop-commands::")
        elif line.startswith(("::", "##[")):
            found.append(line)
    assert token is None, "commands were never started again"
    return found
