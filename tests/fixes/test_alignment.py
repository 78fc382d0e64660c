"""Columns as `terraform fmt` sets them: recorded from terraform 1.11.4, and asked for again where it is."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from asbuilt.fixes.alignment import align, cells, realign

FORMATTED = [
    ["a   = 1", "bcd = 22"],
    ["a   = 1       # one", 'bcd = "# two" # two', "e   = 3"],
    ['a = { b = 1, c = "x" }', "d = [1, 2] // list", 'e = "a${f("}")}"'],
    ["x = {", "  cpu    = 1024 # small", "  memory = 2048 # large", "}"],
    ['resource "a" "b" { # why', '  name = "x"       # because', "}"],
    ["a = 1 # one", "# alone", "bcd = 2 # two"],
    ["a = [", '  { p = "F", w = 1 }, # first', '  { p = "FARGATE" },  # second', "]"],
    ["é   = 1", 'bcd = "é" # ü', 'cd  = "1" # ü'],
    ["a = b == c ? 1 : 2", "b = a", "long = {", "}"],
]


@pytest.mark.parametrize("lines", FORMATTED, ids=lambda lines: lines[0])
def test_formatted_lines_stay(lines: list[str]) -> None:
    assert align(lines) == lines


@pytest.mark.parametrize("lines", FORMATTED, ids=lambda lines: lines[0])
@pytest.mark.skipif(shutil.which("terraform") is None, reason="the answers are recorded; terraform only confirms them")
def test_terraform_says_so_too(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    done = subprocess.run(["terraform", "fmt", "-"], input=text, capture_output=True, text=True, check=True)
    assert done.stdout == text


def test_whole_files_stay() -> None:
    """The platforms are formatted, as `terraform fmt -check` says; so all of their adjacent lines stay."""
    files = sorted((Path(__file__).parents[2] / "fixtures" / "broxiva").rglob("*.tf"))
    assert len(files) > 50
    taken_apart = 0
    for path in files:
        text = path.read_text()
        if "<<" in text:
            continue
        for run in re.split(r"\n(?:[ \t]*\n)+", text.rstrip("\n")):
            lines = run.split("\n")
            aligned = align(lines)
            taken_apart += aligned is not None
            assert aligned in (None, lines), path
    assert taken_apart > 500


def test_columns_are_set() -> None:
    assert align(["a = 1 # one", "bcd = 22 # two"]) == ["a   = 1  # one", "bcd = 22 # two"]
    assert align(["  a=1"]) == ["  a =1"]  # what is inside a value is not ours


@pytest.mark.parametrize("line", ['a = "b', "a = 1 /* b */", '  */ c = "d"', 'a = "${b'])
def test_what_cannot_be_told(line: str) -> None:
    assert cells(line) is None
    assert align(["a = 1", line]) is None


def test_realign_around_a_changed_line_only() -> None:
    old = "a = 1 # one\nb = 2 # two\n\nc  =  3\n"
    new = "a = 100 # one\nb = 2 # two\n\nc  =  3\n"
    assert realign(old, new, [(0, 0)]) == "a = 100 # one\nb = 2   # two\n\nc  =  3\n"


def test_realign_leaves_what_was_not_formatted() -> None:
    assert realign("a = 1 # one\nb = 2  # two", "a = 10 # one\nb = 2  # two", [(0, 0)]) == "a = 10 # one\nb = 2  # two"


def test_realign_keeps_carriage_returns() -> None:
    old, new = "a = 1 # x\r\nb = 2 # y\r\n", "a = 10 # x\r\nb = 2 # y\r\n"
    assert realign(old, new, [(0, 0)]) == "a = 10 # x\r\nb = 2  # y\r\n"


def test_realign_stays_out_of_heredocs() -> None:
    old = "a = <<EOT\nx = 1 # one\ny = 2 # two\nEOT\n"
    new = old.replace("x = 1", "x = 100")
    assert realign(old, new, [(1, 1)]) == new
