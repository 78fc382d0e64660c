"""The pre-commit hooks: changed files are checked with everything they belong to, and nothing else is."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from asbuilt.cli import main
from asbuilt.cli.hook import belonging

ROOT = Path(__file__).parents[1]
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
SPEC = """\
asbuilt: 1
name: shop
environments:
  prod: {paths: ["**/prod"]}
  dev: {paths: ["**/dev"]}
services:
  api: {class: critical, port: 4000}
service_classes:
  critical: {title: Critical}
logging:
  retention_days: 30
  log_group: /shop/${service}
"""
MODULE = 'resource "aws_cloudwatch_log_group" "api" {\n  name              = "/shop/api"\n  retention_in_days = 7\n}\n'
CALL = 'module "logs" {\n  source = "../modules/logs"\n}\n'
TEMPLATE = "Resources:\n  Logs:\n    Type: AWS::Logs::LogGroup\n    Properties: {LogGroupName: /shop/api}\n"
PARENT = "Resources:\n  Child:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: ./child.yaml}\n"


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path(".git").mkdir()
    files = {"prod/main.tf": CALL, "dev/main.tf": CALL, "modules/logs/main.tf": MODULE, "other/main.tf": "# nothing\n"}
    files |= {"spec.yaml": SPEC, "stacks/child.yaml": TEMPLATE, "stacks/parent.yaml": PARENT, "values.yaml": "a: 1\n"}
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)
    return tmp_path


def hook(*arguments: str, name: str = "asbuilt-check") -> Result:
    """Call a hook as pre-commit does: its entry, its arguments, the files."""
    program, *entry = shlex.split(HOOKS[name]["entry"])
    assert program == "asbuilt"
    return CliRunner().invoke(main, [*entry, *arguments], catch_exceptions=False)


def belongs(*changed: str) -> list[str]:
    return sorted(path.as_posix() for path in belonging([Path(name) for name in changed]))


def test_a_file_belongs_to_the_roots_that_use_its_folder() -> None:
    assert belongs("prod/main.tf") == ["prod"]
    assert belongs("modules/logs/main.tf") == ["dev", "prod"]
    assert belongs("other/main.tf") == ["other"]
    assert belongs("prod/prod.tfvars") == ["prod"]


def test_a_template_belongs_to_those_that_nest_it() -> None:
    assert belongs("stacks/child.yaml") == ["stacks/child.yaml", "stacks/parent.yaml"]
    assert belongs("stacks/parent.yaml") == ["stacks/parent.yaml"]
    assert belongs("values.yaml", "spec.yaml") == []


def test_a_change_of_a_module_fails_in_the_environment_that_was_asked_for() -> None:
    fixed = ("--spec", "spec.yaml", "--env", "prod", "--only", "log-group-retention")
    result = hook(*fixed, "modules/logs/main.tf")
    assert result.exit_code == 1
    assert "prod (prod)" in result.stdout
    assert "dev" not in result.stdout
    assert hook(*fixed, "other/main.tf").exit_code == 0


def test_what_belongs_to_another_environment_or_to_nothing_is_left_alone() -> None:
    for name in ("dev/main.tf", "values.yaml"):
        result = hook("--spec", "spec.yaml", "--env", "prod", name)
        assert result.exit_code == 0
        assert "nothing that changed is to be checked" in result.stderr


def test_the_configuration_counts_but_not_its_paths() -> None:
    Path("asbuilt.yaml").write_text("paths: [other]\nspec: spec.yaml\nenv: prod\nonly: [log-group-retention]\n")
    assert hook("prod/main.tf").exit_code == 1


def test_usage() -> None:
    assert hook("prod/main.tf").exit_code == 2  # no spec
    assert hook("--spec", "none.yaml", "prod/main.tf").exit_code == 2
    assert hook("--nonsense", "prod/main.tf").exit_code == 2


def test_the_other_hook_validates_specs() -> None:
    assert hook("spec.yaml", name="asbuilt-spec").exit_code == 0
    Path("spec.yaml").write_text("nonsense: 1\n")
    assert hook("spec.yaml", name="asbuilt-spec").exit_code == 2


def test_the_files_hooks_are_called_for() -> None:
    wanted = re.compile(HOOKS["asbuilt-check"]["files"])
    for name in ("a/main.tf", "a.tf.json", "x.tfvars", "x.auto.tfvars.json", "t.yaml", "t.template"):
        assert wanted.search(name)
    for name in ("readme.md", "a.tf.bak", "main.go"):
        assert not wanted.search(name)
    assert re.search(HOOKS["asbuilt-spec"]["files"], "architecture.yaml")
