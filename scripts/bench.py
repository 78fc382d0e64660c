"""Measure asbuilt side by side with its peers, in one run: time, memory, resources found, and our bars.

    python scripts/bench.py [--quick] [--sizes platform,2000,20000] [--peers checkov,tfparse,c7n-left] [--runs 5]

Each peer has a virtual environment of its own (.venv-bench-*, or below --venvs), made when it is missing. A table goes
to standard output, everything to out/bench.json. A peer that cannot be installed, crashes or takes too long is a row
that says so. What takes longest comes last. Bars are held to wall-clock time; where other work shares the machine,
ratios of CPU time say more, and stand beside.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PLATFORM = ROOT / "fixtures" / "broxiva" / "terraform" / "environments" / "prod"
SIZES = ("platform", "2000", "20000")
PEERS = ("checkov", "tfparse", "c7n-left")
VARIABLES = {"PYTHONDONTWRITEBYTECODE": None, "BC_SKIP_MAPPING": "TRUE", "CHECKOV_RUN_SCA_PACKAGE_SCAN": "false"}

TFPARSE = """
import json, sys, tfparse
found = tfparse.load_from_path(sys.argv[1], allow_downloads=False)
count = sum(len(rows) for name, rows in found.items() if name.startswith(("aws_", "random_"))
            and all(row.get("__tfmeta", {}).get("type") != "data" for row in rows))
print(json.dumps({"resources": count}))
"""
COUNT = """
import json, sys
from asbuilt.sources.terraform.load import load
print(json.dumps({"resources": sum(i.mode == "managed" for r in load([sys.argv[1]]).roots for i in r.instances())}))
"""
# Rules are timed with the expressions of the code that they are the first to ask for, and without: whoever asks first,
# those are the reading of the source, not rules. The clock starts before anything of ours is imported.
SHARE = """
import json, sys, time
start = time.process_time()
from asbuilt import scan
from asbuilt.sources.terraform.evaluation.root import Root
spent = {"rules": 0.0, "values": 0.0}
def timed(what, call, inside):
    def run(*arguments):
        if not inside(arguments):
            return call(*arguments)
        began = time.process_time()
        try:
            return call(*arguments)
        finally:
            spent[what] += time.process_time() - began
    return run
busy = []
def evaluate(*arguments, real=scan.evaluate):
    busy.append(True)
    try:
        return real(*arguments)
    finally:
        busy.pop()
scan.evaluate = timed("rules", evaluate, lambda _: True)
Root.guarded = timed("values", Root.guarded, lambda arguments: busy and not arguments[0]._entered)
from asbuilt.cli import main
try:
    main.main(["check", sys.argv[1], "--spec", "broxiva", "--env", "prod", "-q", "-o", "json=" + sys.argv[2]])
except SystemExit:
    pass
print(json.dumps(spent | {"whole": time.process_time() - start}))
"""
C7N_POLICIES = """
policies:
  - {name: retention, resource: terraform.aws_cloudwatch_log_group, filters: [{not: [{retention_in_days: 30}]}]}
  - {name: encryption, resource: terraform.aws_cloudwatch_log_group, filters: [{kms_key_id: absent}]}
  - {name: fargate, resource: terraform.aws_ecs_service, filters: [{not: [{launch_type: FARGATE}]}]}
  - {name: awsvpc, resource: terraform.aws_ecs_task_definition, filters: [{not: [{network_mode: awsvpc}]}]}
  - {name: target-type, resource: terraform.aws_lb_target_group, filters: [{not: [{target_type: ip}]}]}
