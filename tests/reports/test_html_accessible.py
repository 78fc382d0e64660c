"""axe-core over the page, light and dark: nothing serious, nothing critical."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from asbuilt.results import Results
from asbuilt_reports.html import render
from reports import platforms, sample
from reports.browsing import chromium, violations


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def others() -> Results:
    return replace(sample.results(), external=(sample.others(),))


SUBJECTS = {"sample": sample.results, "clean": sample.clean, "others": others, **platforms.ALL}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("subject", SUBJECTS)
def test_nothing_serious(browser: Browser, tmp_path: Path, subject: str, scheme: str) -> None:
    file = tmp_path / "report.html"
    file.write_text(render(SUBJECTS[subject]()), encoding="utf-8")
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(file.as_uri())
    assert violations(page) == []
    context.close()


def test_axe_would_find_something(browser: Browser) -> None:
    page = browser.new_context(bypass_csp=True).new_page()
    text = render(sample.results())
    page.set_content(text.replace('lang="en"', "").replace('<label class="chip">', "<span>"))
    assert "html-has-lang" in {one["id"] for one in violations(page)}


def test_the_drifted_platform_fits_a_telephone(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(render(platforms.terraform()), encoding="utf-8")
    for width in (320, 400):
        page = browser.new_context(viewport={"width": width, "height": 800}).new_page()
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.context.close()
