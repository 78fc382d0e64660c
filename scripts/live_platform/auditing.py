"""Audits of an organisation on loopback: how they are started, stopped half way, and compared."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CLUSTER = ROOT / "examples" / "dask" / "local_cluster.py"
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
OTHERS = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")


def environment() -> dict[str, str]:
    """Return the environment of an audit."""
    return {key: value for key, value in os.environ.items() if key not in OTHERS} | KEYS


def command(url: str, regions: tuple[str, ...], *options: str) -> list[str]:
    """Return the command that audits the organisation behind an endpoint."""
    where = [word for region in regions for word in ("--region", region)]
    base = ["--organization", "--role-name", "audit", "--spec", "broxiva", "--env", "prod", "--endpoint-url", url]
    program = str(Path(sys.executable).parent / "asbuilt")
    return [program, "audit", *base, "--no-config", "-q", "--attempts", "2", *where, *options]


def on_cluster(one: list[str]) -> list[str]:
    """Return the command that runs an audit on a cluster of its own."""
    return [sys.executable, str(CLUSTER), "--workers", "2", *one]


def run(one: list[str]) -> int:
    """Run an audit to its end; return its exit code."""
    return subprocess.run(one, env=environment(), check=False, stdout=subprocess.DEVNULL).returncode


def stopped(one: list[str], out: Path, jobs: int, number: int = signal.SIGINT) -> int:
    """Start an audit, stop it once so many jobs have ended, and return its exit code."""
    heed_interrupts()
    with subprocess.Popen(one, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 600
        while process.poll() is None and time.monotonic() < deadline and len(lines(out)) < jobs:
            time.sleep(0.02)
        process.send_signal(number)
        return process.wait(60)


def heed_interrupts() -> None:
    """See that processes started from now on can be interrupted: a shell starts what is in the background otherwise."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def lines(out: Path) -> list[dict[str, Any]]:
    """Return the lines of the jobs that have ended."""
    try:
        whole = [line for line in (out / "coverage.jsonl").read_bytes().splitlines(keepends=True) if line[-1:] == b"\n"]
    except OSError:
        return []
    return [json.loads(line) for line in whole]


def told(out: Path) -> dict[tuple[str, str], str]:
    """Return what each job came to, without times: its row and its results."""
    found = {}
    for line in lines(out):
        row = line["row"]
        results = json.loads((out / row["file"]).read_text("ascii")) if row["file"] else {}
        if results:
            results["run"].pop("started_at")
            results["run"].pop("duration_s")
        found[row["account"], row["region"]] = json.dumps([row, results], sort_keys=True)
    return found
