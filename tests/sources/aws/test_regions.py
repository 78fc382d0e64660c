"""Two regions of an account: what breaks the architecture in one is not mended by the other."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from asbuilt.evaluate import evaluate
from asbuilt.graph import Part, joined
from asbuilt.model import Verdict
from asbuilt.sources.aws.account import read_account
from asbuilt.sources.aws.collect import operations, read_region
from asbuilt.sources.aws.collectors import modules
from asbuilt.sources.aws.session import Access
from asbuilt.sources.aws.words import words_of
from asbuilt.topology.descriptions import OF_NO_REGION
from policies.rule_fixtures import FIXTURES, SWITCH, Case, cases, document_at, rules, session
from sources.aws.overlay import ACCOUNT, Overlay, _fitted
from sources.aws.overlay import read as overlay_read
from sources.aws.test_sweep import FAULTS, Faulty

if TYPE_CHECKING:
    from asbuilt.sources.aws.operations import Operation
    from asbuilt.spec.load import SpecDocument

OTHER = "us-east-1"
FAILING = [case for case in cases() if case.live and case.verdict is Verdict.FAIL]


def moved(value: Any) -> Any:
    """Return answers of the account's own region as another one gives them."""
    if isinstance(value, str):
        return value.replace("eu-west-1", OTHER)
    if isinstance(value, dict):
        return {key: moved(item) for key, item in value.items()}
    return [moved(item) for item in value] if isinstance(value, list) else value


def part(overlay: Overlay, document: SpecDocument, region: str, *, first: bool) -> Part:
    SWITCH.current = overlay
    words = words_of(document.resolve("prod"), document.names_of("prod"))
    return read_region(session(), session().identity(region), region, words, first=first)


def test_what_is_of_no_region_is_what_global_services_hide() -> None:
    regionless = [module for module in modules().values() if getattr(module, "GLOBAL", False)]
    assert {type_ for module in regionless for one in module.OPERATIONS for type_ in one.hides} == OF_NO_REGION


@pytest.mark.parametrize("first", [True, False], ids=["of the first region", "of the second region"])
@pytest.mark.parametrize("operation", operations(), ids=str)
def test_a_refused_call_of_one_region_makes_nothing_unknown_in_another(operation: Operation, first: bool) -> None:
    document = document_at(FIXTURES / "spec.yaml")
    given = dict(_fitted(FIXTURES / "account.live.yaml"))
    refused = Faulty(given, str(operation), lambda: FAULTS["denied"](operation))
    broken = part(refused, document, "eu-west-1", first=first)
    other = compliant(document, first=not first)
    if not refused.calls[str(operation)]:
        assert not broken.gaps
        return
    order = [broken, other] if first else [other, broken]
    evaluation = evaluate(rules().values(), document.resolve("prod"), joined(order))
    unknown = [finding for finding in evaluation.findings if finding.verdict is Verdict.UNKNOWN]
    beyond = {type_ for gap in broken.gaps for type_ in gap.types} & OF_NO_REGION
    elsewhere = {f.rule for f in unknown if OTHER in f.resource.address or f"(in {ACCOUNT} {OTHER})" in f.message}
    assert {rule for rule in elsewhere if not set(rules()[rule].resources) & beyond} == set()
    if str(operation) in {"iam.GetAccountAuthorizationDetails", "cloudfront.ListDistributions"}:
        assert elsewhere, "what is of no region is any region's"


@cache
def compliant(document: SpecDocument, *, first: bool = False) -> Part:
    answers = moved(_fitted(FIXTURES / "account.live.yaml"))
    return part(Overlay(answers, known=False, fitted=frozenset(answers)), document, OTHER, first=first)


@pytest.mark.parametrize("case", FAILING, ids=lambda case: case.id)
def test_a_violation_is_found_beside_a_region_without(case: Case) -> None:
    spec_file = next(p for p in (case.folder.parent / "spec.yaml", FIXTURES / "spec.yaml") if p.exists())
    document = document_at(spec_file)
    spec = document.resolve("prod")
    overlay = overlay_read(case.folder)
    broken = part(overlay, document, overlay.region or spec.region or "eu-west-1", first=True)
    for order in ([broken, compliant(document)], [compliant(document), broken]):
        evaluation = evaluate([rules()[case.rule]], spec, joined(order))
        assert Verdict.FAIL in {finding.verdict for finding in evaluation.findings}


class Regions(Overlay):
    """Recorded responses of two regions; those of no region come from the first."""

    def __init__(self, answers: dict[str, dict[str, Any]]) -> None:
        super().__init__({}, known=False)
        self.by_region = {
            region: Overlay(given, known=False, fitted=frozenset(given)) for region, given in answers.items()
        }

    def _answer(self, model: Any, context: dict[str, Any], **given: Any) -> Any:
        first = next(iter(self.by_region.values()))
        return self.by_region.get(context["client_region"], first)._answer(model, context, **given)


def test_roles_of_tasks_of_another_region_are_read_with_the_first() -> None:
    document = document_at(FIXTURES / "spec.yaml")
    given = dict(_fitted(FIXTURES / "account.live.yaml"))
    told = deepcopy(given["iam.GetAccountAuthorizationDetails"])
    roles = told[0]["response"]["RoleDetailList"]
    for role in list(roles):
        roles.append({**deepcopy(role), "RoleName": f"{role['RoleName']}-us", "Arn": f"{role['Arn']}-us"})
    roles.append({**deepcopy(roles[0]), "RoleName": "others", "Arn": "arn:aws:iam::123456789012:role/others"})
    there = moved(given)
    for entry in there["ecs.DescribeTaskDefinition"]:
        definition = entry["response"]["taskDefinition"]
        for name in ("executionRoleArn", "taskRoleArn"):
            definition[name] += "-us"
    answers = Regions({"eu-west-1": {**given, "iam.GetAccountAuthorizationDetails": told}, OTHER: there})
    words = words_of(document.resolve("prod"), document.names_of("prod"))
    read = read_account(Access(attempts=1), ["eu-west-1", OTHER], words, prepare=answers.install)
    graph = joined(read.parts)
    assert not graph.gaps
    names = [f"shop-{name}{suffix}" for suffix in ("", "-us") for name in ("execution", "task")]
    assert [role.name for role in graph.of_type("AWS::IAM::Role")] == names
    assert graph.left_out("others", "AWS::IAM::Role") is not None
    evaluation = evaluate(rules().values(), document.resolve("prod"), graph)
    assert [f.message for f in evaluation.findings if f.verdict is Verdict.UNKNOWN] == []
