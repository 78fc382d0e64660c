"""Two regions of an account: what breaks the architecture in one is not mended by the other."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from asbuilt.evaluate import evaluate
from asbuilt.graph import Part, joined
from asbuilt.model import Verdict
from asbuilt.sources.aws.collect import read_region
from asbuilt.sources.aws.scope import words_of
from policies.rule_fixtures import FIXTURES, SWITCH, Case, cases, document_at, rules, session
from sources.aws.overlay import Overlay, _fitted
from sources.aws.overlay import read as overlay_read

if TYPE_CHECKING:
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


@cache
def compliant(document: SpecDocument) -> Part:
    answers = moved(_fitted(FIXTURES / "account.live.yaml"))
    return part(Overlay(answers, known=False, fitted=frozenset(answers)), document, OTHER, first=False)


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
