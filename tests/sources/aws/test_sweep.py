"""Every call of an audit fails in turn, in every way: no verdict gets better, and what depends on it is unknown.

The account is the rules' own (`fixtures/rules/account.live.yaml`), where every statement holds; and the one of each
rule's `fail` case, where one does not. What depends on a call is not listed here: it is what changes when the call
answers that there is nothing.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from botocore.exceptions import ReadTimeoutError

from asbuilt.evaluate import Evaluation, evaluate
from asbuilt.graph import Graph, joined
from asbuilt.model import UnknownKind, Verdict
from asbuilt.scan import INCOMPLETE, Options, exit_code
from asbuilt.sources.aws.collect import operations, read_region
from asbuilt.sources.aws.operations import Operation, hidden_types
from asbuilt.sources.aws.words import words_of
from asbuilt.topology.tls_policies import TLS_POLICIES
from policies.rule_fixtures import FIXTURES, SWITCH, Case, cases, document_at, rules, session
from sources.aws.overlay import Overlay, _fitted, _http, merged
from sources.aws.overlay import read as overlay_read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from asbuilt.rules import Rule

OPERATIONS = operations()
# Asked only where the answer before it leaves something open, which this account does not: what it leaves open then.
OPENING: dict[str, dict[str, Any]] = {
    "servicediscovery.ListInstances": {
        "servicediscovery.ListServices": {"Services": {0: {"InstanceCount": None}, 1: {"InstanceCount": None}}}
    },
    "ecs.ListAccountSettings": {"ecs.DescribeClusters": {"clusters": {0: {"settings": []}}}},
    "elbv2.DescribeSSLPolicies": {},  # of a policy that the table lacks: `ask`
}
# What does not hold in the account then, whatever else is answered.
BROKEN = {"ecs.ListAccountSettings": {"container-insights"}}
# Rules that may pass something in spite of a failure, and why that is true.
STAND: dict[str, str] = {
    "least-privilege-ingress": "a group that opens nothing it should not does so whoever uses it",
    "configuration-from-parameter-store": "containers that are seen to read parameters are enough",
}


class Faulty(Overlay):
    """Recorded responses, but for one operation, which fails."""

    def __init__(self, answers: dict[str, Any], name: str, fault: Callable[[], Any]) -> None:
        super().__init__(dict(answers), known=False, fitted=frozenset(answers))
        self.name, self.fault = name, fault

    def _answer(self, model: Any, context: dict[str, Any], **given: Any) -> Any:
        if f"{model.service_model.service_name}.{model.name}" == self.name:
            with self._lock:
                self.calls[self.name] += 1
            return self.fault()
        return super()._answer(model, context, **given)


def raising(kind: type[Exception]) -> Callable[[Operation], Any]:
    def fault(_: Operation) -> Any:
        raise kind(endpoint_url="https://aws.invalid")

    return fault


def error(code: str, status: int) -> Callable[[Operation], Any]:
    return lambda _: _http(status, {"Error": {"Code": code, "Message": "no"}})


def garbage(value: Any) -> Callable[[Operation], Any]:
    """Answer with something else where the list is."""

    def fault(operation: Operation) -> Any:
        body = value
        for part in reversed(operation.items.split(".")):
            body = {part: body}
        return _http(200, body)

    return fault


FAULTS: dict[str, Callable[[Operation], Any]] = {
    "denied": error("AccessDenied", 403),
    "throttled": error("ThrottlingException", 400),
    "timed out": raising(ReadTimeoutError),
    "texts": garbage(["garbage"]),
    "empty elements": garbage([{}]),
}


def audited(
    overlay: Overlay, chosen: Iterable[Rule], spec_file: Any = FIXTURES / "spec.yaml"
) -> tuple[Evaluation, Graph]:
    document = document_at(spec_file)
    spec = document.resolve("prod")
    SWITCH.current = overlay
    region = overlay.region or spec.region or "us-east-1"
    part = read_region(session(), session().identity(region), region, words_of(spec, document.names_of("prod")))
    graph = joined([part])
    return evaluate(chosen, spec, graph), graph


def told(evaluation: Evaluation) -> dict[str, set[tuple[str, str]]]:
    """Return what each rule says of what; of the unknown, only that something is."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for finding in evaluation.findings:
        about = "" if finding.verdict is Verdict.UNKNOWN else finding.resource.address
        found[finding.rule].add((finding.verdict.value, about))
    for rule, addresses in evaluation.passes.items():
        found[rule].update(("pass", address) for address in addresses)
    return found


@cache
def answers(asking: str = "") -> dict[str, Any]:
    """Return what the account answers; with the name of a call, so that it is made."""
    found = dict(_fitted(FIXTURES / "account.live.yaml"))
    for name, change in OPENING.get(asking, {}).items():
        (entry,) = found[name]
        found[name] = [{"response": merged(entry["response"], change)}]
    return found


