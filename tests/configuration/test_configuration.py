"""The configuration file: what it says, what is wrong with it and where, what it may not say."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from asbuilt.cli import main
from asbuilt.configuration.read import find, read
from asbuilt.configuration.toml import read_toml
from asbuilt.spec.errors import SpecError

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
BAD = """\
resource "aws_cloudwatch_log_group" "api" {
  name              = "/shop/api"
  retention_in_days = 7
}

resource "aws_ecs_service" "api" {
  name = "api"
}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.chdir(project)
    Path("spec.yaml").write_text(SPEC)
    Path("code").mkdir()
    Path("code/main.tf").write_text(BAD)
    return project


def asbuilt(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def mistakes() -> list[str]:
    with pytest.raises(SpecError) as caught:
        find(Path.cwd())
    return [str(problem) for problem in caught.value.problems]


def test_a_run_needs_no_options_and_says_which_file_it_used() -> None:
    Path("asbuilt.yaml").write_text("paths: [code]\nspec: spec.yaml\n")
    result = asbuilt("check", "-q")
    assert result.exit_code == 1
    assert "asbuilt: configuration asbuilt.yaml" in result.stderr
    assert "code/main.tf:3" in result.stdout


def test_the_command_line_wins() -> None:
    Path("other").mkdir()
    Path("other/main.tf").write_text(BAD.replace("= 7", "= 30"))
    Path("asbuilt.yaml").write_text("paths: [code]\nspec: spec.yaml\nfail_on: low\nonly: [log-group-retention]\n")
    assert asbuilt("check", "-q").exit_code == 1
    assert asbuilt("check", "-q", "--fail-on", "critical").exit_code == 0
    assert asbuilt("check", "-q", "other").exit_code == 0
    assert asbuilt("check", "-q", "--only", "log-group-exists").exit_code == 0


def test_no_config_ignores_it_and_config_names_another() -> None:
    Path("asbuilt.yaml").write_text("nonsense: 1\n")
    assert asbuilt("check", "code", "--spec", "spec.yaml").exit_code == 2
    assert asbuilt("check", "code", "--spec", "spec.yaml", "--no-config").exit_code == 1
    Path("else").mkdir()
    Path("else/mine.yaml").write_text("paths: [../code]\nspec: ../spec.yaml\n")
    result = asbuilt("check", "--config", "else/mine.yaml")
    assert result.exit_code == 1
    assert "configuration else/mine.yaml" in result.stderr


def test_a_table_of_pyproject() -> None:
    text = '[project]\nname = "x"\n\n[tool.asbuilt]\npaths = ["code"]\nspec = "spec.yaml"\n'
    Path("pyproject.toml").write_text(text)
    result = asbuilt("check", "-q")
    assert result.exit_code == 1
    assert "configuration pyproject.toml" in result.stderr
    Path("pyproject.toml").write_text('[project]\nname = "asbuilt"\n')
    assert find(Path.cwd()) is None


def test_of_the_scanned_path_nothing_is_read() -> None:
    Path("code/asbuilt.yaml").write_text("fail_on: critical\n")
    Path("code/pyproject.toml").write_text("[tool.asbuilt]\nfail_on = 'critical'\n")
    result = asbuilt("check", "code", "--spec", "spec.yaml", "-q")
    assert result.exit_code == 1
    assert "configuration" not in result.stderr


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("fail-on: low\n", "asbuilt.yaml:1:1: unknown key `fail-on` (did you mean fail_on?)"),
        ("spec: s.yaml\nenviron: prod\n", "asbuilt.yaml:2:1: unknown key `environ`"),
        ("spec: s.yaml\nfail_on: huge\n", 'asbuilt.yaml:2:10: `fail_on` cannot be the text "huge"'),
        ("paths: code\n", 'asbuilt.yaml:1:8: `paths` must be a list, not the text "code" (write [code])'),
        ("variables: {count: 3}\n", "asbuilt.yaml:1:20: `variables.count` must be text, not 3"),
        ("inline_waivers: maybe\n", "asbuilt.yaml:1:17: `inline_waivers` must be true or false"),
        ("spec:\n", "asbuilt.yaml:1:1: `spec` has no value"),
        ("- spec\n", "asbuilt.yaml:1:1: the file is no mapping"),
        ("asbuilt: 1\nname: shop\n", "asbuilt.yaml:1:1: unknown key `asbuilt` (call the spec otherwise"),
        ("max_waiver_days: 99999\n", "asbuilt.yaml:1:18: `max_waiver_days` must be at most 3660"),
        ("paths: [code\n", "asbuilt.yaml:2:1: not YAML"),
        # What widens what is read, sends results somewhere, or names code is no key at all.
        ("store: postgresql://x\n", "unknown key `store`"),
        ("root: /\n", "unknown key `root`"),
        ("tf_var_env: true\n", "unknown key `tf_var_env`"),
        ("plugins: [evil]\n", "unknown key `plugins`"),
        ("external_checks: [evil]\n", "unknown key `external_checks`"),
    ],
)
def test_mistakes_have_a_place_and_a_remedy(text: str, says: str) -> None:
    Path("asbuilt.yaml").write_text(text)
    assert any(says in mistake for mistake in mistakes()), mistakes()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[tool.asbuilt]\nspec = "a"\nfial_on = "low"\n', "pyproject.toml:3:1: unknown key `fial_on`"),
        ('[tool.asbuilt]\npaths = [\n "a",\n]\n  fail_on = 3\n', "pyproject.toml:5:13: `fail_on` cannot be 3"),
        (
            'x = """\n[tool.asbuilt]\nspec = 1\n"""\n[tool]\nasbuilt.spec = 1\n',
            "pyproject.toml:6:16: `spec` must be text",
        ),
        ('[tool.asbuilt.variables]\n"a.b" = 1\n', "pyproject.toml:2:9: `variables.a.b` must be text"),
        ("[tool.asbuilt]\nspec = \n", "pyproject.toml:2:8: not TOML"),
        ("[tool]\nasbuilt = 3\n", "pyproject.toml:2:11: the file is no mapping"),
        ("[tool.asbuilt]\nspec = 2026-01-01\n", "pyproject.toml:2:8: `spec` must be text"),
    ],
)
def test_mistakes_in_toml_have_a_place(text: str, place: str) -> None:
    Path("pyproject.toml").write_text(text)
    assert any(place in mistake for mistake in mistakes()), mistakes()


