"""What is written as an audit goes, and what of it counts when it goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from asbuilt.organization.folder import LINES, Folder, FolderError
from asbuilt.organization.job import Job
from organization.jobs import job, report


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    found = Folder(tmp_path / "out")
    found.start()
    for number in range(3):
        one = job(f"{number:012d}")
        found.keep(one, report(one))
    return found


def done(folder: Folder, *jobs: Job, age: timedelta = timedelta(0), retry: bool = False) -> set[str]:
    resumed = Folder(folder.path).resume(jobs, datetime.now(UTC) + age, retry=retry)
    return {row.account for row in resumed.rows.values()}


def test_what_is_recorded_is_not_asked_again(folder: Folder) -> None:
    assert done(folder, job("000000000000"), job("000000000002"), job("000000000009")) == {
        "000000000000",
        "000000000002",
    }


def test_a_folder_with_something_in_it_is_refused(folder: Folder) -> None:
    with pytest.raises(FolderError, match="--resume"):
        Folder(folder.path).start()


def test_a_folder_without_lines_cannot_be_gone_on_from(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="nothing to go on from"):
        Folder(tmp_path).resume([], datetime.now(UTC))


@pytest.mark.parametrize(
    "other",
    [
        replace(job("000000000000"), version="0.0.0"),
        replace(job("000000000000"), evidence=True),
        job("000000000000", role="other"),
        replace(job("000000000000"), spec=replace(job().spec, raw=b"other")),
        replace(job("000000000000"), options=replace(job().options, environment="staging")),
        replace(job("000000000000"), options=replace(job().options, only=("LOG-1",))),
        replace(job("000000000000"), options=replace(job().options, on_unknown="fail")),
        replace(job("000000000000"), options=replace(job().options, allow_incomplete=True)),
        replace(job("000000000000"), access=replace(job("000000000000").access, session_policy="{}")),
    ],
)
def test_what_another_audit_recorded_does_not_count(folder: Folder, other: Job) -> None:
    assert done(folder, other) == set()


def test_threads_and_attempts_make_no_other_audit(folder: Folder) -> None:
    one = job("000000000000")
    assert done(folder, replace(one, access=replace(one.access, threads=2, attempts=3))) == {"000000000000"}


def test_a_line_that_was_cut_off_is_dropped_and_spoils_no_other(folder: Folder) -> None:
    lines = folder.path / LINES
    lines.write_bytes(lines.read_bytes()[:-40])
    jobs = [job(f"{number:012d}") for number in range(3)]
    resumed = Folder(folder.path)
    assert {row.account for row in resumed.resume(jobs, datetime.now(UTC)).rows.values()} == {
        "000000000000",
        "000000000001",
    }
    resumed.keep(jobs[2], report(jobs[2]))
    assert done(folder, *jobs) == {"000000000000", "000000000001", "000000000002"}


def test_results_that_were_changed_or_are_gone_do_not_count(folder: Folder) -> None:
    jobs = [job(f"{number:012d}") for number in range(3)]
    (folder.path / "jobs" / "000000000000" / "eu-west-1.json").write_text("{ }")
    (folder.path / "jobs" / "000000000001" / "eu-west-1.json").unlink()
    assert done(folder, *jobs) == {"000000000002"}


def test_what_is_old_does_not_count(folder: Folder) -> None:
    assert done(folder, job("000000000000"), age=timedelta(hours=25)) == set()


def test_what_was_not_read_in_whole_is_done_too_unless_it_is_to_be_tried_again(folder: Folder) -> None:
    one = job("000000000007")
    folder.keep(one, report(one, "denied", results=""))
    assert done(folder, one) == {"000000000007"}
    assert done(folder, one, retry=True) == set()


def test_evidence_has_to_be_there_too(tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    found = Folder(tmp_path / "out", evidence)
    found.start()
    one = replace(job(), evidence=True)
    found.keep(one, replace(report(one), evidence=('{"n":1}',)))
    assert Folder(found.path, evidence).resume([one], datetime.now(UTC)).rows
    (evidence / "calls" / one.account / "eu-west-1.jsonl").write_text("")
    assert not Folder(found.path, evidence).resume([one], datetime.now(UTC)).rows


@pytest.mark.parametrize("line", [b"", b"[]", b"{}", b'{"row": 1}', b"\xff", b"[" * 100_000, b'{"row": {"file": 3}}'])
def test_any_line_is_read_or_dropped(folder: Folder, line: bytes) -> None:
    (folder.path / LINES).write_bytes(line + b"\n" + (folder.path / LINES).read_bytes())
    assert done(folder, job("000000000000")) == {"000000000000"}
