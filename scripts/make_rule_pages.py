"""Make docs/rules/: a page for each rule, from its docstring and its fixtures; `--check` compares instead of writing.

The pages say what `asbuilt explain` says, with the statement of the bundled spec and an example from the rule's own
failing fixture: the code, and the finding it gets.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from asbuilt.discovery import discover
from asbuilt.evaluate import evaluate
from asbuilt.model import Verdict
from asbuilt.results import EvidenceItem, Finding
from asbuilt.rules import Rule
from asbuilt.scan import Options, read
from asbuilt.spec import load_spec
from asbuilt.spec.load import SpecDocument

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "rules"
FIXTURES = ROOT / "fixtures" / "rules"
CONTEXT = 2  # lines of code before and after
MADE = "<!-- Made by scripts/make_rule_pages.py from the rule's docstring and fixtures; do not edit. -->"
SUBJECTS = {
    "resource": "each resource of these types",
    "service": "each service of the spec, through resources of these types",
    "platform": "the platform as a whole, through resources of these types",
}


def pages() -> dict[str, str]:
    """Return the text of each page by file name."""
    document = load_spec("broxiva")
    rules = discover()
    found = {f"{rule.id}.md": page(rule, document) for rule in rules}
    return {"README.md": index(rules, document), **found}


def page(rule: Rule, document: SpecDocument) -> str:
    """Return the page of a rule."""
    parts = [MADE, f"# {rule.id}", f"**{rule.title}**"]
    facts = [f"- Severity: {rule.severity.value}", f"- Enforces: `{rule.enforces}`"]
    if rule.resources:
        types = ", ".join(f"`{name}`" for name in dict.fromkeys(rule.resources))
        facts.append(f"- Looks at {SUBJECTS[rule.scope]}: {types}")
    if rule.live:
        facts.append("- Only a live account tells this: `asbuilt audit`")
    parts.append("\n".join(facts))
    statements = document.requirements_at(rule.enforces)
    if statements:
        lines = [f"- {r.id}, {r.section}: “{' '.join(r.statement.split())}”" for r in statements]
        parts += ["## What the bundled spec says", "\n".join(lines)]
    for title, text in (("Why", rule.why), ("Fix", rule.fix), ("Source", rule.source)):
        if text:
            parts += [f"## {title}", text[:1].upper() + text[1:]]
    parts += example(rule)
    return "\n\n".join(parts) + "\n"


def example(rule: Rule) -> list[str]:
    """Return the section with a finding of the rule's first failing fixture, or nothing where it has none."""
    for folder in sorted((FIXTURES / rule.id).glob("fail*/")):
        near = (folder / "spec.yaml", folder.parent / "spec.yaml", FIXTURES / "spec.yaml")
        document = load_spec(str(next(path for path in near if path.exists())))
        graph = read(document, Options(paths=[folder], environment="prod", root=folder), lambda _: None)
        findings = evaluate([rule], document.resolve("prod"), graph).findings
        failed = [finding for finding in findings if finding.verdict is Verdict.FAIL]
        if failed:
            return ["## Example", *told(failed[0], folder)]
    return live_example(rule)


def live_example(rule: Rule) -> list[str]:
    """Return the section with a finding of the first failing answers of an account, or nothing where there are none."""
    sys.path.insert(0, str(ROOT / "tests"))  # the collectors are given recorded answers as the tests do it
    from policies.rule_fixtures import LIVE, cases, run

    for case in cases():
        if case.rule == rule.id and case.live and case.verdict is Verdict.FAIL:
            name = case.folder.relative_to(ROOT).as_posix()
            source = f"The account answers as in [{case.folder.name.removesuffix(LIVE)}](../../{name})."
            return ["## Example", *told(run(case).findings[0], case.folder), source]
    return []


def told(finding: Finding, folder: Path) -> list[str]:
    """Return a finding in words, with the code it points at."""
    item = next((e for e in finding.evidence if e.outcome == "violation"), finding.evidence[0])
    parts = [f"`{finding.resource.address}`: {finding.message}."]
    facts = []
    if item.native:
        facts.append(f"- Property: `{item.native}` (`{item.path}`)")
    if item.expected is not None:
        facts.append(f"- Expected: `{shown(item.expected)}`")
    if item.native:
        facts.append("- Actual: not set" if item.absent else f"- Actual: `{shown(item.actual)}`")
    code = snippet(item, folder)
    return [*parts, *(["\n".join(facts)] if facts else []), *([code] if code else [])]


def shown(value: Any) -> str:
    """Write a value on one line."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.replace("`", "'")


def snippet(item: EvidenceItem, folder: Path) -> str:
    """Return the lines around where the value is set, without the marks of the tests."""
    place = item.origin
    if place is None:
        return ""
    file = next((path for path in folder.rglob(Path(place.file).name) if path.is_file()), None)
    if file is None:
        return ""
    first, last = max(0, place.start_line - 1 - CONTEXT), min(place.end_line, place.start_line + 8) + CONTEXT
    lines = file.read_text("utf-8").split("\n")[first:last]
    chosen = [line.partition("# expect:")[0].rstrip() for line in lines]
    name = file.relative_to(ROOT).as_posix()
    code = "\n".join(chosen).strip("\n")
    return f"[{name}](../../{name}), line {place.start_line}:\n\n```hcl\n{code}\n```"


def index(rules: list[Rule], document: SpecDocument) -> str:
    """Return the index: rules by section of the bundled spec."""
    sections = document.resolve(None).sections
    by_section: dict[str, list[str]] = {name: [] for name in sections}
    for rule in rules:
        statements = list(document.requirements_at(rule.enforces))
        section = statements[0].section if statements else "Other"
        ids = ", ".join(statement.id for statement in statements) or "none"
        row = f"| [{rule.id}]({rule.id}.md) | {rule.severity.value} | {ids} | {rule.title} |"
        by_section.setdefault(section, []).append(row)
    head = "| Rule | Severity | Statements | Violation |\n|---|---|---|---|"
    tables = [f"## {name}\n\n{head}\n" + "\n".join(rows) for name, rows in by_section.items() if rows]
    intro = (
        "Statements are those of the bundled spec `broxiva`; a rule holds for any spec that states what it enforces."
    )
    return "\n\n".join([MADE, "# Rules", f"{len(rules)} rules. {intro}", *tables]) + "\n"


def main() -> int:
    """Write the pages, or with --check say which are out of date."""
    made = pages()
    kept = {path.name: path.read_text("utf-8") for path in TARGET.glob("*.md")}
    stale = sorted(name for name in {*made, *kept} if made.get(name) != kept.get(name))
    if "--check" in sys.argv[1:]:
        print("\n".join(f"docs/rules/{name} is out of date" for name in stale))
        return 1 if stale else 0
    TARGET.mkdir(parents=True, exist_ok=True)
    for name in stale:
        if name in made:
            (TARGET / name).write_text(made[name], "utf-8")
        else:
            (TARGET / name).unlink()
    print(f"{len(made)} pages, {len(stale)} changed")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
