"""Start-up: what `asbuilt --version` may load."""

import subprocess
import sys

HEAVY = ("boto3", "botocore", "pydantic", "jinja2", "yaml", "jsonschema", "asbuilt.evaluate", "asbuilt.sources")


def imported(*command: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *command], capture_output=True, text=True, check=True, timeout=60
    )
    return {line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines() if "|" in line}


def test_version_loads_nothing_heavy() -> None:
    modules = imported("-m", "asbuilt.cli", "--version")
    assert "click" in modules
    assert [name for name in HEAVY if name in modules] == []


def test_a_check_without_html_loads_no_jinja() -> None:
    code = "import asbuilt.cli.check, asbuilt.scan, asbuilt_reports.text, asbuilt_reports.sarif"
    modules = imported("-c", code)
    assert [name for name in ("jinja2", "boto3") if name in modules] == []


def test_help_loads_no_command() -> None:
    modules = imported("-m", "asbuilt.cli", "--help")
    assert [name for name in modules if name.startswith("asbuilt.cli.")] == []
