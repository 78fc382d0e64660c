"""Whatever stands in names and messages, every format stays itself."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from xml.etree import ElementTree as ET

from hypothesis import example, given, settings
from hypothesis import strategies as st

from asbuilt.model import Location, Step
from asbuilt.results import Frame, Requirement, Results, Subject
from asbuilt_reports import html
from asbuilt_reports.sarif import lint_github
from asbuilt_reports.write import FORMATS
from reports import sample
from reports.test_html import Tags


def named(text: str) -> Results:
    """Return a run in which everything that comes from outside is this text."""
    one = sample.log_group("api")
    place = Location(text, 3, 2, 3, 9)
    item = replace(
        one.evidence[0],
        message=text,
        path=text or "p",
        native=text,
        expected=text,
        actual={text: [text]},
        location=place,
        via=(Step(text, place),),
        frame=Frame(3, (text,)),
    )
    changed = replace(
        one,
        message=text,
        fix=text,
        title=text,
        requirement=Requirement("MON-3", text, text, place),
        resource=Subject(text, text, text, text, place),
        evidence=(item,),
    )
    waived = replace(changed, id="w", verdict=sample.Verdict.WAIVED, waiver={"owner": text, "reason": text})
    unknown = replace(changed, id="u", verdict=sample.Verdict.UNKNOWN, reason=text)
    results = sample.results((changed, unknown, waived), waivers=({"owner": text, "reason": text},))
    return replace(
        results, external=(sample.others(text),), run=replace(results.run, environment=text, command=text, commit=text)
    )


KNOWN = [*Tags(html.render(sample.results())).tags, *Tags(html.render(named("x"))).tags]
TAGS = {tag for tag, _ in KNOWN}
ATTRIBUTES = {attribute for _, attributes in KNOWN for attribute in attributes}


@given(st.text(min_size=1, max_size=40))
@example(sample.HOSTILE)
@example("\r")
@example(" ")
@example("</script></style><svg onload=alert(1)>")
@example("]]>\ufffe\uffff")
@example("{{ 7 }}{% raw %}")
@example("a\r\n::error::x")
@settings(max_examples=40, deadline=None)
def test_every_format_stays_itself(text: str) -> None:
    assert_every_format_stays_itself(named(text))


def assert_every_format_stays_itself(results: Results) -> None:
    assert lint_github(json.loads(FORMATS["sarif"](results))) == []
    json.loads(FORMATS["json"](results))
    assert {element.tag for element in ET.fromstring(FORMATS["junit"](results)).iter()} <= {
        "testsuites",
        "testsuite",
        "testcase",
        "failure",
        "error",
        "skipped",
    }
    rows = list(csv.reader(io.StringIO(FORMATS["csv"](results))))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert not [cell for row in rows for cell in row if cell.strip().startswith(("=", "+", "-", "@"))]
    assert all(line.startswith("::") for line in FORMATS["github"](results).splitlines())
    tags = Tags(html.render(results)).tags
    names = [tag for tag, _ in tags]
    assert set(names) <= TAGS
    assert {attribute for _, attributes in tags for attribute in attributes} <= ATTRIBUTES
    assert (names.count("script"), names.count("style"), names.count("main")) == (1, 1, 1)
    for name in FORMATS:
        assert all(char in "\n\r\u200b" or char.isprintable() for char in FORMATS[name](results)), name
