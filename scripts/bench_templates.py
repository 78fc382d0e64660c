"""Measure CloudFormation templates side by side with cfn-lint and checkov, in one run: time, memory, and our bars.

    python scripts/bench_templates.py [--quick] [--runs 5] [--peer-runs 3]

Two inputs, both generated: a folder of 200 templates, and one template of 500 resources. The peers have virtual
environments of their own, as in scripts/bench.py. A table goes to standard output, everything to
out/bench-templates.json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import ROOT, Checkov, Peer, Ran, Row, Tool, _number, measure, run, table
from generate_templates import large, many

BAR = 20  # times faster than either peer
MEGABYTES = 200
COUNT = """
import json, sys
from pathlib import Path
from asbuilt.scan import Options, read
print(json.dumps({"resources": len(read(None, Options(paths=[Path(sys.argv[1])]), lambda _: None).resources)}))
"""


class Ours(Tool):
    """asbuilt check, as for Terraform."""

    def resources(self, ran: Ran, folder: Path) -> int | None:  # noqa: ARG002
        """Return how many resources it found."""
        return _number(run([sys.executable, "-c", COUNT, str(folder)], 600, self.scratch).output, "resources")


class CfnLint(Peer):
    """cfn-lint, all templates in one process of it."""

    name = "cfn-lint"
    fine = frozenset({0, 2, 4, 6, 8, 10, 12, 14})  # bits of what it found

    def command(self, folder: Path) -> list[str]:
        """Return the command that lints a folder's templates."""
        return [self.bin("cfn-lint"), "--format", "json", *map(str, sorted(folder.iterdir()))]

    def resources(self, ran: Ran, folder: Path) -> int | None:  # noqa: ARG002
        """Return nothing: it counts none."""
        return None


class CheckovTemplates(Checkov):
    """checkov with nothing but its CloudFormation checks, offline."""

    def command(self, folder: Path) -> list[str]:
        """Return the command that scans a folder."""
        options = ["--framework", "cloudformation", "--skip-download", "--compact", "--quiet", "-o", "json"]
        return [self.bin("checkov"), "-d", str(folder), *options]


def bars(rows: list[Row]) -> list[tuple[str, bool | None, str]]:
    """Hold the rows to our bars: what, whether it is met (None: not measured), the figures."""
    by = {(row.tool, row.folder): row for row in rows}
    found: list[tuple[str, bool | None, str]] = []
    for label in dict.fromkeys(row.folder for row in rows):
        ours = by.get(("asbuilt", label))
        for peer in ("cfn-lint", "checkov"):
            theirs = by.get((peer, label))
            what = f"{label}: at least {BAR} times faster than {peer}"
            if not (ours and theirs and ours.wall and theirs.wall and ours.cpu and theirs.cpu):
                found.append((what, None, "not measured"))
                continue
            ratio = theirs.wall / ours.wall
            found.append((what, ratio >= BAR, f"{ratio:.1f} times ({theirs.cpu / ours.cpu:.1f} of CPU time)"))
        what, most = f"{label}: less than {MEGABYTES} MB", ours.megabytes if ours else None
        found.append((what, None, "not measured") if most is None else (what, most < MEGABYTES, f"{most:.0f} MB"))
    return found


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one run each")
    parser.add_argument("--runs", type=int, default=5, help="runs of asbuilt, after one to warm up")
    parser.add_argument("--peer-runs", type=int, default=1, help="runs of the peers; several are warmed up")
    parser.add_argument("--templates", type=int, default=200, help="templates of the folder")
    parser.add_argument("--resources", type=int, default=500, help="resources of the one template")
    parser.add_argument("--timeout", type=float, default=1200, help="seconds after which a peer is stopped")
    parser.add_argument("--venvs", type=Path, default=ROOT, help="where the peers' virtual environments are kept")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "bench-templates.json", help="where the figures go")
    return parser.parse_args()


def main() -> int:
    """Run everything; exit 0 whether or not the bars are met: the output says it."""
    chosen = options()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="asbuilt-bench-") as name:
        scratch = Path(name)
        inputs = {f"{chosen.templates} files": scratch / "many", f"{chosen.resources} in 1": scratch / "large"}
        many(scratch / "many", chosen.templates)
        large(scratch / "large", chosen.resources)
        tools: list[Tool] = [tool(scratch, chosen.venvs.resolve()) for tool in (Ours, CfnLint, CheckovTemplates)]
        trouble = {tool.name: tool.prepare() for tool in tools}
        for label, folder in inputs.items():
            for tool in tools:
                if trouble[tool.name]:
                    rows.append(Row(tool.name, label, note=trouble[tool.name]))
                    continue
                print(f"{tool.name} on {label} …", file=sys.stderr)
                runs = 1 if chosen.quick else chosen.runs if tool.name == "asbuilt" else chosen.peer_runs
                rows.append(measure(tool, folder, label, runs, chosen.timeout))
    held = bars(rows)
    print(table(rows))
    print()
    for what, met, figures in held:
        print(f"{'missed' if met is False else 'met' if met else 'open':<7} {what}: {figures}")
    report: dict[str, Any] = {
        "machine": {"system": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()},
        "load": os.getloadavg(),
        "rows": [asdict(row) for row in rows],
        "bars": [{"bar": what, "met": met, "figures": figures} for what, met, figures in held],
    }
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
