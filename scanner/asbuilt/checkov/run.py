"""Running checkov: apart from everything that is scanned, without network or accounts, within a time limit.

Where checkov looks for what would change its verdicts (checkov/main.py and common/util/config_utils.py of 3.3.30), and
what closes it:

* `.checkov.yaml`, `.checkov.yml` in the folder after `-d` or `--directory`: the folder is given as `--directory=…`,
  which that search does not see; in the current directory and in the home: both are an empty folder of ours;
* the environment (`CKV_*`, `BC_*`, `PRISMA_*`, `LOG_LEVEL`, proxies, keys of every kind): none of it is passed on;
* external checks, baselines, a platform: never asked for; `--skip-download` keeps it off the network, and
  `--download-external-modules false` off registries.

One process for each thing scanned: given two folders, checkov 3.3.30 reports the first one's results again for the
second.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from asbuilt.checkov.output import Output, read_output
from asbuilt.checkov.program import INSTALL, CheckovError, Program, supported
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TIMEOUT: Final = 600.0  # seconds, for everything that is scanned
LARGEST: Final = 256 * 1024 * 1024  # bytes of output
_ASK: Final = 60.0  # seconds for --version


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to scan: a Terraform root, a plan, or templates; `framework` is checkov's word for its kind.

    `more` are further templates: checkov follows no nested stacks, but judges many files in one run.
    """

    path: Path
    framework: str
    var_files: tuple[Path, ...] = ()
    more: tuple[Path, ...] = ()

    def arguments(self) -> list[str]:
        """Return the arguments that name it."""
        files = [f"--file={path}" for path in (self.path, *self.more)]
        where = [f"--directory={self.path}"] if self.path.is_dir() else files
        return ["--framework", self.framework, *where, *(f"--var-file={file}" for file in self.var_files)]


@dataclass(frozen=True, slots=True)
class Said:
    """What checkov said of a target."""

    target: Target
    output: Output


class Running:
    """checkov at work in a thread of its own, with one process at a time; `said` waits for it, `stop` ends it."""

    def __init__(
        self, program: Program, targets: Sequence[Target], timeout: float, extra: Mapping[str, str] | None = None
    ) -> None:
        self._program = program
        self._targets = targets
        self._until = time.monotonic() + timeout
        self._timeout = timeout
        self._extra = extra or {}
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._stopped = False
        self._said: list[Said] = []
        self._failure: CheckovError | None = None
        self._home = tempfile.mkdtemp(prefix="asbuilt-checkov-")
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def said(self) -> list[Said]:
        """Wait, and return what checkov said of each target. Raises CheckovError."""
        self._thread.join()
        if self._failure is not None:
            raise self._failure
        return self._said

    def stop(self) -> None:
        """End the process and its children, and remove what they left."""
        with self._lock:
            self._stopped = True
            _kill(self._process)
        self._thread.join()
        shutil.rmtree(self._home, ignore_errors=True)

    def _work(self) -> None:
        try:
            if not self._program.version:
                supported(self._run(["--version"], limit=_ASK).decode("utf-8", "replace"))
            else:
                supported(self._program.version)
            for target in self._targets:
                self._said.append(Said(target, read_output(self._run([*_OPTIONS, *target.arguments()]))))
        except CheckovError as error:
            self._failure = error
        except Exception as error:  # noqa: BLE001 - whatever happens in this thread has to reach the report
            self._failure = CheckovError(f"it could not be run: {type(error).__name__}: {error}")

    def _run(self, arguments: list[str], limit: float | None = None) -> bytes:
        """Return what a run wrote to standard output. Raises CheckovError for any end but a good one."""
        out, err = Path(self._home, "out"), Path(self._home, "err")
        folder = tempfile.mkdtemp(prefix="cwd-", dir=self._home)
        with out.open("wb") as stdout, err.open("wb") as stderr:
            try:
                with self._lock:
                    if self._stopped:
                        raise CheckovError("it was stopped")
                    self._process = process = subprocess.Popen(  # noqa: S603 - a program of the user's own
                        [*self._program.command, *arguments],
                        cwd=folder,
                        env={**_environment(folder), **self._extra},
                        stdin=subprocess.DEVNULL,
                        stdout=stdout,
                        stderr=stderr,
                        start_new_session=True,
                    )
            except OSError as error:
                raise CheckovError(f"it cannot be started: {error.strerror or error}", INSTALL) from None
            left = max(0.0, self._until - time.monotonic())
            try:
                code = process.wait(left if limit is None else min(limit, left))
            except subprocess.TimeoutExpired:
                _kill(process)
                raise CheckovError(
                    f"it did not finish within {self._timeout:g} seconds", "give it more with --checkov-timeout"
                ) from None
            _kill(process)  # children that outlive it
        if code != 0:
            raise CheckovError(f"{_ended(code)}{_last_line(err)}")
        if out.stat().st_size > LARGEST:
            raise CheckovError(f"it wrote more than {LARGEST // 2**20} MiB")
        return out.read_bytes()


_OPTIONS: Final = (
    *("--output", "json", "--compact", "--soft-fail", "--skip-download", "--skip-results-upload"),
    *("--download-external-modules", "false"),
)


def _environment(home: str) -> dict[str, str]:
    """Return all that checkov gets to know of the environment."""
    return {
        "PATH": os.defpath,
        "HOME": home,
        "TMPDIR": home,
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        "GIT_PYTHON_REFRESH": "quiet",
        "GIT_PYTHON_GIT_EXECUTABLE": "/nonexistent/git",
        "GIT_CONFIG_NOSYSTEM": "1",
        "ANSI_COLORS_DISABLED": "1",
    }


def _kill(process: subprocess.Popen[bytes] | None) -> None:
    """End a process and everything it started that stayed in its session."""
    if process is None:
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _ended(code: int) -> str:
    return f"signal {-code} ended it" if code < 0 else f"it ended with exit code {code}"


def _last_line(file: Path) -> str:
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - 4000))
        lines = stream.read().decode("utf-8", "replace").strip().splitlines()
    return f": {lines[-1].strip()[:200]}" if lines else ""
