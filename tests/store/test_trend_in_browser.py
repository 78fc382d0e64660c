"""The trend page in a real browser: no request, no violation of its policy, readable, never wider than the screen."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from asbuilt.store import open_store, queries
from asbuilt.store.facts import Deviation, RunFacts, Scope, WaiverFact
from asbuilt.store.trends import needed, trend
from asbuilt.store.writing import save
from asbuilt_reports.trend_html import render
from reports.sample import HOSTILE
from reports.test_html_in_browser import CONTRAST, FLAGS
from store import made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        pytest.fail("Chromium is missing: `apt-get install chromium`, or set CHROMIUM to its path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def hostile() -> str:
    """A page in which every name is hostile, and one of everything is there."""
    bad = Deviation("1", HOSTILE, HOSTILE, HOSTILE, "high", HOSTILE, HOSTILE, HOSTILE)
    scope = Scope(HOSTILE, HOSTILE, (HOSTILE,), HOSTILE)
    runs = [
        RunFacts(
            f"run-{day}",
            made.at(day),
            scope,
            score=50.0,
            counts={"pass": 1, "fail": 1},
            sections=((HOSTILE, {"pass": 1, "fail": 1}),),
            rules=frozenset({HOSTILE}),
            requirements=frozenset({HOSTILE}),
            deviations={} if day == 1 else {"1": bad},
            waivers=(WaiverFact(HOSTILE, HOSTILE, HOSTILE, HOSTILE, reason=HOSTILE, ticket=HOSTILE, expires=HOSTILE),),
            spec_title=HOSTILE,
        )
        for day in range(3)
    ]
    return render(trend(runs, made.at(4), statements={HOSTILE: (HOSTILE, HOSTILE)}))


def opened(browser: Browser, file: Path, **context: object) -> tuple[Page, list[str], list[str]]:
    page = browser.new_context(**context).new_page()  # type: ignore[arg-type]
    requests: list[str] = []
    messages: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: messages.append(message.text))
    page.on("dialog", lambda dialog: (messages.append("dialog"), dialog.dismiss()))
    page.goto(file.as_uri())
    return page, requests, messages


def quarter(folder: Path) -> str:
    store = open_store(f"sqlite:///{folder}/results.db", create=True)
    for results in made.quarter():
        save(store, results, made.document(results))
    runs = queries.load(store)
    return render(trend(runs, made.at(94), statements=queries.statements(store, runs, needed(runs))))


@pytest.fixture(params=["quarter", "hostile"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "trend.html"
    text = quarter(tmp_path) if request.param == "quarter" else hostile()
    path.write_text(text, encoding="utf-8", errors="backslashreplace")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_asks_for_nothing_breaks_no_policy_and_can_be_read(browser: Browser, file: Path, scheme: str) -> None:
    page, requests, messages = opened(browser, file, color_scheme=scheme)
    assert requests == [file.as_uri()]
    assert messages == []
    assert page.locator("script, [style], main img").count() == 0
    assert page.evaluate("document.styleSheets[0].cssRules.length") > 100, "the policy lets our style through"
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    assert page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("width", [320, 400, 768, 1280, 1920])
def test_nothing_is_wider_than_the_page(browser: Browser, file: Path, width: int) -> None:
    page, _, _ = opened(browser, file, viewport={"width": width, "height": 900})
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_drawing_has_a_name_and_says_the_same_in_a_table(browser: Browser, file: Path) -> None:
    page, _, _ = opened(browser, file)
    drawings = page.eval_on_selector_all(
        "svg[role=img]", "nodes => nodes.map(n => [n.getAttribute('aria-label'), !!n.querySelector(':scope > title')])"
    )
    assert len(drawings) >= 4
    assert all(label and title for label, title in drawings)
    for section in ("compliance", "waivers", "recurring", "score"):
        assert page.locator(f"#{section} table tbody tr").count() > 0
    assert page.locator("main").count() == page.locator("h1").count() == 1


def test_drawings_are_where_the_numbers_say(browser: Browser, tmp_path: Path) -> None:
    """The last dot of a chart stands as far to the right as its run is late, as far down as its score is low."""
    scope = Scope("shop", "prod", ())
    runs = [RunFacts(str(day), made.at(day), scope, score=value) for day, value in ((0, 100.0), (5, 40.0))]
    path = tmp_path / "trend.html"
    path.write_text(render(trend(runs, made.at(10))), "utf-8")
    page, _, _ = opened(browser, path)
    found = page.eval_on_selector_all("#scope-0 .dot:not(.ring)", "nodes => nodes.map(n => n.getAttribute('d'))")
    assert found == ["M0.0 0.0h0", "M500.0 60.0h0"]