"""


@dataclass
class Row:
    """What one tool did with one folder; medians of the runs, the most memory of any."""

    tool: str
    folder: str
    wall: float | None = None
    cpu: float | None = None
    megabytes: float | None = None
    resources: int | None = None
    runs: list[float] = field(default_factory=list)
    note: str = ""


@dataclass(frozen=True)
class Ran:
    """One finished process."""

    code: int
    wall: float
    cpu: float
    megabytes: float
    output: str


class TooLongError(Exception):
    """A process was stopped."""


def run(command: list[str], timeout: float, folder: Path) -> Ran:
    """Run a process in a folder to its end, and take its time and its peak memory. Raises TooLongError."""
    environment = {key: value for key, value in os.environ.items() if key not in VARIABLES}
    environment |= {key: value for key, value in VARIABLES.items() if value is not None}
    with tempfile.TemporaryFile("w+") as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment, cwd=folder)
        signal.signal(signal.SIGALRM, lambda *_: process.kill())
        signal.setitimer(signal.ITIMER_REAL, timeout)
        _, status, usage = os.wait4(process.pid, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        wall = time.perf_counter() - start
        code = process.returncode = os.waitstatus_to_exitcode(status)
        if code == -signal.SIGKILL and wall >= timeout:
            raise TooLongError
        output.seek(0)
        return Ran(code, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output.read())


class Tool:
    """A tool, how it is called, and how its answer is read."""

    name = "asbuilt"
    fine = frozenset({0, 1, 3})

    def __init__(self, scratch: Path, venvs: Path) -> None:
        self.scratch = scratch
        self.venvs = venvs

    def prepare(self) -> str:
        """Make it ready to run; return what keeps it from running, if anything does."""
        for source in ("scanner", "policies", "reports"):  # as pip does for the others
            compileall.compile_dir(ROOT / source, quiet=2)
        return ""

    def command(self, folder: Path) -> list[str]:
        """Return the command that scans a folder."""
        options = ["--spec", "broxiva", "--env", "prod", "-q", "-o", f"json={self.scratch / 'asbuilt.json'}"]
        return [str(Path(sys.executable).parent / "asbuilt"), "check", str(folder), *options]

    def resources(self, ran: Ran, folder: Path) -> int | None:  # noqa: ARG002
        """Return how many resources it found."""
        return _number(run([sys.executable, "-c", COUNT, str(folder)], 600, self.scratch).output, "resources")


class ScanStep(Tool):
    """The scan step of our Action, as action.yml calls it: a pull request that changes one file of the platform.

    It scans the merge base too, and writes JSON, SARIF, HTML and the summary. Dependencies and byte code are there, as
    the steps before leave them.
    """

    name = "action"
    fine = frozenset({0})

    def prepare(self) -> str:
        """Make a repository with a base and a change."""
        trouble = super().prepare()
        self.clone = self.scratch / "clone"
        shutil.copytree(PLATFORM.parent.parent, self.clone)
        names = ["-c", "user.name=bench", "-c", "user.email=bench@example.com", "-c", "init.defaultBranch=main"]
        self.folder = self.clone / PLATFORM.relative_to(PLATFORM.parent.parent)
        for number, command in enumerate((["init", "-q"], ["add", "-A"], ["commit", "-qm", "base"], ["add", "-A"])):
            if number == 3:
                (self.folder / "change.tf").write_text("# a change\n", "utf-8")
            subprocess.run(["git", *names, *command], cwd=self.clone, check=True)
        git = ["git", "rev-parse", "HEAD"]
        self.base = subprocess.run(git, cwd=self.clone, check=True, capture_output=True, text=True).stdout.strip()
        subprocess.run(["git", *names, "commit", "-qm", "change"], cwd=self.clone, check=True)
        return trouble

    def command(self, folder: Path) -> list[str]:  # noqa: ARG002
        """Return the step's command, with the environment a runner gives it."""
        event = self.scratch / "event.json"
        event.write_text(json.dumps({"pull_request": {"base": {"sha": self.base}}}), "utf-8")
        given = {
            "GITHUB_WORKSPACE": self.clone,
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": event,
            "GITHUB_OUTPUT": self.scratch / "step-output",
            "RUNNER_TEMP": self.scratch,
            "ASBUILT_PATHS": self.folder,
            "ASBUILT_SPEC": "broxiva",
            "ASBUILT_ENVIRONMENT": "prod",
        }
        words = [f"{name}={value}" for name, value in given.items()]
        return ["env", "-C", str(self.clone), *words, sys.executable, "-I", "-m", "asbuilt.cli", "action"]

    def resources(self, ran: Ran, folder: Path) -> int | None:  # noqa: ARG002
        """Return what its results say; nothing where it could not run, which takes no time either."""
        file = self.scratch / "asbuilt-results" / "results.json"
        found = json.loads(file.read_text("utf-8"))["run"] if file.is_file() else {}
        if not found.get("baseline") or "could not run" in ran.output:
            return None
        return sum(source["resources"] for source in found["sources"])


