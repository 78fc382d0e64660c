"""Audit a simulated organisation: covered, stopped and resumed, in any pool, with memory that does not grow.

    python scripts/bench_organization.py [--accounts 200] [--regions 3] [--jobs 4]

Every account is like one that moto's server holds; three refuse the role, two throttle, one answers nonsense, one is
suspended (`live_platform/organization.py`). A tenth of the accounts is audited first, in threads, in processes and on a
Dask cluster of this machine; then all of them, stopped half way and resumed. Everything goes through HTTP on loopback.
Figures go to standard output and to out/bench-organization.json; exits 1 where something is not as it has to be.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
REGIONS = ("us-east-1", "eu-west-1", "ap-southeast-2", "us-west-2", "ca-central-1")
GROWTH = 1.25


@dataclass
class Ran:
    """One run of the audit: its exit code, wall and CPU seconds, most memory of the process that was started."""

    what: str
    code: int
    wall: float
    cpu: float
    megabytes: float
    jobs: int = 0


def run(what: str, command: list[str], until: Callable[[], bool] = lambda: False) -> Ran:
    """Run an audit to its end, or interrupt it once `until` says so."""
    from live_platform.auditing import environment

    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    sent = False
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        if not sent and until():
            process.send_signal(signal.SIGINT)
            sent = True
        time.sleep(0.05)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall, cpu = time.perf_counter() - start, usage.ru_utime + usage.ru_stime
    return Ran(what, process.returncode, round(wall, 1), round(cpu, 1), round(usage.ru_maxrss / 1024, 1))


def simulate(url: str, accounts: int, regions: tuple[str, ...], jobs: int, folder: Path) -> tuple[list[Ran], list[str]]:
    """Run everything; return the runs, and what is not as it has to be."""
    from live_platform import auditing, organization

    ran: list[Ran] = []
    wrong: list[str] = []
    wanted = organization.outcomes(accounts)
    tenth = [*list(wanted)[: accounts // 10 - 1], list(wanted)[-1]]
    few = [word for account in tenth for word in ("--accounts", account)]
    pools = {
        "threads": ["--jobs", str(jobs)],
        "processes": ["--processes", "2"],
        "Dask": [],
    }
    came: dict[str, dict[tuple[str, str], str]] = {}
    for name, options in pools.items():
        out = folder / name
        one = auditing.command(url, regions, "--out", str(out), *few, *options, *reports(folder / name))
        found = run(f"{len(tenth)} accounts, {name}", auditing.on_cluster(one) if name == "Dask" else one)
        came[name] = auditing.told(out)
        found.jobs = len(came[name])
        ran.append(found)
        say(found)
        if came[name] != came["threads"] or found.code != 1:
            wrong.append(f"{name}: other results than in threads, or exit code {found.code}")
    out = folder / "whole"
    total = (accounts - organization.SUSPENDED) * len(regions)
    whole = auditing.command(url, regions, "--out", str(out), "--jobs", str(jobs))
    ran.append(run(f"{accounts} accounts, stopped", whole, lambda: len(auditing.lines(out)) >= total // 2))
    done = {(line["row"]["account"], line["row"]["region"]) for line in auditing.lines(out)}
    ran[-1].jobs = len(done)
    say(ran[-1])
    before = entered(organization.asked(url))
    again = [word if word != "--out" else "--resume" for word in whole]
    ran.append(run(f"{accounts} accounts, resumed", [*again, *reports(out)]))
    after = entered(organization.asked(url))
    ran[-1].jobs = len(auditing.lines(out)) - len(done)
    say(ran[-1])
    asked_again = {key for key in done if after[key] != before[key]}
    if asked_again:
        wrong.append(f"{len(asked_again)} jobs were asked again though they were done")
    if ran[-2].code != 3 or ran[-1].code != 1 or not total // 2 <= len(done) < total:
        wrong.append(f"stopped after {len(done)} of {total}, exit codes {ran[-2].code} and {ran[-1].code}")
    rows = json.loads((folder / "whole.json").read_text("ascii"))["accounts"]
    covered = {(row["account"], row["region"]): row["outcome"] for row in rows}
    if covered != {(account, region): word for account, word in wanted.items() for region in regions}:
        wrong.append("not every region of every account came to what it has to")
    print(f"coverage: {dict(Counter(covered.values()))}", flush=True)
    growth = max(one.megabytes for one in ran[-2:]) / ran[0].megabytes
    print(f"memory: {growth:.2f} times that of {len(tenth)} accounts (bar {GROWTH})", flush=True)
    if growth > GROWTH:
        wrong.append(f"memory grows {growth:.2f} times")
    return ran, wrong


def reports(out: Path) -> list[str]:
    """Return the options that write the whole as JSON and HTML, beside a folder."""
    return ["-o", f"json={out}.json", "-o", f"html={out}.html"]


def entered(calls: dict[str, int]) -> Counter[tuple[str, str]]:
    """Return how often each account was entered for each region, or could not be."""
    found: Counter[tuple[str, str]] = Counter()
    for key, number in calls.items():
        account, region, operation = key.split(" ", 2)
        if operation == "GetCallerIdentity":
            found[account, region] += number
    return found


def say(one: Ran) -> None:
    """Print a row."""
    print(
        f"{one.what:<26} exit {one.code}  {one.jobs:>4} jobs  {one.wall:>7.1f} s  CPU {one.cpu:>6.1f} s  "
        f"{one.megabytes:>6.1f} MB",
        flush=True,
    )


def main() -> int:
    """Build, simulate, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, default=200)
    parser.add_argument("--regions", type=int, default=3, choices=range(1, len(REGIONS) + 1))
    parser.add_argument("--jobs", type=int, default=4, help="threads")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "bench-organization.json")
    given = parser.parse_args()
    from live_platform import organization
    from live_platform.account import Account
    from live_platform.auditing import KEYS, OTHERS, heed_interrupts
    from live_platform.breakages import BREAKAGES
    from live_platform.build import build
    from live_platform.server import moto_server

    heed_interrupts()
    for name in OTHERS:
        os.environ.pop(name, None)
    os.environ.update(KEYS)
    with moto_server() as url, tempfile.TemporaryDirectory(prefix="asbuilt-bench-") as name:
        aws = Account(url, REGIONS[0])
        made = build(aws)
        for breakage in BREAKAGES:
            breakage.do(aws, made)
        with organization.running(url, given.accounts) as far:
            ran, wrong = simulate(far, given.accounts, REGIONS[: given.regions], given.jobs, Path(name))
    report: dict[str, Any] = {
        "machine": {"system": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()},
        "load": os.getloadavg(),
        "runs": [asdict(one) for one in ran],
        "wrong": wrong,
    }
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    print("\n".join(wrong) or "everything is as it has to be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
