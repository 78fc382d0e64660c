"""Microsoft's own validator, where it is installed: `npm install @microsoft/sarif-multitool`.

It is a .NET program of some 100 MB, so it is no requirement; our own lint and OASIS's schema run always. It exits 0
even where it finds errors, so its log is read.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from asbuilt_reports import sarif
from reports import sample

ROOT = Path(__file__).parents[2]


def multitool() -> str | None:
    for folder in (ROOT / "node_modules/.bin", ROOT / ".npm-tools/node_modules/.bin"):
        if found := shutil.which("sarif-multitool", path=str(folder)):
            return found
    return shutil.which("sarif-multitool")


@pytest.mark.skipif(multitool() is None, reason="@microsoft/sarif-multitool is not installed (optional)")
def test_the_validator_finds_no_error(tmp_path: Path) -> None:
    file, log = tmp_path / "results.sarif", tmp_path / "log.sarif"
    file.write_text(sarif.render(sample.results()), encoding="utf-8")
    command = [multitool() or "", "validate", str(file), "--rule-kind", "Sarif;Ghas", "--output", str(log)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert log.exists(), done.stdout + done.stderr
    found = [
        f"{result['ruleId']}: {result['message']}"
        for run in json.loads(log.read_text("utf-8-sig"))["runs"]
        for result in run.get("results", [])
        if result.get("level", "warning") == "error"
    ]
    assert found == []
