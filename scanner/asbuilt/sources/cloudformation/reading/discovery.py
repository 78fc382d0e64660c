"""Find the templates below some paths."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from asbuilt.confinement import ConfinedError, Confinement, read_named, shown
from asbuilt.model import Diagnostic, Gap, Location, UnknownKind
from asbuilt.sources.cloudformation.reading.assemblies import MARKER, STAGED, read_assembly
from asbuilt.sources.cloudformation.reading.document import TemplateError
from asbuilt.sources.cloudformation.reading.files import (
    MAX_BYTES,
    SUFFIXES,
    is_template,
    looks_like_template,
    may_be_template,
    parse,
    plain,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from asbuilt.sources.cloudformation.reading.assemblies import Assembly
    from asbuilt.sources.cloudformation.reading.document import Document

SOURCE: Final = "cloudformation"
MAX_DIRECTORIES: Final = 50_000
_ELSEWHERE = frozenset({"node_modules", "__pycache__"})


def discovered(paths: Sequence[Path], root: Path | None, beside: Iterable[Path]) -> tuple[Reader, list[Document]]:
    """Return the templates below the paths, and what read them: reading stays inside of `root` and what is `beside`."""
    reader = Reader(Confinement.around(paths, root, beside))
    return reader, templates(paths, reader)


class Reader:
    """Reads each file once; what is wrong is kept as gaps and diagnostics."""

    def __init__(self, confinement: Confinement) -> None:
        self.confinement = confinement
        self.gaps: list[Gap] = []
        self.diagnostics: list[Diagnostic] = []
        self._documents: dict[str, Document | None] = {}
        self._fragments: dict[str, Document | None] = {}
        self._assemblies: dict[Path, Assembly | None] = {}

    def document(self, path: Path, *, must: bool = False) -> Document | None:
        """Return the template in a file, None where it holds something else or cannot be read.

        `must`: it has been named as a template, so that anything else is wrong. Raises ConfinedError, then, outside of
        the root.
        """
        real = os.path.realpath(path)
        if real not in self._documents:
            self._documents[real] = self._read(path, real, must)
        return self._documents[real]

    def _read(self, path: Path, real: str, must: bool) -> Document | None:
        name = shown(path)
        if not self.confinement.holds(real):
            if must:
                raise ConfinedError(f"{name} leads out of the scanned root")
            reason = "the link leads out of the scanned root, and may be to a template"
            action = "Remove it, or name the folder that may be read with --root."
            self.gaps.append(Gap(SOURCE, name, reason, action, incomplete=False, kind=UnknownKind.CONFINED))
            return None
        try:
            if not path.is_file():
                return None
            if path.stat().st_size > MAX_BYTES:
                self._too_large(path, name)
                return None
            content = read_named(path)
        except OSError as error:
            self.unreadable(name, f"cannot be read: {error.strerror or type(error).__name__}", "Make it readable.")
            return None
        if not must and not may_be_template(plain(content)):
            return None
        try:
            document = parse(content, name, real)
        except TemplateError as error:
            if must or looks_like_template(plain(content)):
                self.broken(name, error)
            return None
        if not is_template(document.data) and not (must and isinstance(document.data, dict)):
            if must:
                self.broken(name, TemplateError("not-a-template", "not a template", remedy="Give it Resources."))
            return None
        for remark in document.remarks:
            place = Location(name, *remark.span)
            severity = "error" if remark.code == "duplicate-key" else "warning"
            self.diagnostics.append(Diagnostic(severity, remark.code, remark.message, place))
        return document

    def fragment(self, path: Path) -> Document | None:
        """Return a file that a template includes, None where it cannot be read; it is no template by itself."""
        real = os.path.realpath(path)
        name = shown(path)
        if real not in self._fragments:
            self._fragments[real] = None
            try:
                self._fragments[real] = parse(self.confinement.read(path), name, real)
            except TemplateError as error:
                self.broken(name, error)
            except (OSError, ConfinedError):
                return None
        return self._fragments[real]

    def assembly(self, document: Document) -> Assembly | None:
        """Return what the AWS CDK wrote beside a template, None for one that it did not synthesise."""
        folder = Path(document.name).parent
        if folder not in self._assemblies:
            self._assemblies[folder] = read_assembly(folder, self)
        return self._assemblies[folder]

    def _too_large(self, path: Path, name: str) -> None:
        from mmap import ACCESS_READ, mmap

        with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
            found = may_be_template(content)
        if found:
            message = f"larger than {MAX_BYTES // 1024 // 1024} MiB"
            self.broken(name, TemplateError("template-too-large", message, remedy="Split the template up."))

    def broken(self, name: str, error: TemplateError) -> None:
        """Keep that a template cannot be read."""
        place = Location(name, error.line, error.column)
        message = f"{error.message}. {error.remedy}" if error.remedy else error.message
        self.diagnostics.append(Diagnostic("error", error.code, message, place))
        kind = UnknownKind.LIMIT if error.code == "template-too-large" else UnknownKind.ERROR
        self.gaps.append(Gap(SOURCE, name, error.message, error.remedy, place, kind=kind))

    def unreadable(self, name: str, reason: str, action: str, kind: UnknownKind = UnknownKind.UNREAD) -> None:
        """Keep that a file or folder cannot be read."""
        self.gaps.append(Gap(SOURCE, name, reason, action, kind=kind))


def templates(paths: Iterable[Path], reader: Reader) -> list[Document]:
    """Return the templates at and below the paths; hidden folders and links to folders are not entered."""
    found: dict[str, Document] = {}
    for path in paths:
        for file in [path] if path.is_file() else _walk(path, reader):
            document = reader.document(file)
            if document is not None:
                found.setdefault(document.real, document)
    return list(found.values())


def _walk(top: Path, reader: Reader) -> Iterator[Path]:
    def refused(error: OSError) -> None:
        what = shown(Path(error.filename or top))
        reader.unreadable(what, f"the directory cannot be read: {type(error).__name__}", "Make it readable.")

    for count, (folder, below, names) in enumerate(os.walk(top, onerror=refused)):
        if count >= MAX_DIRECTORIES:
            reason = f"more than {MAX_DIRECTORIES} directories are not searched"
            reader.unreadable(shown(top), reason, "Name the directories.", UnknownKind.LIMIT)
            return
        below[:] = sorted(name for name in below if not name.startswith(".") and name not in _ELSEWHERE)
        if MARKER in names:  # the code and data of the application are no templates of it
            below[:] = [name for name in below if not name.startswith(STAGED)]
            names = [name for name in names if not name.startswith(STAGED)]
        for name in sorted(names):
            if name.lower().endswith(SUFFIXES) and not name.startswith("."):
                yield Path(folder) / name
