"""Feed damaged input to every reader, guided by coverage: any bytes give a result or a diagnostic, never a traceback.

    python scripts/fuzz.py [--seconds 30] [--targets hcl,tfvars,plan,spec,template]

Atheris lives in a virtual environment of its own (.venv-fuzz), made when it is missing. Every target runs in a process
of its own for a bounded time, starting from the fixtures. Inputs that break something are kept in out/fuzz/; one that
takes longer than ten seconds, or more than 2 GB, counts as broken. Exits 1 if there is one, 2 without atheris.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv-fuzz"
OUT = ROOT / "out" / "fuzz"
TARGETS = ("hcl", "tfvars", "plan", "spec", "template")
SECONDS_EACH = 10
MEGABYTES = 2048


def hcl(data: bytes, folder: Path) -> None:
    """Load a directory with one file, and evaluate every value of every resource, with its origin and references."""
    from asbuilt.sources.terraform.evaluation.root import EvaluationLimits
    from asbuilt.sources.terraform.load import load

    (folder / "main.tf").write_bytes(data)
    everything(load([folder], root=folder, limits=EvaluationLimits(instances=2000, iterations=100_000, seconds=5.0)))


def tfvars(data: bytes, folder: Path) -> None:
    """Load a directory whose variables come from the data, in both syntaxes."""
    from asbuilt.sources.terraform.load import load

    text = 'variable "a" { type = map(object({ b = optional(number, 1), c = list(string) })) }\nvariable "d" {}\n'
    (folder / "main.tf").write_text(text + 'resource "aws_vpc" "v" {\n  for_each = var.a\n  cidr_block = var.d\n}\n')
    (folder / "terraform.tfvars").write_bytes(data)
    (folder / "z.auto.tfvars.json").write_bytes(data)
    everything(load([folder], root=folder))


def everything(loaded: object) -> None:
    """Ask for whatever can be asked for."""
    from asbuilt.sources.terraform.resources import to_resources

    for root in loaded.roots:  # type: ignore[attr-defined]
        read_all(to_resources(root.instances()))
    _ = loaded.gaps, loaded.diagnostics  # type: ignore[attr-defined]


def read_all(resources: list[object]) -> None:
    """Read every property of resources, with trace, name and references."""
    for resource in resources[:200]:
        for name in list(resource.properties):  # type: ignore[attr-defined]
            prop = resource.at(name)  # type: ignore[attr-defined]
            _ = prop.trace, resource.native(prop.path)  # type: ignore[attr-defined]
        _ = resource.location, resource.name, resource.identifiers, list(resource.edges())  # type: ignore[attr-defined]


def plan(data: bytes, folder: Path) -> None:  # noqa: ARG001
    """Read a plan or state."""
    from asbuilt.sources.terraform.plans.plan import PlanError, parse_plan
    from asbuilt.sources.terraform.resources import to_resources

    try:
        found = parse_plan(data, "plan.json")
    except PlanError:
        return
    read_all(to_resources(found.instances()))


def template(data: bytes, folder: Path) -> None:
    """Read a CloudFormation template, and the same data as a file of parameters."""
    from asbuilt.scan import Options, ScanError, read

    (folder / "a.yaml").write_bytes(data)
    (folder / "b.json").write_bytes(data)
    (folder / "parameters").mkdir()
    (folder / "parameters" / "p.txt").write_bytes(data)
    for given in ((), (str(folder / "parameters" / "p.txt"),)):
        try:
            graph = read(None, Options(paths=[folder], root=folder, parameters=given), lambda _: None)
        except ScanError:
            continue
        read_all(list(graph.resources))
        _ = graph.gaps, graph.diagnostics, graph.comments


def spec(data: bytes, folder: Path) -> None:
    """Load a spec and resolve each of its environments."""
    from asbuilt.spec.errors import SpecError
    from asbuilt.spec.load import load_spec

    path = folder / "spec.yaml"
    path.write_bytes(data)
    try:
        document = load_spec(str(path))
        for environment in (None, *document.environments()):
            resolved = document.resolve(environment)
            _ = resolved.requirements, resolved.values()
    except SpecError:
        return


def seeds(target: str) -> list[bytes]:
    """Return what the fuzzer starts from."""
    broxiva = ROOT / "fixtures" / "broxiva"
    if target == "hcl":
        return [path.read_bytes() for path in sorted(broxiva.rglob("*.tf"))]
    if target == "template":
        found = sorted((ROOT / "fixtures" / "rules").rglob("*.template.yaml"))
        return [*(path.read_bytes() for path in found), b'{"Resources": {"A": {"Type": "AWS::SNS::Topic"}}}']
    if target == "tfvars":
        return [path.read_bytes() for path in sorted(broxiva.rglob("*.tfvars"))] + [b'{"a": {"x": {"c": ["y"]}}}']
    if target == "spec":
        found = sorted((ROOT / "policies" / "asbuilt_policies" / "specs").glob("*.yaml"))
        short = b"asbuilt: 1\nname: x\nenvironments:\n  prod: {derives_from: dev}\n  dev: {}\nlogging: {kms: true}\n"
        return [*(path.read_bytes() for path in found), short]
    change = b'{"actions":["create"],"after":{"name":"x","tags":{}},"after_unknown":{"id":true},"after_sensitive":{}}'
    row = b'{"address":"aws_ecs_service.x","mode":"managed","type":"aws_ecs_service","name":"x","change":'
    row += change + b"}"
    block = b'{"address":"aws_ecs_service.x","expressions":{"name":{"references":["a"]}}}'
    config = b'{"root_module":{"resources":[' + block + b"]}}"
    head = b'{"format_version":"1.2","terraform_version":"1.9.0",'
    state = b'"version":4,"resources":[{"mode":"managed","type":"aws_vpc","name":"v","instances":[{"attributes":{}}]}]}'
    return [head + b'"resource_changes":[' + row + b'],"configuration":' + config + b"}", head + state]


def worker(target: str, seconds: int, corpus: Path) -> None:
    """Run one target in this process, under atheris; libFuzzer ends the process."""
    import atheris

    with atheris.instrument_imports(include=["asbuilt"]):
        from asbuilt.sources.cloudformation import load as _cloudformation  # noqa: F401
        from asbuilt.sources.terraform import load, resources, vocabulary  # noqa: F401
        from asbuilt.spec import load as _  # noqa: F401
    run: Callable[[bytes, Path], None] = globals()[target]

    def once(data: bytes) -> None:
        with tempfile.TemporaryDirectory(prefix="asbuilt-fuzz-") as name:
            run(data, Path(name))

    OUT.mkdir(parents=True, exist_ok=True)
    limits = [
        f"-max_total_time={seconds}",
        f"-timeout={SECONDS_EACH}",
        f"-rss_limit_mb={MEGABYTES}",
        "-max_len=20000",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={OUT / target}-", "-verbosity=0", str(corpus)], once)
    atheris.Fuzz()


def prepare() -> str:
    """Make the virtual environment; return what keeps it from being made, if anything does."""
    if (VENV / "installed").exists():
        return ""
    python = str(VENV / "bin" / "python")
    for command in (
        [sys.executable, "-m", "venv", str(VENV)],
        [python, "-m", "pip", "install", "-q", "atheris"],
        [python, "-m", "pip", "install", "-q", "-e", str(ROOT)],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return (done.stderr.strip().splitlines() or ["no message"])[-1]
    (VENV / "installed").touch()
    return ""


def main() -> int:
    """Run every target for its time, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--targets", default=",".join(TARGETS))
    parser.add_argument("--worker", choices=TARGETS, help=argparse.SUPPRESS)
    parser.add_argument("--corpus", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.worker:
        worker(chosen.worker, chosen.seconds, chosen.corpus)
        return 0
    trouble = prepare()
    if trouble:
        print(f"atheris cannot be installed here: {trouble}", file=sys.stderr)
        return 2
    broken = False
    for target in chosen.targets.split(","):
        with tempfile.TemporaryDirectory(prefix="asbuilt-corpus-") as corpus:
            for number, seed in enumerate(seeds(target)):
                (Path(corpus) / f"seed-{number}").write_bytes(seed[:20_000])
            arguments = ["--worker", target, "--seconds", str(chosen.seconds), "--corpus", corpus]
            command = [str(VENV / "bin" / "python"), __file__, *arguments]
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        last = [line for line in done.stderr.splitlines() if line.strip()]
        tried = next((line.split()[-1] for line in last if "number_of_executed_units" in line), "an unknown number of")
        print(f"{target}: {tried} inputs, " + ("BROKEN" if done.returncode else "none breaks it"), flush=True)
        if done.returncode:
            broken = True
            print("\n".join(last[-40:]), flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
