"""A scan's root templates and what they share: files, exports, remarks."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from asbuilt.confinement import ConfinedError
from asbuilt.model import Diagnostic, Gap, Reference, Unknown, UnknownKind
from asbuilt.patterns import when_used
from asbuilt.sources.cloudformation.language.values import EvaluationError, derived, unmark
from asbuilt.sources.cloudformation.reading.discovery import SOURCE, Reader
from asbuilt.sources.cloudformation.reading.document import Place
from asbuilt.sources.cloudformation.stacks.assertions import REGION, asserted_region
from asbuilt.sources.cloudformation.stacks.parameters import Given
from asbuilt.sources.cloudformation.stacks.stack import NESTED, Stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from asbuilt.model import Location
    from asbuilt.sources.cloudformation.reading.document import Document
    from asbuilt.sources.cloudformation.serverless.expand import Expansion
    from asbuilt.sources.cloudformation.serverless.translator import Translator
    from asbuilt.sources.cloudformation.stacks.declared import Declared, Entry
    from asbuilt.sources.cloudformation.stacks.evaluation import Scope

MAX_NESTING: Final = 12
MAX_STACKS: Final = 2_000  # below one root
_URL: Final = when_used(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


class Scan:
    """All root templates of a scan. `folders` maps the beginning of a URL to the folder that holds the same."""

    def __init__(self, reader: Reader, folders: Mapping[str, Path]) -> None:
        self.reader = reader
        self.folders = folders
        self.roots: list[Root] = []
        self.gaps = 0  # how many its roots have found
        self._exports: list[tuple[Any, Stack, str]] | None = None
        self.translator: Translator | None = None  # of AWS SAM

    def close(self) -> None:
        """End what runs beside."""
        if self.translator is not None:
            self.translator.close()

    def locate(self, where: Any, document: Document) -> Path | Unknown:
        """Return the file that a template of a document names: a path beside it, or a URL whose folder is known."""
        value = unmark(where)[0]
        if isinstance(value, Unknown):
            return derived([value])
        if not isinstance(value, str) or not value:
            return Unknown(UnknownKind.ERROR, "it does not say which template")
        for beginning, folder in self.folders.items():
            if value.startswith(beginning):
                return folder / value[len(beginning) :].lstrip("/")
        if _URL.match(value):
            return Unknown(UnknownKind.MODULE, f"the template {value} is not on disk")
        try:
            return self.reader.confinement.resolve(Path(document.real).parent, value)
        except ConfinedError as error:
            return Unknown(UnknownKind.CONFINED, str(error))

    def nested(self, declared: Declared) -> Path | Unknown:
        """Return the file of the template that a resource nests; what the CDK uploads is among the files it wrote."""
        document, raw = declared.stack.document, declared.raw("TemplateURL")
        value = None if raw is None else declared.scope.evaluate(*raw)
        found = self.locate(value, document)
        assembly = self.reader.assembly(document) if isinstance(found, Unknown) else None
        if assembly is None:
            return found
        metadata = declared.body.get("Metadata")
        path = metadata.get("aws:asset:path") if isinstance(metadata, dict) else None
        if not isinstance(path, str):
            url = unmark(value)[0]
            text = url.suffix if isinstance(url, Unknown) else str(url)
            path = assembly.asset(text.rpartition("/")[2].partition(".")[0], self.reader)
        beside = found if path is None else self.locate(path, document)
        return found if isinstance(beside, Unknown) and beside.kind is not UnknownKind.CONFINED else beside

    def fragment(self, where: str, place: Place) -> Document | Unknown:
        """Return the file that an include names, an Unknown where it is not on disk."""
        found = self.locate(where, place.document)
        if isinstance(found, Unknown):
            return found
        document = self.reader.fragment(found)
        if document is None:
            return Unknown(UnknownKind.MODULE, f"the file {where} to include cannot be read", place.location)
        return document

    def included_entries(self, raw: Any, place: Place, scope: Scope) -> Iterator[tuple[str, Entry]]:
        """Yield the entries that an include adds to a section."""
        transforms = raw if isinstance(raw, list) else [raw]
        for at, transform in enumerate(transforms):
            parameters = transform.get("Parameters") if isinstance(transform, dict) else None
            where = parameters.get("Location") if isinstance(parameters, dict) else None
            here = place.child(at) if isinstance(raw, list) else place
            found: Any = Unknown(UnknownKind.UNSUPPORTED, "a macro runs at deployment only")
            if isinstance(transform, dict) and transform.get("Name") == "AWS::Include":
                value = scope.evaluate(where, here)
                found = self.fragment(value, here) if isinstance(value, str) else value
            if isinstance(found, Unknown) or found is None or not isinstance(found.data, dict):
                reason = found.reason if isinstance(found, Unknown) else "what it includes is no mapping"
                what = f"{place.document.name}: Fn::Transform"
                action = "Put the file beside the template, or say where it is with --module-dir URL=FOLDER."
                kind = found.kind if isinstance(found, Unknown) else UnknownKind.MODULE
                gap = Gap(SOURCE, what, reason, action, here.location, incomplete=False, kind=kind)
                scope.stack.root.gap(gap)
                continue
            for name, body in found.data.items():
                yield scope.named(name), (body, Place(found, (name,)), scope)

    def imported(self, name: Any) -> Any:
        """Return what Fn::ImportValue reads: the one export of the scan that has the name, as far as it is known."""
        wanted = unmark(name)[0]
        matches = [(stack, output) for export, stack, output in self._exported() if _may_be(export, wanted)]
        if len(matches) == 1:
            stack, output = matches[0]
            return stack.output(output)
        shown = wanted if isinstance(wanted, str) else "a value whose name is not known"
        if matches:
            return Unknown(UnknownKind.VARIABLE, f"several stacks export {shown}", type="string")
        refs = (
            (Reference(f"export {wanted}", "Value"),) if isinstance(wanted, str) else ()
        )  # one value wherever it is read
        reason = f"no template that was read exports {shown}"
        return Unknown(UnknownKind.MODULE, reason, references=refs, exact=bool(refs), type="string")

    def _exported(self) -> list[tuple[Any, Stack, str]]:
        if self._exports is None:
            self._exports = []
            for root in self.roots:
                for stack in root.stacks():
                    for output, (body, place, scope) in stack.outputs.items():
                        export = body.get("Export") if isinstance(body, dict) else None
                        if isinstance(export, dict) and "Name" in export and stack.puts_out(output):
                            at = place.child("Export").child("Name")
                            self._exports.append((unmark(scope.evaluate(export["Name"], at))[0], stack, output))
        return self._exports


def _may_be(export: Any, wanted: Any) -> bool:
    """Whether an export may be the one wanted; of two names that are not known, the ends have to agree."""
    if isinstance(export, str) and isinstance(wanted, str):
        return export == wanted
    one = (export, "", "") if isinstance(export, str) else ("", *_ends(export))
    other = (wanted, "", "") if isinstance(wanted, str) else ("", *_ends(wanted))
    if one[0] or other[0]:
        text, ends = (one[0], other[1:]) if one[0] else (other[0], one[1:])
        return bool(ends[1]) and str(text).startswith(ends[0]) and str(text).endswith(ends[1])
    return bool(one[2]) and one[2] == other[2] and (one[1].startswith(other[1]) or other[1].startswith(one[1]))


def _ends(value: Any) -> tuple[str, str]:
    return (value.prefix, value.suffix) if isinstance(value, Unknown) else ("", "")


def _known(scan: Scan, document: Document) -> dict[str, Given]:
    """Return what is known of a stack without anybody giving it: by its template's rules, by what the CDK wrote."""
    insisted = asserted_region(document)
    found = {} if insisted is None else {REGION: insisted}
    assembly = scan.reader.assembly(document)
    for told in assembly.told(Path(document.name).name) if assembly is not None else ():
        found[told.name] = Given(told.value, "the CDK's manifest", told.location)
    return found