class Peer(Tool):
    """A tool in a virtual environment of its own."""

    fine = frozenset({0, 1})
    package = ""

    @property
    def venv(self) -> Path:
        """Where it is installed."""
        return self.venvs / f".venv-bench-{self.name}"

    def prepare(self) -> str:
        """Install it where it is missing."""
        if not (self.venv / "installed").exists():
            shutil.rmtree(self.venv, ignore_errors=True)
            print(f"installing {self.name} …", file=sys.stderr)
            python = str(self.venv / "bin" / "python")
            for command in (
                [sys.executable, "-m", "venv", str(self.venv)],
                [python, "-m", "pip", "install", "-q", self.name],
            ):
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                if done.returncode:
                    return f"cannot be installed: {_last_line(done.stderr)}"
            (self.venv / "installed").touch()
        return ""

    def bin(self, name: str) -> str:
        """Return the path of a program of its virtual environment."""
        return str(self.venv / "bin" / name)


class Checkov(Peer):
    """checkov, with nothing but its Terraform checks, offline."""

    name = "checkov"

    def command(self, folder: Path) -> list[str]:
        """Return the command that scans a folder."""
        options = ["--framework", "terraform", "--download-external-modules", "false", "--compact", "--quiet"]
        return [self.bin("checkov"), "-d", str(folder), *options, "-o", "json"]

    def resources(self, ran: Ran, folder: Path) -> int | None:  # noqa: ARG002
        """Return the number in its summary."""
        return _number(ran.output[ran.output.find("{") :], "summary", "resource_count")


class Tfparse(Peer):
    """tfparse, which evaluates and checks nothing."""

    name = "tfparse"

    def command(self, folder: Path) -> list[str]:
        """Return the command that evaluates a folder."""
        return [self.bin("python"), "-c", TFPARSE, str(folder)]

    def resources(self, ran: Ran, folder: Path) -> int | None:  # noqa: ARG002
        """Return what it counted."""
        return _number(ran.output.strip().rpartition("\n")[2], "resources")


class C7nLeft(Peer):
    """c7n-left with five policies: it brings none of its own."""

    name = "c7n-left"

    def command(self, folder: Path) -> list[str]:
        """Return the command that scans a folder."""
        policies = self.scratch / "c7n"
        policies.mkdir(exist_ok=True)
        (policies / "policies.yaml").write_text(C7N_POLICIES, "utf-8")
        output = str(self.scratch / "c7n.json")
        return [
            self.bin("c7n-left"),
            "run",
            "-p",
            str(policies),
            "-d",
            str(folder),
            "-o",
            "json",
            "--output-file",
            output,
        ]

    def resources(self, ran: Ran, folder: Path) -> int | None:  # noqa: ARG002
        """Return nothing: its report lists only what its policies matched."""
        return None


TOOLS = {tool.name: tool for tool in (Checkov, Tfparse, C7nLeft)}


def _number(text: str, *path: str) -> int | None:
    try:
        found = json.loads(text)
        for part in path:
            found = found[part]
        return int(found)
    except (ValueError, KeyError, TypeError):
        return None


def _last_line(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if line.strip()), "no message")[:160]


def measure(tool: Tool, folder: Path, label: str, runs: int, timeout: float) -> Row:
    """Run a tool several times over a folder, after one run that warms it up if there are several."""
    row = Row(tool.name, label)
    found: list[Ran] = []
    try:
        if runs > 1:
            run(tool.command(folder), timeout, tool.scratch)
        for _ in range(runs):
            ran = run(tool.command(folder), timeout, tool.scratch)
            if ran.code not in tool.fine:
                row.note = f"exit code {ran.code}: {_last_line(ran.output)}"
                return row
            found.append(ran)
    except TooLongError:
        row.note = f"stopped after {timeout:.0f} s"
        return row
    except OSError as error:
        row.note = f"cannot be run: {error}"
        return row
    row.runs = [round(ran.wall, 3) for ran in found]
    row.wall = round(statistics.median(row.runs), 3)
    row.cpu = round(statistics.median(ran.cpu for ran in found), 3)
    row.megabytes = round(max(ran.megabytes for ran in found), 1)
    row.resources = tool.resources(found[-1], folder)
    return row


