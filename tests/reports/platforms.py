"""Results of real runs, for every format: code, templates, a recorded account."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from asbuilt import scan
from asbuilt.results import Results
from asbuilt.spec import load_spec
from asbuilt_reports.json_results import from_json, render
from policies.rule_fixtures import live_graph
from reports import sample

ROOT = Path(__file__).parents[2]
BROXIVA = ROOT / "fixtures/broxiva"


@cache
def terraform() -> Results:
    return _checked(BROXIVA / "drifted/environments/prod")


@cache
def cloudformation() -> Results:
    folder = BROXIVA / "cloudformation-drifted"
    return _checked(folder / "root.yaml", parameters=[str(folder / "parameters/prod.json")])


@cache
def account() -> Results:
    """Return an audit of an account that breaks some statements and lacks what others name."""
    document = load_spec(str(ROOT / "fixtures/rules/spec.yaml"))
    graph = live_graph(ROOT / "tests/waivers/everywhere/account.yaml", document)
    options = scan.Options(paths=(), environment="prod")
    results = scan.judge(document, document.resolve("prod"), options, graph, scan.Clock(), "audit")
    return from_json(render(replace(results, run=replace(results.run, account="123456789012", regions=("eu-west-1",)))))


def with_checkov() -> Results:
    return replace(terraform(), external=(sample.others(),))


def _checked(path: Path, **options: object) -> Results:
    document = load_spec("broxiva")
    return scan.check(document, document.resolve("prod"), scan.Options([path], "prod", **options))  # type: ignore[arg-type]


ALL = {"terraform": terraform, "cloudformation": cloudformation, "account": account, "checkov": with_checkov}
