"""`asbuilt fix --write` on the drifted platform in CloudFormation: what it claims is so, and nothing else is."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from asbuilt.cli import main

FIXTURE = Path(__file__).parents[2] / "fixtures" / "broxiva" / "cloudformation-drifted"
ARGUMENTS = ["drifted", "--root", "drifted", "--parameters", "drifted/parameters/prod.json"]
ARGUMENTS += ["--spec", "broxiva", "--env", "prod", "-q"]


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, [arguments[0], *ARGUMENTS, *arguments[1:]])


def check(*options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("check", "-o", "json", *options).stdout)
    return found


def bad(results: dict[str, Any]) -> set[tuple[str, str, str]]:
    judged = ("fail", "unknown", "error", "waived")
    return {(f["rule"], f["resource"]["address"], f["verdict"]) for f in results["findings"] if f["verdict"] in judged}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Check, show, fix, check again; in a copy."""
    folder = tmp_path_factory.mktemp("templates")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        shutil.copytree(FIXTURE, "drifted")
        shutil.copytree("drifted", "pristine/drifted")
        before = check("--edits")
        shown = run("fix")
        fixed = run("fix", "--write")
        after = check()
    return {"folder": folder, "before": before, "shown": shown, "fixed": fixed, "after": after}


def test_what_is_claimed_is_gone_and_nothing_is_new(runs: dict[str, Any]) -> None:
    claimed = {tuple(line.split()[1:3]) for line in runs["fixed"].stderr.splitlines() if line.startswith("mended ")}
    claimed = {(rule, address.rstrip(":"), "fail") for rule, address in claimed}
    assert len(claimed) >= 45
    before, after = bad(runs["before"]), bad(runs["after"])
    assert claimed <= before
    assert not claimed & after
    assert after - before == set()
    was, now = runs["before"]["passes"], runs["after"]["passes"]
    assert all(set(addresses) <= set(now[rule]) for rule, addresses in was.items())
    assert runs["before"]["diagnostics"] == runs["after"]["diagnostics"]
    assert runs["before"]["gaps"] == runs["after"]["gaps"]


def test_edits_touch_values_and_nothing_beside_them(runs: dict[str, Any]) -> None:
    """Comments, quotes, indents and order stay: line by line at most one word differs, or lines are new."""
    items = [item for finding in runs["before"]["findings"] for item in finding["evidence"]]
    edits = {json.dumps(item["edit"], sort_keys=True): item["edit"]["text"] for item in items if item["edit"]}
    assert len(edits) == int(runs["fixed"].stderr.partition("asbuilt: ")[2].split()[0])
    touched = 0
    for path in sorted((runs["folder"] / "pristine/drifted").rglob("*")):
        if path.is_file():
            new = runs["folder"] / path.relative_to(runs["folder"] / "pristine")
            touched += _compared(path.read_text("utf-8").split("\n"), new.read_text("utf-8").split("\n"))
    assert touched == sum(text.count("\n") or 1 for text in edits.values())


def _compared(old: list[str], new: list[str]) -> int:
    changed = 0
    for kind, one, other, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        assert kind in ("replace", "insert")
        changed += last - first
        for line in new[first:last] if kind == "insert" else ():
            assert re.fullmatch(r" *\w+:( \S+)?", line), line
        assert kind == "insert" or other - one == last - first
        for was, now in zip(old[one:other], new[first:last], strict=False):
            words = [(a, b) for a, b in zip(was.split(" "), now.split(" "), strict=True) if a != b]
            assert len(words) == 1, (was, now)
            assert words[0][0][:1] == words[0][1][:1] or words[0][0][:1] not in "\"'", "quotes stay"
    return changed


def test_files_of_parameters_are_edited_where_the_value_is_theirs(runs: dict[str, Any]) -> None:
    text = (runs["folder"] / "drifted/parameters/prod.json").read_text("utf-8")
    given = {row["ParameterKey"]: row["ParameterValue"] for row in json.loads(text)}
    assert (given["WebMemory"], given["DatabaseMultiAz"]) == ("2048", "true")
    assert "note:" not in runs["fixed"].stderr, "neither templates nor parameters are somebody else's"


def test_the_diff_shown_is_what_is_written(runs: dict[str, Any]) -> None:
    folder = runs["folder"]
    shutil.copytree(folder / "pristine", folder / "patched")
    environment = {"GIT_CEILING_DIRECTORIES": str(folder), "PATH": "/usr/bin:/bin:/usr/local/bin"}
    command = ["git", "apply", "-p1", "-"]
    shown = runs["shown"].stdout
    subprocess.run(command, input=shown, text=True, check=True, cwd=folder / "patched", env=environment)
    for path in sorted((folder / "drifted").rglob("*")):
        if path.is_file():
            assert (folder / "patched" / path.relative_to(folder)).read_bytes() == path.read_bytes()


def test_a_mapping_that_others_read_is_not_given_up_for_one_service(runs: dict[str, Any]) -> None:
    lines = [line for line in runs["fixed"].stderr.splitlines() if line.startswith("not mended")]
    (shared,) = [line for line in lines if "minimum-healthy-percent" in line and "FraudDetection" in line]
    assert "the edit would break something else" in shared


def test_cfn_lint_has_no_more_to_say(runs: dict[str, Any]) -> None:
    folder = runs["folder"]
    changed = [
        path.relative_to(folder / "drifted").as_posix()
        for path in sorted((folder / "drifted").glob("*.yaml"))
        if path.read_bytes() != (folder / "pristine/drifted" / path.name).read_bytes()
    ]
    assert changed
    said = [_linted(folder / where, changed) for where in ("pristine/drifted", "drifted")]
    assert said[1] <= said[0]


def _linted(folder: Path, names: list[str]) -> Counter[tuple[str, str]]:
    linter = Path(sys.executable).parent / "cfn-lint"
    done = subprocess.run(
        [str(linter), "--format", "json", *names], cwd=folder, capture_output=True, text=True, check=False
    )
    return Counter((row["Rule"]["Id"], row["Filename"]) for row in json.loads(done.stdout or "[]"))
