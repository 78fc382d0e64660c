"""The static tree of modules below a root: which directory each `module` block means."""

from __future__ import annotations

import json
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from asbuilt.confinement import ConfinedError, Confinement, shown
from asbuilt.model import Diagnostic, Gap, UnknownKind
from asbuilt.records import dataclass
from asbuilt.sources.terraform.configuration.config import Declaration, Module, load_module

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asbuilt.sources.terraform.language.typesys import Type

MAX_DEPTH = 30
MAX_CALLS = 20_000


@dataclass(slots=True)
class ModuleNode:
    """A module at one place of the tree; `missing` says for each call that could not be followed why."""

    module: Module
    path: tuple[str, ...] = ()
    children: dict[str, ModuleNode] = field(default_factory=dict)
    missing: dict[str, tuple[UnknownKind, str]] = field(default_factory=dict)
    types: dict[str, Type] = field(default_factory=dict)


@dataclass(slots=True)
class Loader:
    """Loads each directory once, whatever number of calls lead to it, and notes what is missing."""

    confinement: Confinement
    module_dirs: Mapping[str, Path] = field(default_factory=dict)
    modules: dict[Path, Module] = field(default_factory=dict)
    gaps: dict[tuple[str, str], Gap] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    calls: int = 0
    _real: dict[Path, Path] = field(default_factory=dict)
    _beside: dict[tuple[Path, str], Path] = field(default_factory=dict)

    def real(self, directory: Path) -> Path:
        """Return a directory with its links followed, which is looked up once."""
        if directory not in self._real:
            self._real[directory] = directory.resolve()
        return self._real[directory]

    def module(self, directory: Path) -> Module:
        """Return what a directory declares."""
        real = self.real(directory)
        if real not in self.modules:
            module = load_module(directory, self.confinement)
            self.modules[real] = module
            self.diagnostics.extend(module.diagnostics)
            for name, reason in module.unreadable:
                self.gap(Gap("terraform", name, reason, "Fix the file; what it declares is not checked."))
        return self.modules[real]

    def gap(self, gap: Gap) -> None:
        """Note a gap, once for the same thing."""
        self.gaps.setdefault((gap.what, gap.reason), gap)

    def tree(self, directory: Path) -> ModuleNode:
        """Return the tree of modules below a root directory."""
        root = ModuleNode(self.module(directory))
        self._descend(root, directory, (self.real(directory),), _installed(directory, self.confinement))
        return root

    def _descend(self, node: ModuleNode, root: Path, chain: tuple[Path, ...], installed: Mapping[str, str]) -> None:
        for name, call in node.module.calls.items():
            self.calls += 1
            path = (*node.path, name)
            try:
                directory = self._directory(node, call, root, installed.get(".".join(path)))
                self._bounds(directory, chain)
            except _MissingError as error:
                node.missing[name] = (error.kind, str(error))
                self._report(call, error)
                continue
            child = ModuleNode(self.module(directory), path)
            node.children[name] = child
            self._descend(child, root, (*chain, self.real(directory)), installed)

    def _bounds(self, directory: Path, chain: tuple[Path, ...]) -> None:
        if self.real(directory) in chain:
            raise _MissingError(UnknownKind.ERROR, "module-cycle", "the module calls itself")
        if len(chain) > MAX_DEPTH:
            raise _MissingError(UnknownKind.LIMIT, "module-depth", f"modules are nested deeper than {MAX_DEPTH}")
        if self.calls > MAX_CALLS:
            raise _MissingError(UnknownKind.LIMIT, "module-calls", f"there are more than {MAX_CALLS} module calls")

    def _directory(self, node: ModuleNode, call: Declaration, root: Path, installed: str | None) -> Path:
        source = call.text("source")
        if not source:
            raise _MissingError(UnknownKind.ERROR, "module-source", "the module has no literal source")
        if source.startswith(("./", "../")) or source in {".", ".."}:
            return self._local(node.module.directory, source)
        if Path(source).is_absolute() or source.startswith(("~", "file:")):
            raise _MissingError(
                UnknownKind.CONFINED, "module-outside-root", f"{source} is an absolute path, which is refused"
            )
        for name in (source, source.partition("?")[0], source.partition("//")[0]):
            if name in self.module_dirs:
                inside = source.partition("?")[0].removeprefix(name).lstrip("/")
                return self._existing(self.module_dirs[name] / inside, source)
        if installed is not None:
            return self._local(root, installed)
        raise _MissingError(UnknownKind.MODULE, "module-not-on-disk", f"{source} is not on disk")

    def _local(self, base: Path, source: str) -> Path:
        found = self._beside.get((base, source))
        if found is None:
            try:
                found = self._existing(self.confinement.resolve(base, source), source)
            except ConfinedError as error:
                raise _MissingError(UnknownKind.CONFINED, "module-outside-root", str(error)) from None
            self._beside[base, source] = found
        return found

    def _existing(self, directory: Path, source: str) -> Path:
        if not self.confinement.allows(directory):
            raise _MissingError(UnknownKind.CONFINED, "module-outside-root", f"{source} leads out of the scanned root")
        if not directory.is_dir():
            raise _MissingError(UnknownKind.ERROR, "module-not-found", f"there is no directory {shown(directory)}")
        return directory

    def _report(self, call: Declaration, error: _MissingError) -> None:
        source = call.text("source") or f'module "{call.name}"'
        if error.kind is UnknownKind.MODULE:
            action = f"Run terraform init, or pass --module-dir {source}=DIRECTORY."
            gap = Gap(
                "terraform",
                source,
                "the module is not on disk",
                action,
                call.location,
                incomplete=False,
                kind=error.kind,
            )
            self.gap(gap)
            return
        action = (
            "Name the repository with --root." if error.kind is UnknownKind.CONFINED else "Fix the module's source."
        )
        self.gap(Gap("terraform", source, str(error), action, call.location, kind=error.kind))
        self.diagnostics.append(Diagnostic("error", error.code, f'module "{call.name}": {error}', call.location))


class _MissingError(Exception):
    def __init__(self, kind: UnknownKind, code: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.code = code


def _installed(root: Path, confinement: Confinement) -> dict[str, str]:
    """Return the directories of installed modules by their dotted path, as `terraform init` noted them."""
    manifest = root / ".terraform" / "modules" / "modules.json"
    try:
        entries = json.loads(confinement.read(manifest))["Modules"]
        return {str(e["Key"]): str(e["Dir"]) for e in entries if e["Key"] and not Path(str(e["Dir"])).is_absolute()}
    except (OSError, ValueError, KeyError, TypeError, ConfinedError, RecursionError):
        return {}
