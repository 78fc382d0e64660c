"""moto's HTTP server in a process of its own, on loopback."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOPBACK = "127.0.0.1"
PATIENCE = 60.0
COMPLETED = Path(__file__).with_name("moto_completed.py")


class ServerError(Exception):
    """A server did not start."""


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def moto_server() -> Iterator[str]:
    """Run moto's server and give its URL; it is stopped however the block ends. Raises ServerError."""
    port = free_port()
    url = f"http://{LOOPBACK}:{port}"
    command = [sys.executable, str(COMPLETED), "-H", LOOPBACK, "-p", str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, **quiet) as process:
        try:
            await_answer(url, process)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def await_answer(url: str, process: subprocess.Popen[bytes], path: str = "/moto-api/") -> None:
    """Wait until the server answers. Raises ServerError when it ends or does not answer in time."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ServerError(f"the server ended with exit code {process.returncode}")
        with contextlib.suppress(URLError, OSError), urlopen(f"{url}{path}", timeout=5):  # noqa: S310
            return
        time.sleep(0.1)
    raise ServerError(f"nothing answers at {url} after {PATIENCE:.0f} s")
