"""What the README shows must work."""

import re
from datetime import date
from pathlib import Path

import pytest

from asbuilt.cli import COMMANDS
from asbuilt.spec import load_spec
from asbuilt.waivers.file import read_waivers

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


def test_the_spec_in_the_readme_is_valid(tmp_path: Path) -> None:
    match = re.search(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert match
    path = tmp_path / "spec.yaml"
    path.write_text(match[1], "utf-8")
    spec = load_spec(str(path)).resolve("prod")
    assert spec.requirement("logging.retention_days").statement == "We keep logs for 30 days."
    assert set(spec.services) == {"api", "mails"}


def test_the_waivers_in_the_readme_are_valid() -> None:
    (text,) = re.findall(r"```yaml\n(# asbuilt check .*?)```", README, re.DOTALL)
    waivers = read_waivers(text.encode(), "waivers.yaml", date(2026, 11, 22)).waivers
    assert [waiver.owner for waiver in waivers] == ["data-team", "ai-team"]


def test_the_commands_in_the_readme_exist() -> None:
    named = set(re.findall(r"^asbuilt (\w+)", README, re.MULTILINE))
    assert named
    assert named <= set(COMMANDS)


def test_the_example_breaks_one_statement_and_keeps_the_others() -> None:
    from asbuilt.model import Verdict
    from asbuilt.scan import Options, check

    example = Path(__file__).parents[1] / "examples" / "shop"
    stated = re.search(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert stated
    assert (example / "architecture.yaml").read_text("utf-8") == stated[1]
    document = load_spec(str(example / "architecture.yaml"))
    results = check(document, document.resolve("prod"), Options(paths=[example / "prod"], environment="prod"))
    broken = {(f.rule, f.requirement.id) for f in results.findings if f.verdict is not Verdict.NOT_APPLICABLE}
    assert broken == {("log-group-retention", "LOG-1")}
    assert results.summary.counts["pass"] > 20


def test_the_excerpt_is_what_make_demo_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    from asbuilt.scan import Options, check
    from asbuilt_reports.text import render

    match = re.search(r"```\n(MEDIUM .*?)\n```", README, re.DOTALL)
    assert match
    monkeypatch.chdir(Path(__file__).parents[1])
    document = load_spec("broxiva")
    options = Options(paths=[Path("fixtures/broxiva/drifted/environments/prod")], environment="prod")
    assert match[1] in render(check(document, document.resolve("prod"), options), width=100)
