"""`asbuilt fix` on small code: what is edited, what is refused and why, and what happens to files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from asbuilt.cli import main

SPEC = """\
asbuilt: 1
name: shop
service_classes:
  critical: {title: Critical}
services:
  api: {class: critical, cpu: 1024}
  web: {class: critical, cpu: 512}
logging:
  retention_days: 30
"""
SERVICES = """\
variable "cpu" {
  type    = number
  default = 256
}

resource "aws_ecs_task_definition" "this" {
  for_each                 = { api = {}, web = {} }
  family                   = each.key
  cpu                      = var.cpu
  memory                   = 2048
  requires_compatibilities = ["FARGATE"]
  container_definitions    = jsonencode([{ name = each.key, image = "x" }])
}

resource "aws_ecs_service" "this" {
  for_each        = aws_ecs_task_definition.this
  name            = each.key
  task_definition = each.value.arn
}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("spec.yaml").write_text(SPEC)
    Path("code").mkdir()
    return tmp_path


def code(text: str, name: str = "main.tf") -> Path:
    path = Path("code", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def fix(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["fix", "code", "--spec", "spec.yaml", *arguments])
    assert result.exit_code == code, result.output
    return result


def failures(*arguments: str) -> list[tuple[str, str]]:
    CliRunner().invoke(main, ["check", "code", "--spec", "spec.yaml", "-o", "json=out.json", *arguments])
    found = json.loads(Path("out.json").read_text())["findings"]
    return [(f["rule"], f["resource"]["address"]) for f in found if f["verdict"] == "fail"]


def group(body: str) -> str:
    return f'resource "aws_cloudwatch_log_group" "a" {{\n{body}}}\n'


def test_shown_then_made_then_nothing_left() -> None:
    text = group('  name              = "a" # the name\n  retention_in_days = 7   # too short\n\n  kms_key_id = "x"\n')
    path = code(text)
    shown = fix()
    assert "-  retention_in_days = 7   # too short\n+  retention_in_days = 30  # too short\n" in shown.stdout
    assert path.read_text() == text
    assert ("log-group-retention", "aws_cloudwatch_log_group.a") in failures()
    assert "1 edit made in 1 file, 1 of " in fix("--write").stderr
    assert path.read_text() == text.replace("7   #", "30  #")
    assert ("log-group-retention", "aws_cloudwatch_log_group.a") not in failures()
    again = fix("--write")
    assert "nothing that could be edited" in again.stderr
    assert path.read_text() == text.replace("7   #", "30  #")


def test_a_comment_that_has_to_move_moves_with_its_neighbours() -> None:
    path = code(group('  name              = "a" # n\n  retention_in_days = 365 # r\n').replace('"a" # n', "7   # n"))
    fix("--write")
    assert path.read_text() == group("  name              = 7  # n\n  retention_in_days = 30 # r\n")


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ('  name = "a"\n', '  name              = "a"\n  retention_in_days = 30\n'),
        (
            '  count = 1\n\n  name = "a"\n\n  tags = {\n    a = "b"\n  }\n',
            '  count = 1\n\n  name              = "a"\n  retention_in_days = 30\n\n  tags = {\n    a = "b"\n  }\n',
        ),
        ("", "  retention_in_days = 30\n"),
        ('  tags = {\n    a = "b"\n  }\n', '  retention_in_days = 30\n  tags = {\n    a = "b"\n  }\n'),
        (
            "  skip_destroy_x_long = 1 # x\n  lifecycle {}\n",
            "  skip_destroy_x_long = 1 # x\n  retention_in_days   = 30\n  lifecycle {}\n",
        ),
        ("  # nothing yet\n", "  retention_in_days = 30\n  # nothing yet\n"),
        ("  name=1\n", "  name=1\n  retention_in_days = 30\n"),  # not formatted before: left as it is
    ],
)
def test_a_missing_argument_is_added(body: str, after: str) -> None:
    path = code(group(body))
    fix("--only", "log-group-retention", "--write")
    assert path.read_text() == group(after)


