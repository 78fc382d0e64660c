"""Start-up: what `asbuilt --version` may load."""

import subprocess
import sys
from pathlib import Path

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


PLATFORM = Path(__file__).parents[1] / "fixtures" / "broxiva"
# What a check of Terraform against a bundled spec, with results as JSON, has no use for.
UNUSED = (
    "_hashlib",
    "asbuilt.baseline",
    "asbuilt.cli.audit",
    "asbuilt.configuration.read",
    "asbuilt.fixes",
    "asbuilt.publish",
    "asbuilt.sources.aws",
    "asbuilt.sources.cloudformation.load",
    "asbuilt.sources.cloudformation.stacks",
    "asbuilt.sources.terraform.plans.plan",
    "asbuilt.spec.markdown",
    "asbuilt.spec.positions",
    "asbuilt.store",
    "asbuilt.three_valued",
    "asbuilt.waivers.file",
    "asbuilt_reports.html",
    "asbuilt_reports.json_external",
    "asbuilt_reports.json_reading",
    "asbuilt_reports.sarif",
    "asbuilt_reports.text",
    "boto3",
    "botocore",
    "importlib.metadata",
    "importlib.resources",
    "jinja2",
    "jsonschema",
    "markdown_it",
    "pkgutil",
    "pydantic",
    "sqlalchemy",
    "tempfile",
    "tomllib",
    "traceback",
    "yaml",
)


# … and what a check of templates has no use for.
UNUSED_BY_TEMPLATES = (
    "asbuilt.baseline",
    "asbuilt.configuration.read",
    "asbuilt.sources.aws",
    "asbuilt.sources.cloudformation.reading.parameter_files",
    "asbuilt.sources.terraform.evaluation",
    "asbuilt.sources.terraform.functions",
    "asbuilt.sources.terraform.load",
    "asbuilt.sources.terraform.parsing",
    "asbuilt.sources.terraform.plans.plan",
    "asbuilt.sources.terraform.vocabulary",
    "asbuilt.three_valued",
    "asbuilt.waivers.file",
    "asbuilt_reports.html",
    "boto3",
    "importlib.resources",
    "jinja2",
    "jsonschema",
    "pkgutil",
    "pydantic",
    "samtranslator",
    "sqlalchemy",
    "tomllib",
)


def loaded(path: Path, tmp_path: Path) -> list[str]:
    options = ["--spec", "broxiva", "--env", "prod", "-q", "-o", f"json={tmp_path / 'results.json'}"]
    code = (
        "import sys\nfrom asbuilt.cli import main\n"
        "try: main.main(sys.argv[1:])\n"
        "except SystemExit as end: assert end.code in (0, None), end.code\n"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "check", str(path), *options],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        cwd=tmp_path,
    )
    return done.stdout.split()


def among(modules: list[str], unused: tuple[str, ...]) -> list[str]:
    return [name for name in modules if any(name == other or name.startswith(f"{other}.") for other in unused)]


def test_a_check_of_terraform_loads_nothing_of_other_sources_commands_and_formats(tmp_path: Path) -> None:
    """Start-up is most of a short run: whoever adds an import to it should mean to."""
    modules = loaded(PLATFORM / "terraform" / "environments" / "prod", tmp_path)
    assert "asbuilt.sources.terraform.evaluation.evaluate" in modules
    assert among(modules, UNUSED) == []


def test_a_check_of_templates_loads_nothing_that_reads_terraform(tmp_path: Path) -> None:
    modules = loaded(PLATFORM / "cloudformation", tmp_path)
    assert "asbuilt.sources.cloudformation.load" in modules
    assert among(modules, UNUSED_BY_TEMPLATES) == []


def test_help_loads_no_command() -> None:
    modules = imported("-m", "asbuilt.cli", "--help")
    assert [name for name in modules if name.startswith("asbuilt.cli.")] == []
