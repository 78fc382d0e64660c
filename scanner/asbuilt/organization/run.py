"""Run jobs side by side, a few more than there are workers at a time, and hand each over as it ends."""

from __future__ import annotations

from collections import deque
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, wait
from typing import TYPE_CHECKING

from asbuilt.organization.executors import ExecutorError
from asbuilt.organization.job import Report
from asbuilt.organization.worker import crash, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future

    from asbuilt.organization.executors import Workers
    from asbuilt.organization.job import Job

DIED = "its worker died: out of memory, or killed"


def execute(
    jobs: Iterable[Job],
    make: Callable[[], Workers],
    ended: Callable[[Job, Report], None],
    work: Callable[[Job], Report] = run,
) -> None:
    """Run every job and hand over what it came to; whatever happens to one, the others go on.

    A pool that broke is made anew, and the jobs that it held run alone, one after the other: the one that breaks it
    again is to blame. Nothing but results that were handed over is kept. However it ends, the workers are stopped.
    """
    pending = deque(jobs)
    suspects: deque[Job] = deque()
    while pending or suspects:
        workers = make()
        try:
            suspects = _alone(suspects, workers, ended, work) if suspects else _together(pending, workers, ended, work)
        finally:
            workers.stop()


def _together(
    pending: deque[Job], workers: Workers, ended: Callable[[Job, Report], None], work: Callable[[Job], Report]
) -> deque[Job]:
    """Run jobs until there are none left or the pool breaks; return those that it held."""
    out: dict[Future[Report], Job] = {}
    broken: list[Job] = []
    while (pending and not broken) or out:
        while pending and not broken and len(out) < workers.window:
            job = pending.popleft()
            try:
                out[workers.executor.submit(work, job)] = job
            except BrokenExecutor:
                broken.append(job)
        for future in wait(out, return_when=FIRST_COMPLETED).done:
            job = out.pop(future)
            error = None if future.cancelled() else future.exception()
            if isinstance(error, BrokenExecutor):
                broken.append(job)
            else:
                ended(job, _report(job, future))
    return deque(broken)


def _alone(
    suspects: deque[Job], workers: Workers, ended: Callable[[Job, Report], None], work: Callable[[Job], Report]
) -> deque[Job]:
    """Run jobs one after the other until the pool breaks again; return those that are left."""
    while suspects:
        job = suspects.popleft()
        try:
            future = workers.executor.submit(work, job)
            error = future.exception()
        except BrokenExecutor as broke:
            error = broke
        if isinstance(error, BrokenExecutor):
            ended(job, Report(job.row("crashed", DIED, "give it more memory, or fewer processes")))
            return suspects
        ended(job, _report(job, future))
    return suspects


def _report(job: Job, future: Future[Report]) -> Report:
    """Return what a job came to; an exception is of the way to the worker and back, or of a worker that was lost."""
    if future.cancelled():
        raise ExecutorError("the scheduler was lost")
    error = future.exception()
    if error is None:
        return future.result()
    return Report(job.row("crashed", f"the worker was lost: {crash(error)}", "run it again with --resume --retry"))
