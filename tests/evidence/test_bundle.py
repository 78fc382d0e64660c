"""The evidence bundle: what is kept of a call, what is not, and what tampering with it does."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from asbuilt.cli.audit import command
from asbuilt.cli.evidence import command as evidence
from asbuilt.masking import redacted
from asbuilt.sources.aws import session as sessions
from asbuilt.sources.aws.evidence import body_hash
from sources.aws.overlay import ACCOUNT, Overlay

ANSWERS = Path(__file__).parents[2] / "fixtures" / "rules" / "account.live.yaml"
SPEC = ANSWERS.with_name("spec.yaml")
REGION = "eu-west-1"
SECRET = "hunter2-of-the-database"


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Audit recorded answers with a secret in them, twice: with bodies and without."""
    overlay = Overlay(yaml.safe_load(ANSWERS.read_text("utf-8")), known=False)
    task = overlay.answers["ecs.DescribeTaskDefinition"]
    for entry in task:
        for container in entry["response"]["taskDefinition"]["containerDefinitions"]:
            container["environment"] = [{"name": "DATABASE_PASSWORD", "value": SECRET}]
    overlay.answers["rds.DescribeDBInstances"] = [{"error": "AccessDenied"}]
    folder = tmp_path_factory.mktemp("evidence")
    with pytest.MonkeyPatch.context() as patch:
        made = sessions.Session.__init__

        def init(self: Any, access: Any, prepare: Any = None, watch: Any = lambda _: None) -> None:
            made(self, access, overlay.install, watch)

        patch.setattr(sessions.Session, "__init__", init)
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        audited(folder / "plain")
        audited(folder / "bodies", "--evidence-bodies")
    return folder


def audited(folder: Path, *options: str) -> None:
    base = ["--spec", str(SPEC), "--env", "prod", "--region", REGION, "-q", "--no-config"]
    ran = CliRunner().invoke(command, [*base, "--evidence", str(folder), "-o", f"json={folder}.results.json", *options])
    assert ran.exit_code in (1, 3), (ran.output, ran.exception)


@pytest.fixture
def bundle(bundles: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundles / "plain", tmp_path / "bundle"))


def verify(folder: Path, *options: str) -> tuple[int, str]:
    ran = CliRunner().invoke(evidence, ["verify", str(folder), *options])
    return ran.exit_code, ran.output


def calls(bundle: Path) -> Path:
    return bundle / "calls" / ACCOUNT / f"{REGION}.jsonl"


def records(bundle: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in calls(bundle).read_text("ascii").splitlines()]


def test_every_call_is_there_with_what_aws_can_find_it_by(bundle: Path) -> None:
    found = records(bundle)
    assert [one["n"] for one in found] == list(range(1, len(found) + 1))
    names = {one["operation"] for one in found}
    assert {"sts.GetCallerIdentity", "ecs.ListServices", "ecs.DescribeTaskDefinition", "iam.GetRole"} & names
    for one in found:
        assert (one["account"], one["region"]) == (ACCOUNT, REGION)
        assert one["at"].endswith("Z")
        for page in one["pages"]:
            assert len(page["sha256"]) == 64
            assert page["request_id"]
            assert page["retries"] == 0
            assert "body" not in page
    (denied,) = [one for one in found if one["operation"] == "rds.DescribeDBInstances"]
    assert denied["failure"]["kind"] == "denied"
    assert denied["failure"]["status"] == 403
    assert not denied["pages"]


def test_no_environment_value_is_kept_nor_hashed(bundles: Path) -> None:
    for name in ("plain", "bodies"):
        for file in (bundles / name).rglob("*.json*"):
            assert SECRET not in file.read_text("utf-8")
    bodies = [page for one in records(bundles / "bodies") for page in one["pages"]]
    assert any("DATABASE_PASSWORD" in json.dumps(page["body"]) for page in bodies)
    for page in bodies:
        assert page["sha256"] == body_hash(page["body"])


def test_what_is_secret_is_redacted_and_nothing_else() -> None:
    answer = {
        "environment": [{"name": "A", "value": "one"}, {"name": "B", "value": {"deep": "two"}}],
        "Environment": {"Variables": {"C": "three"}},
        "Credentials": {"AccessKeyId": "four"},
        "Origins": [{"CustomHeaders": [{"HeaderName": "x", "HeaderValue": "five"}]}],
        "note": "https://user:six@example.com/",
        "secretArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:kept",
        "value": "kept too",
        "count": 3,
    }
    told = json.dumps(redacted(answer))
    assert not [
        word for word in ("one", "two", "three", "four", "five", "six") if f"{word}" in told.replace("none", "")
    ]
    assert "secret:kept" in told
    assert "kept too" in told
    assert redacted(answer)["count"] == 3


def test_an_untouched_bundle_verifies(bundles: Path) -> None:
    for name in ("plain", "bodies"):
        code, told = verify(bundles / name, "--results", str(bundles / f"{name}.results.json"))
        assert code == 0, told
        assert "manifest.json sha256" in told
    code, told = verify(bundles / "plain")
    digest = told.split()[-1]
    assert verify(bundles / "plain", "--manifest-sha256", digest)[0] == 0
    assert verify(bundles / "plain", "--manifest-sha256", "0" * 64)[0] == 1


