"""A whole platform in an account, through HTTP: as the architecture has it, beside another, refused, broken, hostile.

The account is moto's server; it is built once and audited in each state that it goes through.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from click.testing import CliRunner

from asbuilt.cli.audit import command
from asbuilt.model import Verdict
from asbuilt.scan import Options, check
from asbuilt.spec import load_spec
from asbuilt.topology.tls_policies import TLS_POLICIES
from asbuilt_reports.json_results import from_json
from policies.rule_fixtures import rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.results import Results

ROOT = Path(__file__).parents[3]
REGION = "us-east-1"
# What moto cannot hold, and so an audit of it cannot know: rule -> why. Nothing, with what `moto_completed.py` adds.
NOT_HELD: dict[str, str] = {}
# Refused here: what is behind it must be unknown.
REFUSED = "AmazonEC2ContainerServiceV20141113.ListServices"
WORST = (Verdict.ERROR, Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS, Verdict.NOT_APPLICABLE)


@dataclass
class Audits:
    """What each audit said, by the state of the account, and what it exited with.

    `expected` is what was broken, `disturbed` what was made to run otherwise.
    """

    results: dict[str, Results] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    expected: list[tuple[str, str, str]] = field(default_factory=list)
    disturbed: list[tuple[str, str, str]] = field(default_factory=list)
    traffic: list[str] = field(default_factory=list)


def audit(url: str, environment: str, folder: Path) -> tuple[int, Results]:
    file = folder / "audit.json"
    where = ["--region", REGION, "--endpoint-url", url, "--no-config", "-q", "-o", f"json={file}"]
    ran = CliRunner().invoke(command, ["--spec", "broxiva", "--env", environment, *where])
    assert file.exists(), (ran.output, ran.exception)
    return ran.exit_code, from_json(file.read_text("utf-8"))


@pytest.fixture(scope="module")
def audits(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audits]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "scripts"))
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
            patch.delenv(name, raising=False)
        yield in_turn(tmp_path_factory.mktemp("audits"))
    for name in [name for name in sys.modules if name.partition(".")[0] == "live_platform"]:
        del sys.modules[name]


def in_turn(folder: Path) -> Audits:
    """Build the platform and audit it, state after state."""
    from live_platform import proxy, running
    from live_platform.account import Account
    from live_platform.breakages import BREAKAGES
    from live_platform.build import build
    from live_platform.hostile import spoil
    from live_platform.server import moto_server

    done = Audits()

    def keep(state: str, url: str, environment: str = "prod") -> None:
        done.codes[state], done.results[state] = audit(url, environment, folder)

    with moto_server() as url:
        aws = Account(url, REGION)
        made = build(aws)
        keep("compliant", url)
        with proxy.running(url, 0, [REFUSED]) as refusing:
            keep("refused", refusing)
            done.traffic = proxy.asked(refusing)
        with patch.dict(TLS_POLICIES, {"ELBSecurityPolicy-2016-08": ("TLSv1",)}, clear=True):
            keep("newer than the table", url)
        build(aws, "staging")
        keep("beside staging", url)
        keep("staging", url, "staging")
        done.disturbed = running.disturb(aws, made)
        keep("disturbed", url)
        running.settle(aws, made)
        assert len(BREAKAGES) == 20
        for breakage in BREAKAGES:
            done.expected += breakage.do(aws, made)
        keep("broken", url)
        spoil(aws, made)
        keep("hostile", url)
    return done


def rows(results: Results, *verdicts: Verdict) -> list[tuple[str, str, str]]:
    found = [f for f in results.findings if f.verdict in verdicts]
    return sorted((f.requirement.id, f.rule, f.resource.address) for f in found)


@pytest.mark.parametrize("state", ["compliant", "newer than the table", "beside staging", "staging"])
def test_platform_as_the_architecture_has_it_has_no_findings(audits: Audits, state: str) -> None:
    results = audits.results[state]
    assert not rows(results, Verdict.FAIL, Verdict.ERROR)
    assert {rule for _, rule, _ in rows(results, Verdict.UNKNOWN)} == set(NOT_HELD)
    assert not results.gaps
    assert audits.codes[state] == (3 if NOT_HELD else 0)


def standing(results: Results) -> dict[str, str]:
    """Return the worst verdict of each statement, by its id."""
    said: dict[str, set[Verdict]] = {}
    for finding in results.findings:
        said.setdefault(finding.requirement.id, set()).add(finding.verdict)
    for entry in results.rules:
        if results.passes.get(entry.id):
            said.setdefault(entry.requirement, set()).add(Verdict.PASS)
    return {name: next(v.value for v in WORST if v in verdicts) for name, verdicts in said.items()}


def test_account_and_code_get_the_same_verdict_on_every_statement(audits: Audits) -> None:
    document = load_spec("broxiva")
    root = ROOT / "fixtures/broxiva/terraform/environments/prod"
    code = check(document, document.resolve("prod"), Options(paths=[root], environment="prod"))
    in_code, in_account = standing(code), standing(audits.results["compliant"])
    assert len(in_code) > 60
    assert {name: (in_code.get(name), told) for name, told in in_account.items() if in_code.get(name) != told} == {}
    assert set(in_code) == set(in_account)


def test_every_rule_looks_at_something_in_the_account(audits: Audits) -> None:
    results = audits.results["compliant"]
    told = {finding.rule for finding in results.findings}
    assert [entry.id for entry in results.rules if not results.passes.get(entry.id) and entry.id not in told] == []


def test_platform_beside_another_environment_is_judged_alone(audits: Audits) -> None:
    alone, beside = audits.results["compliant"], audits.results["beside staging"]
    assert {rule: sorted(found) for rule, found in beside.passes.items()} == {
        rule: sorted(found) for rule, found in alone.passes.items()
    }


def test_exactly_what_runs_otherwise_is_reported(audits: Audits) -> None:
    assert rows(audits.results["disturbed"], Verdict.FAIL) == sorted(audits.disturbed)
    assert not rows(audits.results["disturbed"], Verdict.UNKNOWN, Verdict.ERROR)


def test_exactly_what_was_broken_is_reported(audits: Audits) -> None:
    found = rows(audits.results["broken"], Verdict.FAIL)
    assert found == sorted(audits.expected)
    assert not rows(audits.results["broken"], Verdict.UNKNOWN, Verdict.ERROR)
    assert audits.codes["broken"] == 1


NEED_SERVICES = frozenset({"AWS::ECS::Service", "AWS::ECS::TaskDefinition"})


def test_refused_listing_of_services_leaves_every_statement_about_them_unknown(audits: Audits) -> None:
    results = audits.results["refused"]
    assert audits.codes["refused"] == 3
    assert "ListServices" in audits.traffic
    assert any(gap.action == "allow ecs:ListServices" for gap in results.gaps)
    assert not rows(results, Verdict.FAIL, Verdict.ERROR)
    stated = {entry.requirement for entry in results.rules if NEED_SERVICES & set(rules()[entry.id].resources)}
    assert len(stated) > 20
    assert {name: told for name, told in standing(results).items() if name in stated and told != "unknown"} == {}
    assert stated <= set(standing(results)), "a statement that nothing was said about"
    passed = [address for found in results.passes.values() for address in found]
    assert not [address for address in passed if ":service/" in address or ":task-definition/" in address]
    assert any("ecs:ListServices" in finding.message for finding in results.findings)


def test_names_and_values_of_a_hostile_account_harm_no_report(audits: Audits) -> None:
    from reports.test_hostile import assert_every_format_stays_itself

    results = audits.results["hostile"]
    assert audits.codes["hostile"] == 1
    told = json.dumps([finding.message for finding in results.findings])
    assert "<script>" in told, "nothing hostile reached a finding: the account proves nothing"
    assert "::error::" in told
    assert_every_format_stays_itself(results)


def test_no_report_of_a_hostile_account_holds_a_value_of_the_environment(audits: Audits) -> None:
    from live_platform.hostile import MEGABYTE

    from asbuilt_reports.write import FORMATS

    for name in FORMATS:
        assert MEGABYTE[:1000] not in FORMATS[name](audits.results["hostile"]), name
