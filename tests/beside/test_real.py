"""The real checkov (`make checkov`), which takes seconds a run: few runs, each asked much."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from asbuilt.checkov.beside import Settings
from asbuilt.checkov.output import Record, read_output
from asbuilt.checkov.program import Program
from asbuilt.checkov.readings import READINGS
from asbuilt.checkov.run import Running, Target
from asbuilt.scan import Options, check
from asbuilt.spec import load_spec
from asbuilt_reports.json_results import from_json
from asbuilt_reports.sarif import as_dict, lint_github
from beside.fakes import REAL, ROOT

EVIL = "import pathlib\npathlib.Path(r'{0}/owned').touch()\n"
CODE = """
resource "aws_cloudwatch_log_group" "api" {
  name = "api"
}

resource "aws_cloudwatch_log_group" "each" {
  #checkov:skip=CKV_AWS_158:moves in March
  for_each          = toset(["a", "b"])
  name              = "each-${each.key}"
  retention_in_days = 30
}
"""
SETTINGS = """
skip-check: [CKV_AWS_158, CKV_AWS_338, CKV_AWS_66]
external-checks-dir: [{0}/evil]
create-config: {0}/owned
baseline: {0}/.checkov.baseline
"""


@cache
def platform() -> Any:
    """Return the results of the drifted platform with checkov beside it."""
    assert REAL.exists(), "make checkov installs it"
    where = "fixtures/broxiva/drifted/environments/prod"
    asbuilt = str(Path(sys.executable).with_name("asbuilt"))
    command = [asbuilt, "check", where, "--spec", "broxiva", "--env", "prod", "-q", "-o", "json"]
    done = subprocess.run(
        [*command, "--with", "checkov", "--checkov-program", str(REAL)],
        cwd=ROOT,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 1, done.stderr.decode()
    return from_json(done.stdout)


def test_the_platform_with_both_beside_each_other() -> None:
    results = platform()
    (run,) = results.external
    assert not [gap for gap in results.gaps if gap.source == "checkov"]
    assert run.version.startswith("3.")
    ids = [finding.id for finding in run.findings]
    named = [(finding.check, finding.address) for finding in run.findings]
    assert len(ids) == len(set(ids)) == len(set(named))  # no identity twice
    assert len(run.findings) > 50
    assert run.passes > 300
    assert all(finding.location and (ROOT / finding.location.file).is_file() for finding in run.findings)
    same = {(finding.check, finding.address, rule) for finding in run.findings for rule in finding.rules}
    assert ("CKV_AWS_16", "aws_db_instance.reporting", "database-encryption") in same
    assert (
        "CKV_AWS_158",
        'module.data.aws_cloudwatch_log_group.database["postgresql"]',
        "log-group-encryption",
    ) in same
    assert ("CKV_AWS_65", "module.ecs.aws_ecs_cluster.this", "container-insights") in same
    differs = {(dispute.check, dispute.theirs, dispute.ours.value, dispute.address) for dispute in run.disputes}
    assert ("CKV_AWS_338", "pass", "fail", "module.data.aws_cloudwatch_log_group.redis") in differs
    assert ("CKV_AWS_157", "fail", "not_applicable", "aws_db_instance.replica") in differs
    called = next(finding for finding in run.findings if finding.address == "module.alb.aws_lb_listener.status")
    assert called.called is not None
    assert called.called.file.endswith("environments/prod/main.tf")


def test_the_platform_in_sarif_says_nothing_twice() -> None:
    whole = as_dict(platform())
    assert lint_github(whole) == []
    ours, theirs = whole["runs"]
    assert theirs["tool"]["driver"]["name"] == "checkov"
    same = {(finding.check, finding.address) for finding in platform().external[0].findings if finding.rules}
    shown = {
        (result["ruleId"], result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"])
        for result in theirs["results"]
    }
    assert not same & shown
    assert len(shown) == len(theirs["results"])
    assert len(ours["results"]) > 200


PARENT = """
Resources:
  Logs:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: logs, RetentionInDays: 30}
  Child:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: child.yaml}
"""
CHILD = """
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Metadata: {checkov: {skip: [{id: CKV_AWS_157, comment: moves in March}]}}
    Properties: {Engine: postgres, DBInstanceClass: db.t4g.small, StorageEncrypted: false}
