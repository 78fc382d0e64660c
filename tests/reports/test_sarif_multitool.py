"""Microsoft's own validator of SARIF, which `make npm-tools` installs.

It is a .NET program of some 100 MB, built for a few machines only, so it is no requirement; our own lint and OASIS's
schema run always. It exits 0 even where it finds errors, so its log is read. Its starter hands the arguments to a
shell, so the semicolon is quoted twice.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from asbuilt_reports import sarif
from reports import platforms, sample

ROOT = Path(__file__).parents[2]


def multitool() -> str | None:
    for folder in (ROOT / "node_modules/.bin", ROOT / ".npm-tools/node_modules/.bin"):
        if found := shutil.which("sarif-multitool", path=str(folder)):
            return found
    return shutil.which("sarif-multitool")


SUBJECTS = {"sample": lambda: replace(sample.results(), external=(sample.others(),)), **platforms.ALL}
NOT_THERE = (
    "the SARIF multitool is not there: `make npm-tools` fetches it, where npm is and npm has it for this machine"
)


@pytest.mark.skipif(multitool() is None, reason=NOT_THERE)
@pytest.mark.parametrize(
    ("name", "profile", "kinds"), [("sample", "full", "Sarif"), *((name, "github", "Sarif;Ghas") for name in SUBJECTS)]
)
def test_the_validator_finds_no_error(tmp_path: Path, name: str, profile: str, kinds: str) -> None:
    file, log = tmp_path / "results.sarif", tmp_path / "log.sarif"
    file.write_text(sarif.render(SUBJECTS[name](), profile=profile), encoding="utf-8")
    command = [multitool() or "", "validate", str(file), "--rule-kind", f"'{kinds}'", "--output", str(log)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert log.exists(), done.stdout + done.stderr
    assert "not found" not in done.stderr  # the shell's word for half an argument
    found = [
        f"{result['ruleId']}: {result['message']}"
        for run in json.loads(log.read_text("utf-8-sig"))["runs"]
        for result in run.get("results", [])
        if result.get("level", "warning") == "error"
    ]
    assert found == []
