"""What code frames show of lines that no finding is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from asbuilt.frames import Frames
from asbuilt.model import Location
from asbuilt.results import MASK


def lines(folder: Path, text: str, at: int) -> tuple[str, ...]:
    file = folder / "file"
    file.write_bytes(text.encode())
    frame = Frames().frame(Location(str(file), at, 1, at, 5))
    assert frame is not None
    return frame.lines


@pytest.mark.parametrize(
    "line",
    [
        'environment = [{ name = "X", value = "hunter2" }]',
        "  Value: hunter2",
        '"Value": "hunter2",',
        '  DB_PASSWORD = "hunter2"',
        "- {Name: X, Value: hunter2}",
        "MasterUserPassword: hunter2",
        '"auth_token": "hunter2"',
        "Pw: {Type: String, NoEcho: true, Default: hunter2}",
    ],
)
def test_secrets_beside_a_finding_are_masked(tmp_path: Path, line: str) -> None:
    indent = line[: len(line) - len(line.lstrip())]
    assert lines(tmp_path, f"cpu = 256\n{line}\n", 1) == ("cpu = 256", indent + MASK, "")


@pytest.mark.parametrize(
    "text",
    [
        "Pw:\n  Type: String\n  Default: hunter2\n  Description: what it is for\n  NoEcho: true\nNext: 1\n",
        'variable "x" {\n  type      = string\n  default = "hunter2"\n  sensitive = true\n}\n',
    ],
)
def test_defaults_of_what_is_secret_are_masked(tmp_path: Path, text: str) -> None:
    for at in (1, 2, 4):
        shown = lines(tmp_path, text, at)
        assert not [line for line in shown if "hunter2" in line]
        assert "  " + MASK in shown


@pytest.mark.parametrize(
    "line",
    [
        "password = var.password",
        "auth_token = each.value.token",
        "MasterUserPassword: !Ref Password",
        "manage_master_user_password = true",
        'secrets = [{ name = "X" }]',
        "Default: 30",
        "value = local.x",
        'secret_arn = "arn:aws:secretsmanager:eu-west-1:1:secret:x"',
        "port = 4001",
    ],
)
def test_what_says_nothing_secret_stays(tmp_path: Path, line: str) -> None:
    assert lines(tmp_path, f"cpu = 256\n{line}\n", 1)[1] == line


def test_the_line_of_the_finding_stays(tmp_path: Path) -> None:
    assert lines(tmp_path, "Value: 30\nValue: 40\n", 1) == ("Value: 30", MASK, "")


def test_lines_end_where_the_sources_end_them(tmp_path: Path) -> None:
    """At a line feed, with a return before it or not; a return alone is a character of its line."""
    text = "# one\r# still one\r\ncpu = 256\r\nmemory = 512\n"
    shown = lines(tmp_path, text, 2)
    assert [line.replace("\r", "|") for line in shown] == ["# one|# still one", "cpu = 256", "memory = 512", ""]
