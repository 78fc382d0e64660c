"""Build the Broxiva platform in an account, break it in twenty places, audit it, and compare the report with the list.

    python scripts/demo_audit.py [--out DIR] [--compliant]

The account is moto's server on loopback; everything goes through boto3 and HTTP. Exits 0 when the audit reports exactly
what was broken: nothing more, nothing less. `--compliant` breaks nothing. What was started is stopped, also when the
run fails or is interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from live_platform.names import Row

ROOT = Path(__file__).resolve().parent.parent
# What the audit needs to know of the account; the rest of the environment is handed on as it is.
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
# Settings of whoever runs this must not send the audit elsewhere.
OTHERS = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")


def environment() -> dict[str, str]:
    """Return the environment of the audit."""
    return {key: value for key, value in os.environ.items() if key not in OTHERS} | KEYS


def command(url: str, *options: str) -> list[str]:
    """Return the command that audits the account behind an endpoint."""
    given = ["--spec", "broxiva", "--env", "prod", "--region", "us-east-1", "--endpoint-url", url]
    return [str(Path(sys.executable).parent / "asbuilt"), "audit", *given, *options]


def audit(url: str, out: Path) -> tuple[int, dict[str, Any]]:
    """Run the audit; return its exit code and its results."""
    file = out / "audit.json"
    outputs = ("-q", "-o", f"json={file}", "-o", f"html={out / 'audit.html'}")
    done = subprocess.run(command(url, *outputs), env=environment(), check=False, cwd=ROOT)
    return done.returncode, json.loads(file.read_text("utf-8"))


def rows(results: dict[str, Any], verdict: str) -> list[Row]:
    """Return the findings of one verdict: requirement, rule, resource."""
    return sorted(
        (finding["requirement"]["id"], finding["rule"], finding["resource"]["address"])
        for finding in results["findings"]
        if finding["verdict"] == verdict
    )


def compared(expected: Iterable[Row], found: Iterable[Row]) -> list[str]:
    """Return the differences: what is missing, and what is too much."""
    wanted, seen = list(expected), list(found)
    missing = [f"missing: {' '.join(row)}" for row in sorted(set(wanted) - set(seen))]
    extra = [f"not expected: {' '.join(row)}" for row in sorted(set(seen) - set(wanted))]
    twice = [f"reported twice: {' '.join(row)}" for row in sorted(set(seen)) if seen.count(row) > 1]
    return missing + extra + twice


def run(out: Path, *, broken: bool) -> int:
    """Build, break, audit, compare and print. Returns the exit code."""
    from live_platform.account import Account
    from live_platform.breakages import BREAKAGES
    from live_platform.build import build
    from live_platform.server import moto_server

    out.mkdir(parents=True, exist_ok=True)
    expected: list[Row] = []
    with moto_server() as url:
        aws = Account(url, "us-east-1")
        print(f"An account on {url}: building the platform …", flush=True)
        made = build(aws)
        for number, breakage in enumerate(BREAKAGES if broken else (), 1):
            reported = breakage.do(aws, made)
            expected += reported
            print(f"{number:>3}  {breakage.what}: {told(reported)}", flush=True)
        code, results = audit(url, out)
    found, unknown = rows(results, "fail"), rows(results, "unknown") + rows(results, "error")
    print(f"\nThe audit exits {code} and reports {len(found)} deviations:")
    print("\n".join(f"     {' '.join(row)}" for row in found))
    differences = compared(expected, found) + [f"unknown: {' '.join(row)}" for row in unknown]
    if code != (1 if broken else 0):
        differences.append(f"the exit code is {code}")
    print("\n".join(differences) or f"Exactly what was {'broken' if broken else 'built'}: {len(expected)} deviations.")
    print(f"Reports: {out / 'audit.html'}, {out / 'audit.json'}")
    return 1 if differences else 0


def told(reported: Sequence[Row]) -> str:
    """Name the requirements a breakage must be reported as, each once."""
    names = list(dict.fromkeys(requirement for requirement, _, _ in reported))
    return ", ".join(
        f"{name} ({n} times)" if (n := sum(row[0] == name for row in reported)) > 1 else name for name in names
    )


def stop(number: int, _: object) -> NoReturn:
    """End through the `with` blocks, so that what was started is stopped."""
    raise SystemExit(128 + number)


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "out", help="where the reports go")
    parser.add_argument("--compliant", action="store_true", help="break nothing")
    given = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    return run(given.out, broken=not given.compliant)


if __name__ == "__main__":
    raise SystemExit(main())
