"""`asbuilt export checkov`: policies that say what our rules say, and an account of what none can say."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from click.testing import CliRunner, Result

from asbuilt.checkov.addresses import Addresses
from asbuilt.checkov.export.policies import POLICIES, REASONS
from asbuilt.checkov.export.writing import PREFIX, export
from asbuilt.checkov.output import Record, read_output
from asbuilt.cli import main
from asbuilt.discovery import discover
from asbuilt.model import Verdict
from asbuilt.scan import Options, check
from asbuilt.spec import load_spec
from asbuilt.spec.models import Spec
from beside.fakes import REAL, ROOT
from policies.rule_fixtures import FIXTURES, cases, run

HOSTILE = "keep logs: {{7}} | \"quoted\" 'it' #comment\n- &anchor *alias !!python/object:os.system <b>"


def exported(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["export", "checkov", "-o", str(folder), *arguments], catch_exceptions=False)


def test_a_file_for_each_policy_and_an_account_of_the_rest(tmp_path: Path) -> None:
    result = exported(tmp_path / "new/policies", "--spec", "broxiva", "--env", "prod")
    assert result.exit_code == 0
    files = sorted(path.name for path in (tmp_path / "new/policies").iterdir())
    assert files == sorted(["README.md", *(f"{PREFIX}{policy.number}.yaml" for policy in POLICIES)])
    first = yaml.safe_load((tmp_path / "new/policies" / f"{PREFIX}1.yaml").read_text())
    assert first["metadata"] == {
        "id": "CKV2_ASBUILT_1",
        "name": "MON-3: Log groups keep events for 30 days in production and for 14 days in staging.",
        "category": "LOGGING",
    }
    assert first["definition"]["value"] == [30, "30"]
    account = (tmp_path / "new/policies/README.md").read_text()
    spec = load_spec("broxiva").resolve("prod")
    assert all(
        f"| {requirement.id}:" in account or f" {requirement.id}:" in account for requirement in spec.requirements
    )


def test_every_statement_is_expressed_or_has_a_reason() -> None:
    document = load_spec("broxiva")
    for name in ("prod", "staging", "development"):
        spec = document.resolve(name)
        found = export(spec)
        ids = {one.requirement.id for one in found.written} | {requirement.id for requirement, _ in found.left}
        assert ids == {requirement.id for requirement in spec.requirements}
        assert all(reason for _, reason in found.left)


def test_the_values_are_those_of_the_environment(tmp_path: Path) -> None:
    exported(tmp_path, "--spec", "broxiva", "--env", "staging")
    assert yaml.safe_load((tmp_path / f"{PREFIX}1.yaml").read_text())["definition"]["value"] == [14, "14"]
    assert yaml.safe_load((tmp_path / f"{PREFIX}14.yaml").read_text())["definition"]["value"] == "10.1.0.0/16"


def test_what_a_spec_no_longer_says_is_removed_and_nothing_else(tmp_path: Path) -> None:
    exported(tmp_path, "--spec", "broxiva", "--env", "prod")
    (tmp_path / "own.yaml").write_text("mine")
    (tmp_path / "spec.yaml").write_text("asbuilt: 1\nname: shop\nlogging: {retention_days: 30}\n")
    exported(tmp_path, "--spec", str(tmp_path / "spec.yaml"))
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"README.md", f"{PREFIX}1.yaml", "own.yaml", "spec.yaml"}


def test_statements_stay_text(tmp_path: Path) -> None:
    statement = {"id": "LOG-1", "section": "Logging", "statement": HOSTILE, "values": ["logging.retention_days"]}
    spec = {"asbuilt": 1, "name": "shop", "logging": {"retention_days": 7}, "requirements": [statement]}
    (tmp_path / "spec.yaml").write_text(json.dumps(spec))
    assert exported(tmp_path / "out", "--spec", str(tmp_path / "spec.yaml")).exit_code == 0
    policy = yaml.safe_load((tmp_path / "out" / f"{PREFIX}1.yaml").read_text())
    assert policy["metadata"]["name"] == f"LOG-1: {' '.join(HOSTILE.split())}"
    row = next(line for line in (tmp_path / "out/README.md").read_text().splitlines() if "LOG-1" in line)
    assert row.replace("\\|", "").count("|") == 4
    assert "<b>" not in row


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = exported(tmp_path / "file", "--spec", "broxiva")
    assert result.exit_code == 2
    assert "cannot be written" in result.output


def test_policies_name_rules_that_there_are_and_reasons_lie_behind_each_other() -> None:
    enforced = {rule.id: rule.enforces for rule in discover()}
    assert all(policy.path.startswith(enforced[policy.rule].partition("*")[0]) for policy in POLICIES)
    assert len({policy.number for policy in POLICIES}) == len(POLICIES)
    paths = [path for path, _ in REASONS]
    assert all(not later.startswith(f"{path}.") for n, path in enumerate(paths) for later in paths[n + 1 :])


def checkov(code: Path, spec: Spec) -> list[tuple[str, Record]]:
    """Return what the real checkov says of some code by the policies of a spec, and by nothing else."""
    assert REAL.exists(), "make checkov installs it"
    with TemporaryDirectory() as folder:
        found = export(spec)
        for name, text in found.files(spec).items():
            (Path(folder) / name).write_text(text)
        ids = ",".join(one.id for one in found.written)
        command = [REAL, "--skip-download", "--compact", "--soft-fail", "-o", "json", "--framework", "terraform"]
        done = subprocess.run(
            [*command, "--external-checks-dir", folder, "--check", ids, f"--directory={code}"],
            cwd=folder,
            env={"PATH": os.defpath, "HOME": folder},
            capture_output=True,
            timeout=300,
            check=True,
        )
    output = read_output(done.stdout)
    return [*(("fail", one) for one in output.failed), *(("pass", one) for one in output.passed)]


RULES = {f"{PREFIX}{policy.number}": policy.rule for policy in POLICIES}
# What checkov decides and we do not: it takes an argument that is not there for its default, whatever else may set it.
DECIDED_BY_CHECKOV_ALONE = (Verdict.UNKNOWN.value, Verdict.NOT_APPLICABLE.value)


def test_the_policies_judge_the_fixtures_of_our_rules_as_our_rules_do(tmp_path: Path) -> None:
    spec = load_spec(str(FIXTURES / "spec.yaml")).resolve("prod")
    chosen = [case for case in cases() if case.rule in RULES.values() and case.folder.is_dir()]
    for case in chosen:
        assert not (case.folder / "spec.yaml").exists()
        shutil.copytree(case.folder, tmp_path / case.rule / case.folder.name)
    agreed: dict[str, set[str]] = {}
    told = {(case.rule, case.folder.name): verdicts(case) for case in chosen}
    for theirs, record in checkov(tmp_path, spec):
        rule, name = Path(record.file_abs_path or "").relative_to(tmp_path).parts[:2]
        if RULES[record.check_id] != rule:
            continue
        ours = told[rule, name]
        for address in Addresses(ours).meant(record.resource):
            if ours[address] not in DECIDED_BY_CHECKOV_ALONE:
                assert (theirs, rule, name, address) == (ours[address], rule, name, address)
                agreed.setdefault(rule, set()).add(theirs)
    expected = {rule: {"pass", "fail"} for rule in RULES.values()}
    assert agreed == {**expected, "log-group-encryption": {"fail"}}  # keys are references, on which checkov is silent


def verdicts(case: object) -> dict[str, str]:
    evaluation = run(case)  # type: ignore[arg-type]
    passes = {address: "pass" for found in evaluation.passes.values() for address in found}
    return passes | {finding.resource.address: finding.verdict.value for finding in evaluation.findings}


@cache
def platforms() -> list[tuple[str, str, Record]]:
    """Return what checkov says of both platforms, in one run: of which, and whether it passes."""
    with TemporaryDirectory() as folder:
        top = Path(folder).resolve()
        for name in ("terraform", "drifted"):
            leave = shutil.ignore_patterns("staging", "development")
            shutil.copytree(ROOT / "fixtures/broxiva" / name, top / name, ignore=leave)
        found = checkov(top, load_spec("broxiva").resolve("prod"))
        named = [(Path(record.file_abs_path or "").relative_to(top).parts[0], record) for _, record in found]
    return [(name, status, record) for (name, record), (status, _) in zip(named, found, strict=True)]


def test_the_platform_as_specified_passes() -> None:
    theirs = [(status, record.resource) for name, status, record in platforms() if name == "terraform"]
    assert len(theirs) >= 12
    assert [resource for status, resource in theirs if status == "fail"] == []


def test_the_drifted_platform_fails_where_we_fail_it() -> None:
    document = load_spec("broxiva")
    code = ROOT / "fixtures/broxiva/drifted/environments/prod"
    results = check(document, document.resolve("prod"), Options(paths=[code], environment="prod"))
    ours = {(rule, address): "pass" for rule, addresses in results.passes.items() for address in addresses}
    ours |= {(finding.rule, finding.resource.address): finding.verdict.value for finding in results.findings}
    agreed: list[str] = []
    for name, status, record in platforms():
        verdict = ours.get((RULES[record.check_id], record.resource), Verdict.UNKNOWN.value)
        if name == "drifted" and verdict not in DECIDED_BY_CHECKOV_ALONE:
            assert status == verdict, f"{record.check_id} {record.resource}"
            agreed.append(status)
    assert agreed.count("fail") >= 10
    assert agreed.count("pass") >= 4
