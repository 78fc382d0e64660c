"""A pull request that wants to choose what it is held to, or to run something, gains nothing and runs nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from action.conftest import CODE, CONFIG, MAILS, SPEC, WAIVER, Repository

TODAY = datetime.now(UTC).date()
SOON = (TODAY + timedelta(days=30)).isoformat()
BAD = {"prod/mails.tf": MAILS}


def held(done, title: str = "") -> None:
    assert done.code == 1, done.log
    assert json.loads(done.outputs["counts"])["new"] == 1
    if title:
        first = done.summary.split("\n## ")[0].replace("\\", "")
        assert title in first
        assert "They do not count here" in first
        assert any(line.startswith("::warning") and title in line.replace("%25", "%") for line in done.commands)


def test_a_waiver_of_its_own(repository: Repository) -> None:
    held(repository.pull_request({**BAD, "waivers.yaml": WAIVER % SOON}), "It adds or changes waivers in waivers.yaml")
    trusted = repository.pull_request({}, **{"trust-head": "true"})
    assert trusted.code == 0
    assert "They count: trust-head is set" in trusted.summary.replace("\\", "")


def test_a_waiver_in_a_comment(repository: Repository) -> None:
    comment = f'# asbuilt:waive rule=log-group-retention reason="later" owner=me expires={SOON}\n'
    files = {"prod/mails.tf": MAILS.replace("resource", comment + "resource", 1)}
    held(repository.pull_request(files), "It adds or changes waivers in comments of the code")
    assert repository.pull_request({}, **{"trust-head": "true"}).code == 0


def test_a_base_that_lets_comments_count(repository: Repository) -> None:
    repository.rebase({"asbuilt.yaml": CONFIG + "inline_waivers: true\n"})
    comment = f'# asbuilt:waive rule=log-group-retention reason="later" owner=me expires={SOON}\n'
    done = repository.pull_request({"prod/mails.tf": MAILS.replace("resource", comment + "resource", 1)})
    assert done.code == 0
    assert "It adds or changes waivers in comments of the code" in done.summary.replace("\\", "")


def test_a_waiver_that_was_withdrawn_since_the_branch_began(repository: Repository) -> None:
    """Files come from the base's tip; only the comparison goes back to where the branch began."""
    repository.rebase({"waivers.yaml": WAIVER % SOON})
    repository.write(BAD)
    repository.commit("change")
    repository.git("checkout", "-q", "main")
    repository.write({"waivers.yaml": "waivers: []\n"})
    tip = repository.commit("withdrawn")
    repository.git("checkout", "-q", "head")
    done = repository.runner.run("pull_request", {"pull_request": {"base": {"sha": tip}}})
    assert done.code == 1, done.log
    assert json.loads(done.outputs["counts"])["new"] == 1


def test_a_longer_waiver(repository: Repository) -> None:
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    repository.rebase({"waivers.yaml": WAIVER % yesterday})
    done = repository.pull_request({**BAD, "waivers.yaml": WAIVER % SOON})
    assert done.code == 1
    assert f"expires: {SOON}" in done.summary.replace("\\", "")


def test_a_looser_spec(repository: Repository) -> None:
    done = repository.pull_request({**BAD, "architecture.yaml": SPEC.replace("30", "5")})
    held(done, "It loosens the architecture in architecture.yaml")
    assert "logging.retention_days: 30 -> 5" in done.summary.replace("\\", "").replace("&gt;", ">")


@pytest.mark.parametrize(
    "text", ["asbuilt: 1\nname: other\n", "nonsense: [", "", SPEC.replace("  retention_days: 30\n", "")]
)
def test_another_spec_or_none(repository: Repository, text: str) -> None:
    held(repository.pull_request({**BAD, "architecture.yaml": text}))


def test_a_spec_that_is_gone(repository: Repository) -> None:
    (repository.folder / "architecture.yaml").unlink()
    held(repository.pull_request(BAD))


