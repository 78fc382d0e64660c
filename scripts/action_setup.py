"""Make the virtual environment the Action runs in: `name` says where and under which key, `install` makes it.

Runs before anything is installed, with Python's own modules only. Dependencies come as wheels, so that no package's
code runs while they are installed; asbuilt itself is used from the Action's own folder, without being built.
"""

from __future__ import annotations

import compileall
import hashlib
import os
import platform
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("scanner", "policies", "reports")


def name() -> None:
    """Write the folder of the environment, and the key it is cached under, as outputs of the step."""
    digest = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + Path(__file__).read_bytes()).hexdigest()[:16]
    python = f"{platform.python_implementation()}-{platform.python_version()}-{platform.machine()}".lower()
    runner = re.sub(r"[^a-z0-9]", "", os.environ.get("RUNNER_OS", sys.platform).lower())
    key = f"asbuilt-{runner}-{python}-{digest}"
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        file.write(f"path={Path(os.environ['RUNNER_TEMP']) / key}\nkey={key}\n")


def install() -> None:
    """Make the environment where the cache had none, and let it find asbuilt."""
    folder = Path(os.environ["ASBUILT_VENV"])
    python = folder / "bin" / "python"
    done = folder / "complete"
    if not done.is_file():
        run([sys.executable, "-I", "-m", "venv", "--clear", str(folder)])
        wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
        options = ["--quiet", "--disable-pip-version-check", "--no-input", "--only-binary", ":all:"]
        run([str(python), "-I", "-m", "pip", "install", *options, *wanted])
        done.touch()
    (site,) = (folder / "lib").glob("python3*/site-packages")
    (site / "asbuilt.pth").write_text("".join(f"{ROOT / source}\n" for source in SOURCES), "utf-8")
    for source in SOURCES:
        compileall.compile_dir(ROOT / source, quiet=2, workers=0)


def run(command: list[str]) -> None:
    """Run a command outside of the checkout; its failure is the step's."""
    subprocess.run(command, check=True, cwd=os.environ["RUNNER_TEMP"])


if __name__ == "__main__":
    {"name": name, "install": install}[sys.argv[1]]()
