"""JUnit, CSV, GitHub annotations, Markdown."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from asbuilt.model import Verdict
from asbuilt_reports import csv_table, github, junit, markdown
from reports import golden, sample


@pytest.mark.parametrize(
    ("name", "module"),
    [("junit.xml", junit), ("findings.csv", csv_table), ("annotations.txt", github), ("summary.md", markdown)],
)
def test_golden(name: str, module: Any) -> None:
    golden.check(name, module.render(sample.results()))


def test_junit_counts_every_verdict() -> None:
    root = ET.fromstring(junit.render(sample.results()))
    assert root.attrib["tests"] == str(14 + 8 + 2 + 1 + 1 + 1 + 1)  # the last is the gap
    assert (root.attrib["failures"], root.attrib["errors"], root.attrib["skipped"]) == ("7", "2", "5")
    cases = list(root.iter("testcase"))
    assert len([case for case in cases if len(case) == 0]) == 14
    for suite in root.iter("testsuite"):
        assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
        assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))


def test_junit_unknown_is_an_error_where_it_gates() -> None:
    results = sample.results()
    gating = replace(results, run=replace(results.run, on_unknown="fail"))
    assert ET.fromstring(junit.render(gating)).attrib["errors"] == "4"


def test_junit_hostile_name_stays_text() -> None:
    root = ET.fromstring(junit.render(sample.results()))
    assert any("<script>alert(1)</script>" in case.attrib["name"] for case in root.iter("testcase"))
    assert not [element for element in root.iter() if element.tag in ("script", "img")]


def test_csv_has_a_row_per_finding() -> None:
    results = sample.results()
    rows = list(csv.DictReader(io.StringIO(csv_table.render(results))))
    found = [finding.id for finding in results.findings]
    assert [row["id"] for row in rows] == [*found, *(row.id for row in results.fixed)]
    assert [row["verdict"] for row in rows[len(found) :]] == ["pass", "gone"]
    assert {(row["expected"], row["actual"]) for row in rows if row["rule"] == "log-group-retention"} == {("30", "7")}


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("  =1+1", "'  =1+1"),
        ("\t=1", "'\\t=1"),
        ("a\rb", "'a\\rb"),
        ("-5", "'-5"),
        (-5, -5),
        (-0.5, -0.5),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+1", "'+1"),
        ("\uff1d1", "'\uff1d1"),
        (True, "true"),
        ({"a": 1}, '{"a": 1}'),
        (["=x"], '["=x"]'),
        (None, ""),
        ("plain", "plain"),
    ],
)
def test_csv_cells_are_no_formulas(data: Any, shown: Any) -> None:
    assert csv_table.cell(data) == shown


def commands(text: str) -> list[tuple[str, str, str]]:
    found = []
    for line in text.splitlines():
        match = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
        assert match, line
        found.append((match[1], match[2], match[3]))
    return found


def test_annotations_are_commands_and_nothing_else() -> None:
    for level, properties, _ in commands(github.render(sample.results())):
        assert level in ("error", "warning", "notice")
        for pair in properties.split(","):
            assert re.fullmatch(r"(file|line|endLine|col|endColumn|title)=.+", pair), pair


def test_annotations_worst_first_and_counted() -> None:
    text = github.render(sample.results())
    errors = [text for level, _, text in commands(text) if level == "error"]
    assert "does not parse" in errors[0]
    assert "DATABASE_URL" in errors[1]
    assert "and 2 more resources like it" in text


def test_at_most_ten_of_each() -> None:
    chosen = tuple(
        replace(sample.log_group(f"s{index}"), severity=severity, message=f"m{index}", evidence=())
        for index, severity in enumerate(list(sample.Severity) * 15)
    )
    found = commands(github.render(sample.results(chosen)))
    for level in ("error", "warning", "notice"):
        assert sum(one == level for one, _, _ in found) == 10
    # 30 errors and a gap, 30 warnings, 15 notices were made; 10 + 10 + 9 are shown.
    assert "47 more annotations" in found[-1][2]


def test_markdown_hostile_name_is_no_markup() -> None:
    text = markdown.render(sample.results())
    assert "<script" not in text
    assert "<img" not in text
    assert "@everyone" not in text
    assert "https://evil" not in text
    assert "](" not in text
    text, _, waivers = text.partition("### Waivers")
    text, _, statements = text.partition("<details>")
    table = [line for line in statements.splitlines() if line.startswith("| ")]
    assert len(table) == 1 + len(sample.REQUIREMENTS)
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in table} == {6}
    table = [line for line in waivers.splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in table} == {8}
    rows = [line for line in text.splitlines() if line.startswith("| ") and "severity" not in line]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows[2:]} == {7}


def test_markdown_stays_under_the_limit_and_says_what_is_missing() -> None:
    chosen = tuple(
        replace(sample.log_group(f"s{index}"), message=sample.HOSTILE * 3, evidence=()) for index in range(3000)
    )
    chosen = tuple(replace(one, message=f"{index} {one.message}") for index, one in enumerate(chosen))
    text = markdown.render(sample.results(chosen))
    assert len(text.encode()) < 1024 * 1024
    assert re.search(r"[\d,]+ more findings are in the JSON", text)
    assert "more findings" not in markdown.render(sample.results())


def test_markdown_reasons_of_every_undecided() -> None:
    text = markdown.render(sample.results())
    assert "variable logs\\_key has no value (2 checks)" in text
    assert "KeyError" in text
    assert Verdict.WAIVED.value in text
