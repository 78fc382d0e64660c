"""Programs that stand in for checkov, and the real one, which `make checkov` installs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
REAL = ROOT / ".checkov/bin/checkov"


def program(folder: Path, body: str, version: str = "3.3.30") -> Path:
    """Write a program that says its version, and runs a body (Python; `files` are what it is to scan) else."""
    path = folder / "checkov"
    path.write_text(
        f"#!{sys.executable} -I\n"
        "import json, os, sys, time\n"
        f"if sys.argv[1:] == ['--version']:\n    print({version!r})\n    sys.exit()\n" + body
    )
    path.chmod(0o755)
    return path


def record(**changes: Any) -> dict[str, Any]:
    return {
        "check_id": "CKV_AWS_158",
        "bc_check_id": None,
        "check_name": "Ensure that CloudWatch Log Group is encrypted by KMS",
        "check_result": {"result": "FAILED", "evaluated_keys": ["kms_key_id"]},
        "file_path": "/main.tf",
        "file_abs_path": "/repo/main.tf",
        "file_line_range": [1, 3],
        "resource": "aws_cloudwatch_log_group.api",
        "resource_address": None,
        "caller_file_path": None,
        "caller_file_line_range": None,
        "severity": None,
        "guideline": None,
        **changes,
    }


def output(
    failed: list[Any] = [],  # noqa: B006 - only read
    passed: list[Any] = [],  # noqa: B006
    skipped: list[Any] = [],  # noqa: B006
    errors: list[Any] = [],  # noqa: B006
    summary: dict[str, Any] | None = None,
) -> str:
    counts = {"passed": len(passed), "failed": len(failed), "skipped": len(skipped), "checkov_version": "3.3.30"}
    results = {"failed_checks": failed, "passed_checks": passed, "skipped_checks": skipped, "parsing_errors": errors}
    return json.dumps({"check_type": "terraform", "results": results, "summary": {**counts, **(summary or {})}})