def folders(sizes: list[str], scratch: Path) -> dict[str, Path]:
    """Return the folder of every size; those that are numbers are generated."""
    from generate_platform import generate

    found = {}
    for size in sizes:
        found[size] = PLATFORM if size == "platform" else scratch / f"generated-{size}"
        if size != "platform":
            generate(int(size), found[size])
    return found


def bars(rows: list[Row], share: dict[str, dict[str, float]] | None = None) -> list[tuple[str, bool | None, str]]:
    """Hold the rows and the share of rules to our bars: what, whether it is met (None: not measured), the figures."""
    by = {(row.tool, row.folder): row for row in rows}
    ours = {label: row for (tool, label), row in by.items() if tool == "asbuilt" and row.wall}
    found: list[tuple[str, bool | None, str]] = []

    def against(label: str, bar: int) -> None:
        theirs = by.get(("checkov", label))
        what = f"{label}: at least {bar} times faster than checkov"
        if label not in ours or theirs is None or not (theirs.wall or theirs.note.startswith("stopped")):
            found.append((what, None, "not measured"))
            return
        least = theirs.wall or float(theirs.note.split()[2])
        ratio = least / (ours[label].wall or 1)
        more = f" ({theirs.cpu / ours[label].cpu:.1f} of CPU time)" if theirs.cpu and ours[label].cpu else ""
        more = more if theirs.wall else " or more: it was stopped"
        met = ratio >= bar if theirs.wall or ratio >= bar else None
        found.append((what, met, f"{ratio:.1f} times{more}"))

    against("platform", 30)
    step, check = by.get(("action", "platform")), ours.get("platform")
    what = "platform: the Action's scan step in at most 3 times `asbuilt check`"
    if step and check and step.wall and check.wall and step.resources:
        found.append((what, step.wall <= 3 * check.wall, f"{step.wall / check.wall:.1f} times"))
    else:
        found.append((what, None, "not measured"))
    against("20000", 100)
    large, small = ours.get("20000"), ours.get("2000")
    for what, bar, value in (
        ("20000: at most 6 s", 6, large and large.wall),
        ("20000: at most 400 MB", 400, large and large.megabytes),
    ):
        found.append(
            (what, None if value is None else value <= bar, "not measured" if value is None else f"{value:.1f}")
        )
    what = "time per resource grows at most 1.3 times from 2000 to 20000"
    if large and small and large.wall and small.wall:
        growth = large.wall / 20_000 / (small.wall / 2_000)
        found.append((what, growth <= 1.3, f"{growth:.2f} times"))
    else:
        found.append((what, None, "not measured"))
    what = "platform: at most a quarter of the run in rules"
    rules = (share or {}).get("platform")
    if rules is None:
        found.append((what, None, "not measured"))
    else:
        # a run without rules would not work these values out either: the bar is held to all that rules cause
        figures = f"{rules['with_values']:.0%}; {rules['alone']:.0%} without the values they are the first to ask for"
        found.append((what, rules["with_values"] <= 0.25, figures))
    return found


def rule_share(folder: Path, scratch: Path, runs: int) -> dict[str, float] | None:
    """Return the share of a whole run spent in rules: `alone`, and `with_values` that they are the first to ask for."""
    shares: list[dict[str, float]] = []
    for _ in range(runs):
        ran = run([sys.executable, "-c", SHARE, str(folder), str(scratch / "share.json")], 600, scratch)
        try:
            found = json.loads(ran.output.strip().rpartition("\n")[2])
        except ValueError:
            return None
        alone = (found["rules"] - found["values"]) / found["whole"]
        shares.append({"alone": alone, "with_values": found["rules"] / found["whole"]})
    return {what: round(statistics.median(share[what] for share in shares), 3) for what in ("alone", "with_values")}