def test_one_byte_changed_is_told_with_its_line(bundle: Path) -> None:
    lines = calls(bundle).read_bytes().splitlines(keepends=True)
    lines[4] = lines[4].replace(b'"retries":0', b'"retries":1', 1)
    calls(bundle).write_bytes(b"".join(lines))
    code, told = verify(bundle)
    operation = records(bundle)[4]["operation"]
    assert code == 1
    assert told == f"calls/{ACCOUNT}/{REGION}.jsonl: line 5 ({operation}) was changed\n"


def test_lines_removed_added_reordered_are_told(bundle: Path) -> None:
    lines = calls(bundle).read_bytes().splitlines(keepends=True)
    path = f"calls/{ACCOUNT}/{REGION}.jsonl"
    calls(bundle).write_bytes(b"".join([*lines[:2], *lines[3:]]))
    assert verify(bundle) == (1, f"{path}: lines were removed: 3\n")
    calls(bundle).write_bytes(b"".join([*lines, b'{"operation":"ecs.ListServices"}\n']))
    assert verify(bundle) == (1, f"{path}: lines were added: {len(lines) + 1}\n")
    calls(bundle).write_bytes(b"".join([*lines[:2], lines[3], lines[2], *lines[4:]]))
    assert verify(bundle) == (1, f"{path}: lines stand in another order: 3, 4\n")


def test_files_removed_added_moved_and_linked_are_told(bundle: Path) -> None:
    (bundle / "calls" / ACCOUNT / "us-east-1.jsonl").write_text("{}\n")
    assert verify(bundle) == (1, f"calls/{ACCOUNT}/us-east-1.jsonl: was added\n")
    (bundle / "calls" / ACCOUNT / "us-east-1.jsonl").unlink()
    kept = calls(bundle).read_bytes()
    calls(bundle).unlink()
    assert verify(bundle) == (1, f"calls/{ACCOUNT}/{REGION}.jsonl: is missing\n")
    elsewhere = bundle.parent / "elsewhere"
    elsewhere.write_bytes(kept)
    calls(bundle).symlink_to(elsewhere)
    code, told = verify(bundle)
    assert code == 1
    assert "symbolic link" in told


def test_other_results_are_told(bundle: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_bytes((bundle / "results.json").read_bytes().replace(b'"verdict": "fail"', b'"verdict": "pass"', 1))
    assert verify(bundle, "--results", str(other))[0] == 1
    (bundle / "results.json").write_bytes(other.read_bytes())
    assert verify(bundle) == (1, "results.json: was changed\n")


def test_a_body_that_is_not_the_hashed_one_is_told_though_the_manifest_was_made_to_fit(
    bundles: Path, tmp_path: Path
) -> None:
    from asbuilt.evidence.bundle import described

    bundle = Path(shutil.copytree(bundles / "bodies", tmp_path / "bundle"))
    calls(bundle).write_bytes(calls(bundle).read_bytes().replace(b'"status":"ACTIVE"', b'"status":"DRAINING"', 1))
    manifest = json.loads((bundle / "manifest.json").read_text())
    manifest["files"] = [described(bundle, calls(bundle))]
    (bundle / "manifest.json").write_text(json.dumps(manifest))
    code, told = verify(bundle)
    assert code == 1, told
    assert "is not the one that was hashed" in told


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"evidence_version": "2"}',
        '{"evidence_version": "1", "files": 3}',
        '{"evidence_version": "1", "results": {"path": "a", "sha256": "b"}, "files": [{"path": 1}]}',
        "[" * 100_000,
    ],
)
def test_what_is_no_bundle_exits_2(tmp_path: Path, text: str) -> None:
    assert verify(tmp_path)[0] == 2
    (tmp_path / "manifest.json").write_text(text)
    code, told = verify(tmp_path)
    assert code == 2, told


def test_a_manifest_does_not_lead_out_of_the_bundle(bundle: Path) -> None:
    outside = bundle.parent / "outside"
    outside.write_text("x")
    manifest = json.loads((bundle / "manifest.json").read_text())
    manifest["results"]["path"] = "../outside"
    (bundle / "manifest.json").write_text(json.dumps(manifest))
    code, told = verify(bundle)
    assert code == 1
    assert "../outside: is not a path inside of the bundle" in told


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("")
    base = ["--spec", str(SPEC), "--env", "prod", "--region", REGION, "-q", "--no-config"]
    ran = CliRunner().invoke(command, [*base, "--evidence", str(tmp_path)])
    assert ran.exit_code == 2
    assert "is not empty" in ran.stderr


def test_bodies_go_with_evidence() -> None:
    ran = CliRunner().invoke(command, ["--spec", "broxiva", "--no-config", "--evidence-bodies"])
    assert ran.exit_code == 2
