"""Measure an audit of a live account side by side with Cloud Custodian: time, calls, memory, and our bars.

    python scripts/bench_live.py [--quick] [--delay 0.05] [--runs 5]

The account is moto's server on loopback, behind a proxy that delays every call as the way to a region does. The proxy
answers from memory what it was asked before: a region does not get slower because moto has one interpreter for all its
calls. Cloud Custodian has a virtual environment of its own (.venv-bench-c7n), made when it is missing, and policies for
what it can say of the same statements. A table goes to standard output, everything to out/bench-live.json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import ROOT, Peer, TooLongError, run
from demo_audit import KEYS, OTHERS, command
from live_platform.proxy import asked

from asbuilt.sources.aws.session import THREADS as DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable

# Whose the credentials are, before anything else is asked; clusters, their services, what these are, their task
# definitions: each is asked with what the one before answered.
CHAIN = 5
THREADS = (1, 8, 16, DEFAULT)
POLICIES = ROOT / "scripts" / "live_platform" / "custodian.yaml"
COLLECT = """
import json, sys, time
from asbuilt.sources.aws.account import read_account
from asbuilt.sources.aws.words import words_of
from asbuilt.sources.aws.session import Access
from asbuilt.spec import load_spec
url, threads = sys.argv[1], int(sys.argv[2])
words = words_of(load_spec("broxiva").resolve("prod"), {"prod"})
import boto3
start = time.perf_counter()
read = read_account(Access(endpoint_url=url, threads=threads), ["us-east-1"], words)
print(json.dumps({"seconds": time.perf_counter() - start, "resources": len(read.parts[0].resources)}))
"""


@dataclass
class Row:
    """What one tool took: medians of the runs, the most memory of any. `wall` is the time of the whole process."""

    tool: str
    wall: float | None = None
    collected: float | None = None  # seconds from the making of the session to the last resource
    cpu: float | None = None
    megabytes: float | None = None
    calls: int | None = None
    runs: list[float] = field(default_factory=list)
    note: str = ""


class Custodian(Peer):
    """Cloud Custodian."""

    name = "c7n"

    def audit(self, url: str) -> list[str]:
        """Return the command that runs the policies."""
        where = ["-s", str(self.scratch / "c7n"), "--region", "us-east-1", "--cache-period", "0"]
        return ["env", f"AWS_ENDPOINT_URL={url}", self.bin("custodian"), "run", *where, str(POLICIES)]


def measure(tool: str, one: list[str], url: str, runs: int, read: Callable[[str], float | None]) -> Row:
    """Run a command several times after a first time, which fills the proxy's memory."""
    row = Row(tool)
    found = []
    try:
        for number in range(runs + 1):
            asked(url)
            ran = run(one, 300, ROOT)
            if ran.code not in (0, 1):
                row.note = f"exit code {ran.code}: {ran.output.strip()[-300:]}"
                return row
            row.calls = len(asked(url))
            if number:
                found.append((ran, read(ran.output)))
    except (TooLongError, OSError) as error:
        row.note = f"could not be run to its end: {error}"
        return row
    row.runs = [round(ran.wall, 3) for ran, _ in found]
    row.wall = round(statistics.median(row.runs), 3)
    row.cpu = round(statistics.median(ran.cpu for ran, _ in found), 3)
    row.megabytes = round(max(ran.megabytes for ran, _ in found), 1)
    collected = [seconds for _, seconds in found if seconds is not None]
    row.collected = round(statistics.median(collected), 3) if collected else None
    return row


def seconds(output: str) -> float | None:
    """Return what the collecting process measured itself."""
    try:
        return float(json.loads(output.strip().rpartition("\n")[2])["seconds"])
    except (ValueError, KeyError):
        return None


def nothing(_: str) -> None:
    """Return nothing: only the time of the process is known."""


def named(threads: int) -> str:
    """Return what a row is called."""
    return f"asbuilt, {threads} thread{'s' if threads > 1 else ''}"