def test_two_configurations_are_one_too_many() -> None:
    Path("asbuilt.yaml").write_text("spec: spec.yaml\n")
    Path("pyproject.toml").write_text("[tool.asbuilt]\n")
    assert "there are two configurations: asbuilt.yaml and pyproject.toml" in mistakes()[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("paths: [/etc]\n", "`paths` leads out of the checkout: /etc"),
        ("var_files: [../../secret.tfvars]\n", "`var_files` leads out of the checkout"),
        ("parameters: [/etc/passwd]\n", "`parameters` leads out of the checkout"),
        ("module_dirs: {x: /}\n", "`module_dirs` leads out of the checkout: /"),
        ("spec: ../spec.yaml\n", "`spec` leads out of the checkout"),
        ("waivers: link/w.yaml\n", "`waivers` leads out of the checkout"),
        ("outputs: [html=../x.html]\n", "`outputs` leads out of this folder"),
        ("outputs: [text=.git/hooks/pre-commit]\n", "`outputs` leads out of this folder"),
        ("outputs: [text=link/x]\n", "`outputs` leads out of this folder"),
    ],
)
def test_a_configuration_that_nobody_named_stays_inside_of_the_checkout(text: str, says: str) -> None:
    Path("link").symlink_to("/tmp")
    Path("asbuilt.yaml").write_text(text)
    assert says in mistakes()[0]


def test_one_that_was_named_may_lead_anywhere(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("paths: [project/code]\nspec: project/spec.yaml\noutputs: [json=out.json]\n")
    assert asbuilt("check", "--config", "../mine.yaml").exit_code == 1
    assert (tmp_path / "out.json").is_file()


def test_parameters_are_files_or_values() -> None:
    Path("else").mkdir()
    Path("else/mine.yaml").write_text("parameters: [p.json, Days=7, 'AWS::Region=eu-central-1']\n")
    assert read(Path("else/mine.yaml")).values["parameters"] == ("else/p.json", "Days=7", "AWS::Region=eu-central-1")


def test_missing_and_unreadable_files_say_so() -> None:
    for name in ("none.yaml", "code"):
        with pytest.raises(SpecError, match="no such file"):
            read(Path(name))
    Path("a.toml").write_text("[tool.other]\n")
    with pytest.raises(SpecError, match="there is no table"):
        read(Path("a.toml"))


def test_hostile_bytes_are_mistakes_not_crashes() -> None:
    for raw in (b"\xff\xfe", b"[tool.asbuilt]\nspec='\xff'", b"[" * 5000, b"a = " + b"[" * 3000, b"\0"):
        with pytest.raises(SpecError):
            read_toml(raw, "pyproject.toml")
    assert read_toml(b"[tool.asbuilt]\npaths = [\n" + b'"a",\n' * 3000 + b"]\n", "p").data["paths"][:1] == ("a",)


def test_help_works_with_a_broken_configuration() -> None:
    Path("asbuilt.yaml").write_text("nonsense: 1\n")
    assert asbuilt("check", "--help").exit_code == 0


def test_other_commands_take_what_is_theirs() -> None:
    Path("asbuilt.yaml").write_text("paths: [code]\nspec: spec.yaml\nfail_on: low\noutputs: [json]\n")
    assert "aws_cloudwatch_log_group.api" in asbuilt("inspect").stdout
    assert "retention_in_days = 30" in asbuilt("fix", "-q").stdout
