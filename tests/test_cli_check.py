"""`asbuilt check` from the outside: exit codes, bad input, outputs."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from asbuilt.cli import main

SPEC = """\
asbuilt: 1
name: shop
services:
  api: {class: critical, port: 4000}
service_classes:
  critical: {title: Critical}
logging:
  retention_days: 30
  log_group: /shop/${service}
"""
GOOD = """\
resource "aws_cloudwatch_log_group" "api" {
  name              = "/shop/api"
  retention_in_days = 30
}

resource "aws_ecs_service" "api" {
  name = "api"
}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("spec.yaml").write_text(SPEC)
    Path("code").mkdir()
    Path("code/main.tf").write_text(GOOD)
    return tmp_path


def asbuilt(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def check(*arguments: str) -> Result:
    return asbuilt("check", "code", "--spec", "spec.yaml", "--only", "log-group-retention", *arguments)


def test_clean_code_exits_0() -> None:
    result = check()
    assert result.exit_code == 0, result.output


def test_a_finding_exits_1_and_says_what_where_and_why() -> None:
    Path("code/main.tf").write_text(GOOD.replace("= 30", "= 7"))
    result = check()
    assert result.exit_code == 1
    for words in ("log-group-retention", "code/main.tf:3", "retention_in_days = 7", "spec.yaml:8", "30"):
        assert words in result.stdout


@pytest.mark.parametrize(("threshold", "code"), [("high", 0), ("medium", 1), ("low", 1)])
def test_the_threshold_decides_the_exit_code(threshold: str, code: int) -> None:
    Path("code/main.tf").write_text(GOOD.replace("= 30", "= 7"))
    assert check("--fail-on", threshold).exit_code == code


def test_a_broken_file_is_named_the_rest_is_scanned_and_the_exit_code_is_3() -> None:
    Path("code/broken.tf").write_text('resource "aws_vpc" "x" {\n  cidr_block = \n}\n')
    result = check("-o", "json")
    assert result.exit_code == 3
    document = json.loads(result.stdout)
    assert any(
        (d["location"]["file"], d["location"]["start_line"]) == ("code/broken.tf", 2) and d["severity"] == "error"
        for d in document["diagnostics"]
    )
    assert document["passes"] == {"log-group-retention": ["aws_cloudwatch_log_group.api"]}
    assert check("--allow-incomplete").exit_code == 0
    text = check().stdout
    assert "code/broken.tf:2:" in text


def test_findings_win_over_incomplete() -> None:
    Path("code/broken.tf").write_text("}{\n")
    Path("code/main.tf").write_text(GOOD.replace("= 30", "= 7"))
    assert check().exit_code == 1


def test_unknown_is_never_a_pass_and_may_gate() -> None:
    Path("code/main.tf").write_text(GOOD.replace("= 30", "= var.days") + '\nvariable "days" {\n  type = number\n}\n')
    result = check("-o", "json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document["summary"]["unknown"] == 1
    assert document["passes"] == {}
    assert "days" in document["findings"][0]["reason"]
    assert check("--on-unknown", "fail").exit_code == 3
    assert check("--var", "days=30").exit_code == 0
    assert check("--var", "days=7").exit_code == 1


@pytest.mark.parametrize("path", ["nowhere", "empty", "text"])
def test_a_path_with_nothing_to_scan_exits_2(path: str) -> None:
    Path("empty").mkdir()
    Path("text").mkdir()
    Path("text/readme.md").write_text("nothing to see")
    result = asbuilt("check", path, "--spec", "spec.yaml")
    assert result.exit_code == 2
    assert path in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("before", "after", "where", "words"),
    [
        ("retention_days: 30", "retention_day: 30", "spec.yaml:8:3", "retention_days"),
        ("retention_days: 30", "retention_days: long", "spec.yaml:8:19", "retention_days"),
        ("retention_days: 30", "retention_days: 31", "spec.yaml:8:19", "31"),
        ("port: 4000}", "port: 4000}\n  web: {class: critical, port: 4000}", "spec.yaml:5:", "4000"),
    ],
)
def test_a_bad_spec_exits_2_with_file_line_and_remedy(before: str, after: str, where: str, words: str) -> None:
    Path("spec.yaml").write_text(SPEC.replace(before, after))
    result = check()
    assert result.exit_code == 2
    assert where in result.stderr
    assert words in result.stderr
    assert asbuilt("spec", "validate", "spec.yaml").exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("-o", "pdf"),
        ("-o", "json", "-o", "text"),
        ("-o", "html=nowhere/report.html"),
        ("--var", "days"),
        ("--env", "moon"),
        ("--fail-on", "awful"),
        ("--skip", "log-group-retentoin"),
        ("--var-file", "nowhere.tfvars"),
    ],
)
def test_usage_errors_exit_2_before_anything_is_scanned(arguments: tuple[str, ...]) -> None:
    result = check(*arguments)
    assert result.exit_code == 2
    assert result.stderr != ""


def test_every_format_is_written_and_the_text_goes_to_standard_output() -> None:
    Path("code/main.tf").write_text(GOOD.replace("= 30", "= 7"))
    outputs = ["json", "sarif", "html", "junit", "markdown", "csv", "github"]
    result = check("-o", "text", *(word for name in outputs for word in ("-o", f"{name}=out.{name}")))
    assert result.exit_code == 1
    assert [name for name in outputs if not Path(f"out.{name}").read_text()] == []
    assert "log-group-retention" in result.stdout


def test_results_are_deterministic_but_for_the_run_header() -> None:
    Path("code/main.tf").write_text(GOOD.replace("= 30", "= 7"))
    one, two = (json.loads(check("-o", "json").stdout) for _ in range(2))
    one.pop("run")
    two.pop("run")
    assert one == two


def test_rules_and_explain() -> None:
    assert "MON-3" in asbuilt("rules").stdout
    assert asbuilt("rules", "--requirement", "MON-3").stdout.startswith("log-group-retention")
    text = asbuilt("explain", "MON-3").stdout
    assert all(word in text for word in ("log-group-retention", "30 days", "Why", "Fix", "Source"))
    assert asbuilt("explain", "log-group-retentoin").exit_code == 2
    assert "log-group-retention" in asbuilt("explain", "log-group-retentoin").stderr


def test_spec_show_resolves_the_environment() -> None:
    text = asbuilt("spec", "show", "broxiva", "--env", "staging").stdout
    assert "logging.retention_days = 14" in text
    assert "(derived)" in text
    rows = json.loads(asbuilt("spec", "show", "broxiva", "--json").stdout)
    assert {row["requirement"] for row in rows} >= {"INV-1", "MON-3", "SEC-8"}
    schema = json.loads(asbuilt("spec", "schema").stdout)
    assert "services" in schema["properties"]


def test_variables_of_the_environment_are_taken_only_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("code/main.tf").write_text(GOOD.replace("= 30", "= var.days") + '\nvariable "days" {\n  type = number\n}\n')
    monkeypatch.setenv("TF_VAR_days", "7")
    assert check().exit_code == 0
    assert check("--tf-var-env").exit_code == 1


def test_workspace() -> None:
    Path("code/main.tf").write_text(GOOD.replace("= 30", '= terraform.workspace == "prod" ? 30 : 7'))
    assert check().exit_code == 1
    assert check("--workspace", "prod").exit_code == 0


def test_a_crash_of_ours_exits_2_not_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("asbuilt.scan.check", crash)
    result = check()
    assert result.exit_code == 2
    assert "internal error: ZeroDivisionError: oops" in result.stderr
