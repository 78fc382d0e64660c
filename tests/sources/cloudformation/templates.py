"""Read templates as a scan does."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

from asbuilt.scan import Options, read

if TYPE_CHECKING:
    from asbuilt.graph import Graph
    from asbuilt.model import Resource


def scan(folder: Path, **options) -> Graph:
    """Read everything below a folder."""
    return read(None, Options(paths=[folder], root=folder, **options), lambda _: None)


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), "utf-8")


def graph_of(folder: Path, text: str, *parameters: str, **files: str) -> Graph:
    """Read one template, with other files beside it (`nested_yaml` is `nested.yaml`)."""
    write(folder, {"main.yaml": text, **{name.replace("_", "."): body for name, body in files.items()}})
    return scan(folder, parameters=parameters)


def resource(graph: Graph, address: str) -> Resource:
    return next(r for r in graph.resources if r.address == address)


def codes(graph: Graph) -> set[str]:
    return {diagnostic.code for diagnostic in graph.diagnostics}