BREAKER = """\
asbuilt: 1
name: shop
service_classes:
  critical: {title: Critical}
services:
  api: {class: critical}
deployment: {circuit_breaker: true, rollback: true}
"""


def service(body: str) -> str:
    return f'resource "aws_ecs_service" "api" {{\n  name = "api"\n{body}}}\n'


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "body",
    [
        "",
        '  cluster = "c" # here\n',
        "\n  # the last word\n",
        "\n  network_configuration {\n    subnets = []\n  }\n",
        "\n",
    ],
)
def test_a_missing_block_is_added_with_all_that_has_to_be_in_it(body: str, ending: str) -> None:
    Path("spec.yaml").write_text(BREAKER)
    path = code(service(body).replace("\n", ending))
    fix("--write")
    block = "  deployment_circuit_breaker {\n    enable   = true\n    rollback = true\n  }\n"
    gap = "" if body == "\n" else "\n"
    assert path.read_bytes().decode() == service(f"{body}{gap}{block}").replace("\n", ending)


def test_a_block_that_would_lack_something_is_not_made() -> None:
    Path("spec.yaml").write_text(BREAKER)
    text = service("")
    path = code(text)
    said = fix("--only", "deployment-circuit-breaker", "--write").stderr
    assert path.read_text() == text
    assert "deployment_circuit_breaker is missing as well, and needs rollback too" in said


def test_a_block_that_is_there_gets_what_it_lacks() -> None:
    Path("spec.yaml").write_text(BREAKER)
    path = code(service("  deployment_circuit_breaker {\n    enable = true\n  }\n"))
    fix("--write")
    assert "{\n    enable   = true\n    rollback = true\n  }" in path.read_text()


def test_blocks_that_are_generated_are_not_made_twice() -> None:
    Path("spec.yaml").write_text(BREAKER)
    text = service(
        '  dynamic "deployment_circuit_breaker" {\n    for_each = toset([])\n    content {\n'
        "      enable   = true\n      rollback = true\n    }\n  }\n"
    )
    path = code(text)
    said = fix("--write").stderr
    assert path.read_text() == text
    assert "sets deployment_circuit_breaker, or parts of it, from something else" in said


@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_windows_files_stay_windows_files(bom: str) -> None:
    text = bom + group('  name = "a"\n') + group("  retention_in_days = 7\n").replace('"a"', '"b"')
    path = code(text.replace("\n", "\r\n"))
    fix("--write")
    wanted = (
        bom
        + group('  name              = "a"\n  retention_in_days = 30\n')
        + group("  retention_in_days = 30\n").replace('"a"', '"b"')
    )
    assert path.read_bytes() == wanted.replace("\n", "\r\n").encode()


def test_one_place_two_wishes() -> None:
    path = code(SERVICES)
    result = fix("--write")
    assert path.read_text() == SERVICES
    assert "code/main.tf:3:13 serves several that need different values: 1024 for " in result.stderr
    assert "512 for" in result.stderr


def test_what_passes_must_go_on_passing() -> None:
    path = code(SERVICES.replace("256", "512"))
    assert [address for rule, address in failures() if rule == "task-cpu"] == ['aws_ecs_service.this["api"]']
    result = fix("--write")
    assert path.read_text() == SERVICES.replace("256", "512")
    assert 'the edit would break something else: task-cpu on aws_ecs_service.this["web"]' in result.stderr


def test_what_passes_must_go_on_passing_also_when_nobody_asked_for_its_rule() -> None:
    Path("spec.yaml").write_text(SPEC.replace("cpu: 1024}", "cpu: 1024, memory: 2048}"))
    text = SERVICES.replace("{ api = {}, web = {} }", "{ api = {} }").replace("256", "2048")
    path = code(text.replace("memory                   = 2048", "memory                   = var.cpu"))
    before = path.read_text()
    result = fix("--only", "task-cpu", "--write")
    assert path.read_text() == before
    assert 'the edit would break something else: task-memory on aws_ecs_service.this["api"]' in result.stderr


