"""`asbuilt rules` and `asbuilt explain`: what enforces a requirement, also one of a single environment."""

from __future__ import annotations

import json

from click.testing import CliRunner, Result

from asbuilt.cli import main


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_size_of_an_environment_is_enforced_by_the_rules_on_sizes() -> None:
    result = run("rules", "--requirement", "COST-4")
    assert result.exit_code == 0
    lines = {line.split()[0]: line for line in result.output.splitlines()}
    assert {"task-cpu", "task-memory", "task-count"} <= set(lines)
    assert "INV-4, COST-4 (staging), COST-5 (development)" in lines["task-cpu"]


def test_json_names_the_environment_of_a_requirement() -> None:
    rows = {row["id"]: row for row in json.loads(run("rules", "--json").output)}
    assert rows["task-cpu"]["requirements"] == ["INV-4", "COST-4", "COST-5"]
    assert rows["task-cpu"]["environments"] == {"COST-4": "staging", "COST-5": "development"}
    assert rows["cpu-alarm"]["environments"] == {}


def test_explaining_a_requirement_of_one_environment_shows_its_values() -> None:
    result = run("explain", "COST-4")
    assert result.exit_code == 0
    assert "Requirement COST-4" in result.output
    assert "'services.api.cpu': 1024" in result.output


def test_a_requirement_that_nothing_enforces_is_an_error() -> None:
    result = run("rules", "--requirement", "COST-99")
    assert result.exit_code == 2
