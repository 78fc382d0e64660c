"""Verdicts: how evidence becomes findings, and that nothing becomes a pass by accident."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from asbuilt.evaluate import Evaluation, evaluate
from asbuilt.findings import fingerprint
from asbuilt.graph import Graph
from asbuilt.model import Evidence, Gap, Location, Resource, Severity, Unknown, UnknownKind, Verdict
from asbuilt.results import MASK, Requirement
from asbuilt.rules import (
    Rule,
    either,
    examined,
    expect,
    inapplicable,
    missing,
    note,
    platform_rule,
    rule,
    undecided,
    violation,
)

WHERE = Location("main.tf", 3, 1, 3, 20)
STATED = Requirement("MON-3", "Monitoring", "Kept for 30 days.", Location("spec.yaml", 9, 1, 9, 9))
UNKNOWN = Unknown(UnknownKind.VARIABLE, "variable days has no value")


class Spec(SimpleNamespace):
    """A spec that states one thing."""

    name = project = "shop"
    environment = "prod"
    environment_names: tuple[str, ...] = ("prod",)
    services: dict[str, Any] = {}  # noqa: RUF012
    sections = ("Monitoring",)
    derived = False

    def value(self, path: str) -> Any:
        return 30 if path == "logging.retention_days" else None

    def requirement(self, path: str) -> Requirement:
        return STATED

    def requirements_at(self, path: str) -> tuple[Requirement, ...]:
        return (STATED,)

    def severity(self, path: str) -> Severity | None:
        return None

    def is_derived(self, path: str) -> bool:
        return self.derived


def group(address: str = "aws_x.a", conditional: Unknown | None = None, **properties: Any) -> Resource:
    return Resource(address, address, "AWS::Logs::LogGroup", properties, WHERE, conditional=conditional)


def declared(check: Callable[..., Iterator[Evidence]], **more: Any) -> Rule:
    options = {
        "id": "days",
        "resource": "AWS::Logs::LogGroup",
        "severity": "high",
        "enforces": "logging.retention_days",
    }
    found: Rule = rule(**{**options, **more})(check).__asbuilt_rule__  # type: ignore[attr-defined]
    return found


def on_platform(check: Callable[..., Iterator[Evidence]]) -> Rule:
    decorate = platform_rule(id="days", severity="high", enforces="logging.retention_days", needs="AWS::Logs::LogGroup")
    found: Rule = decorate(check).__asbuilt_rule__  # type: ignore[attr-defined]
    return found


def run(
    check: Callable[..., Iterator[Evidence]], *resources: Resource, gaps: tuple[Gap, ...] = (), spec: Any = None
) -> Evaluation:
    found = check if isinstance(check, Rule) else declared(check)
    return evaluate([found], spec or Spec(), Graph(resources, gaps))


def days(resource: Resource, spec: Any, graph: Graph) -> Iterator[Evidence]:
    """Wrong period."""
    yield from expect(resource.at("Days"), 30, "wrong period")


def verdicts(result: Evaluation) -> list[Verdict]:
    return [finding.verdict for finding in result.findings]


def test_pass_fail_unknown() -> None:
    result = run(days, group("a", Days=30), group("b", Days=7), group("c", Days=UNKNOWN))
    assert result.passes == {"days": ["a"]}
    assert [(f.resource.address, f.verdict) for f in result.findings] == [("b", Verdict.FAIL), ("c", Verdict.UNKNOWN)]
    assert result.findings[1].reason == "variable days has no value"
    assert result.findings[0].fix == "set `Days` = 30 at main.tf:3:1"


def test_a_crash_is_an_error_and_keeps_what_came_before() -> None:
    def crash(resource: Resource, spec: Any, graph: Graph) -> Iterator[Evidence]:
        yield from days(resource, spec, graph)
        raise ZeroDivisionError("oops")

    assert verdicts(run(crash, group(Days=30))) == [Verdict.ERROR]
    assert "ZeroDivisionError: oops" in (run(crash, group(Days=30)).findings[0].reason or "")
    assert verdicts(run(crash, group(Days=7))) == [Verdict.FAIL]


def test_requiring_an_unknown_value_is_unknown_not_an_error() -> None:
    def strict(resource: Resource, spec: Any, graph: Graph) -> Iterator[Evidence]:
        if resource.at("Days").require() != 30:
            yield violation(resource.at("Days"), "wrong")

    assert verdicts(run(strict, group(Days=UNKNOWN))) == [Verdict.UNKNOWN]


def test_a_violation_on_a_resource_that_may_not_exist_is_unknown() -> None:
    result = run(days, group(conditional=UNKNOWN, Days=7))
    assert verdicts(result) == [Verdict.UNKNOWN]
    assert "if it exists" in (result.findings[0].reason or "")
    assert run(days, group(conditional=UNKNOWN, Days=30)).passes == {"days": ["aws_x.a"]}


def test_a_rule_the_spec_gives_nothing_to_enforce_does_not_run() -> None:
    silent = declared(days, enforces="logging.nothing")
    assert evaluate([silent], Spec(), Graph([group(Days=7)])) == Evaluation()  # type: ignore[arg-type]


def test_not_applicable_and_notes() -> None:
    def skip(resource: Resource, spec: Any, graph: Graph) -> Iterator[Evidence]:
        yield inapplicable(resource, "says nothing about it")

    def remark(resource: Resource, spec: Any, graph: Graph) -> Iterator[Evidence]:
        yield note(resource.at("Days"), "a remark")

    assert verdicts(run(skip, group())) == [Verdict.NOT_APPLICABLE]
    assert run(remark, group(Days=1)).passes == {"days": ["aws_x.a"]}


def test_platform_rules_have_one_finding_a_subject() -> None:
    def check(spec: Any, graph: Graph) -> Iterator[Evidence]:
        for resource in graph.of_type("AWS::Logs::LogGroup"):
            yield examined(resource)
            yield from days(resource, spec, graph)
        yield missing("log group z", "z has no log group", service="z")

    result = run(on_platform(check), group("a", Days=30), group("b", Days=7))
    assert result.passes == {"days": ["a"]}
    assert [(f.resource.address, f.resource.service) for f in result.findings] == [("b", ""), ("log group z", "z")]
    assert result.findings[1].resource.location == STATED.location


def test_missing_is_unknown_behind_a_gap() -> None:
    def check(spec: Any, graph: Graph) -> Iterator[Evidence]:
        yield either(graph, missing("log group z", "z has no log group"), "AWS::Logs::LogGroup")

    gap = Gap("terraform", "module.vpc", "not on disk", incomplete=False)
    assert verdicts(run(on_platform(check))) == [Verdict.FAIL]
    assert verdicts(run(on_platform(check), gaps=(gap,))) == [Verdict.UNKNOWN]


def test_a_refused_listing_makes_every_rule_over_it_unknown() -> None:
    gap = Gap("aws", "logs:DescribeLogGroups", "access denied", types=frozenset({"AWS::Logs::LogGroup"}))
    result = run(days, gaps=(gap,))
    assert verdicts(result) == [Verdict.UNKNOWN]
    assert result.passes == {}


def test_severity_is_lowered_where_the_value_was_derived() -> None:
    spec = Spec()
    spec.derived = True
    assert run(days, group(Days=7), spec=spec).findings[0].severity is Severity.LOW
    assert run(days, group(Days=7)).findings[0].severity is Severity.HIGH


def test_secrets_are_masked_in_evidence() -> None:
    from asbuilt.model import Sensitive

    def check(resource: Resource, spec: Any, graph: Graph) -> Iterator[Evidence]:
        for name in ("Hidden", "Key", "Environment.0.Value"):
            yield violation(resource.at(name), "seen")

    key = "AKIA" + "ABCDEFGHIJKLMNOP"
    hostile = group(Hidden=Sensitive("pw"), Key=f"x {key}", Environment=[{"Name": "A", "Value": "hunter2"}])
    assert [item.actual for item in run(check, hostile).findings[0].evidence] == [MASK, MASK, MASK]


def test_fingerprints_do_not_depend_on_lines_or_list_positions() -> None:
    resource = group(Rules=[{"Port": 1}, {"Port": 2}])
    first, second = resource.at("Rules.0.Port"), resource.at("Rules.1.Port")
    assert fingerprint("r", "a", first) == fingerprint("r", "a", second)
    assert fingerprint("r", "a", first) != fingerprint("r", "b", first)


def test_findings_of_one_address_in_two_roots_have_ids_of_their_own() -> None:
    twins = [
        Resource(f"{root}//aws_x.a", "aws_x.a", "AWS::Logs::LogGroup", {"Days": 7}, WHERE) for root in ("one", "two")
    ]
    ids = [f.id for f in run(days, *twins).findings]
    assert len(set(ids)) == 2


@pytest.mark.parametrize("kind", [UnknownKind.DENIED, UnknownKind.MODULE])
def test_undecided_carries_its_reason(kind: UnknownKind) -> None:
    def check(resource: Resource, spec: Any, graph: Graph) -> Iterator[Evidence]:
        yield undecided(Unknown(kind, "because"), prop=resource.at("Days"))

    assert run(check, group()).findings[0].reason == "because"