def test_one_bad_edit_does_not_take_the_good_ones_along() -> None:
    text = SERVICES.replace("256", "512") + group("  retention_in_days = 7\n")
    path = code(text)
    fix("--write")
    assert path.read_text() == SERVICES.replace("256", "512") + group("  retention_in_days = 30\n")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("  retention_in_days = 3 + 4\n", "stands no plain number"),
        ("  retention_in_days = true ? 7 : 30\n", "stands no plain number"),
        ("  retention_in_days = max(7, 5)\n", "stands no plain number"),
        ('  retention_in_days = "${3 + 4}"\n', "stands no plain number"),
    ],
)
def test_what_is_computed_is_left_alone(body: str, reason: str) -> None:
    path = code(group(body))
    result = fix("--write")
    assert reason in result.stderr
    assert path.read_text() == group(body)


def test_a_null_is_a_value_to_replace() -> None:
    path = code(group("  retention_in_days = null\n"))
    fix("--write")
    assert path.read_text() == group("  retention_in_days = 30\n")


def test_text_stays_text() -> None:
    path = code(group('  retention_in_days = "7"\n'))
    fix("--write")
    assert path.read_text() == group('  retention_in_days = "30"\n')


def test_a_block_on_one_line() -> None:
    path = code('resource "aws_cloudwatch_log_group" "a" { name = "a" }\n')
    assert "written on one line" in fix("--write").stderr
    assert path.read_text() == 'resource "aws_cloudwatch_log_group" "a" { name = "a" }\n'


def test_the_origin_is_what_changes() -> None:
    main_tf = 'variable "days" {}\n' + group("  retention_in_days = var.days\n")
    code(main_tf)
    values = code("days = 7 # days\n", "terraform.tfvars")
    fix("--write")
    assert values.read_text() == "days = 30 # days\n"
    assert Path("code/main.tf").read_text() == main_tf


def test_a_variable_file_of_the_command_line() -> None:
    code('variable "days" {}\n' + group("  retention_in_days = var.days\n"))
    values = code("days = 7\n", "prod.tfvars")
    fix("--write", "--var-file", str(values))
    assert values.read_text() == "days = 30\n"


def test_a_variable_file_from_elsewhere_is_not_touched() -> None:
    code('variable "days" {}\n' + group("  retention_in_days = var.days\n"))
    Path("far.tfvars").write_text("days = 7\n")
    result = fix("--write", "--var-file", "far.tfvars")
    assert "outside of the scanned root" in result.stderr
    assert Path("far.tfvars").read_text() == "days = 7\n"


def test_a_value_of_the_command_line_has_no_file() -> None:
    path = code('variable "days" {}\n' + group("  retention_in_days = var.days\n"))
    before = path.read_text()
    fix("--write", "--var", "days=7")
    assert path.read_text() == before


def test_links_are_not_followed() -> None:
    Path("common").mkdir()
    Path("common/main.tf").write_text(group("  retention_in_days = 7\n"))
    code('module "a" {\n  source = "./linked"\n}\n')
    Path("code/linked").symlink_to("../common")
    assert "reached through a symbolic link" in fix("--write", "--root", ".").stderr
    assert Path("common/main.tf").read_text() == group("  retention_in_days = 7\n")


def test_a_linked_file_is_not_followed(folder: Path) -> None:
    code(group("  retention_in_days = 7\n"), "inner/real.tf.txt")
    Path("code/main.tf").symlink_to("inner/real.tf.txt")
    assert "reached through a symbolic link" in fix("--write").stderr
    assert Path("code/main.tf").is_symlink()
    assert Path("code/inner/real.tf.txt").read_text() == group("  retention_in_days = 7\n")