"""


def test_templates_with_their_nested_stacks(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "main.yaml").write_text(f"AWSTemplateFormatVersion: '2010-09-09'{PARENT}")
    (tmp_path / "child.yaml").write_text(f"AWSTemplateFormatVersion: '2010-09-09'{CHILD}")
    document = load_spec("broxiva")
    options = Options(paths=[tmp_path / "main.yaml"], environment="prod")
    results = check(document, document.resolve("prod"), options, beside=Settings(program=REAL))
    assert not [gap for gap in results.gaps if gap.source == "checkov"]
    (run,) = results.external
    found = {(finding.check, finding.address): finding for finding in run.findings}
    assert found["CKV_AWS_158", "AWS::Logs::LogGroup.Logs"].rules == ("log-group-encryption",)
    assert found["CKV_AWS_16", "AWS::RDS::DBInstance.Database"].rules == ("database-encryption",)
    assert found["CKV_AWS_157", "AWS::RDS::DBInstance.Database"].reason == "moves in March"


def run(target: Target, home: Path) -> list[Record]:
    """Return every record of a run whose home and whose current directory are hostile too."""
    running = Running(Program((str(REAL),)), [target], 300.0)
    try:
        (said,) = running.said()
    finally:
        running.stop()
    return [*said.output.failed, *said.output.suppressed, *said.output.passed]


def test_a_hostile_repository_runs_nothing_and_switches_nothing_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = tmp_path / "repo"
    (repo / "evil").mkdir(parents=True)
    (repo / "main.tf").write_text(CODE)
    for name in ("evil/__init__.py", "evil/check.py", "checkov.py", "conftest.py", "click.py", "sitecustomize.py"):
        (repo / name).write_text(EVIL.format(tmp_path))
    for name in (".checkov.yaml", ".checkov.yml"):
        (repo / name).write_text(SETTINGS.format(repo))
    (repo / ".checkov.baseline").write_text("{}")
    monkeypatch.chdir(repo)
    monkeypatch.setenv("HOME", str(repo))
    monkeypatch.setenv("PYTHONPATH", str(repo))
    monkeypatch.setenv("CKV_SKIP_CHECK", "CKV_AWS_158")
    monkeypatch.setenv("CKV_FRAMEWORK", "dockerfile")
    found = {(one.check_id, one.resource): one.check_result for one in run(Target(repo, "terraform"), repo)}
    assert found["CKV_AWS_158", "aws_cloudwatch_log_group.api"].result == "FAILED"
    assert found["CKV_AWS_66", "aws_cloudwatch_log_group.api"].result == "FAILED"
    hidden = [result for (check, _), result in found.items() if result.result == "SKIPPED"]
    assert {result.suppress_comment for result in hidden} == {"moves in March"}
    assert not (tmp_path / "owned").exists()
    assert not (repo / "owned").exists()


def test_the_settings_in_the_folder_would_have_done_so(tmp_path: Path) -> None:
    """Prove the door is real: the same folder, named as people name it, is not judged by all checks."""
    (tmp_path / "main.tf").write_text(CODE)
    (tmp_path / ".checkov.yaml").write_text("skip-check: [CKV_AWS_158]\n")
    with TemporaryDirectory() as home:
        done = subprocess.run(
            [str(REAL), "--skip-download", "-o", "json", "--compact", "--framework", "terraform", "-d", str(tmp_path)],
            cwd=home,
            env={"PATH": os.defpath, "HOME": home},
            capture_output=True,
            timeout=300,
            check=False,
        )
    output = read_output(done.stdout)
    assert output.failed
    assert not [one for one in (*output.failed, *output.passed) if one.check_id == "CKV_AWS_158"]


def test_every_check_that_is_read_is_there() -> None:
    (packages,) = (ROOT / ".checkov/lib").glob("python3*/site-packages/checkov")
    checks = [
        *packages.glob("terraform/checks/resource/aws/*.py"),
        *packages.glob("terraform/checks/graph_checks/aws/*"),
    ]
    there = {name for file in checks for name in re.findall(r"[\"'](CKV2?_AWS_\d+)[\"']", file.read_text())}
    assert {reading.check for reading in READINGS} <= there
