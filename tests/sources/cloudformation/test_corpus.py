"""The templates that cfn-lint tests itself with (`make corpus`): read without a traceback, errors with their lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from asbuilt.scan import Options, ScanError, read

CORPUS = Path(__file__).parents[3] / ".corpus-cloudformation"
FILES = sorted(path for path in CORPUS.rglob("*") if path.suffix in (".yaml", ".yml", ".json", ".template"))
# Templates of the folder "good" that name what they do not have: cfn-lint tests single rules with them.
SHORT = {"good/custom/is-defined.yaml", "good/functions/sub_needed.yaml"}


def test_the_corpus_is_there() -> None:
    if not CORPUS.is_dir():
        pytest.skip("`make corpus` fetches it from the Python Package Index")
    assert len(FILES) > 200


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(CORPUS)) for path in FILES])
def test_reads(path: Path) -> None:
    try:
        graph = read(None, Options(paths=[path], root=CORPUS), lambda _: None)
    except ScanError:  # no template: parts of templates, settings of cfn-lint
        return
    for resource in graph.resources:
        assert resource.location.start_line > 0
        _ = list(resource.edges()), resource.name, resource.region
        for name in resource.properties:
            assert resource.at(name).trace.location.start_line > 0
    lines = path.read_bytes().count(b"\n") + 1
    places = [remark.location for remark in graph.diagnostics if remark.location and remark.location.file == str(path)]
    assert all(1 <= place.start_line <= lines for place in places)
    name = str(path.relative_to(CORPUS))
    if name.startswith(("good/", "quickstart/")) and name not in SHORT:
        assert not [remark for remark in graph.diagnostics if remark.severity == "error"]
