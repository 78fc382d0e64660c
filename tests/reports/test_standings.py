from __future__ import annotations

from dataclasses import replace

import pytest

from asbuilt.model import Verdict
from asbuilt.results import Reach, Requirement, Results
from asbuilt_reports import digest
from asbuilt_reports.standings import Standing, overall, standings, tally, told
from reports import sample


def rows(results: Results) -> dict[str, Standing]:
    return {row.requirement.id: row for _, section in standings(results) for row in section}


def one(reach: Reach, **changes: object) -> Standing:
    requirement = Requirement(reach.requirement, "Cost", "It costs.")
    empty = replace(sample.clean(), requirements=(requirement,), coverage=(reach,), passes={}, rules=())
    return rows(replace(empty, **changes))[requirement.id]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("id_", "state", "why"),
    [
        ("NET-9", "broken", "2 of 9 checks"),
        ("MON-3", "broken", "3 of 6 checks"),
        ("MON-4", "unknown", "3 of 3 checks"),
        ("NET-1", "holds", "4 checks"),
        ("NET-2", "partly", "1 check; no rule looks at network.name"),
        ("NET-3", "not judged", "its rules were left out of this run"),
        ("COST-1", "not judged", "about staging only"),
        ("COST-2", "not judged", "no rule can decide it"),
    ],
)
def test_each_way_to_stand(id_: str, state: str, why: str) -> None:
    row = rows(sample.results())[id_]
    assert (row.state, row.why) == (state, why)


def test_a_rule_that_found_nothing_to_look_at_is_no_pass() -> None:
    results = sample.clean()
    row = rows(replace(results, passes={}))["MON-3"]
    assert (row.state, row.why) == ("not judged", "nothing to look at")


def test_a_waived_statement_does_not_hold() -> None:
    media = sample.log_group("media", Verdict.WAIVED, waiver=sample.MEDIA)
    row = rows(sample.results((media,)))["MON-3"]
    assert (row.state, row.why) == ("waived", "1 of 3 checks")


def test_not_applicable_alone_is_not_judged() -> None:
    absent = sample.log_group("media", Verdict.NOT_APPLICABLE)
    row = rows(replace(sample.results((absent,)), passes={}))["MON-3"]
    assert (row.state, row.why) == ("not judged", "does not apply to 1 resource")


def test_passes_that_several_statements_share_say_so() -> None:
    reaches = (Reach("COST-1", ("a", "b")), Reach("COST-2", ("a",)))
    results = replace(sample.clean(), coverage=reaches, passes={"a": ("x",)})
    assert rows(results)["COST-1"].why == "1 check, shared with COST-2"
    own = rows(replace(results, passes={"a": ("x",), "b": ("y",)}))
    assert own["COST-1"].why == "2 checks"
    assert own["COST-2"].why == "1 check, shared with COST-1"


def test_the_environment_of_the_run_is_judged() -> None:
    assert one(Reach("COST-9", (), ("prod", "staging"))).why == "no rule can decide it"
    assert one(Reach("COST-9", (), ("staging", "development"))).why == "about staging and development only"


def test_results_of_older_versions_stand_by_the_first_statement_of_each_rule() -> None:
    results = sample.results()
    rules = tuple(replace(rule, requirement="COST-3") for rule in results.rules if rule.id == "log-group-retention")
    row = rows(replace(results, coverage=(), rules=rules))["COST-3"]
    assert (row.state, row.why) == ("holds", "2 checks")


def test_statements_come_in_the_order_of_the_architecture() -> None:
    found = standings(sample.results())
    assert [section for section, _ in found] == list(sample.results().sections)
    assert [row.requirement.id for row in found[1][1]] == ["NET-9", "NET-1", "NET-2", "NET-3"]


def test_a_statement_that_only_a_finding_knows_is_listed() -> None:
    results = replace(sample.results(), requirements=())
    assert rows(results).keys() == {f.requirement.id for f in results.findings}


def test_the_counts_are_told() -> None:
    found = rows(sample.results())
    counts = tally(list(found.values()))
    assert sum(counts.values()) == len(sample.REQUIREMENTS)
    assert told({"broken": 1, "holds": 2}) == "1 is broken, 2 hold"
    assert overall(sample.results()) == (
        "Of 12 statements of the architecture, 5 are broken, 1 is undecided, 1 holds in part, 1 holds, "
        "4 were not judged."
    )


def test_the_worst_risk_is_the_most_severe_then_the_broadest() -> None:
    risks = digest.top_risks(sample.results(), limit=10)
    assert [risk.group.first.rule for risk in risks] == [
        "secret-in-environment",
        "task-no-public-ip",
        "log-group-retention",
        "service-inventory",
        "alb-tls-policy",
    ]
    assert [(risk.total, risk.new, risk.places) for risk in risks[1:3]] == [(2, 1, 2), (3, 3, 1)]


def test_another_origin_or_another_fix_is_another_group() -> None:
    api, web = sample.log_group("api"), sample.log_group("web")
    item = web.evidence[0]
    elsewhere = replace(item, via=(item.via[0],))
    for other in (
        replace(web, evidence=(elsewhere,)),
        replace(web, fix="Leave it."),
        replace(web, evidence=(replace(item, fix="Leave it."),)),
    ):
        ((_, (block,)),) = digest.sections(sample.results((api, other)), Verdict.FAIL)
        assert len(block.groups) == 2
    named = [replace(f, fix=f"Mend {f.resource.address}.") for f in (api, web)]
    ((_, (block,)),) = digest.sections(sample.results(tuple(named)), Verdict.FAIL)
    assert len(block.groups) == 1
