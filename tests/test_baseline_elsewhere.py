"""The baseline over templates that are moved about and over an account that answers in another order."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import yaml

from asbuilt import scan
from asbuilt.baseline import Baseline
from asbuilt.model import Verdict
from asbuilt.results import Results
from asbuilt.spec import load_spec
from asbuilt_reports.json_results import from_json, to_json
from policies.rule_fixtures import live_graph

ROOT = Path(__file__).parents[1]
ACCOUNT = ROOT / "tests/waivers/everywhere/account.yaml"


def templates(folder: Path, name: str, before: Results | None = None) -> Results:
    document = load_spec("broxiva")
    options = scan.Options(
        paths=[folder / name],
        environment="prod",
        root=folder,
        parameters=[str(ROOT / "fixtures/broxiva/cloudformation-drifted/parameters/prod.json")],
        baseline=Baseline("before.json", before) if before is not None else None,
    )
    return scan.check(document, document.resolve("prod"), options)


def reordered(text: str) -> str:
    """Insert lines above, and turn the order of the resources around."""
    head, found, rest = text.partition("\nResources:\n")
    body, rest = re.match(r"(?s)(.*?)(\n(?=\S)(?!#).*|\Z)", rest).groups()  # type: ignore[union-attr]
    blocks = re.split(r"(?m)^(?=  [A-Za-z'\"])", body.rstrip("\n") + "\n")
    assert len(blocks) > 1
    return f"# moved\n\n\n{head}{found}{''.join(reversed(blocks))}{rest}"


def known_all_over(before: Results, after: Results) -> None:
    compared = [f for f in after.findings if f.verdict is not Verdict.NOT_APPLICABLE]
    assert len(compared) > 20
    assert [(f.rule, f.resource.address) for f in compared if f.baseline != "known"] == []
    assert after.fixed == ()
    assert sorted(f.id for f in after.findings) == sorted(f.id for f in before.findings)
    assert (before.run.exit_code, after.run.exit_code) == (1, 0)


def test_templates_with_moved_lines_new_names_and_another_order_bring_nothing_new(tmp_path: Path) -> None:
    folder = tmp_path / "stacks"
    shutil.copytree(ROOT / "fixtures/broxiva/cloudformation-drifted", folder)
    before = templates(folder, "root.yaml")
    names = [file.stem for file in sorted(folder.glob("*.yaml")) if file.stem not in ("expected", "parameters")]
    for name in names:
        file = folder / f"{name}.yaml"
        text = reordered(file.read_text())
        file.unlink()
        text = re.sub(rf"(TemplateURL: \S*?)\b({'|'.join(names)})\.yaml", r"\1moved_\2.yaml", text)
        (folder / f"moved_{name}.yaml").write_text(text)
    after = templates(folder, "moved_root.yaml", from_json(to_json(before)))
    known_all_over(before, after)
    assert [f.resource.location for f in after.findings] != [f.resource.location for f in before.findings]


def turned(answer: Any) -> Any:
    """Return an answer with its lists of resources the other way round."""
    if isinstance(answer, list):
        return [
            {**entry, "response": turned(entry.get("response"))} if "response" in entry else entry for entry in answer
        ]
    if not isinstance(answer, dict):
        return answer
    return {key: value[::-1] if isinstance(value, list) else value for key, value in answer.items()}


def audited(file: Path, before: Results | None = None) -> Results:
    document = load_spec(str(ROOT / "fixtures/rules/spec.yaml"))
    baseline = Baseline("before.json", before) if before is not None else None
    options = scan.Options(paths=(), environment="prod", on_unknown="warn", baseline=baseline)
    graph = live_graph(file, document)
    return scan.judge(document, document.resolve("prod"), options, graph, scan.Clock(), "audit")


def test_an_account_that_answers_in_another_order_brings_nothing_new(tmp_path: Path) -> None:
    answers = yaml.safe_load(ACCOUNT.read_text())
    other = {name: turned(answer) for name, answer in answers.items()}
    assert other != answers
    file = tmp_path / "account.yaml"
    file.write_text(yaml.safe_dump(other))
    before = audited(ACCOUNT)
    known_all_over(before, audited(file, from_json(to_json(before))))


def test_a_new_revision_of_a_task_definition_brings_nothing_new(tmp_path: Path) -> None:
    file = tmp_path / "account.yaml"
    file.write_text(ACCOUNT.read_text().replace("shop-api:3", "shop-api:4").replace("revision: 3", "revision: 4"))
    before = audited(ACCOUNT)
    known_all_over(before, audited(file, from_json(to_json(before))))