def table(rows: list[Row]) -> str:
    """Write the rows as text."""
    ours = {row.folder: row.wall for row in rows if row.tool == "asbuilt"}
    lines = [
        f"{'folder':<10} {'tool':<10} {'wall s':>9} {'CPU s':>9} {'peak MB':>9} {'resources':>10} {'times ours':>11}"
    ]
    for row in rows:
        if row.wall is None:
            lines.append(f"{row.folder:<10} {row.tool:<10} {row.note}")
            continue
        base = ours.get(row.folder)
        ratio = f"{row.wall / base:.1f}" if base else "-"
        count = "-" if row.resources is None else str(row.resources)
        figures = f"{row.wall:>9.2f} {row.cpu:>9.2f} {row.megabytes:>9.1f} {count:>10} {ratio:>11}"
        lines.append(f"{row.folder:<10} {row.tool:<10} {figures}")
    return "\n".join(lines)


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one run each, and checkov not on 20000 resources")
    parser.add_argument("--sizes", default=",".join(SIZES), help="platform, or numbers of resources")
    parser.add_argument("--peers", default=",".join(PEERS), help="peers to run; an empty text runs none")
    parser.add_argument(
        "--runs", type=int, default=5, help="runs of asbuilt; peers run three times, or once from 20000 on"
    )
    parser.add_argument("--timeout", type=float, default=2400, help="seconds after which a peer is stopped")
    parser.add_argument("--venvs", type=Path, default=ROOT, help="where the peers' virtual environments are kept")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "bench.json", help="where the figures go")
    return parser.parse_args()


def _large(size: str) -> bool:
    return size != "platform" and int(size) >= 20_000


def _is_slow(measured: tuple[str, Tool]) -> bool:
    """Whether this takes many minutes: it comes last, and --quick leaves it out."""
    size, tool = measured
    return _large(size) and tool.name == "checkov"


def main() -> int:
    """Run everything; exit 0 whether or not the bars are met: the output says it."""
    chosen = options()
    sizes = [size for size in chosen.sizes.split(",") if size]
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="asbuilt-bench-") as name:
        scratch = Path(name)
        where = folders(sizes, scratch)
        peers = [TOOLS[peer] for peer in chosen.peers.split(",") if peer]
        tools: list[Tool] = [tool(scratch, chosen.venvs.resolve()) for tool in (Tool, *peers)]
        trouble = {tool.name: tool.prepare() for tool in tools}
        times = 1 if chosen.quick else chosen.runs
        share = {size: rule_share(folder, scratch, times) for size, folder in where.items()}
        pairs = [(size, tool) for size in where for tool in tools]
        if "platform" in where:
            step = ScanStep(scratch, chosen.venvs.resolve())
            trouble[step.name] = step.prepare()
            pairs.append(("platform", step))
        for size, tool in sorted(pairs, key=_is_slow):
            if trouble[tool.name]:
                rows.append(Row(tool.name, size, note=trouble[tool.name]))
            elif chosen.quick and _is_slow((size, tool)):
                rows.append(Row(tool.name, size, note="left out by --quick"))
            else:
                print(f"{tool.name} on {size} …", file=sys.stderr)
                runs = chosen.runs if tool.name in ("asbuilt", "action") else 1 if _large(size) else 3
                rows.append(measure(tool, where[size], size, 1 if chosen.quick else runs, chosen.timeout))
                print(table(rows).rpartition("\n")[2], file=sys.stderr, flush=True)
    known = {size: value for size, value in share.items() if value is not None}
    held = bars(rows, known)
    print(table(rows))
    print()
    for what, met, figures in held:
        print(f"{'missed' if met is False else 'met' if met else 'open':<7} {what}: {figures}")
    for size, value in known.items():
        print(f"        {size}: {value['alone']:.0%} of the run in rules, {value['with_values']:.0%} with values")
    report: dict[str, Any] = {
        "machine": {"system": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()},
        "load": os.getloadavg(),
        "rows": [asdict(row) for row in rows],
        "bars": [{"bar": what, "met": met, "figures": figures} for what, met, figures in held],
        "share_of_rules": known,
    }
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
