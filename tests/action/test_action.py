"""The steps of action.yml on real pull requests: what passes, what fails, and what is said about it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from action.conftest import CODE, CONFIG, MAILS, SPEC, Repository
from asbuilt_reports.sarif_lint import lint_github


def test_a_clean_pull_request_passes(repository: Repository) -> None:
    done = repository.pull_request({"prod/other.tf": "# nothing\n"})
    assert done.code == 0, done.log
    assert done.outputs["exit-code"] == "0"
    assert json.loads(done.outputs["counts"])["fail"] == 0
    assert not [line for line in done.commands if line.startswith(("::error", "::warning"))]
    assert done.summary.startswith("## No deviation found")
    for name in ("json", "sarif", "html"):
        assert Path(done.outputs[f"{name}-file"]).is_file()
    assert not Path(done.outputs["output-dir"]).is_relative_to(repository.folder)
    assert done.uploaded == []


def test_a_new_violation_fails_with_annotation_summary_sarif_and_outputs(repository: Repository) -> None:
    done = repository.pull_request({"prod/mails.tf": MAILS}, **{"upload-sarif": "true", "formats": "gitlab, junit"})
    assert done.code == 1
    assert done.outputs["exit-code"] == "1"
    counts = json.loads(done.outputs["counts"])
    assert (counts["fail"], counts["new"], counts["pass"]) == (1, 1, 1)
    (warning,) = [line for line in done.commands if line.startswith("::warning")]
    assert "file=prod/mails.tf,line=4," in warning
    assert "retention" in done.summary
    assert "prod/mails.tf:4" in done.summary
    sarif = json.loads(Path(done.outputs["sarif-file"]).read_text())
    (result,) = sarif["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "prod/mails.tf"
    # The statement stands in the spec of the base, and is named as in the repository.
    related = result["relatedLocations"][0]["physicalLocation"]
    assert (related["artifactLocation"]["uri"], related["region"]["startLine"]) == ("architecture.yaml", 11)
    assert lint_github(sarif) == []
    (rule,) = sarif["runs"][0]["tool"]["driver"]["rules"]
    assert rule["helpUri"] == f"https://github.com/example/asbuilt/blob/{'0' * 40}/docs/rules/log-group-retention.md"
    assert done.uploaded == [done.outputs["sarif-file"]]
    document = json.loads(Path(done.outputs["json-file"]).read_text())
    assert document["run"]["exit_code"] == 1
    assert document["run"]["baseline"]["commit"] == repository.base
    folder = Path(done.outputs["output-dir"])
    assert json.loads((folder / "codequality.json").read_text())[0]["location"]["path"] == "prod/mails.tf"
    assert (folder / "junit.xml").is_file()


def test_an_old_violation_alone_passes_where_only_changes_count(repository: Repository) -> None:
    repository.rebase({"prod/main.tf": CODE.replace("30", "7")})
    done = repository.pull_request({"prod/other.tf": "# nothing\n"})
    assert done.code == 0, done.log
    counts = json.loads(done.outputs["counts"])
    assert (counts["fail"], counts["new"]) == (1, 0)
    assert not [line for line in done.commands if line.startswith("::warning")]
    assert repository.pull_request({}, **{"changed-only": "false"}).code == 1
    # The default looks at everything on other events.
    assert repository.runner.run("push").code == 1
    queue = {"merge_group": {"base_sha": repository.base}}
    assert repository.runner.run("merge_group", queue).code == 0


def test_annotations_come_on_changed_lines_first(repository: Repository) -> None:
    names = [f"s{number:02}" for number in range(14)]
    spec = SPEC.replace("  mails", "".join(f"  {name}: {{class: critical}}\n" for name in [*names, "zz"]) + "  mails")
    old = "".join(MAILS.replace("mails", name) for name in names)
    repository.rebase({"architecture.yaml": spec, "prod/a.tf": old})
    new = {"prod/z.tf": MAILS.replace("mails", "zz")}
    done = repository.pull_request(new, **{"changed-only": "false"})
    warnings = [line for line in done.commands if line.startswith("::warning")]
    assert len(warnings) == 10
    assert warnings[0].startswith("::warning file=prod/z.tf,line=4,")
    # Where nothing is known of the change, it is one of the many that are left out.
    done = repository.runner.run("push")
    assert not [line for line in done.commands if "prod/z.tf" in line]


def test_without_the_base_in_the_clone_nothing_is_trusted(repository: Repository, tmp_path: Path) -> None:
    repository.write({"prod/mails.tf": MAILS})
    repository.commit("change")
    clone = tmp_path / "shallow"
    repository.git("clone", "-q", "--depth=1", f"file://{repository.folder}", str(clone))
    repository.runner.workspace = clone
    payload = {"pull_request": {"base": {"sha": repository.base}}}
    done = repository.runner.run("pull_request", payload)
    assert done.code == 2
    assert "fetch-depth: 0" in done.summary.replace("\\", "")
    assert any(line.startswith("::error") and "fetch-depth" in line for line in done.commands)
    assert done.outputs["sarif-file"] == ""
    # Trusted by the workflow, everything counts, and the summary says why.
    done = repository.runner.run("pull_request", payload, **{"trust-head": "true"})
    assert done.code == 1
    assert "every finding counts" in done.summary.replace("\\", "")
    assert json.loads(done.outputs["counts"])["new"] == 1


def test_histories_that_do_not_meet_count_whole(repository: Repository) -> None:
    repository.rebase({"prod/main.tf": CODE.replace("30", "7")})
    repository.git("checkout", "-q", "--orphan", "alone")
    repository.commit("alone")
    done = repository.runner.run("pull_request", {"pull_request": {"base": {"sha": repository.base}}})
    assert done.code == 1
    assert "no common ancestor here: every finding counts" in done.summary.replace("\\", "")


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        ({"fail-on": "huge"}, "the input fail-on is 'huge'"),
        ({"on-unknown": "x"}, "the input on-unknown is 'x'"),
        ({"trust-head": "yes"}, "the input trust-head is 'yes'"),
        ({"changed-only": "x"}, "the input changed-only is 'x'"),
        ({"formats": "pdf"}, "the input formats names 'pdf'"),
        ({"paths": "nowhere"}, "nowhere: no such file or directory"),
        ({"working-directory": "nowhere"}, "working-directory"),
        ({"environment": "production"}, "has no environment `production`"),
        ({"spec": "none.yaml"}, "has no such spec"),
        ({"config": "none.yaml"}, "has no such configuration"),
        ({"spec": "a\nb"}, "the input spec is more than one line"),
        ({"variables": "x"}, "expected NAME=VALUE"),
        ({"output-dir": "../../elsewhere"}, "leads out of the workspace"),
        ({"output-dir": ".git/hooks"}, "leads out of the workspace"),
    ],
)
def test_mistakes_exit_2_and_are_said(repository: Repository, inputs: dict[str, str], says: str) -> None:
    done = repository.pull_request({}, **inputs)
    assert done.code == 2, done.log
    assert says in done.log
    if "output-dir" not in inputs:
        assert done.summary.startswith("## Nothing was checked")
        assert any(line.startswith("::error") for line in done.commands)
        assert done.outputs["exit-code"] == "2"


def test_a_base_with_missing_objects_exits_2_and_says_so(repository: Repository) -> None:
    blob = repository.git("rev-parse", f"{repository.base}:waivers.yaml")
    repository.write({"waivers.yaml": "waivers: []  # changed\n"})
    repository.commit("change")
    (repository.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    done = repository.runner.run("pull_request", {"pull_request": {"base": {"sha": repository.base}}})
    assert done.code == 2
    assert "is not in the repository" in done.summary
    assert done.outputs["exit-code"] == "2"


def test_pull_request_target_is_refused(repository: Repository) -> None:
    done = repository.runner.run("pull_request_target", {"pull_request": {"base": {"sha": repository.base}}})
    assert done.code == 2
    assert "use pull_request" in done.log


def test_an_event_that_cannot_be_read_trusts_nothing(repository: Repository) -> None:
    for payload in ({}, {"pull_request": {"base": {"sha": "main; true"}}}):
        done = repository.runner.run("pull_request", payload)
        assert done.code == 2
        assert "give base-ref" in done.log


def test_inputs_win_over_the_configuration(repository: Repository) -> None:
    done = repository.pull_request({"prod/mails.tf": MAILS}, **{"fail-on": "critical"})
    assert done.code == 0
    repository.rebase({"asbuilt.yaml": "nonsense: 1\n"})
    assert repository.pull_request({}).code == 2


def test_without_a_configuration_inputs_are_enough(repository: Repository) -> None:
    (repository.folder / "asbuilt.yaml").unlink()
    repository.git("checkout", "-q", "main")
    repository.git("rm", "-q", "asbuilt.yaml")
    repository.base = repository.commit("no configuration")
    repository.git("checkout", "-q", "-B", "head")
    inputs = {"paths": "prod\n", "spec": "architecture.yaml", "environment": "prod", "only": "log-group-retention"}
    assert repository.pull_request({"prod/mails.tf": MAILS}, **inputs).code == 1


def test_a_summary_stays_below_githubs_limit(repository: Repository) -> None:
    names = [f"s{number:04}" for number in range(6000)]
    rows = "".join(MAILS.replace("mails", name).replace('"/shop', '"/aws/lambda') for name in names)
    words = {"severity": "low"}
    assertion = {"resource": "AWS::Logs::LogGroup", "schema": {"properties": {"RetentionInDays": {"const": 30}}}}
    assertion |= {"message": "x" * 200, **words}
    text = "\n".join([SPEC, "assertions:", f"  kept: {json.dumps(assertion)}", ""])
    repository.rebase({"architecture.yaml": text, "asbuilt.yaml": CONFIG.replace("log-group-retention", "kept")})
    done = repository.pull_request({"prod/many.tf": rows}, **{"fail-on": "low"})
    assert done.code == 1, done.log[-2000:]
    assert len(done.summary.encode()) < 1024 * 1024
    assert len([line for line in done.commands if line.startswith(("::warning", "::error"))]) <= 20


def test_the_real_installation(tmp_path: Path) -> None:
    """Once without the stand-in for the cache: a fresh environment, from the index."""
    from action.runner import Runner

    repository = Repository(tmp_path / "workspace", tmp_path / "scratch")
    repository.runner = Runner(repository.folder, tmp_path / "scratch", install=True)
    done = repository.pull_request({"prod/mails.tf": MAILS})
    assert done.code == 1, done.log
    assert json.loads(done.outputs["counts"])["new"] == 1
