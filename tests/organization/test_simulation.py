"""An organisation of twelve accounts, through HTTP: covered in whole, stopped and resumed, the same in any pool."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from asbuilt_reports.json_results import from_json

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
ACCOUNTS = 12
REGIONS = ("us-east-1", "eu-west-1")
# Denied, throttled, crashing, suspended and two that are read.
SOME = ("000", "003", "005", "006", "007", "010")
FEW = tuple(word for one in SOME for word in ("--accounts", f"team-{one}"))


@pytest.fixture(scope="module")
def organization() -> Iterator[Any]:
    """Build the platform in moto; give the URL of an organisation of accounts like it, and what it is made of."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "scripts"))
        from live_platform import auditing, organization
        from live_platform.account import Account
        from live_platform.breakages import BREAKAGES
        from live_platform.build import build
        from live_platform.server import moto_server

        with moto_server() as url:
            aws = Account(url, REGIONS[0])
            made = build(aws)
            for breakage in BREAKAGES[:5]:
                breakage.do(aws, made)
            with organization.running(url, ACCOUNTS) as far:
                yield far, organization, auditing
    for name in [name for name in sys.modules if name.partition(".")[0] == "live_platform"]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def whole(organization: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Audit everything in threads."""
    url, _, auditing = organization
    folder = tmp_path_factory.mktemp("whole")
    outputs = [word for kind in ("json", "text", "html", "markdown") for word in ("-o", f"{kind}={folder / kind}")]
    code = auditing.run(auditing.command(url, REGIONS, "--out", str(folder / "out"), *outputs))
    assert code == 1
    return folder


def asked(organization: Any) -> dict[str, int]:
    """Return how often the keys of each account were asked for in each region: once a job."""
    url, module, _ = organization
    calls = module.asked(url)
    found = {key.rsplit(" ", 1)[0]: number for key, number in calls.items() if key.endswith("GetCallerIdentity")}
    return {key: number for key, number in found.items() if not key.startswith("123456789012")}


def some(told: dict[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """Return what some accounts came to in the first region."""
    found = {key: text for key, text in told.items() if key[0][-3:] in SOME and key[1] == REGIONS[0]}
    assert len(found) == len(SOME) - 1  # nobody asks the suspended one
    return found


def test_every_region_of_every_account_is_covered_or_says_why_not(organization: Any, whole: Path) -> None:
    results = from_json((whole / "json").read_bytes())
    expected = organization[1].outcomes(ACCOUNTS)
    assert {(row.account, row.region): row.outcome for row in results.accounts} == {
        (account, region): word for account, word in expected.items() for region in REGIONS
    }
    assert sorted(expected.values()).count("denied") == 3
    for row in results.accounts:
        if row.outcome == "denied":
            assert f"arn:aws:iam::{row.account}:role/audit" in row.action
        if row.outcome == "throttled":
            assert "throttled to the end" in row.reason
        if row.outcome == "crashed":
            assert "DescribeServices" in row.reason
            assert row.counts["unknown"] > 0
        if row.outcome == "audited":
            assert row.counts["pass"] > 100
            assert row.counts["fail"] > 0
    assert results.run.exit_code == 1


def test_the_merged_findings_are_those_of_the_jobs(whole: Path) -> None:
    merged = from_json((whole / "json").read_bytes())
    parts = [from_json(file.read_bytes()) for file in (whole / "out" / "jobs").glob("*/*.json")]
    assert len(merged.findings) == sum(len(part.findings) for part in parts)
    assert len({finding.id for finding in merged.findings}) == len(merged.findings)
    for verdict in ("pass", "fail", "unknown"):
        assert merged.summary.counts[verdict] == sum(part.summary.counts[verdict] for part in parts)
    passes = [address for addresses in merged.passes.values() for address in addresses]
    assert len(passes) == merged.summary.counts["pass"]
    assert all("70000000" in finding.resource.address for finding in merged.findings)


def test_the_table_is_in_every_report_for_people(organization: Any, whole: Path) -> None:
    for kind in ("text", "html", "markdown"):
        report = (whole / kind).read_text("utf-8")
        for account in organization[1].outcomes(ACCOUNTS):
            assert report.count(account) >= 2, (kind, account)


def test_no_keys_are_in_what_is_written(whole: Path) -> None:
    for file in whole.rglob("*"):
        if file.is_file():
            text = file.read_text("utf-8")
            assert "secret-of-" not in text
            assert "token-of-" not in text
            assert "ASIA0ORG" not in text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_stopped_audit_goes_on_without_asking_again(
    organization: Any, whole: Path, tmp_path: Path, number: int
) -> None:
    url, _, auditing = organization
    out = tmp_path / "out"
    regions = REGIONS[:1]
    before = asked(organization)
    code = auditing.stopped(auditing.command(url, regions, "--jobs", "2", "--out", str(out)), out, 8, number)
    assert code == (3 if number == signal.SIGINT else -number)
    done = {f"{line['row']['account']} {line['row']['region']}" for line in auditing.lines(out)}
    assert 8 <= len(done) < ACCOUNTS - 1
    between = asked(organization)
    assert auditing.run(auditing.command(url, regions, "--resume", str(out), "-o", f"json={tmp_path / 'json'}")) == 1
    after = asked(organization)
    for key in done:
        assert after.get(key, 0) == between.get(key, 0)
    fresh = {key for key in after if after[key] > between.get(key, 0)}
    assert fresh
    assert not fresh & done
    assert sum(between.values()) > sum(before.values())
    wanted = {key: told for key, told in auditing.told(whole / "out").items() if key[1] in regions}
    assert auditing.told(out) == wanted


def test_processes_come_to_the_same(organization: Any, whole: Path, tmp_path: Path) -> None:
    url, _, auditing = organization
    out = tmp_path / "out"
    assert auditing.run(auditing.command(url, REGIONS[:1], "--processes", "2", "--out", str(out), *FEW)) == 1
    assert auditing.told(out) == some(auditing.told(whole / "out"))


def test_a_dask_cluster_comes_to_the_same(organization: Any, whole: Path, tmp_path: Path) -> None:
    url, _, auditing = organization
    out = tmp_path / "out"
    assert auditing.run(auditing.on_cluster(auditing.command(url, REGIONS[:1], "--out", str(out), *FEW))) == 1
    assert auditing.told(out) == some(auditing.told(whole / "out"))


def test_evidence_of_all_accounts_is_one_bundle(organization: Any, tmp_path: Path) -> None:
    from asbuilt.evidence.verify import verify

    url, _, auditing = organization
    folder = tmp_path / "evidence"
    few = ("--accounts", "team-000", "--accounts", "team-007")
    code = auditing.run(
        auditing.command(url, REGIONS[:1], "--out", str(tmp_path / "out"), "--evidence", str(folder), *few)
    )
    assert code == 1
    found = verify(folder)
    assert not found.differences
    assert found.files == 2
    denied, audited = sorted((folder / "calls").glob("*/*.jsonl"))
    (entry,) = [json.loads(line) for line in denied.read_text().splitlines()]
    assert entry["operation"] == "sts.AssumeRole"
    assert entry["failure"]["kind"] == "denied"
    assert len(audited.read_text().splitlines()) > 40