class Root:
    """A root template with what is nested in it."""

    def __init__(self, scan: Scan, document: Document, given: Mapping[str, Given]) -> None:
        self.scan = scan
        self.given = {**_known(scan, document), **given}
        self.name = document.name
        self.key_prefix = f"{document.name}//"
        self.depth = self.turns = self.count = 0
        self.gaps: list[Gap] = []
        self.diagnostics: list[Diagnostic] = []
        self._said: set[tuple[Any, ...]] = set()
        self.stack = Stack(self, document)

    def expanded(self, document: Document, *, nested: bool) -> Expansion:
        """Return a template of AWS SAM written out."""
        from asbuilt.sources.cloudformation.serverless.expand import expanded
        from asbuilt.sources.cloudformation.serverless.translator import Translator

        if self.scan.translator is None:
            self.scan.translator = Translator(sys.executable)
        given = {} if nested else {name: value.value for name, value in self.given.items()}
        return expanded(document, self.scan.translator, given, nested)

    def remark(self, severity: str, code: str, message: str, location: Location | None) -> None:
        """Keep a remark on the templates, once."""
        if (code, message, location) not in self._said:
            self._said.add((code, message, location))
            self.diagnostics.append(Diagnostic(severity, code, message, location))

    def gap(self, gap: Gap) -> None:
        """Keep what could not be read, once."""
        if (gap.what, gap.reason) not in self._said:
            self._said.add((gap.what, gap.reason))
            self.gaps.append(gap)
            self.scan.gaps += 1

    def guard(self, compute: Callable[[], Any], place: Place) -> Any:
        """Return what is computed, an Unknown and a remark where the template is wrong."""
        try:
            return compute()
        except EvaluationError as error:
            return self.refused(error, place)

    def refused(self, error: EvaluationError, place: Place) -> Unknown:
        """Return what a mistake in a template makes of a value, with a remark."""
        location = place.location
        self.remark("error", error.code, error.message, location)
        return Unknown(error.kind, error.message, location)

    def stacks(self) -> Iterator[Stack]:
        """Yield the root's stack and those nested in it, depth first; those that are not created are left out."""
        waiting = [self.stack]
        while waiting:
            stack = waiting.pop()
            yield stack
            inner = []
            for name, declared in stack.resources.items():
                if declared.type == NESTED and declared.exists() is not False:
                    child = stack.child(name)
                    if isinstance(child, Stack):
                        inner.append(child)
            waiting.extend(reversed(inner))

    def nested(self, stack: Stack, declared: Declared) -> Stack | Unknown:
        """Return the stack that a resource nests; a gap where its template is not on disk."""
        raw = declared.raw("TemplateURL")
        place = declared.place if raw is None else raw[1]
        found = self.scan.nested(declared)
        if isinstance(found, Unknown):
            return self._missing(declared, found, place)
        try:
            document = self.scan.reader.document(found, must=True)
        except ConfinedError as error:
            return self._missing(declared, Unknown(UnknownKind.CONFINED, str(error)), place)
        if document is None:
            reason = f"the template {found.name} is not on disk, or cannot be read"
            return self._missing(declared, Unknown(UnknownKind.MODULE, reason), place)
        chain, above = [stack.document.real], stack.caller
        while above is not None:
            chain.append(above.stack.document.real)
            above = above.stack.caller
        self.count += 1
        if document.real in chain:
            message = f"{document.name} nests itself"
            self.remark("error", "nested-stack-cycle", message, place.location)
            return Unknown(UnknownKind.LIMIT, message, place.location)
        if len(chain) > MAX_NESTING:
            return self._beyond("too-deep-stacks", f"stacks are nested more than {MAX_NESTING} deep", place)
        if self.count > MAX_STACKS:
            return self._beyond("too-many-stacks", f"there are more than {MAX_STACKS:,} nested stacks", place)
        return Stack(self, document, declared)

    def _beyond(self, code: str, message: str, place: Place) -> Unknown:
        """Say that a nested stack is left out, as one of too many."""
        self.remark("error", code, message, place.location)
        what, action = f"{self.name}: nested stacks", "Check the stacks that are left out by themselves."
        self.gap(Gap(SOURCE, what, message, action, place.location, kind=UnknownKind.LIMIT))
        return Unknown(UnknownKind.LIMIT, message, place.location)

    def _missing(self, declared: Declared, why: Unknown, place: Place) -> Unknown:
        action = (
            "Name the template by its path, give the parameters of its URL with --parameters, "
            "or say where it is with --module-dir URL=FOLDER."
        )
        what = f"the nested stack {declared.address}"
        self.gap(Gap(SOURCE, what, why.reason, action, place.location, incomplete=False, kind=UnknownKind.MODULE))
        return Unknown(UnknownKind.MODULE, f"{what} is not read: {why.reason}", place.location)