def rows(url: str, scratch: Path, runs: int) -> list[Row]:
    """Measure everything against one endpoint."""
    found = []
    for threads in THREADS:
        one = [sys.executable, "-c", COLLECT, url, str(threads)]
        found.append(measure(named(threads), one, url, runs, seconds))
    results = command(url, "-q", "-o", f"json={scratch / 'audit.json'}")
    found.append(measure("asbuilt audit", results, url, runs, nothing))
    peer = Custodian(scratch, ROOT)
    trouble = peer.prepare()
    if trouble:
        found.append(Row("Cloud Custodian", note=trouble))
    else:
        found.append(measure("Cloud Custodian", peer.audit(url), url, max(1, runs // 2), nothing))
    return found


def bars(found: list[Row], delay: float) -> list[tuple[str, bool | None, str]]:
    """Hold the rows to our bars: what, whether it is met (None: not measured), the figures."""
    by = {row.tool: row for row in found}
    one, many = by[named(1)].collected, by[named(DEFAULT)].collected
    audit, peer = by["asbuilt audit"], by["Cloud Custodian"]
    held: list[tuple[str, bool | None, str]] = []
    six, floor = "at least 6 times faster than one thread", CHAIN * delay
    if one and many:
        held.append((six, one / many >= 6, f"{one / many:.1f} times ({named(DEFAULT)}, the default)"))
        figures = f"{many / floor:.2f} times" if floor else "not measured: nothing is delayed"
        what = f"within 2 times of {CHAIN} dependent calls ({floor:.2f} s)"
        held.append((what, many / floor <= 2 if floor else None, figures))
    else:
        held.append((six, None, "not measured"))
    if audit.megabytes:
        held.append(("at most 130 MB", audit.megabytes <= 130, f"{audit.megabytes:.0f} MB"))
    if audit.wall and peer.wall:
        held.append(("faster than Cloud Custodian", peer.wall > audit.wall, f"{peer.wall / audit.wall:.1f} times"))
    return held


def table(found: list[Row]) -> str:
    """Write the rows as text."""
    lines = [f"{'tool':<20} {'wall s':>8} {'collect s':>10} {'CPU s':>7} {'peak MB':>8} {'calls':>6}"]
    for row in found:
        if row.wall is None:
            lines.append(f"{row.tool:<20} {row.note}")
            continue
        collected = "-" if row.collected is None else f"{row.collected:.2f}"
        lines.append(
            f"{row.tool:<20} {row.wall:>8.2f} {collected:>10} {row.cpu:>7.2f} {row.megabytes:>8.1f} {row.calls:>6}"
        )
    return "\n".join(lines)


def main() -> int:
    """Run everything; exit 0 whether or not the bars are met: the output says it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one run each")
    parser.add_argument("--delay", type=float, default=0.05, help="seconds that every call is delayed")
    parser.add_argument("--runs", type=int, default=5, help="runs of asbuilt; Cloud Custodian runs half as often")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "bench-live.json", help="where the figures go")
    chosen = parser.parse_args()
    from live_platform import proxy
    from live_platform.account import Account
    from live_platform.breakages import BREAKAGES
    from live_platform.build import build
    from live_platform.server import moto_server

    for name in OTHERS:
        os.environ.pop(name, None)
    os.environ.update(KEYS)
    with moto_server() as url, tempfile.TemporaryDirectory(prefix="asbuilt-bench-live-") as name:
        aws = Account(url, "us-east-1")
        made = build(aws)
        for breakage in BREAKAGES:
            breakage.do(aws, made)
        with proxy.running(url, chosen.delay, replay=True) as far:
            found = rows(far, Path(name), 1 if chosen.quick else chosen.runs)
    held = bars(found, chosen.delay)
    print(f"every call is delayed by {1000 * chosen.delay:.0f} ms\n\n{table(found)}\n")
    for what, met, figures in held:
        print(f"{'missed' if met is False else 'met' if met else 'open':<7} {what}: {figures}")
    report: dict[str, Any] = {
        "machine": {"system": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()},
        "load": os.getloadavg(),
        "delay": chosen.delay,
        "rows": [asdict(row) for row in found],
        "bars": [{"bar": what, "met": met, "figures": figures} for what, met, figures in held],
    }
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