def test_downloaded_modules_are_not_touched() -> None:
    Path("vendored").mkdir()
    Path("vendored/main.tf").write_text(group("  retention_in_days = 7\n"))
    code('module "a" {\n  source = "acme/logs/aws"\n}\n')
    result = fix("--write", "--root", ".", "--module-dir", "acme/logs/aws=vendored")
    assert "belongs to a module that was downloaded" in result.stderr
    assert Path("vendored/main.tf").read_text() == group("  retention_in_days = 7\n")


def test_json_is_not_touched() -> None:
    text = json.dumps({"resource": {"aws_cloudwatch_log_group": {"a": {"retention_in_days": 7}}}})
    path = code(text, "main.tf.json")
    assert "no file in Terraform's own syntax" in fix("--write").stderr
    assert path.read_text() == text


def test_a_file_that_changes_meanwhile_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    from asbuilt import fixes

    path = code(group("  retention_in_days = 7\n"))
    proven = fixes.plan

    def slow(*arguments: object, **named: object) -> object:
        found = proven(*arguments, **named)  # type: ignore[arg-type]
        path.write_text(group("  retention_in_days = 8\n"))
        return found

    monkeypatch.setattr(fixes, "plan", slow)
    assert "it has changed while it was checked; nothing was written" in fix("--write", code=2).output
    assert path.read_text() == group("  retention_in_days = 8\n")


def test_permissions_stay() -> None:
    path = code(group("  retention_in_days = 7\n"))
    path.chmod(0o640)
    fix("--write")
    assert path.stat().st_mode & 0o777 == 0o640
    assert [p.name for p in Path("code").iterdir()] == ["main.tf"]


def test_only() -> None:
    path = code(SERVICES.replace("{ api = {}, web = {} }", "{ api = {} }") + group("  retention_in_days = 7\n"))
    fix("--only", "log-group-retention", "--write")
    assert "retention_in_days = 30" in path.read_text()
    assert "default = 256" in path.read_text()
    assert "no rule or requirement 'log-group-retentoin'; did you mean log-group-retention?" in (
        fix("--only", "log-group-retentoin", code=2).output
    )


def test_secrets_do_not_show_in_the_diff() -> None:
    code(group("  # AKIAABCDEFGHIJKLMNOP\n  retention_in_days = 7\n"))
    result = fix()
    assert "AKIA" not in result.output
    assert "(sensitive value)" in result.stdout
    assert "+  retention_in_days = 30" in result.stdout


def test_control_characters_do_not_act() -> None:
    code(group("  retention_in_days = 7 # \x1b[2J\n"))
    assert "\x1b" not in fix().output


def test_waived_findings_are_left_alone() -> None:
    text = group("  retention_in_days = 7\n")
    comment = '# asbuilt:waive rule=log-group-retention owner=me expires=2027-01-01 reason="kept short by contract"\n'
    path = code(comment + text)
    CliRunner().invoke(main, ["check", "code", "--spec", "spec.yaml", "-o", "json=out.json"])
    found = json.loads(Path("out.json").read_text())["findings"]
    assert [f["verdict"] for f in found if f["rule"] == "log-group-retention"] == ["waived"]
    fix("--write")
    assert path.read_text() == comment + text


def test_edits_in_results() -> None:
    code(group("  retention_in_days = 7\n"))
    run = ["check", "code", "--spec", "spec.yaml", "-q", "--only", "log-group-retention", "-o", "json"]
    plain = json.loads(CliRunner().invoke(main, run).stdout)
    carried = json.loads(CliRunner().invoke(main, [*run, "--edits"]).stdout)
    assert plain["findings"][0]["evidence"][0]["edit"] is None
    assert carried["findings"][0]["evidence"][0]["edit"] == {
        "location": {"file": "code/main.tf", "start_line": 2, "start_column": 23, "end_line": 2, "end_column": 24},
        "text": "30",
    }


def test_the_diff_of_a_file_without_a_last_line_feed() -> None:
    code(group("  retention_in_days = 7\n").removesuffix("\n"))
    assert fix().stdout.endswith("+  retention_in_days = 30\n }\n\\ No newline at end of file\n")
