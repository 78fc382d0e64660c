"""What functions read: files inside the scanned root, and templates rendered by the evaluator."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asbuilt.confinement import ConfinedError, shown
from asbuilt.sources.terraform.evaluation.dispatch import evaluate
from asbuilt.sources.terraform.language.errors import EvalError, LimitError, OutsideError
from asbuilt.sources.terraform.parsing import parser
from asbuilt.sources.terraform.parsing.syntax import ErrorExpr, SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.sources.terraform.evaluation.modules import ModuleInstance

MAX_FILES = 100_000
MAX_TEMPLATES = 20  # templates that render templates


class ModuleFiles:
    """A `functions.Context` for one module instance: paths start at the root module's directory."""

    def __init__(self, module: ModuleInstance) -> None:
        self._module = module
        self._depth = 0

    @property
    def base(self) -> Path:
        """The directory Terraform would run in."""
        return self._module.root.path

    def _locate(self, path: str) -> Path:
        if path.startswith("~"):
            raise OutsideError(f"{path} leads out of the scanned root")
        try:
            return self._module.root.confinement.resolve(self.base, path)
        except ConfinedError as error:
            raise OutsideError(str(error)) from None

    def read(self, path: str) -> bytes:
        """Return a file's bytes. Raises OutsideError, FileNotFoundError."""
        found = self._locate(path)
        if not found.exists():
            raise FileNotFoundError(path)
        try:
            return self._module.root.confinement.read(found)
        except ConfinedError as error:
            raise OutsideError(str(error)) from None

    def exists(self, path: str) -> bool:
        """Whether a regular file is there. Raises OutsideError."""
        found = self._locate(path)
        if found.is_dir():
            raise EvalError(f"{path} is a directory, not a file")
        return found.is_file()

    def files(self, path: str) -> Iterator[str]:
        """Yield the regular files below a directory, those behind links out of the root left out."""
        top = self._locate(path)
        seen = 0
        for folder, _, names in os.walk(top):
            for name in sorted(names):
                seen += 1
                if seen > MAX_FILES:
                    raise LimitError(f"more than {MAX_FILES} files below {path}")
                found = Path(folder) / name
                if found.is_file() and self._module.root.confinement.allows(found):
                    yield found.relative_to(top).as_posix()

    def render_template(self, source: str, variables: dict[str, Any], name: str) -> Any:
        """Return a template's text with `variables` as the only names. Raises EvalError."""
        if self._depth >= MAX_TEMPLATES:
            raise LimitError(f"{name}: templates are nested deeper than {MAX_TEMPLATES}")
        file = SourceFile(shown(self.base / name) if name else "<template>", source)
        expr, diagnostics = parser.parse_template(file)
        if isinstance(expr, ErrorExpr) or any(d.severity == "error" for d in diagnostics):
            raise EvalError(f"{name}: {diagnostics[0].message if diagnostics else 'it does not parse'}")
        self._depth += 1
        try:
            return evaluate(expr, TemplateScope(self._module, variables, file))  # type: ignore[arg-type]
        finally:
            self._depth -= 1


class TemplateScope:
    """The scope of a template: its variables, the module's files, and nothing else of the module."""

    __slots__ = ("file", "module", "names")

    def __init__(self, module: Any, names: dict[str, Any], file: SourceFile) -> None:
        self.module = module if isinstance(module, TemplateModule) else TemplateModule(module)
        self.names = names
        self.file = file

    def child(self, names: dict[str, Any]) -> TemplateScope:
        """Return a scope with more names bound."""
        return TemplateScope(self.module, {**self.names, **names}, self.file)


class TemplateModule:
    """Stands for a module where only template variables may be seen."""

    __slots__ = ("files", "root")

    def __init__(self, module: ModuleInstance) -> None:
        self.root = module.root
        self.files = module.files

    def lookup(self, name: str, attribute: str) -> Any:
        """Refuse: what is not a template variable does not exist in a template."""
        raise EvalError(f'Invalid reference: "{name}.{attribute}" is not a variable of this template.')
