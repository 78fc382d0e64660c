"""The page in a real browser: Chromium, headless, from file://.

These tests never skip: without Chromium they fail, and say what to install.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from asbuilt.results import Results
from asbuilt_reports.html import render
from reports import sample
from reports.browsing import FLAGS as FLAGS
from reports.browsing import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


class Opened:
    """A page, and everything it asked for or complained about."""

    def __init__(self, browser: Browser, file: Path, *, fragment: str = "", **context: Any) -> None:
        self.context = browser.new_context(**context)
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.messages: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.messages.append(f"dialog {dialog.message}"), dialog.dismiss()))
        self.page.goto(file.as_uri() + fragment)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def save(folder: Path, results: Results) -> Path:
    file = folder / "report.html"
    file.write_text(render(results), encoding="utf-8")
    return file


def visible(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        ".item", "nodes => nodes.filter(n => n.checkVisibility()).map(n => n.id)"
    )
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_asks_for_nothing_and_breaks_no_policy(browser: Browser, folder: Path, scheme: str) -> None:
    file = save(folder, sample.results())
    opened = Opened(browser, file, color_scheme=scheme)
    assert opened.requests == [file.as_uri()]
    assert opened.messages == []
    assert opened.page.evaluate("document.styleSheets.length") == 1


def test_hostile_names_stay_text(browser: Browser, folder: Path) -> None:
    opened = Opened(browser, save(folder, sample.results()))
    assert opened.page.locator("main script, main img").count() == 0
    assert "<script>alert(1)</script>" in opened.page.locator("#findings").inner_text()
    assert opened.messages == []


def test_without_script_everything_is_there(browser: Browser, folder: Path) -> None:
    results = sample.results()
    opened = Opened(browser, save(folder, results), java_script_enabled=False)
    assert opened.page.locator("#filter").is_hidden()
    assert opened.page.locator(".item").count() == len(results.findings)
    assert opened.page.locator(".item").first.is_visible()


def test_search_and_filters(browser: Browser, folder: Path) -> None:
    page = Opened(browser, save(folder, sample.results())).page
    assert len(visible(page)) == 13
    page.fill("#q", "DATABASE_URL")
    expect(page.locator("#shown")).to_have_text("1 of 13 findings shown")
    assert len(visible(page)) == 1
    page.fill("#q", "no such thing")
    page.wait_for_selector("#none:visible")
    page.click("button[type=reset]")
    assert len(visible(page)) == 13
    page.uncheck("input[value=fail]")
    assert len(visible(page)) == 5
    page.uncheck("input[value=unknown]")
    assert len(visible(page)) == 3
    page.reload()
    assert len(visible(page)) == 3, "filters are remembered"
    assert page.is_hidden("#s-0")


def test_ten_thousand_findings_filter_without_thrashing(
    browser: Browser, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One write a row that changes, none for one that stays, and no question about layout in between."""
    page = Opened(browser, save(folder, sample.many(10_000))).page
    expect(page.locator("#shown")).to_have_text("10,000 of 10,000 findings shown")
    page.evaluate("""() => {
      window.asked = 0; window.writes = new Map();
      for (const name of ['getBoundingClientRect', 'checkVisibility', 'getClientRects', 'scrollIntoView']) {
        const own = Element.prototype[name];
        Element.prototype[name] = function (...more) { window.asked += 1; return own.apply(this, more); };
      }
      for (const name of ['offsetTop', 'offsetHeight', 'offsetWidth', 'innerText']) {
        const own = Object.getOwnPropertyDescriptor(HTMLElement.prototype, name);
        const get = function () { window.asked += 1; return own.get.call(this); };
        Object.defineProperty(HTMLElement.prototype, name, { ...own, get });
      }
      const { toggle, add, remove } = DOMTokenList.prototype;
      for (const [name, own] of Object.entries({ toggle, add, remove })) {
        DOMTokenList.prototype[name] = function (...more) {
          window.writes.set(this, (window.writes.get(this) || 0) + 1); return own.apply(this, more);
        };
      }
    }""")
    took = page.evaluate("""() => {
      document.querySelector('input[value=unknown]').checked = false;
      const start = performance.now();
      document.getElementById('filter').dispatchEvent(new Event('change'));
      return performance.now() - start;
    }""")
    with capsys.disabled():
        print(f"\n10,000 findings filtered in {took:.0f} ms (a frame at 60 Hz is 17 ms)")
    counted = page.evaluate("[window.asked, window.writes.size, Math.max(...window.writes.values())]")
    hidden = page.locator("tr.item.off, .card.off").count()
    assert hidden > 1000
    assert counted[0] == 0
    assert counted[2] == 1
    groups = page.locator(".group, .rule, .sect, details").count()
    assert hidden <= counted[1] <= hidden + groups


