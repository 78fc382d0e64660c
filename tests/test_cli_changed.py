"""`asbuilt check --changed-since`: everything is scanned, and what is new since the merge base gates."""

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from asbuilt.cli import main
from asbuilt_reports import github
from asbuilt_reports.json_results import from_json

SPEC = """\
asbuilt: 1
name: shop
services:
  api: {class: critical, port: 4000}
  mails: {class: critical}
service_classes:
  critical: {title: Critical}
logging:
  retention_days: 30
  log_group: /shop/${service}
"""
MODULE = """\
variable "days" {}
resource "aws_cloudwatch_log_group" "api" {
  name              = "/shop/api"
  retention_in_days = var.days
}
resource "aws_ecs_service" "api" {
  name = "api"
}
"""
ROOT = 'module "logs" {\n  source = "../modules/logs"\n  days   = 7\n}\n'
NEW = (
    '\nresource "aws_cloudwatch_log_group" "mails" {\n  name              = "/shop/mails"\n  retention_in_days = 5\n}\n'
)


def git(*arguments: str) -> str:
    names = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    return subprocess.run(["git", *names, *arguments], check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    monkeypatch.chdir(folder)
    git("init", "-q")
    for name in ("prod", "modules/logs"):
        Path(name).mkdir(parents=True)
    Path("spec.yaml").write_text(SPEC)
    Path("modules/logs/main.tf").write_text(MODULE)
    Path("prod/main.tf").write_text(ROOT)
    git("add", "-A")
    git("commit", "-q", "-m", "base")
    git("checkout", "-q", "-b", "change")
    return folder


def check(*arguments: str, path: str = "prod", spec: str = "spec.yaml") -> Result:
    fixed = ["check", path, "--spec", spec, "--only", "log-group-retention", "-q"]
    return CliRunner().invoke(main, [*fixed, *arguments], catch_exceptions=False)


def marks(*arguments: str, **options: str) -> dict[str, str]:
    document = json.loads(check("-o", "json", *arguments, **options).stdout)
    return {finding["resource"]["address"]: finding["baseline"] for finding in document["findings"]}


OLD = "module.logs.aws_cloudwatch_log_group.api"
ADDED = "aws_cloudwatch_log_group.mails"


def test_an_old_violation_alone_passes() -> None:
    assert check().exit_code == 1
    assert check("--changed-since", "main").exit_code == 0
    assert marks("--changed-since", "main") == {OLD: "known"}


def test_a_new_violation_fails_committed_or_not() -> None:
    Path("prod/main.tf").write_text("\n\n" + ROOT + NEW)
    assert check("--changed-since", "main").exit_code == 1
    git("commit", "-q", "-am", "change")
    assert check("--changed-since", "main").exit_code == 1
    assert marks("--changed-since", "main") == {OLD: "known", ADDED: "new"}
    assert check("--changed-since", "HEAD").exit_code == 0


def test_moving_what_was_there_brings_nothing_new() -> None:
    Path("prod/main.tf").rename("prod/other.tf")
    Path("modules/logs/main.tf").write_text("# a comment\n\n" + MODULE)
    git("add", "-A")
    git("commit", "-q", "-m", "move")
    assert check("--changed-since", "main").exit_code == 0


def test_a_change_of_a_module_counts_where_it_is_called() -> None:
    Path("modules/logs/main.tf").write_text(MODULE + NEW)
    assert marks("--changed-since", "main") == {OLD: "known", f"module.logs.{ADDED}": "new"}


def test_the_merge_base_counts_not_the_tip() -> None:
    Path("prod/main.tf").write_text(ROOT + NEW)
    git("commit", "-q", "-am", "change")
    git("checkout", "-q", "main")
    Path("prod/main.tf").write_text("# main went on and fixed it\n" + ROOT.replace("7", "30"))
    git("commit", "-q", "-am", "on")
    git("checkout", "-q", "change")
    assert marks("--changed-since", "main") == {OLD: "known", ADDED: "new"}


def test_from_another_folder_and_by_absolute_path(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check("--changed-since", "main", path=str(repository / "prod")).exit_code == 0
    monkeypatch.chdir(repository / "modules")
    assert check("--changed-since", "main", path="../prod", spec="../spec.yaml").exit_code == 0
    (repository / "prod/main.tf").write_text(ROOT + NEW)
    assert check("--changed-since", "main", path="../prod", spec="../spec.yaml").exit_code == 1


def test_the_spec_of_now_holds_for_both() -> None:
    """A stricter spec makes old code non-compliant: the change of the code brought nothing."""
    Path("prod/main.tf").write_text(ROOT.replace("7", "30"))
    git("commit", "-q", "-am", "right")
    git("branch", "-f", "main")
    Path("spec.yaml").write_text(SPEC.replace("30", "90"))
    assert check().exit_code == 1
    assert check("--changed-since", "main").exit_code == 0


def test_a_plan_is_of_now_and_makes_nothing_known(repository: Path) -> None:
    Path("prod/main.tf").write_text(ROOT.replace("7", "30"))
    git("commit", "-q", "-am", "right")
    git("branch", "-f", "main")
    values = {"name": "/shop/mails", "retention_in_days": 5}
    resource = {"address": ADDED, "mode": "managed", "type": "aws_cloudwatch_log_group", "name": "mails"}
    resource |= {"provider_name": "registry.terraform.io/hashicorp/aws", "values": values}
    plan = {"format_version": "1.2", "terraform_version": "1.9.0"}
    plan |= {"planned_values": {"root_module": {"resources": [resource]}}}
    plan |= {"resource_changes": [resource | {"change": {"actions": ["create"], "after": values}}], "configuration": {}}
    Path("plan.json").write_text(json.dumps(plan))
    assert marks("--changed-since", "main", "plan.json")[ADDED] == "new"


@pytest.mark.parametrize("reference", ["none", "--help", "-o/tmp/x"])
def test_without_a_merge_base_everything_counts_and_says_so(reference: str) -> None:
    result = check(f"--changed-since={reference}", "-o", "json")
    assert result.exit_code == 1
    assert f"{reference} is no commit here: every finding counts" in result.stderr
    codes = [remark["code"] for remark in json.loads(result.stdout)["diagnostics"]]
    assert "no-merge-base" in codes
    git("checkout", "-q", "--orphan", "alone")
    git("commit", "-q", "-m", "alone")
    result = check("--changed-since", "main")
    assert result.exit_code == 1
    assert "have no common ancestor here" in result.stderr


def test_a_shallow_clone_counts_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git("commit", "-q", "--allow-empty", "-m", "more")
    git("clone", "-q", "--depth=1", "--no-single-branch", f"file://{Path.cwd()}", str(tmp_path / "clone"))
    monkeypatch.chdir(tmp_path / "clone")
    result = check("--changed-since", "origin/main")
    assert result.exit_code == 1
    assert "every finding counts" in result.stderr


def test_a_root_that_is_new_counts_whole() -> None:
    Path("staging").mkdir()
    Path("staging/main.tf").write_text(ROOT)
    result = check("--changed-since", "main", path="staging")
    assert result.exit_code == 1
    assert "has none of the paths: every finding counts" in result.stderr


TEMPLATE = """\
Parameters:
  Days: {Type: Number}
Resources:
  Logs:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: /shop/mails, RetentionInDays: !Ref Days}
"""


def test_templates_and_their_parameters() -> None:
    """A file of parameters is of its time; a value on the command line holds for both."""
    Path("stack.yaml").write_text(TEMPLATE)
    Path("parameters.json").write_text('{"Days": 30}')
    git("add", "-A")
    git("commit", "-q", "-m", "stack")
    git("branch", "-f", "main")
    assert check("--changed-since", "main", "--parameters", "parameters.json", path="stack.yaml").exit_code == 0
    Path("parameters.json").write_text('{"Days": 7}')
    assert check("--changed-since", "main", "--parameters", "parameters.json", path="stack.yaml").exit_code == 1
    assert check("--changed-since", "main", "--parameters", "Days=7", path="stack.yaml").exit_code == 0
    assert check("--parameters", "Days=7", path="stack.yaml").exit_code == 1


def test_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check("--changed-since", "main", "--baseline", "x.json").exit_code == 2
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "main.tf").write_text(NEW)
    result = check("--changed-since", "main", str(outside))
    assert result.exit_code == 2
    assert "not inside of the git checkout" in result.stderr
    monkeypatch.chdir(outside)
    assert check("--changed-since", "main", path=".", spec="../repository/spec.yaml").exit_code == 2


def test_annotations_stand_on_changed_lines_first() -> None:
    rows = [NEW.replace("mails", f"g{number:02}") for number in range(15)]
    groups = [f"  g{number:02}: {{class: critical}}\n" for number in range(15)]
    Path("spec.yaml").write_text(SPEC.replace("  mails", "".join(groups) + "  mails"))
    Path("prod/old.tf").write_text("".join(rows))
    Path("prod/zzz.tf").write_text(NEW)
    results = from_json(check("-o", "json").stdout)
    places = [line for line in github.render(results).splitlines() if line.startswith("::warning")]
    assert len(places) == 10
    assert not any("zzz.tf" in line for line in places)
    asked: list[tuple[str, int, int]] = []

    def changed(file: str, first: int, last: int) -> bool:
        asked.append((file, first, last))
        return file == "prod/zzz.tf"

    places = [line for line in github.render(results, changed=changed).splitlines() if line.startswith("::warning")]
    assert "file=prod/zzz.tf,line=4" in places[0]
    assert len(places) == 10
    assert ("prod/old.tf", 4, 4) in asked


def test_an_annotation_goes_to_the_changed_line_a_value_comes_through() -> None:
    """The pull request changed the argument; the property stands in a module it did not touch."""
    Path("prod/main.tf").write_text(ROOT.replace("7", "30"))
    git("commit", "-q", "-am", "right")
    git("branch", "-f", "main")
    Path("prod/main.tf").write_text("# moved\n" + ROOT.replace("7", "8"))
    annotated = check("--changed-since", "main", "-o", "github").stdout
    assert "::warning file=prod/main.tf,line=4," in annotated
    assert "::warning file=modules/logs/main.tf" in check("-o", "github").stdout


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr("tempfile.tempdir", None)
    before = git("status", "--porcelain"), git("worktree", "list"), Path.cwd()
    assert check("--changed-since", "main").exit_code == 0
    assert (git("status", "--porcelain"), git("worktree", "list"), Path.cwd()) == before
    assert list(scratch.iterdir()) == []
