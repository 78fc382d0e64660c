"""Real Terraform that other projects ship (`make corpus`): read without a traceback, errors with their lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from asbuilt.scan import Options, read
from asbuilt.sources.terraform.parsing.parser import parse
from asbuilt.sources.terraform.parsing.syntax import SourceFile

CORPUS = Path(__file__).parents[3] / ".corpus"
WRONG = {"singleline_bad.hcl", "single_oneline_invalid.hcl", "single_unclosed.hcl"}  # as the suite itself says
FILES = sorted([*CORPUS.rglob("*.tf"), *CORPUS.rglob("specsuite/**/*.hcl")])


def test_the_corpus_is_there() -> None:
    if not CORPUS.is_dir():
        pytest.skip("`make corpus` fetches it from Debian's packages, which need apt-get")
    assert len(FILES) > 30


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(CORPUS)) for path in FILES])
def test_parses_and_says_where_it_does_not(path: Path) -> None:
    text = path.read_text("utf-8")
    _, diagnostics = parse(SourceFile(path.name, text))
    assert bool(diagnostics) == (path.name in WRONG), [d.message for d in diagnostics]
    lines = text.count("\n") + 1
    assert all(d.location is not None and 1 <= d.location.start_line <= lines for d in diagnostics)


ROOTS = sorted({path.parent for path in FILES if path.suffix == ".tf"})


@pytest.mark.parametrize("root", ROOTS, ids=[str(path.relative_to(CORPUS)) for path in ROOTS])
def test_evaluates(root: Path) -> None:
    graph = read(None, Options(paths=[root], root=CORPUS), lambda _: None)
    for resource in graph.resources:
        for name in resource.properties:
            resource.at(name).trace  # noqa: B018 - that it does not raise is the test
        list(resource.edges())
    assert not [d for d in graph.diagnostics if "crash" in d.code]
