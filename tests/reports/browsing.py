"""The browser of the tests, Chromium, and axe-core; without them tests fail and say what to install."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TOOLS = Path(__file__).parents[2] / ".npm-tools"


@contextmanager
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        pytest.fail("Chromium is missing: `apt-get install chromium`, or set CHROMIUM to its path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def axe() -> str:
    """Return axe-core's script."""
    found = sorted(TOOLS.glob("axe-core-*/axe.min.js"))
    if not found:
        pytest.fail("axe-core is missing: `make npm-tools` fetches it with npm (`apt-get install npm`)")
    return found[-1].read_text("utf-8")


def violations(page: Page) -> list[dict[str, Any]]:
    """Return what axe-core finds serious or critical, and how much it looked at.

    The page's policy forbids scripts of others, so the context has to bypass it.
    """
    page.evaluate(axe())
    found: dict[str, Any] = page.evaluate(
        "() => axe.run(document, {resultTypes: ['violations'], iframes: false}).then(r => ({"
        "passes: r.passes.length, bad: r.violations.filter(v => ['serious', 'critical'].includes(v.impact))"
        ".map(v => ({id: v.id, nodes: v.nodes.slice(0, 5).map(n => n.html.slice(0, 120) + ' ' + n.failureSummary)}))}))"
    )
    assert found["passes"] > 15, "axe-core looked at nothing"
    bad: list[dict[str, Any]] = found["bad"]
    return bad