def test_a_statement_leads_to_its_findings(browser: Browser, folder: Path) -> None:
    page = Opened(browser, save(folder, sample.results())).page
    page.fill("#q", "DATABASE_URL")
    expect(page.locator("#shown")).to_have_text("1 of 13 findings shown")
    page.click("#statements a:has-text('log-group-retention')")
    rule = page.locator(".rule", has_text="log-group-retention")
    expect(rule).to_be_visible()
    assert page.locator("#statements tbody tr").count() == len(sample.REQUIREMENTS)


def test_statements_are_printed_and_need_no_script(browser: Browser, folder: Path) -> None:
    page = Opened(browser, save(folder, sample.results()), java_script_enabled=False).page
    page.emulate_media(media="print")
    rows = page.locator("#statements tbody tr")
    assert rows.count() == len(sample.REQUIREMENTS)
    assert all(row.is_visible() for row in rows.all())
    assert "holds in part\n1 check; no rule looks at network.name" in page.locator("#statements").inner_text()


def test_deep_link_opens_what_is_folded_or_filtered(browser: Browser, folder: Path) -> None:
    results = sample.many(1000)
    file = save(folder, results)
    last = [finding for finding in results.findings if finding.rule == "secret-in-environment"][-1]
    page = Opened(browser, file, fragment=f"#f-{last.id}").page
    target = page.locator(f"[id='f-{last.id}']")
    assert target.is_visible()
    assert page.evaluate("id => document.getElementById(id).closest('details').open", f"f-{last.id}")
    box = target.bounding_box()
    assert box
    assert 0 <= box["y"] <= page.viewport_size["height"]  # type: ignore[index]
    other = next(f for f in results.findings if f.rule == "service-inventory")
    page.fill("#q", "DATABASE_URL")
    expect(page.locator("#shown")).not_to_contain_text("1,000 of")
    page.evaluate("id => { location.hash = id }", f"f-{other.id}")
    expect(page.locator(f"[id='f-{other.id}']")).to_be_visible()


def test_keys(browser: Browser, folder: Path) -> None:
    results = sample.results()
    page = Opened(browser, save(folder, results)).page
    order = page.eval_on_selector_all(".item", "nodes => nodes.map(n => n.id)")
    for _ in range(3):
        page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == order[2]
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.id") == order[1]
    page.keyboard.press("/")
    page.keyboard.type("jk")
    assert page.input_value("#q") == "jk"


def test_print_shows_every_finding(browser: Browser, folder: Path) -> None:
    results = sample.many(1000)
    page = Opened(browser, save(folder, results)).page
    page.fill("#q", "DATABASE_URL")
    expect(page.locator("#shown")).not_to_contain_text("1,000 of")
    assert len(visible(page)) < 1000
    page.emulate_media(media="print")
    heights = page.eval_on_selector_all(".item", "nodes => nodes.map(n => n.getBoundingClientRect().height)")
    assert len(heights) == 1000
    assert min(heights) > 5
    assert page.locator("#filter").is_hidden()


@pytest.mark.parametrize("width", [320, 400, 768, 1280, 1920])
def test_nothing_is_wider_than_the_page(browser: Browser, folder: Path, width: int) -> None:
    page = Opened(browser, save(folder, sample.results()), viewport={"width": width, "height": 900}).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width


CONTRAST = """() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const c = rgb(getComputedStyle(node).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const bad = [];
  for (const node of document.querySelectorAll('body *')) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    if (!own || !node.checkVisibility() || node.closest('svg, .vh, .skip, script, style')) continue;
    const [a, b] = [light(rgb(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) bad.push([node.className || node.localName, node.textContent.slice(0, 20), ratio]);
  }
  return bad;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_at_least_four_and_a_half(browser: Browser, folder: Path, scheme: str) -> None:
    page = Opened(browser, save(folder, sample.results()), color_scheme=scheme).page
    assert page.evaluate(CONTRAST) == []


def test_landmarks_headings_and_names(browser: Browser, folder: Path) -> None:
    page = Opened(browser, save(folder, sample.results())).page
    assert page.locator("main").count() == page.locator("h1").count() == 1
    assert page.locator("nav[aria-label]").count() == 1
    assert page.get_attribute("html", "lang") == "en"
    levels = page.eval_on_selector_all("h1, h2, h3, h4", "nodes => nodes.map(n => Number(n.localName[1]))")
    assert all(after - before <= 1 for before, after in pairwise(levels))
    unnamed = page.eval_on_selector_all(
        "svg[role=img]", "nodes => nodes.filter(n => !n.getAttribute('aria-label') || !n.querySelector('title')).length"
    )
    assert unnamed == 0
