"""Links to the rules' pages: in every format that has links, only where there is a page, only to https."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from asbuilt.cli import main
from asbuilt_reports import html, json_results, markdown, sarif
from asbuilt_reports.json_results import from_json, to_json
from reports import sample

ROOT = Path(__file__).parents[2]
WEB = "https://github.com/example/asbuilt/blob/main/docs/rules"


def linked():
    results = sample.results()
    rules = tuple(replace(rule, page=f"{WEB}/{rule.id}.md") for rule in results.rules)
    return replace(results, rules=rules)


def test_sarif_links_the_page_and_carries_its_text() -> None:
    for rule in json.loads(sarif.render(linked()))["runs"][0]["tool"]["driver"]["rules"]:
        name = rule["id"].removesuffix("/unknown")
        info = next((info for info in linked().rules if info.id == name), None)
        if info is None:
            continue
        assert rule["helpUri"] == f"{WEB}/{name}.md"
        text = rule["help"]["markdown"]
        for heading in ("**Why.**", "**Fix.**", "Severity: "):
            assert heading in text
        assert f"]({WEB}/{name}.md)" in text


def test_html_and_markdown_link_it() -> None:
    assert f'<a href="{WEB}/log-group-retention.md"><code>log-group-retention</code></a>' in html.render(linked())
    assert f"]({WEB}/log-group-retention.md)**" in markdown.render(linked())
    assert WEB not in markdown.render(sample.results())


def test_json_keeps_it() -> None:
    assert from_json(to_json(linked())) == from_json(json_results.render(linked()))
    assert {rule.page for rule in from_json(to_json(linked())).rules} == {rule.page for rule in linked().rules}


@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://x/ y", "https://x/)[a](b", "http://x/y"])
def test_results_from_elsewhere_form_no_other_link(address: str) -> None:
    results = linked()
    hostile = replace(results, rules=tuple(replace(rule, page=address) for rule in results.rules))
    assert {rule.page for rule in from_json(to_json(hostile)).rules} == {""}


@pytest.mark.parametrize("address", ["http://example.com", "javascript:x", "https://example.com/a b", "//x", "x"])
def test_the_option_takes_https_only(address: str, tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    file.write_text(to_json(sample.results()))
    result = CliRunner().invoke(main, ["report", str(file), "--rule-pages", address])
    assert result.exit_code == 2
    assert "--rule-pages" in result.stderr


def test_every_rule_of_ours_has_the_page_it_is_linked_to(tmp_path: Path) -> None:
    arguments = [
        "check",
        str(ROOT / "fixtures/broxiva/drifted/environments/prod"),
        "--spec",
        "broxiva",
        "--env",
        "prod",
    ]
    result = CliRunner().invoke(main, [*arguments, "-q", "--no-config", "-o", "json", "--rule-pages", f"{WEB}/"])
    rules = json.loads(result.stdout)["rules"]
    pages = {rule["id"]: rule.get("page") for rule in rules}
    assert len(pages) > 50
    for name, page in pages.items():
        assert page == (None if name.startswith(("waiver-", "assertion")) else f"{WEB}/{name}.md")
        assert page is None or (ROOT / "docs" / "rules" / f"{name}.md").is_file()