def test_another_configuration(repository: Repository) -> None:
    looser = (
        CONFIG.replace("log-group-retention", "log-group-exists") + "fail_on: critical\nskip: [log-group-retention]\n"
    )
    held(repository.pull_request({**BAD, "asbuilt.yaml": looser}), "It changes the configuration")


def test_a_configuration_where_there_was_none(repository: Repository) -> None:
    repository.git("checkout", "-q", "main")
    repository.git("rm", "-q", "asbuilt.yaml")
    repository.base = repository.commit("no configuration")
    repository.git("checkout", "-q", "-B", "head")
    inputs = {"paths": "prod", "spec": "architecture.yaml", "environment": "prod", "only": "log-group-retention"}
    files = {**BAD, "asbuilt.yaml": "fail_on: critical\n", "pyproject.toml": '[tool.asbuilt]\nfail_on = "critical"\n'}
    files |= {".checkov.yaml": "external-checks-dir: [evil]\nskip-check: [all]\n"}
    held(repository.pull_request(files, **inputs), "It changes the configuration")


def test_links_in_the_place_of_trusted_files(repository: Repository, tmp_path: Path) -> None:
    """A link must not make a file of the repository look like one that the workflow vouches for."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / ".git").mkdir()
    (outside / "architecture.yaml").write_text(SPEC.replace("30", "5"))
    repository.rebase(
        {"rules/architecture.yaml": SPEC, "asbuilt.yaml": CONFIG.replace("architecture", "rules/architecture")}
    )
    (repository.folder / "rules" / "architecture.yaml").unlink()
    (repository.folder / "rules" / "architecture.yaml").symlink_to(outside / "architecture.yaml")
    held(repository.pull_request(BAD))
    (repository.folder / "rules" / "architecture.yaml").unlink()
    (repository.folder / "rules").rmdir()
    (repository.folder / "rules").symlink_to(outside)
    held(repository.pull_request({}))


def test_an_earlier_result_of_its_own(repository: Repository) -> None:
    done = repository.pull_request(BAD)
    forged = Path(done.outputs["json-file"]).read_text()
    done = repository.pull_request({"before.json": forged}, baseline="before.json")
    assert done.code == 2
    assert "has no such earlier result" in done.log


def test_a_plan_of_its_own(repository: Repository) -> None:
    plan = {"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {}}}
    plan |= {"configuration": {}, "resource_changes": []}
    done = repository.pull_request({**BAD, "plan.json": json.dumps(plan)}, plan="plan.json")
    assert done.code == 2
    assert "the plan is part of the repository" in done.log


def test_modules_of_its_own_in_the_place_of_the_registrys(repository: Repository) -> None:
    """`terraform init` would fetch the real module: what is scanned would not be what is applied."""
    call = 'module "logs" {\n  source = "terraform-aws-modules/logs/aws"\n}\n'
    manifest = {"Modules": [{"Key": "logs", "Source": "terraform-aws-modules/logs/aws", "Dir": "../fake"}]}
    files = {"prod/logs.tf": call, "prod/.terraform/modules/modules.json": json.dumps(manifest)}
    done = repository.pull_request({**files, "fake/main.tf": CODE})
    assert done.code == 2
    assert "prod/.terraform/modules/modules.json: the pull request brings what `terraform init` makes" in done.log


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    return tmp_path / "canary"


def test_nothing_of_the_checkout_is_imported_or_run(repository: Repository, canary: Path) -> None:
    python = f"open({str(canary)!r}, 'a').write(__name__)\n"
    shell = f"#!/bin/sh\necho ran >> {canary}\n"
    modules = ("click", "conftest", "sitecustomize", "usercustomize", "yaml", "json", "os", "prod/click", "setup")
    packages = ("asbuilt", "asbuilt_policies", "asbuilt_reports", "pip", "venv")
    programs = ("git", "python", "python3", "terraform", "checkov", "cat", "bash")
    files = {f"{name}.py": python for name in modules}
    files |= {f"{name}/__init__.py": python for name in packages}
    files |= dict.fromkeys(programs, shell)
    files |= {
        "pyvenv.cfg": "home = .\n",
        "pip.conf": "[global]\nindex-url = http://localhost:1\n",
        "evil.pth": f"import os; open({str(canary)!r}, 'a')\n",
        ".pdbrc": python,
        ".bashrc": shell,
        ".env": "BASH_ENV=git\n",
        ".gitattributes": "* filter=evil diff=evil eol=crlf\n",
        ".gitmodules": '[submodule "x"]\n\tpath = x\n\turl = ext::sh\n',
        ".python-version": "../../evil\n",
        ".tool-versions": "python evil\n",
        **BAD,
    }
    repository.write(files)
    for name in programs:
        (repository.folder / name).chmod(0o755)
    repository.commit("change")
    # From here on also what only somebody with access to the runner could do.
    for name in ("post-checkout", "post-merge", "fsmonitor-watchman", "post-index-change", "reference-transaction"):
        hook = repository.folder / ".git" / "hooks" / name
        hook.write_text(shell)
        hook.chmod(0o755)
    for key in ("core.fsmonitor", "filter.evil.smudge", "filter.evil.clean", "diff.evil.textconv", "core.sshCommand"):
        repository.git("config", key, str(repository.folder / "git"))
    canary.unlink(missing_ok=True)
    done = repository.runner.run("pull_request", {"pull_request": {"base": {"sha": repository.base}}})
    held(done)
    assert not canary.exists()


INPUTS = ("paths", "spec", "environment", "var-files", "base-ref", "waivers", "config", "plan", "working-directory")


@pytest.mark.parametrize("name", INPUTS)
def test_shell_characters_in_inputs_stay_text(repository: Repository, canary: Path, name: str) -> None:
    evil = f"$(touch {canary}) `touch {canary}` ; touch {canary} # ' ; touch {canary} ; ' \" ; touch {canary} ; \""
    for text in (evil, f"-h && touch {canary} | touch {canary}"):
        done = repository.pull_request({}, **{name: text})
        assert done.code == 2, done.log
        assert not canary.exists()


def test_values_of_variables_may_hold_anything(repository: Repository, canary: Path) -> None:
    evil = f"x=$(touch {canary}) `touch {canary}` ; touch {canary} # ' \""
    assert repository.pull_request({}, variables=evil).code == 0
    assert not canary.exists()


FORGED = ("::error::forged", "::set-output", "::add-mask", "##[")


def test_names_form_no_workflow_command(repository: Repository) -> None:
    """Names of files and keys are printed; the runner must not obey them."""
    evil = "::add-mask::x\n::error::forged\n::set-output name=exit-code::0\n##[error]forged"
    quoted = json.dumps(evil)
    rows = f'resource "aws_cloudwatch_log_group" "x" {{\n  name = {quoted}\n  retention_in_days = 5\n}}\n'
    rows += f"resource {quoted} {{\n"
    done = repository.pull_request({"prod/::error::forged.tf": rows, "architecture.yaml": f"{quoted}: 1\n"})
    assert done.code in (1, 3)
    assert not [line for line in done.commands if line.startswith(FORGED)]
    assert done.outputs["exit-code"] == str(done.code)
    repository.rebase({"asbuilt.yaml": f"{quoted}: 1\n"})
    done = repository.pull_request({})
    assert done.code == 2
    assert not [line for line in done.commands if line.startswith(FORGED)]


def test_the_old_code_is_what_the_base_says_not_what_the_pull_request_says_it_was(repository: Repository) -> None:
    """Attributes, replaced objects and grafts cannot make a new violation look old."""
    repository.write(BAD)
    repository.commit("change")
    head = repository.git("rev-parse", "HEAD")
    repository.git("replace", repository.base, head)
    done = repository.runner.run("pull_request", {"pull_request": {"base": {"sha": repository.base}}})
    held(done)


def test_what_the_pull_request_removes_does_not_pass(repository: Repository) -> None:
    """No code left is no pass."""
    (repository.folder / "prod" / "main.tf").unlink()
    done = repository.pull_request({"prod/readme.md": CODE})
    assert done.code == 2
