"""Record what the `terraform` binary answers to the expressions of tests/oracle, for the tests to hold ours to.

    python scripts/record_terraform_oracle.py

Reads `expressions.txt` (one a line, `#` for headings) and `unknown.txt` (the same, where `u`, `s` and `c` stand for
values that are known after apply only), writes `expressions.json` and `unknown.json`. Works offline, without
providers; the files that expressions read are those in tests/oracle/files. The same binary gives the same bytes.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import Any

HERE = Path(__file__).resolve().parent.parent / "tests" / "oracle"
ENVIRONMENT = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
UNKNOWN_CONFIG = """
resource "terraform_data" "x" {
  input = "a"
}
locals {
  u = jsondecode(terraform_data.x.id) # of a type that is not known
  s = terraform_data.x.id     # a string
  c = terraform_data.x.id == "a" # a bool
}
"""


def console(directory: Path, line: str) -> tuple[bool, str]:
    """Return whether the console took a line, and what it printed."""
    done = subprocess.run(
        ["terraform", "console", "-no-color", f"-state=../{directory.name}.tfstate"],
        input=line + "\n",
        capture_output=True,
        text=True,
        cwd=directory,
        env=ENVIRONMENT,
        check=False,
    )
    return done.returncode == 0, done.stdout if done.returncode == 0 else done.stdout + done.stderr


def clean_error(text: str) -> str:
    """Return an error's summary and detail without the frame around it."""
    lines = [re.sub(r"^[│╷╵]\s?", "", line).strip() for line in text.splitlines()]
    kept = [
        line for line in lines if line and not line.startswith(("on <console-input>", "(source code not available)"))
    ]
    kept = [line for line in kept if not re.match(r"\d+: |├|│", line)]
    return " ".join(kept).removeprefix("Error: ").split("goroutine ", 1)[0].strip()


def clean_type(text: str) -> str:
    """Return what `type()` printed, on one line."""
    text = re.sub(r"\s+", " ", text.strip())
    return re.sub(r",\s*([\])}])", r"\1", text).replace("( ", "(").replace("{ ", "{").replace("[ ", "[")


def record_value(directory: Path, expression: str) -> dict[str, Any]:
    """Return one expression's record: value, type and mark, or the error."""
    wrapped = f"base64encode(nonsensitive(jsonencode({{m=issensitive({expression}),v={expression}}})))"
    taken, printed = console(directory, wrapped)
    if not taken:
        taken_bare, bare = console(directory, expression)
        if taken_bare:
            return {"expression": expression, "printed": bare.strip()}
        if "state lock" in bare:
            raise RuntimeError(bare)
        return {"expression": expression, "error": clean_error(bare)}
    if "(known after apply)" in printed:
        return {"expression": expression, "unknown": True}
    answer = base64.b64decode(json.loads(printed)).decode()
    # Numbers stay as Terraform writes them: no float in between.
    found = json.loads(answer, parse_float=lambda text: {"number": text}, parse_int=lambda text: {"number": text})
    record = {"expression": expression, "value": found["v"]}
    if found["m"]:
        record["sensitive"] = True
    taken, printed = console(directory, f"type(nonsensitive({expression}))" if found["m"] else f"type({expression})")
    if taken:
        record["type"] = clean_type(printed)
    return record


def in_turn(free: Queue[Path], expression: str) -> dict[str, Any]:
    """Record an expression in a directory that no other worker uses."""
    directory = free.get()
    try:
        return record_value(directory, expression)
    finally:
        free.put(directory)


def expressions_of(name: str) -> list[str]:
    """Return the expressions of a file."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def record_unknown(expressions: list[str]) -> list[dict[str, Any]]:
    """Return what Terraform plans for expressions over values that are known after apply."""
    records: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        for expression in expressions:
            full = re.sub(r"(?<![\w.\"])([usc])(?![\w\"=])", r"local.\1", expression)
            config = UNKNOWN_CONFIG + f'output "o" {{\n  value = {full}\n}}\n'
            (directory / "main.tf").write_text(config, encoding="utf-8")
            run = subprocess.run(
                ["terraform", "plan", "-no-color", "-input=false", "-out=plan"],
                capture_output=True, text=True, cwd=directory, env=ENVIRONMENT, check=False,
            )  # fmt: skip
            if run.returncode:
                records.append({"expression": expression, "error": clean_error(run.stderr)})
                continue
            shown = subprocess.run(
                ["terraform", "show", "-json", "plan"],
                capture_output=True, text=True, cwd=directory, env=ENVIRONMENT, check=True,
            )  # fmt: skip
            change = json.loads(shown.stdout)["output_changes"]["o"]
            records.append(
                {"expression": expression, "after": change.get("after"), "unknown": change.get("after_unknown", False)}
            )
    return records


def write(name: str, version: str, records: list[dict[str, Any]]) -> None:
    """Write a table, one record a line."""
    rows = ",\n".join(json.dumps(record, ensure_ascii=False, sort_keys=True) for record in records)
    text = f'{{"terraform": {json.dumps(version)}, "records": [\n{rows}\n]}}\n'
    (HERE / name).write_text(text, encoding="utf-8")


def main() -> int:
    """Record both tables."""
    if shutil.which("terraform") is None:
        print("no terraform on the PATH", file=sys.stderr)
        return 1
    shown = subprocess.run(["terraform", "version", "-json"], capture_output=True, env=ENVIRONMENT, check=True)
    version = json.loads(shown.stdout)["terraform_version"]
    with tempfile.TemporaryDirectory() as name:
        # Each worker has a directory of its own: the console locks the state in it.
        free: Queue[Path] = Queue()
        for worker in ("one", "two"):
            free.put(Path(shutil.copytree(HERE / "files", Path(name) / worker)))
        with ThreadPoolExecutor(max_workers=2) as pool:
            records = list(pool.map(lambda each: in_turn(free, each), expressions_of("expressions.txt")))
    write("expressions.json", version, records)
    write("unknown.json", version, record_unknown(expressions_of("unknown.txt")))
    print(f"terraform {version}: {len(records)} expressions")
    return 0


if __name__ == "__main__":
    sys.exit(main())
