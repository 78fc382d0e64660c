"""Small configurations written to disk and loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.sources.terraform.load import Loaded, load

if TYPE_CHECKING:
    from pathlib import Path

    from asbuilt.sources.terraform.evaluation.managed import ResourceInstance


def write(directory: Path, files: dict[str, str]) -> Path:
    """Write files below a directory."""
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return directory


def loaded(directory: Path, files: dict[str, str] | str, **options: Any) -> tuple[Loaded, dict[str, ResourceInstance]]:
    """Write and load one root module; return what was loaded and the instances by address."""
    write(directory, {"main.tf": files} if isinstance(files, str) else files)
    found = load([directory], root=options.pop("root", directory), **options)
    return found, {instance.address: instance for root in found.roots for instance in root.instances()}


def errors(found: Loaded) -> list[str]:
    """Return the messages of the errors."""
    return [d.message for d in found.diagnostics if d.severity == "error"]
