"""`--env` chooses the templates of an environment by the spec's paths, beside the Terraform of the same one."""

from __future__ import annotations

from pathlib import Path

import pytest

from asbuilt.scan import Options, ScanError, read
from asbuilt.spec import load_spec
from sources.cloudformation.templates import write

SPEC = """
    asbuilt: 1
    name: shop
    environments:
      prod: {paths: ["**/prod", "**/prod.yaml"]}
      staging: {paths: ["**/staging", "**/staging.yaml"]}
      development: {paths: ["**/dev"]}
"""
NESTING = "Resources: {N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ../common/t.yaml}}}"
TOPIC = "Resources: {%s: {Type: AWS::SNS::Topic}}"
FILES = {
    "stacks/prod/main.yaml": NESTING,
    "stacks/staging/main.yaml": NESTING,
    "stacks/common/t.yaml": TOPIC % "T",
    "stacks/common/alone.yaml": TOPIC % "Alone",
    "flat/prod.yaml": TOPIC % "FlatProd",
    "flat/staging.yaml": TOPIC % "FlatStaging",
    "terraform/prod/main.tf": 'resource "aws_sns_topic" "prod" {}',
    "terraform/staging/main.tf": 'resource "aws_sns_topic" "staging" {}',
}


@pytest.fixture(autouse=True, params=["inside", "elsewhere"])
def working_directory(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Stand in the repository, or in another folder."""
    if request.param == "inside":
        monkeypatch.chdir(tmp_path)


def addresses(folder: Path, environment: str | None, *below: str) -> list[str]:
    write(folder, {"spec.yaml": SPEC, **FILES})
    document = load_spec(str(folder / "spec.yaml"))
    paths = [folder / name for name in below] or [folder]
    graph = read(document, Options(paths=paths, root=folder, environment=environment), lambda _: None)
    return sorted(resource.address for resource in graph.resources)


@pytest.mark.parametrize(
    ("environment", "own"),
    [("prod", ["FlatProd", "aws_sns_topic.prod"]), ("staging", ["FlatStaging", "aws_sns_topic.staging"])],
)
def test_an_environment_has_its_own_and_what_belongs_to_none(environment: str, own: list[str], tmp_path: Path) -> None:
    assert addresses(tmp_path, environment) == ["Alone", own[0], "N", "N.T", own[1]]


def test_what_only_another_environment_nests_is_not_this_ones(tmp_path: Path) -> None:
    (tmp_path / "stacks/prod").mkdir(parents=True)
    write(tmp_path, {"stacks/prod/main.yaml": TOPIC % "P"})
    write(tmp_path, {"spec.yaml": SPEC, "stacks/staging/main.yaml": NESTING, "stacks/common/t.yaml": TOPIC % "T"})
    document = load_spec(str(tmp_path / "spec.yaml"))
    graph = read(document, Options(paths=[tmp_path], root=tmp_path, environment="prod"), lambda _: None)
    assert [resource.address for resource in graph.resources] == ["P"]


def test_templates_and_terraform_of_different_environments_are_not_mixed(tmp_path: Path) -> None:
    assert addresses(tmp_path, "prod", "stacks/prod", "terraform/staging") == ["N", "N.T"]
    assert addresses(tmp_path, "staging", "stacks/prod", "terraform/staging") == ["aws_sns_topic.staging"]


def test_environments_that_cannot_be_told_apart_stop_the_run(tmp_path: Path) -> None:
    with pytest.raises(ScanError, match=r"prod, staging: choose one with --env"):
        addresses(tmp_path, None)
    with pytest.raises(ScanError, match=r"nothing below the paths belongs to the environment development"):
        addresses(tmp_path, "development", "stacks/prod", "terraform/staging")


def test_templates_and_terraform_of_two_environments_need_a_choice(tmp_path: Path) -> None:
    with pytest.raises(ScanError, match=r"choose one with --env"):
        addresses(tmp_path, None, "stacks/prod", "terraform/staging")
