"""Whatever stands in names, values and messages of a comparison, every format stays itself, and stays small."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from asbuilt.drift.model import Compared, Drift, Row, Side, Standing, State
from asbuilt.model import Gap, Location, Severity, Step
from asbuilt.results import Requirement
from asbuilt_reports import drift_html, drift_json, drift_text
from reports import sample
from reports.test_html import Tags

SCHEMA = json.loads((Path(drift_json.__file__).parent / "drift.schema.json").read_text())
RUN = sample.results().run


def row(text: str, state: State, number: int = 0) -> Row:
    place = Location(text, 3, 2, 3, 9)
    side = Side("fail", text, {text: [text]}, False, False, text, place, (Step(text, place),), text, text)
    says = Requirement(text, text, text, place)
    name, severity = f"{text}{number or ''}", Severity.HIGH
    return Row(
        f"{number:016x}", state, name, text, says, text, severity, text, text, text, side, side, text, text, (text,)
    )


def drift(text: str, rows: tuple[Row, ...]) -> Drift:
    """Return a comparison in which everything that comes from outside is this text."""
    says = Requirement(text, text, text)
    counts = {state.value: sum(row.state is state for row in rows) for state in State}
    run = replace(RUN, environment=text, account=text, regions=(text,), commit=text)
    gap = Gap(text, text, text, text)
    standing = Standing(says, "fail", "pass", State.CODE_BEHIND, 1)
    compared = Compared(1, 1, 1, {text: 1})
    return Drift("asbuilt", "1", run, run, rows, (standing,), compared, counts, (("code", gap),), 1, True, (text,))


def every(text: str) -> Drift:
    return drift(text, tuple(row(text, state, number) for number, state in enumerate(State, 1)))


KNOWN = Tags(drift_html.render(every("x"))).tags
TAGS = {tag for tag, _ in KNOWN}
ATTRIBUTES = {attribute for _, attributes in KNOWN for attribute in attributes}


@given(st.text(min_size=1, max_size=40))
@example(sample.HOSTILE)
@example("</script></style><svg onload=alert(1)>")
@example("{{ 7 }}{% raw %}")
@example("\x1b[31m\x07\u202e")
@example("a\r\n::error::x")
@settings(max_examples=40, deadline=None)
def test_every_format_stays_itself(text: str) -> None:
    found = every(text)
    Draft202012Validator(SCHEMA).validate(json.loads(drift_json.render(found)))
    plain = drift_text.render(found, verbose=True)
    assert all(char == "\n" or char.isprintable() for char in plain)
    page = Tags(drift_html.render(found)).tags
    assert {tag for tag, _ in page} == TAGS
    assert {attribute for _, attributes in page for attribute in attributes} <= ATTRIBUTES
    assert len(page) == len(KNOWN)


def test_page_of_ten_thousand_rows_stays_small_and_says_what_it_leaves_out() -> None:
    text = 'module.ecs.aws_ecs_service.this["api"]'
    page = drift_html.render(drift("x", tuple(row(text, State.DIFFERS, number) for number in range(1, 10_001))))
    assert len(page.encode()) < 3_000_000
    assert page.count('<article class="row') == drift_html.ROWS
    assert f"{10_000 - drift_html.ROWS:,} more in the JSON" in page
