"""docs/rules/ is made from the rules: making it again changes nothing."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[1]


def script():
    spec = importlib.util.spec_from_file_location("make_rule_pages", ROOT / "scripts" / "make_rule_pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pages_are_up_to_date():
    kept = {path.name: path.read_text("utf-8") for path in (ROOT / "docs" / "rules").glob("*.md")}
    made = script().pages()
    stale = sorted(name for name in {*made, *kept} if made.get(name) != kept.get(name))
    assert stale == [], "run scripts/make_rule_pages.py"


def test_every_page_has_its_texts_and_an_example():
    for name, text in script().pages().items():
        if name != "README.md":
            for heading in ("## Why", "## Fix", "## Source", "## Example", "## What the bundled spec says"):
                assert heading in text, f"{name} has no {heading}"
            assert str(ROOT) not in text
