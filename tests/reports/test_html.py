from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from asbuilt.model import Verdict
from asbuilt.results import Results
from asbuilt_reports import html_view
from asbuilt_reports.html import render
from asbuilt_reports.html_charts import segments
from reports import golden, sample


class Tags(HTMLParser):
    """Every tag with its attributes, the ids, and the open tags that were never closed."""

    VOID = frozenset({"meta", "input", "br", "img", "col"})
    OPTIONAL = frozenset({"td", "tr", "li", "p"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        while self.open[-1] != tag and self.open[-1] in self.OPTIONAL:
            self.open.pop()
        assert self.open.pop() == tag, tag


def test_golden() -> None:
    golden.check("report.html", render(sample.results()))


@pytest.mark.parametrize("results", [sample.results(), sample.clean(), sample.many(700)])
def test_one_file_with_one_style_and_one_script_under_a_strict_policy(results: Results) -> None:
    text = render(results)
    parsed = Tags(text)
    assert parsed.open == []
    names = [tag for tag, _ in parsed.tags]
    assert names.count("style") == names.count("script") == 1
    assert not {"img", "link", "iframe", "object", "embed", "base"} & set(names)
    for tag, attributes in parsed.tags:
        assert not {"style", "src", "srcset"} & set(attributes), tag
        assert not [name for name in attributes if name.startswith("on")], tag
        target = attributes.get("href") or "#"
        assert target.startswith(("#", "https://docs.aws.amazon.com/")), target
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    assert policy
    for kind in ("style", "script"):
        inner = re.search(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
        assert inner
        digest = base64.b64encode(hashlib.sha256(inner[1].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy[1]
    assert policy[1].startswith("default-src 'none'")
    assert "unsafe" not in policy[1]


def test_ids_are_unique_and_every_link_lands() -> None:
    parsed = Tags(render(sample.many(400)))
    ids = [attributes["id"] for _, attributes in parsed.tags if "id" in attributes]
    assert len(set(ids)) == len(ids)
    links = {(attributes.get("href") or "")[1:] for tag, attributes in parsed.tags if tag == "a"}
    assert {link for link in links if not link.startswith("ttps")} <= set(ids)


def test_every_finding_has_its_id() -> None:
    results = sample.results()
    text = render(results)
    for finding in results.findings:
        assert text.count(f'id="f-{finding.id}"') == 1


def test_hostile_ids_and_twins_become_fragments() -> None:
    one = sample.log_group("api", id='x" onload=alert(1) ')
    text = render(sample.results((one, replace(one), one)))
    assert 'id="f-x__onload_alert_1__"' in text
    assert 'id="f-x__onload_alert_1__.2"' in text


def test_ten_thousand_findings_stay_small_and_whole() -> None:
    text = render(sample.many(10_000))
    assert len(text.encode()) < 3_000_000
    assert len(re.findall(r' id="f-', text)) == 10_000
    assert text.count("<details") < 200
    assert 'class="many"' in text


def test_ten_thousand_different_findings_stay_small_too() -> None:
    base = sample.log_group("api")
    different = tuple(
        replace(
            base,
            id=f"{base.rule}-{index:08x}",
            evidence=(replace(base.evidence[0], actual=index),),
            resource=replace(base.resource, address=f"{base.resource.address}[{index}]"),
        )
        for index in range(10_000)
    )
    text = render(sample.results(different))
    assert len(text.encode()) < 3_000_000
    assert text.count('class="card item"') == html_view.CARDS_PER_RULE
    left = 10_000 - html_view.CARDS_PER_RULE - html_view.ROWS_PER_RULE
    assert f"{left:,} more in the JSON." in text


def test_first_page_says_what_auditors_ask() -> None:
    text = render(sample.results())
    for words in (
        "Not as specified: 8 checks failed (7 new)",
        "7 new, 1 known, 2 fixed since the baseline",
        "the scan is incomplete",
        "pass / (pass + fail + unknown + error + waived)",
        "14 / 26",
        "3f" * 32,
        "c405ecb1f0c1d2e3a4b5c6d7e8f901234567890a",
        "2026-11-22 21:30:00 UTC",
        "modules/cache/main.tf",
        "exit code 1: new findings at or above --fail-on medium",
    ):
        assert words in text, words


def test_expired_waivers_come_first() -> None:
    text = render(sample.results())
    table = text[text.index('id="waivers"') :]
    assert table.index(">expired<") < table.index(">live<")


def test_secrets_of_frames_stay_out() -> None:
    assert "hunter2" not in render(sample.results())


def test_other_than_https_is_no_link() -> None:
    results = sample.results()
    bad = tuple(replace(rule, source="javascript:alert(1) http://plain.example") for rule in results.rules)
    assert 'rel="noopener' not in render(replace(results, rules=bad))


def test_segments_fill_their_length_and_show_the_smallest() -> None:
    parts = segments({"pass": 100_000, "fail": 1, "not_applicable": 50}, 240, 3)
    assert [part["verdict"] for part in parts] == ["pass", "fail"]
    assert sum(part["size"] for part in parts) == pytest.approx(240)
    assert parts[1]["size"] > 2
    assert segments({"not_applicable": 3}, 240, 3) == []


def test_nothing_judged_is_drawn_as_nothing() -> None:
    empty = sample.clean()
    summary = replace(empty.summary, counts=dict.fromkeys((v.value for v in Verdict), 0), score=None, by_section={})
    text = render(replace(empty, summary=summary, passes={}))
    assert "Nothing was judged" in text
    assert "mood-pass" not in text.split("</style>")[1]
    assert text.count("nothing judged") == len(empty.sections)
