"""Record what Terraform plans for the configurations in tests/oracle/configs, as `expected.json` beside each.

Needs the terraform binary and nothing else: the configurations use only `terraform_data`, which is built in.
Run: python scripts/record_terraform_configs.py [NAME …]
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

CONFIGS = Path(__file__).resolve().parent.parent / "tests" / "oracle" / "configs"


def run(directory: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run terraform in a directory, without a network, a cache or the user's settings."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(directory),
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
    }
    return subprocess.run(
        ["terraform", *args], cwd=directory, env=environment, capture_output=True, text=True, check=False
    )


def answer(config: Path) -> dict[str, Any]:
    """Return the planned values of a configuration, or its errors."""
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch) / "config"
        shutil.copytree(config, directory)
        (directory / "expected.json").unlink(missing_ok=True)
        for command in (["init", "-input=false"], ["validate", "-json"], ["plan", "-input=false", "-out=plan"]):
            done = run(directory, *command, "-no-color")
            if done.returncode:
                return {"errors": errors(directory, done)}
        return plan(json.loads(run(directory, "show", "-json", "plan").stdout))


def errors(directory: Path, done: subprocess.CompletedProcess[str]) -> list[str]:
    """Return the summaries of what Terraform refused."""
    text = done.stdout + done.stderr
    return sorted({line.split("Error: ", 1)[1].strip() for line in text.splitlines() if "Error: " in line}) or [
        d["summary"] for d in json.loads(run(directory, "validate", "-json").stdout)["diagnostics"]
    ]


def plan(shown: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of a plan that the tests compare."""
    resources = {
        change["address"]: {"after": change["change"]["after"], "unknown": change["change"]["after_unknown"]}
        for change in shown.get("resource_changes", [])
    }
    outputs = {
        name: {"after": change.get("after"), "unknown": change.get("after_unknown", False)}
        for name, change in shown.get("output_changes", {}).items()
    }
    return {"resources": resources, "outputs": outputs}


def main() -> None:
    """Record the named configurations, or all."""
    names = sys.argv[1:] or sorted(path.name for path in CONFIGS.iterdir() if path.is_dir())
    with ThreadPoolExecutor(2) as pool:
        for name, found in zip(names, pool.map(lambda name: answer(CONFIGS / name), names), strict=True):
            text = json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False)
            (CONFIGS / name / "expected.json").write_text(text + "\n", encoding="utf-8")
            print(name, "errors" if "errors" in found else len(found["resources"]))


if __name__ == "__main__":
    main()
