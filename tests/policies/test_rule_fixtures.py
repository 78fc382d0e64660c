"""Every fixture of a rule gets the verdict its folder is named after, at the lines it marks."""

from __future__ import annotations

import pytest

from asbuilt.model import Verdict
from policies.rule_fixtures import Case, cases, decisive, hits, marks, rules, run


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_fixture_gets_its_verdict(case: Case) -> None:
    assert case.rule in rules(), f"no rule has the id {case.rule}"
    result = run(case)
    told = "\n".join(f"{f.verdict.value}: {f.resource.address}: {f.message}" for f in result.findings)
    assert result.rules, "the spec states nothing that the rule enforces"
    if case.verdict is Verdict.PASS:
        assert not result.findings, told
        assert result.passes.get(case.rule), "the rule looked at nothing"
        return
    assert {f.verdict for f in result.findings} == {case.verdict}, told
    assert all(f.message and f.requirement.id for f in result.findings)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_findings_point_at_the_marked_lines(case: Case) -> None:
    expected = marks(case)
    items = [item for finding in run(case).findings for item in decisive(finding)]
    if case.verdict is Verdict.FAIL:
        assert expected, "a failing fixture marks the offending lines with `# expect: <text>`"
    seen = "\n".join(f"{item.location} (origin {item.origin}): {item.message}" for item in items)
    unmet = [mark for mark in expected if not any(hits(mark, item) for item in items)]
    assert not unmet, f"marked, and no finding points there: {unmet}\n{seen}"
    if case.verdict is Verdict.FAIL:
        stray = [item for item in items if not any(hits(mark, item) for mark in expected)]
        assert not stray, f"findings at unmarked lines: {[(str(i.location), i.message) for i in stray]}"
