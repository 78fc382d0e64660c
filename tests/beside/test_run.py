"""How checkov is run: apart from what is scanned, within its time, and every bad end is told."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from asbuilt.checkov.program import CheckovError, Program
from asbuilt.checkov.run import Running, Said, Target
from beside.fakes import output, program, record


def said(tmp_path: Path, body: str, timeout: float = 30.0, targets: int = 1, **program_changes: str) -> list[Said]:
    running = Running(
        Program((str(program(tmp_path, body, **program_changes)),)),
        [Target(tmp_path, "terraform")] * targets,
        timeout,
    )
    try:
        return running.said()
    finally:
        running.stop()


def wrote(text: str) -> str:
    return f"print({text!r})\n"


def test_it_says_what_it_found(tmp_path: Path) -> None:
    (one,) = said(tmp_path, wrote(output([record()])))
    assert [found.check_id for found in one.output.failed] == ["CKV_AWS_158"]


def test_it_knows_nothing_of_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CKV_SKIP_CHECK", "BC_API_KEY", "AWS_SECRET_ACCESS_KEY", "LOG_LEVEL", "PYTHONPATH", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "x")
    (tmp_path / "told").mkdir()
    body = (
        f"told = {str(tmp_path / 'told')!r}\n"
        "json.dump([dict(os.environ), os.getcwd(), os.listdir(), sys.argv[1:]], open(told + '/all', 'w'))\n"
    )
    said(tmp_path, body + wrote(output()))
    environ, folder, listed, arguments = json.loads((tmp_path / "told/all").read_text())
    expected = {"PATH", "HOME", "TMPDIR", "LANG", "PYTHONUTF8", "ANSI_COLORS_DISABLED"}
    assert {name for name in environ if not name.startswith(("GIT_", "LC_"))} == expected
    assert listed == []
    assert environ["HOME"] == folder
    assert not Path(folder).exists()  # and nothing of it stays
    assert (
        f"--directory={tmp_path}" in arguments
    )  # in one word: checkov looks for `-d` and takes that folder's settings
    assert not {"-d", "--directory", "--config-file", "--external-checks-dir"} & set(arguments)
    assert {"--skip-download", "--soft-fail"} <= set(arguments)


def test_variable_files_and_variables_are_handed_on(tmp_path: Path) -> None:
    body = "print(json.dumps([sys.argv[1:], os.environ.get('TF_VAR_a')]), file=sys.stderr)\nsys.exit(9)\n"
    target = Target(tmp_path, "terraform", (tmp_path / "x.tfvars",))
    running = Running(Program((str(program(tmp_path, body)),)), [target], 30.0, {"TF_VAR_a": "b"})
    with pytest.raises(CheckovError) as error:
        running.said()
    running.stop()
    assert "--var-file=" in error.value.reason or "it ended with exit code 9" in error.value.reason
    assert Target(tmp_path, "terraform", (tmp_path / "x.tfvars",)).arguments()[-1] == f"--var-file={tmp_path}/x.tfvars"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("print('Traceback'); print('KeyError: 1', file=sys.stderr); sys.exit(2)\n", "exit code 2: KeyError: 1"),
        ("sys.exit(1)\n", "exit code 1"),
        ("os.kill(os.getpid(), 11)\n", "signal 11 ended it"),
        ("", "not JSON"),
        (wrote("checkov says hello"), "not JSON"),
        (wrote(output(summary={"checkov_version": "5.0.0"})), "version 5.0.0 is not supported"),
    ],
)
def test_a_bad_end_is_no_result(tmp_path: Path, body: str, reason: str) -> None:
    with pytest.raises(CheckovError, match=reason):
        said(tmp_path, body)


def test_a_version_that_is_not_supported_scans_nothing(tmp_path: Path) -> None:
    body = f"open({str(tmp_path / 'ran')!r}, 'w')\n" + wrote(output())
    with pytest.raises(CheckovError, match=r"2\.0\.1 is not supported"):
        said(tmp_path, body, version="2.0.1")
    assert not (tmp_path / "ran").exists()


def test_one_bad_target_spoils_all(tmp_path: Path) -> None:
    body = f"path = {str(tmp_path / 'n')!r}\nopen(path, 'a').write('x')\nif len(open(path).read()) > 1: sys.exit(2)\n"
    with pytest.raises(CheckovError, match="exit code 2"):
        said(tmp_path, body + wrote(output()), targets=2)


def test_what_cannot_be_started(tmp_path: Path) -> None:
    running = Running(Program((str(tmp_path / "gone"),)), [Target(tmp_path, "terraform")], 30.0)
    with pytest.raises(CheckovError, match="cannot be started: No such file"):
        running.said()
    running.stop()


def children(tmp_path: Path) -> str:
    pid = tmp_path / "pid"
    return f"if os.fork() == 0:\n    time.sleep(600)\nopen({str(pid)!r}, 'w').write(str(os.getpid()))\n"


def gone(group: int) -> bool:
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_too_slow_is_ended_with_its_children(tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(CheckovError, match="did not finish within 3 seconds") as error:
        said(tmp_path, children(tmp_path) + "time.sleep(600)\n", timeout=3.0)
    assert "--checkov-timeout" in error.value.action
    assert time.monotonic() - started < 60
    assert gone(int((tmp_path / "pid").read_text()))


def test_children_do_not_outlive_a_good_end(tmp_path: Path) -> None:
    said(tmp_path, children(tmp_path) + wrote(output()))
    assert gone(int((tmp_path / "pid").read_text()))


def test_it_is_ended_when_the_run_is(tmp_path: Path) -> None:
    running = Running(
        Program((str(program(tmp_path, children(tmp_path) + "time.sleep(600)\n")),)),
        [Target(tmp_path, "terraform")],
        600.0,
    )
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        time.sleep(0.05)
    running.stop()
    with pytest.raises(CheckovError):
        running.said()
    assert gone(int((tmp_path / "pid").read_text()))