@contextmanager
def ask(name: str) -> Iterator[None]:
    """Forget a policy for as long as its call is looked at: the account tells what it is."""
    forgotten = {"ELBSecurityPolicy-TLS13-1-2-2021-06"} if name == "elbv2.DescribeSSLPolicies" else set()
    kept = {policy: versions for policy, versions in TLS_POLICIES.items() if policy not in forgotten}
    with patch.dict(TLS_POLICIES, kept, clear=True):
        yield


@cache
def compliant(asking: str = "") -> dict[str, set[tuple[str, str]]]:
    given = answers(asking)
    with ask(asking):
        evaluation, graph = audited(Overlay(dict(given), known=False, fitted=frozenset(given)), rules().values())
    assert not graph.gaps
    wrong = {f.rule for f in evaluation.findings if f.verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE)}
    assert wrong == BROKEN.get(asking, set())
    return told(evaluation)


@cache
def dependent(name: str) -> frozenset[str]:
    """Return the rules that say something else where a call answers that there is nothing."""
    asking = name if name in OPENING else ""
    with ask(asking):
        evaluation, graph = audited(Faulty(answers(asking), name, lambda: _http(200, {})), rules().values())
    if graph.gaps:  # that is no answer of this call: there is one thing that it describes
        return frozenset()
    without = told(evaluation)
    return frozenset(rule for rule in rules() if without[rule] != compliant(asking)[rule])


def test_the_account_answers_every_call_and_most_decide_something() -> None:
    overlay = Overlay(dict(answers()), known=False, fitted=frozenset(answers()))
    audited(overlay, rules().values())
    assert {str(operation) for operation in OPERATIONS} - set(overlay.calls) == set(OPENING)
    assert all(dependent(name) for name in OPENING)
    assert sum(bool(dependent(str(operation))) for operation in OPERATIONS) > 25


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_a_call_that_fails_makes_nothing_better(operation: Operation, fault: str) -> None:
    asking = str(operation) if str(operation) in OPENING else ""
    overlay = Faulty(answers(asking), str(operation), lambda: FAULTS[fault](operation))
    with ask(asking):
        evaluation, graph = audited(overlay, rules().values())
    assert overlay.calls[str(operation)]
    assert graph.gaps, "nothing says that something was not read"
    assert all(gap.reason and gap.incomplete for gap in graph.gaps)
    if fault == "denied":
        assert {gap.action for gap in graph.gaps} == {f"allow {operation.action}"}
        assert {gap.kind for gap in graph.gaps} == {UnknownKind.DENIED}
    assert exit_code(evaluation.findings, graph, Options(paths=())) == INCOMPLETE
    now, before = told(evaluation), compliant(asking)
    stated = {entry.id for entry in evaluation.rules}
    for rule in stated:
        unknown = ("unknown", "") in now[rule]
        assert {verdict for verdict, _ in now[rule]} <= {"pass", "unknown", "not_applicable"}, rule
        if rule not in STAND:
            assert not {one for one in now[rule] - before[rule] if one[0] == "pass"}, rule
            assert unknown or rule not in dependent(str(operation)), rule
        gone = {one for one in before[rule] - now[rule] if one[0] == "pass"}
        assert unknown or not gone, rule
    needed = {rule.id for rule in rules().values() if hidden_types(operation, OPERATIONS) & set(rule.resources)}
    assert {rule for rule in needed & stated if ("unknown", "") not in now[rule]} == set()


FAILING = [case for case in cases() if case.live and case.verdict is Verdict.FAIL]


@pytest.mark.parametrize("case", FAILING, ids=lambda case: case.id)
def test_a_call_that_is_refused_hides_no_violation(case: Case) -> None:
    """What a case changes in the account, and the services, are what its verdict rests on."""
    nearest = (case.folder.parent / "spec.yaml", FIXTURES / "spec.yaml")
    spec_file = next(path for path in nearest if path.exists())
    whole = overlay_read(case.folder)
    asked = {str(operation) for operation in OPERATIONS} & (set(whole.own or ()) | {"ecs.ListServices"})
    for name in sorted(asked):
        operation = next(o for o in OPERATIONS if str(o) == name)
        for fault in ("denied", "texts"):
            overlay = Faulty(whole.answers, name, lambda o=operation, f=fault: FAULTS[f](o))  # type: ignore[misc]
            overlay.region = whole.region
            evaluation, _ = audited(overlay, [rules()[case.rule]], spec_file)
            verdicts = {finding.verdict for finding in evaluation.findings}
            assert verdicts & {Verdict.FAIL, Verdict.UNKNOWN}, (name, fault)
