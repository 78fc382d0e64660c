"""Values for the root module's variables: tfvars files, the command line, and the environment when asked for.

Source: https://developer.hashicorp.com/terraform/language/values/variables (2025-11): later sources win, in the order
environment, terraform.tfvars, terraform.tfvars.json, *.auto.tfvars and *.auto.tfvars.json by name, command line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.confinement import ConfinedError, read_named, shown
from asbuilt.model import Diagnostic, Gap, Location
from asbuilt.sources.terraform.evaluation.inputs import Given
from asbuilt.sources.terraform.parsing import parser
from asbuilt.sources.terraform.parsing.syntax import SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from asbuilt.confinement import Confinement

PREFIX = "TF_VAR_"


class Inputs:
    """The values found for one root, with what went wrong while reading them."""

    def __init__(self) -> None:
        self.given: dict[str, Given] = {}
        self.lost = ""
        self.diagnostics: list[Diagnostic] = []
        self.gaps: list[Gap] = []

    def environment(self, variables: Mapping[str, str]) -> None:
        """Take `TF_VAR_name` variables."""
        for name, text in variables.items():
            if name.startswith(PREFIX):
                self.given[name.removeprefix(PREFIX)] = Given(f"environment variable {name}", text=text)

    def files(self, paths: Iterable[Path], confinement: Confinement | None) -> None:
        """Take tfvars files, later ones over earlier ones. Files the user named (no confinement) may be anywhere."""
        for path in paths:
            self._file(path, confinement)

    def values(self, variables: Mapping[str, Any]) -> None:
        """Take `--var` values: strings as on Terraform's command line, or values as they are."""
        for name, value in variables.items():
            label = f"--var {name}"
            self.given[name] = Given(label, text=value) if isinstance(value, str) else Given(label, value=value)

    def _file(self, path: Path, confinement: Confinement | None) -> None:
        name = shown(path)
        try:
            data = confinement.read(path) if confinement is not None else read_named(path)
            file = SourceFile(name, data.decode("utf-8-sig"))
        except (OSError, UnicodeDecodeError, ConfinedError) as error:
            reason = str(error) if isinstance(error, ConfinedError) else f"it cannot be read: {type(error).__name__}"
            self._failed(name, reason)
            return
        body, diagnostics = parser.parse_json(file, variables=True) if name.endswith(".json") else parser.parse(file)
        self.diagnostics.extend(diagnostics)
        if any(d.severity == "error" for d in diagnostics):
            self._lose(name, "a part of it does not parse", "Fix the file.", everything=body.broken)
        for attribute in body.attributes.values():
            label = f"var.{attribute.name} in {path.name}"
            self.given[attribute.name] = Given(label, attribute.expr, file, attribute=attribute)

    def _lose(self, name: str, reason: str, action: str, *, everything: bool = True) -> None:
        """Note a file that may set any variable: what earlier files and defaults say is no longer certain."""
        self.gaps.append(Gap("terraform", name, reason, action))
        if everything:
            self.given.clear()
            self.lost = f"{name}: {reason}"

    def _failed(self, name: str, reason: str) -> None:
        self._lose(name, reason, "Make the file readable.")
        self.diagnostics.append(Diagnostic("error", "unreadable-file", f"{name}: {reason}", Location(name, 1)))


def automatic_files(directory: Path) -> list[Path]:
    """Return the tfvars files that Terraform loads by itself, in its order."""
    names = {entry.name for entry in directory.iterdir() if not entry.is_dir()}
    first = [name for name in ("terraform.tfvars", "terraform.tfvars.json") if name in names]
    auto = sorted(name for name in names if name.endswith((".auto.tfvars", ".auto.tfvars.json")))
    return [directory / name for name in [*first, *auto]]
