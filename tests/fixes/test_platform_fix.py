"""`asbuilt fix --write` on the drifted platform: what it claims is so, and nothing else is."""

from __future__ import annotations

import json
import shutil
import subprocess
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from asbuilt.cli import main

FIXTURE = Path(__file__).parents[2] / "fixtures" / "broxiva" / "drifted"
ARGUMENTS = ["drifted/environments/prod", "--root", "drifted", "--spec", "broxiva", "--env", "prod", "-q"]


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, [arguments[0], *ARGUMENTS, *arguments[1:]])


def check(*more: str) -> dict[str, Any]:
    result = run("check", "-o", "json", *more)
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def bad(results: dict[str, Any]) -> set[tuple[str, str, str]]:
    judged = ("fail", "unknown", "error", "waived")
    return {(f["rule"], f["resource"]["address"], f["verdict"]) for f in results["findings"] if f["verdict"] in judged}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Check, fix, check again, fix again; in a copy."""
    folder = tmp_path_factory.mktemp("platform")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        shutil.copytree(FIXTURE, "drifted")
        shutil.copytree("drifted", "pristine/drifted")
        before = check("--edits")
        shown = run("fix")
        fixed = run("fix", "--write")
        after = check()
        shutil.copytree("drifted", "once")
        again = run("fix", "--write")
    return {"folder": folder, "before": before, "shown": shown, "fixed": fixed, "after": after, "again": again}


def test_what_is_claimed_is_gone_and_nothing_is_new(runs: dict[str, Any]) -> None:
    claimed = {tuple(line.split()[1:3]) for line in runs["fixed"].stderr.splitlines() if line.startswith("mended ")}
    claimed = {(rule, address.rstrip(":"), "fail") for rule, address in claimed}
    assert len(claimed) >= 30
    before, after = bad(runs["before"]), bad(runs["after"])
    assert claimed <= before
    assert not claimed & after
    assert after - before == set()
    was, now = runs["before"]["passes"], runs["after"]["passes"]
    assert all(set(addresses) <= set(now[rule]) for rule, addresses in was.items())
    assert runs["before"]["diagnostics"] == runs["after"]["diagnostics"]
    assert runs["before"]["gaps"] == runs["after"]["gaps"]


def test_only_claimed_lines_differ(runs: dict[str, Any]) -> None:
    """Every changed line is one of an edit, or differs in nothing but blanks."""
    edits = [e["edit"]["location"] for f in runs["before"]["findings"] for e in f["evidence"] if e["edit"] is not None]
    claimed = {(where["file"], where["start_line"]) for where in edits}
    changed = set()
    pristine = runs["folder"] / "pristine"
    for path in sorted(pristine.rglob("*")):
        if path.is_dir():
            continue
        name = path.relative_to(pristine).as_posix()
        old, new = path.read_text(), (runs["folder"] / name).read_text()
        for line in _changed(old.splitlines(), new.splitlines()):
            changed.add((name, line))
    assert changed <= claimed
    assert claimed <= changed  # and no edit is a mere claim
    assert runs["shown"].exit_code == runs["fixed"].exit_code == 0


def _changed(old: list[str], new: list[str]) -> list[int]:
    """Return the lines (from 1) of the old text that changed, not only in blanks; for added ones the line before.

    What is added goes as far up as it would give the same text: behind the line it was written for.
    """
    one, other = (["".join(line.split()) for line in lines] for lines in (old, new))
    lines: list[int] = []
    for kind, start, end, first, last in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind == "insert":
            up = 0
            while one[start - 1 - up] == other[last - 1 - up] and up < last - first:
                up += 1
            lines.append(start - up)
        elif kind != "equal":
            lines.extend(range(start + 1, end + 1))
    return lines


def test_the_diff_shown_is_what_is_written(runs: dict[str, Any]) -> None:
    shutil.copytree(runs["folder"] / "pristine", runs["folder"] / "patched")
    subprocess.run(
        ["git", "apply", "-p1", "-"],
        input=runs["shown"].stdout,
        text=True,
        check=True,
        cwd=runs["folder"] / "patched",
        env={"GIT_CEILING_DIRECTORIES": str(runs["folder"]), "PATH": "/usr/bin:/bin:/usr/local/bin"},
    )
    for path in sorted((runs["folder"] / "once").rglob("*")):
        if path.is_file():
            relative = path.relative_to(runs["folder"] / "once")
            assert (runs["folder"] / "patched" / "drifted" / relative).read_bytes() == path.read_bytes(), relative


def test_a_second_run_has_nothing_to_do(runs: dict[str, Any]) -> None:
    assert "nothing that could be edited" in runs["again"].stderr
    for path in sorted((runs["folder"] / "once").rglob("*")):
        if path.is_file():
            now = runs["folder"] / "drifted" / path.relative_to(runs["folder"] / "once")
            assert now.read_bytes() == path.read_bytes()


def test_a_shared_default_is_not_given_up_for_one_service(runs: dict[str, Any]) -> None:
    lines = [line for line in runs["fixed"].stderr.splitlines() if line.startswith("not mended")]
    (shared,) = [line for line in lines if "minimum-healthy-percent" in line and "fraud-detection" in line]
    assert "the edit would break something else" in shared


def test_terraform_finds_nothing_to_format(runs: dict[str, Any]) -> None:
    """Where terraform is; without it the alignment that its answers were recorded for is all there is to say."""
    from asbuilt.fixes.alignment import align

    returns = (runs["folder"] / "once/environments/prod/returns.tf").read_text()
    block = returns[returns.index("  name  ") : returns.index("\n}")].split("\n")
    assert align(block) == block
    assert any("retention_in_days = 30" in line for line in block)
    if shutil.which("terraform"):
        done = subprocess.run(
            ["terraform", "fmt", "-check", "-recursive", "-diff", str(runs["folder"] / "once")],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
