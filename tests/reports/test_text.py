from __future__ import annotations

import re
from dataclasses import replace

import pytest

from asbuilt.model import Gap, Location, Severity, Step, Verdict
from asbuilt.results import EvidenceItem, Frame
from asbuilt_reports.escape import columns
from asbuilt_reports.text import render
from asbuilt_reports.text_layout import Paper, code_frame
from reports import golden, sample

ANSI = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("width", [60, 100, 160])
def test_golden(width: int) -> None:
    golden.check(f"text-{width}.txt", render(sample.results(), width=width))


def test_golden_clean() -> None:
    golden.check("text-clean.txt", render(sample.clean()))


def test_golden_verbose() -> None:
    golden.check("text-verbose.txt", render(sample.results(), verbose=True))


def test_colour_adds_nothing_but_colour() -> None:
    coloured = render(sample.results(), color=True)
    assert ANSI.search(coloured)
    assert ANSI.sub("", coloured) == render(sample.results())


def test_nothing_in_the_input_reaches_the_terminal_as_control() -> None:
    plain = render(sample.results(), verbose=True)
    assert all(char == "\n" or char.isprintable() for char in plain)
    assert "\\x1b[2J" in plain


@pytest.mark.parametrize("width", [60, 80, 120, 160])
def test_lines_fit_unless_one_word_does_not(width: int) -> None:
    tame = tuple(f for f in sample.findings() if sample.HOSTILE not in f.resource.address)
    for line in render(sample.results(tame, waivers=()), width=width, verbose=True).splitlines():
        if columns(line) > width:
            assert len(line.split()) <= 2, line


def test_caret_stands_under_the_attribute() -> None:
    for raw, start, end in (
        ("  retention = 7", 3, 12),
        ("\t\tretention = 7", 3, 12),
        ("\x1b  retention = 7", 4, 13),
        ("  名前 = retention", 8, 17),
        ("x" * 300 + " retention = 7", 302, 311),
    ):
        paper = Paper(color=False, width=60)
        code_frame(paper, Frame(7, (raw,)), Location("f", 7, start, 7, end))
        code, caret = paper.text().splitlines()
        before = code[: _index_at(code, caret.index("^"))]
        assert code[len(before) :].startswith("retention"), (code, caret)
        assert caret.count("^") == 9


def _index_at(text: str, column: int) -> int:
    return next(i for i in range(len(text)) if columns(text[:i]) == column)


def test_frames_show_where_to_change_the_value() -> None:
    lines = [line.strip() for line in render(sample.results((sample.log_group("api"),))).splitlines()]
    start = lines.index("--> environments/prod/terraform.tfvars:3:12")
    assert lines[start + 3 : start + 5] == ["3 | log_days = 7", "|            ^"]
    assert "set at     modules/ecs/logs.tf:12" in lines
    assert "change     environments/prod/terraform.tfvars:3 (log_days = 7)" in lines


def test_a_frame_that_can_only_be_the_propertys_is_shown_there() -> None:
    one = sample.log_group("api")
    frame = Frame(10, ("resource {", "  name = 1", "  retention_in_days = var.log_days", "}"))
    text = render(sample.results((replace(one, evidence=(replace(one.evidence[0], frame=frame),)),)))
    assert "--> modules/ecs/logs.tf:12:23" in text
    assert "^^^^^^^^^^^^" in text


def test_fifteen_services_with_the_same_mistake_are_one_group() -> None:
    chosen = tuple(sample.log_group(f"service-{index}") for index in range(15))
    text = render(sample.results(chosen))
    assert text.count("3 | log_days = 7") == 1
    assert "14 more resources (the one change mends them all)" in text
    assert all(f'services["service-{index}"]' in text for index in range(15))


def test_long_groups_are_cut_and_say_so() -> None:
    chosen = tuple(sample.log_group(f"service-{index}") for index in range(50))
    assert "and 30 more (--verbose lists them)" in render(sample.results(chosen))
    verbose = render(sample.results(chosen), verbose=True)
    assert all(f'"service-{index}"' in verbose for index in range(50))


def test_other_values_are_other_groups() -> None:
    one, two = sample.log_group("api"), sample.log_group("web")
    item = replace(two.evidence[0], actual=14)
    text = render(sample.results((one, replace(two, evidence=(item,)))))
    assert "actual     7" in text
    assert "actual     14" in text


def test_gaps_come_first_only_when_something_is_missing() -> None:
    text = render(sample.results())
    assert text.index("Not evaluated") < text.index("Service Inventory")
    remark = Gap("terraform", "module.x", "the module is not on disk", incomplete=False)
    text = render(sample.results(gaps=(remark,)))
    assert text.index("Remarks on the input") > text.index("Service Inventory")


def test_secret_lines_are_not_printed() -> None:
    assert "hunter2" not in render(sample.results(), verbose=True)


def test_null_and_not_set_differ() -> None:
    (one,) = (f for f in sample.findings() if f.rule == "alb-tls-policy")
    assert "actual     (not set)" in render(sample.results((one,)))
    item = replace(one.evidence[0], absent=False)
    assert "actual     null" in render(sample.results((replace(one, evidence=(item,)),)))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "No deviation found: 14 checks passed; nothing was judged in 4 of 6 sections."),
        ({"gaps": (Gap("terraform", "x", "y"),)}, "not everything was decided: 14 checks passed, and the scan"),
    ],
)
def test_the_sentence_claims_no_more_than_was_checked(changes: dict[str, object], words: str) -> None:
    assert words in render(replace(sample.clean(), **changes), width=160)


def test_nothing_judged_is_no_success() -> None:
    empty = sample.clean()
    summary = replace(empty.summary, counts=dict.fromkeys((v.value for v in Verdict), 0), score=None)
    text = render(replace(empty, summary=summary, passes={}))
    assert "Nothing was judged" in text
    assert "no score" in text


def test_an_unknown_is_never_a_full_score() -> None:
    run = sample.clean()
    summary = replace(run.summary, counts=run.summary.counts | {"pass": 9999, "unknown": 1}, score=100.0)
    assert "score 99.9 %" in render(replace(run, summary=summary))


def test_a_finding_without_evidence_or_place_is_still_shown() -> None:
    bare = replace(sample.log_group("api"), evidence=(), severity=Severity.LOW)
    bare = replace(bare, resource=replace(bare.resource, location=None))
    text = render(sample.results((bare, replace(bare, evidence=(EvidenceItem("violation", "m"),)))))
    assert 'services["api"]' in text


def test_a_long_chain_is_cut_in_the_middle() -> None:
    one = sample.log_group("api")
    steps = tuple(Step(f"var.station{index}", Location("m.tf", index + 1)) for index in range(9))
    chained = replace(one, evidence=(replace(one.evidence[0], via=steps),))
    text = render(sample.results((chained,)))
    shown = [index for index in range(9) if f"var.station{index}" in text]
    assert shown == [0, 6, 7, 8]
    assert "(5 more stations; --verbose lists them)" in text
    assert text.count("through ") == 1
    assert all(step.what in render(sample.results((chained,)), verbose=True) for step in steps)


def test_the_lines_of_one_place_are_shown_once() -> None:
    one = sample.log_group("api")
    (item,) = one.evidence
    text = render(sample.results((replace(one, evidence=(item, replace(item, path="Other"))),)))
    assert text.count("3 | log_days = 7") == 1
    assert text.count("--> environments/prod/terraform.tfvars:3:12") == 2
    assert "property   Other" in text or "(Other)" in text
