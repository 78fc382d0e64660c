"""Where jobs run: threads of this process, processes of this machine, or the workers of a Dask cluster.

Each is a `concurrent.futures.Executor`, so that whoever submits need not know.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from importlib import import_module
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any

from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable


class ExecutorError(Exception):
    """Workers that cannot be had. The message says what to do."""


@dataclass(slots=True)
class Workers:
    """An executor, how many jobs it may hold at once, and how it is stopped without waiting for them."""

    executor: Executor
    window: int
    stop: Callable[[], None]


def threads(count: int) -> Workers:
    """Return threads of this process."""
    pool = ThreadPoolExecutor(count, thread_name_prefix="job")
    return Workers(pool, count, lambda: pool.shutdown(wait=False, cancel_futures=True))


def processes(count: int) -> Workers:
    """Return processes of this machine, made afresh: a fork would carry over locks that threads hold."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_attend)

    def stop() -> None:
        running = list((getattr(pool, "_processes", None) or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in running:  # they would first finish the jobs that they have
            process.terminate()

    return Workers(pool, 2 * count, stop)


def _attend() -> None:
    """Leave interrupts to the parent, and end with it: a pool's process does not notice by itself that it died."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()


def _follow(sentinel: int) -> None:
    import os

    wait([sentinel])
    os._exit(1)


def cluster(address: str, patience: float = 30.0) -> Workers:
    """Return the workers of a Dask cluster: `tcp://HOST:PORT`, or `tls://` with what Dask's configuration says of TLS.

    Raises ExecutorError.
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        raise ExecutorError("--scheduler needs Dask: pip install 'asbuilt[distributed]'") from None
    try:
        client = distributed.Client(address, timeout=patience, set_as_default=False)
        client.wait_for_workers(1, timeout=patience)
        slots = sum(client.nthreads().values())
    except (OSError, ValueError, TimeoutError) as error:
        raise ExecutorError(f"{address}: no Dask cluster to work with: {' '.join(str(error).split())}") from None
    # A job is run anew where it was sent before (pure=False), and twice more where a worker is lost on the way.
    executor: Executor = client.get_executor(pure=False, retries=2)

    def stop() -> None:
        executor.shutdown(wait=False)
        client.close(timeout=5)

    return Workers(executor, 2 * max(1, slots), stop)
