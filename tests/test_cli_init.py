"""`asbuilt init`: valid files, nothing overwritten, the examples' own workflows."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from asbuilt.cli import main
from asbuilt.spec import load_spec

ROOT = Path(__file__).parents[1]
GATE = ".github/workflows/asbuilt.yml"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    target = tmp_path / "my shop"
    target.mkdir()
    monkeypatch.chdir(target)
    return target


def init(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["init", *arguments], catch_exceptions=False)


def written() -> list[str]:
    return sorted(path.as_posix() for path in Path().rglob("*") if path.is_file())


def test_the_first_files_make_a_run() -> None:
    result = init()
    assert result.exit_code == 0
    assert written() == ["architecture.yaml", "asbuilt.yaml"]
    for words in ("wrote  asbuilt.yaml", "wrote  architecture.yaml", "Next:", "asbuilt check"):
        assert words in result.stdout
    assert load_spec("architecture.yaml").name == "my-shop"
    Path("prod").mkdir()
    Path("prod/main.tf").write_text('resource "aws_vpc" "this" {\n  cidr_block = "10.0.0.0/16"\n}\n')
    check = CliRunner().invoke(main, ["check"], catch_exceptions=False)
    assert check.exit_code == 0, check.output
    assert "Nothing was judged" in check.stdout


def test_every_line_that_is_commented_out_is_right_too() -> None:
    init()
    text = Path("architecture.yaml").read_text()
    head, sign, rest = text.partition("# service_classes:")
    Path("architecture.yaml").write_text(head + re.sub(r"(?m)^# ", "", sign + rest))
    spec = load_spec("architecture.yaml").resolve("prod")
    assert [*spec.services] == ["api", "mails"]
    assert spec.logging.retention_days == 30
    settings = re.sub(r"(?m)^# ([a-z_]+:)", r"\1", Path("asbuilt.yaml").read_text())
    assert settings.count("\n#") == 0
    Path("asbuilt.yaml").write_text(settings)
    from asbuilt.configuration.read import read

    assert read(Path("asbuilt.yaml")).values["waivers"] == "waivers.yaml"


def test_nothing_is_overwritten_without_force() -> None:
    Path("architecture.yaml").write_text("mine")
    result = init()
    assert result.exit_code == 2
    assert "architecture.yaml: there already; nothing was written" in result.stderr
    assert written() == ["architecture.yaml"]
    result = init("--github")
    assert result.exit_code == 0
    assert "kept   architecture.yaml" in result.stdout
    assert Path("architecture.yaml").read_text() == "mine"
    assert written() == [GATE, "architecture.yaml", "asbuilt.yaml"]
    assert init("--github").exit_code == 2
    assert init("--force").exit_code == 0
    assert Path("architecture.yaml").read_text() != "mine"


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    Path(".github").symlink_to(tmp_path / "elsewhere")
    assert init("--github", "--force").exit_code == 2
    Path(".github").unlink()
    (tmp_path / "victim").write_text("x")
    Path("asbuilt.yaml").symlink_to(tmp_path / "victim")
    assert init("--force").exit_code == 2
    assert (tmp_path / "victim").read_text() == "x"
    Path("asbuilt.yaml").unlink()
    Path("asbuilt.yaml").symlink_to(tmp_path / "missing")
    assert init().exit_code == 2
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_configuration_in_pyproject_is_kept() -> None:
    Path("pyproject.toml").write_text("[tool.asbuilt]\npaths = ['.']\n")
    assert init().exit_code == 0
    assert not Path("asbuilt.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "files"),
    [
        (["--github"], {GATE: "github/pull-request.yml"}),
        (["--workflow", "audit"], {".github/workflows/asbuilt-nightly-audit.yml": "github/nightly-audit.yml"}),
        (
            ["--workflow", "organization"],
            {".github/workflows/asbuilt-organization-audit.yml": "github/organization-audit.yml"},
        ),
        (["--workflow", "report"], {".github/workflows/asbuilt-weekly-report.yml": "github/weekly-report.yml"}),
        (
            ["--workflow", "forks"],
            {
                ".github/workflows/asbuilt-fork-scan.yml": "github/fork-scan.yml",
                ".github/workflows/asbuilt-fork-comment.yml": "github/fork-comment.yml",
            },
        ),
        (["--gitlab"], {".gitlab-ci.yml": "gitlab/.gitlab-ci.yml"}),
    ],
)
def test_workflows_are_those_of_the_examples(arguments: list[str], files: dict[str, str]) -> None:
    commit = "c" * 40
    assert init(*arguments, "--action", f"acme/asbuilt@{commit}").exit_code == 0
    for name, example in files.items():
        wanted = (ROOT / "examples" / example).read_text("utf-8")
        wanted = wanted.replace("OWNER/asbuilt", "acme/asbuilt").replace("0" * 40, commit)
        assert Path(name).read_text("utf-8") == wanted
    assert set(written()) == {*files, "asbuilt.yaml", "architecture.yaml"}


def test_pre_commit_names_hooks_that_there_are() -> None:
    assert init("--pre-commit").exit_code == 0
    (repository,) = yaml.safe_load(Path(".pre-commit-config.yaml").read_text())["repos"]
    offered = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    assert {hook["id"] for hook in repository["hooks"]} == offered
    assert len(repository["rev"]) == 40


@pytest.mark.parametrize("action", ["acme/asbuilt", "acme/asbuilt@v1", "acme/asbuilt@" + "0" * 39, "a b@" + "0" * 40])
def test_only_full_commits_are_pinned(action: str) -> None:
    result = init("--github", "--action", action)
    assert result.exit_code == 2
    assert "tags can be moved" in result.stderr
    assert written() == []


def test_what_is_to_be_filled_in_is_said() -> None:
    assert "replace OWNER/asbuilt and the commit" in init("--github").stdout
    assert "replace OWNER/asbuilt" not in init("--github", "--force", "--action", "a/b@" + "c" * 40).stdout


def test_where_pip_got_it_is_where_workflows_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from asbuilt.cli import init as module

    class Installed:
        def read_text(self, name: str) -> str:
            assert name == "direct_url.json"
            said = {"url": "https://github.com/acme/asbuilt.git", "vcs_info": {"vcs": "git", "commit_id": "d" * 40}}
            return json.dumps(said)

    monkeypatch.setattr("importlib.metadata.distribution", lambda _: Installed())
    assert module._origin(None) == ("acme/asbuilt", "d" * 40)
    monkeypatch.setattr(Installed, "read_text", lambda *_: '{"url": "file:///x", "dir_info": {}}')
    assert module._origin(None) == module.OWN


def test_a_folder_that_is_not_there() -> None:
    assert init("nowhere").exit_code == 2
