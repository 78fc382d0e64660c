"""Which edits survive the proof, with checks that say what the test wants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from asbuilt.fixes.changes import Change, Target
from asbuilt.fixes.document import Document
from asbuilt.fixes.verify import Verifier
from asbuilt.model import Gap, Location, Verdict
from asbuilt.results import EvidenceItem, Finding, Results
from reports import sample

NAMES = ("a", "b", "c", "d")
TEXT = "".join(f"{name} = 1\n" for name in NAMES)


def failing(name: str, **more: object) -> Finding:
    where = Location("x.tf", NAMES.index(name[0]) + 1, 1) if name[0] in NAMES else None
    item = EvidenceItem("violation", f"{name} is 1", "P", expected=2, actual=1, location=where)
    finding = sample.log_group(name, evidence=(item,), id=name)
    return replace(finding, **more)  # type: ignore[arg-type]


def results(*findings: Finding, **more: object) -> Results:
    return replace(sample.clean(), findings=findings, passes={}, gaps=(), diagnostics=(), **more)  # type: ignore[arg-type]


BEFORE = results(*(failing(name) for name in NAMES))


def changes() -> list[Change]:
    document = Document("x.tf", "/x.tf", TEXT.encode())
    made = []
    for finding in BEFORE.findings:
        at = TEXT.index(f"{finding.id} = 1") + 4
        made.append(Change(document, at, at + 1, "2", "2", targets=[Target(finding, finding.evidence[0])]))
    return made


def settle(answer: Callable[[set[str]], Results], limit: int = 40) -> tuple[set[str], Verifier, int]:
    calls = 0

    def recheck(files: Mapping[str, bytes]) -> Results:
        nonlocal calls
        calls += 1
        return answer({line[0] for line in files["/x.tf"].decode().splitlines() if line.endswith("2")})

    verifier = Verifier(recheck, BEFORE, limit)
    kept = verifier.settle(changes())
    names = {change.targets[0].finding.id for change in kept}
    refused = {refusal.target.finding.id for refusal in verifier.refused}
    assert names | refused == set(NAMES)
    assert not names & refused
    return names, verifier, calls


def left(done: set[str], *others: Finding, **more: object) -> Results:
    return results(*(failing(name) for name in NAMES if name not in done), *others, **more)


def test_all_hold() -> None:
    names, verifier, calls = settle(left)
    assert (names, calls) == (set(NAMES), 1)
    assert verifier.last[1].findings == ()


def test_a_violation_that_stays() -> None:
    names, verifier, calls = settle(lambda done: left(done - {"b"}))
    assert (names, calls) == ({"a", "c", "d"}, 2)
    assert "would stay" in verifier.refused[0].reason


def test_another_wrong_value_is_no_mending() -> None:
    """The claimed violation is gone, but only because it has another value now."""
    names, _, _ = settle(lambda done: left(done, *([_turned("b")] if "b" in done else [])))
    assert names == {"a", "c", "d"}


def _turned(name: str) -> Finding:
    finding = failing(name)
    return replace(finding, evidence=(replace(finding.evidence[0], actual=3),))


@pytest.mark.parametrize(
    "verdict", [Verdict.FAIL, Verdict.UNKNOWN, Verdict.ERROR, Verdict.NOT_APPLICABLE, Verdict.WAIVED]
)
def test_trouble_at_the_line_of_an_edit_is_blamed_on_it(verdict: Verdict) -> None:
    names, verifier, calls = settle(
        lambda done: left(done, *([failing("c-other", verdict=verdict)] if "c" in done else []))
    )
    assert (names, calls) == ({"a", "b", "d"}, 2)
    assert "would break something else" in verifier.refused[0].reason


@pytest.mark.parametrize("bad", NAMES)
def test_trouble_from_nowhere_is_found_by_halves(bad: str) -> None:
    names, verifier, _ = settle(lambda done: left(done, *([failing("z")] if bad in done else [])))
    assert names == set(NAMES) - {bad}
    assert "would have a consequence" in verifier.refused[0].reason


def test_two_that_only_break_together() -> None:
    names, verifier, _ = settle(lambda done: left(done, *([failing("z")] if {"a", "d"} <= done else [])))
    assert names == {"a", "b"}
    assert "does not go together with others" in verifier.refused[0].reason


def test_a_new_gap_or_a_lost_pass_is_trouble() -> None:
    gap = Gap("terraform", "x.tf", "it does not parse")
    names, _, _ = settle(lambda done: left(done) if "a" not in done else replace(left(done), gaps=(gap,)))
    assert names == {"b", "c", "d"}
    before = replace(BEFORE, passes={"rule": ("y",)})
    verifier = Verifier(lambda _: left(set(NAMES)), before, 9)
    assert verifier.settle(changes()) == []
    assert "rule no longer judges y" in verifier.refused[0].reason


def test_the_bound_holds_and_what_is_not_proven_is_not_kept() -> None:
    names, verifier, calls = settle(lambda done: left(done, failing("z")), limit=2)
    assert (names, calls) == (set(), 2)
    assert "takes too long" in verifier.refused[-1].reason
