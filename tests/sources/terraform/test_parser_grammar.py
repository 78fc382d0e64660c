"""The parser against another grammar: tree-sitter's must accept and refuse the same files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_hcl

from asbuilt.sources.terraform.parsing.parser import parse
from asbuilt.sources.terraform.parsing.syntax import SourceFile

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / "fixtures").rglob("*.tf"))
CASES = json.loads((Path(__file__).parent / "data" / "syntax_cases.json").read_text())


def refused(text: str) -> bool:
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))
    return parser.parse(text.encode()).root_node.has_error


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files(path: Path) -> None:
    text = path.read_text()
    _, diagnostics = parse(SourceFile(path.name, text))
    syntax = [d for d in diagnostics if d.code not in ("duplicate-attribute", "template-in-label")]
    assert bool(syntax) == refused(text), syntax


def test_most_cases() -> None:
    """On the wicked cases the grammar errs in both directions; we agree with Terraform's own word on every one."""
    apart = [case["text"] for case in CASES if bool(case["line"]) != refused(case["text"])]
    ours = [case["text"] for case in CASES if bool(case["line"]) != bool(parse(SourceFile("x", case["text"]))[1])]
    assert ours == []
    assert len(apart) < len(CASES) // 3
