"""Opening the files that may be edited."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from asbuilt.fixes.document import Document, RefusedError, confined, inside
from asbuilt.fixes.samconfig import SamConfiguration
from asbuilt.fixes.templates import TemplateDocument
from asbuilt.fixes.terraform import TerraformDocument
from asbuilt.sources.cloudformation.reading.files import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_KINDS: Mapping[str | tuple[str, ...], type[Document] | None] = {
    (".tf.json", ".tfvars.json"): None,
    (".tf", ".tfvars"): TerraformDocument,
    ".toml": SamConfiguration,
    SUFFIXES: TemplateDocument,
}


class Documents:
    """Opens files that may be edited, each once."""

    def __init__(self, roots: Iterable[str], vendored: Iterable[Path] = ()) -> None:
        self.roots = tuple(roots)
        self.vendored = tuple(os.path.realpath(path) for path in vendored)
        self._open: dict[str, Document | RefusedError] = {}

    def open(self, name: str) -> Document:
        """Return a file by the name a location has. Raises RefusedError."""
        if name not in self._open:
            try:
                self._open[name] = self._read(name)
            except RefusedError as error:
                self._open[name] = error
        found = self._open[name]
        if isinstance(found, RefusedError):
            raise found
        return found

    def _read(self, name: str) -> Document:
        kind: type[Document] | None = next((kind for ends, kind in _KINDS.items() if name.endswith(ends)), None)
        if kind is None:
            raise RefusedError(f"{name} is no file in Terraform's own syntax, no template and no file of parameters")
        real = confined(Path(name), self.roots)
        if any(inside(real, folder) for folder in self.vendored) or ".terraform" in Path(real).parts:
            raise RefusedError(f"{name} belongs to a module that was downloaded")
        try:
            data = Path(real).read_bytes()
            return kind(name, real, data)
        except (OSError, UnicodeDecodeError) as error:
            raise RefusedError(f"{name} cannot be read: {type(error).__name__}") from None
