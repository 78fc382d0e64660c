"""Running jobs: one that kills its worker is a row, the others go on; jobs carry no keys."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from asbuilt.organization import executors
from asbuilt.organization.executors import ExecutorError, Workers
from asbuilt.organization.job import Job, Report
from asbuilt.organization.run import execute
from asbuilt.organization.worker import run
from organization.jobs import job, report

BAD = "000000000003"


def dying(one: Job) -> Report:
    """End the worker, or do what is asked."""
    if one.account == BAD:
        os.kill(os.getpid(), signal.SIGKILL)
    return report(one)


def raising(one: Job) -> Report:
    """Raise what cannot cross a process, or do what is asked."""
    if one.account == BAD:
        raise ValueError("no way back")
    return report(one)


def outcomes(make: Any, work: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    jobs = [job(f"{number:012d}") for number in range(7)]
    execute(jobs, make, lambda one, came: found.update({one.account: came.row.outcome}), work)
    return found


def test_a_job_that_kills_its_process_is_the_only_row_that_crashed() -> None:
    found = outcomes(lambda: executors.processes(2), dying)
    assert found.pop(BAD) == "crashed"
    assert set(found.values()) == {"audited"}
    assert len(found) == 6


@pytest.mark.parametrize("make", [lambda: executors.threads(2), lambda: executors.processes(2)])
def test_a_job_that_raises_is_a_row(make: Any) -> None:
    found = outcomes(make, raising)
    assert found.pop(BAD) == "crashed"
    assert set(found.values()) == {"audited"}


def test_no_more_jobs_are_handed_out_than_the_window_holds() -> None:
    pool = ThreadPoolExecutor(2)
    lock, held, most = threading.Lock(), 0, 0

    class Counting:
        def submit(self, work: Any, one: Job) -> Future[Report]:
            nonlocal held, most
            with lock:
                held += 1
                most = max(most, held)
            future = pool.submit(work, one)
            future.add_done_callback(lambda _: release())
            return future

    def release() -> None:
        nonlocal held
        with lock:
            held -= 1

    outcomes(lambda: Workers(Counting(), 3, pool.shutdown), report)  # type: ignore[arg-type]
    assert 1 <= most <= 3


def test_a_lost_scheduler_ends_the_audit_and_records_nothing() -> None:
    class Lost:
        def submit(self, work: Any, one: Job) -> Future[Report]:
            future: Future[Report] = Future()
            future.cancel()
            future.set_running_or_notify_cancel()
            return future

    stopped: list[bool] = []
    with pytest.raises(ExecutorError, match="scheduler was lost"):
        outcomes(lambda: Workers(Lost(), 2, lambda: stopped.append(True)), report)  # type: ignore[arg-type]
    assert stopped


def test_a_job_that_is_sent_away_holds_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI-EXAMPLEKEY")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token-of-the-hub")
    one = job()
    sent = pickle.dumps(one).decode("latin-1")
    assert one.access.role_arn in sent
    for secret in ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI-EXAMPLEKEY", "token-of-the-hub"):
        assert secret not in sent
    assert pickle.loads(pickle.dumps(one)) == one


def test_a_worker_of_another_version_says_so() -> None:
    from dataclasses import replace

    came = run(replace(job(), version="0.0.1"))
    assert came.row.outcome == "crashed"
    assert "0.0.1" in came.row.reason


def test_waivers_can_be_sent_away() -> None:
    from dataclasses import replace
    from datetime import date

    from asbuilt.waivers import WaiverOptions
    from asbuilt.waivers.file import read_waivers

    text = b"waivers:\n- {rule: task-cpu, service: api, reason: later, owner: team, expires: 2027-01-31}\n"
    waivers = WaiverOptions(read_waivers(text, "waivers.yaml", date(2026, 11, 1)))
    one = replace(job(), options=replace(job().options, waivers=waivers))
    assert pickle.loads(pickle.dumps(one)).options.waivers.file.waivers == waivers.file.waivers  # type: ignore[union-attr]
    assert one.key != job().key


def test_no_cluster_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ExecutorError, match="no Dask cluster"):
        executors.cluster("tcp://127.0.0.1:9", patience=0.5)
