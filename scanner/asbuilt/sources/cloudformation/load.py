"""Make stacks of the templates that were found, of those that no other one nests."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from asbuilt.graph import Part
from asbuilt.model import Diagnostic, Gap, UnknownKind
from asbuilt.records import dataclass
from asbuilt.results import SourceInfo
from asbuilt.sources.cloudformation.checks import check
from asbuilt.sources.cloudformation.reading.discovery import SOURCE, Reader
from asbuilt.sources.cloudformation.resources import to_resources
from asbuilt.sources.cloudformation.serverless import PREFIX, SERVERLESS
from asbuilt.sources.cloudformation.stacks.parameters import PSEUDO
from asbuilt.sources.cloudformation.stacks.root import Root, Scan
from asbuilt.sources.cloudformation.stacks.stack import NESTED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from asbuilt.graph import Comment
    from asbuilt.model import Resource
    from asbuilt.sources.cloudformation.reading.document import Document
    from asbuilt.sources.cloudformation.stacks.parameters import Given
    from asbuilt.sources.cloudformation.stacks.stack import Stack

STACK_SET = "AWS::CloudFormation::StackSet"
_NESTING = (NESTED, f"{PREFIX}Application")


@dataclass(slots=True)
class Loaded:
    """The root templates of a scan."""

    scan: Scan
    roots: list[Root]
    _gaps: tuple[Gap, ...] = ()  # those of the roots, when there were so many in the scan:
    _told: int = 0

    def resources(self) -> list[tuple[Root, Sequence[Resource]]]:
        """Return the resources of each root with what is nested in it.

        Their addresses are logical ids, with the file's name before those that several root templates have.
        """
        before = _told_apart(self.roots)
        return [(root, to_resources(root, before)) for root in self.roots]

    def gaps(self) -> list[Gap]:
        """Return what could not be read so far."""
        if self._told != self.scan.gaps:
            self._told, self._gaps = self.scan.gaps, tuple(gap for root in self.roots for gap in root.gaps)
        return [*self.scan.reader.gaps, *self._gaps]

    def diagnostics(self) -> list[Diagnostic]:
        """Return what was wrong so far."""
        return [*self.scan.reader.diagnostics, *(remark for root in self.roots for remark in root.diagnostics)]

    def comments(self) -> list[Comment]:
        """Return what the templates say to asbuilt."""
        from asbuilt.sources.cloudformation.comments import comments

        return comments(stack for root in self.roots for stack in root.stacks())


def read_parts(
    documents: Sequence[Document],
    reader: Reader,
    *,
    given: Mapping[str, Given],
    remarks: Sequence[Diagnostic],
    folders: Mapping[str, Path],
    choose: Callable[[list[Path]], list[Path]],
    owner: Callable[[Path], str],
) -> Iterator[Part]:
    """Read the templates found into one part; `owner` says to which environment a root belongs."""
    loaded = load(documents, reader, given=given, remarks=remarks, folders=folders, choose=choose)
    found = loaded.resources()
    sources = tuple(SourceInfo(SOURCE, top.name, len(rows), owner(Path(top.name))) for top, rows in found)
    resources = [resource for _, rows in found for resource in rows]
    yield Part(resources, loaded.gaps, loaded.diagnostics, sources, loaded.comments())


def load(
    documents: Sequence[Document],
    reader: Reader,
    *,
    given: Mapping[str, Given],
    remarks: Sequence[Diagnostic] = (),
    folders: Mapping[str, Path],
    choose: Callable[[list[Path]], list[Path]],
) -> Loaded:
    """Make stacks of the templates found; `choose` says which of the root templates are wanted."""
    scan = Scan(reader, folders)
    reader.diagnostics.extend(remarks)
    if not documents:
        return Loaded(scan, [])
    called = _called(documents, scan)
    tops = [document for document in documents if document.real not in called] or documents
    paths = {Path(document.name): document for document in tops}
    scan.roots = [Root(scan, paths[path], given) for path in choose(list(paths))]
    for top in scan.roots:
        for stack in top.stacks():
            check(stack)
            _transforms(stack)
    _unknown_names(scan, given)
    scan.close()
    return Loaded(scan, scan.roots)


def _called(documents: Iterable[Document], scan: Scan) -> set[str]:
    """Return the real paths of the templates that others nest."""
    found: set[str] = set()
    for document in documents:
        nests = any(name in document.text for name in _NESTING)
        for declared in Root(scan, document, {}).stack.resources.values() if nests else ():
            where = scan.nested(declared) if declared.type == NESTED and declared.raw("TemplateURL") else None
            if isinstance(where, Path) and os.path.realpath(where) != document.real:
                found.add(os.path.realpath(where))
    return found


def _transforms(stack: Stack) -> None:
    """Keep a gap for the macros of a template: they run at deployment, and may make anything of it."""
    for name in stack.macros:
        reason = f"its transform {name} runs at deployment, and may add or change resources"
        action = "Check the template that `aws cloudformation get-template --template-stage Processed` returns."
        kind, place = UnknownKind.UNSUPPORTED, stack.document.locate(("Transform",))
        stack.root.gap(Gap(SOURCE, stack.document.name, reason, action, place, incomplete=False, kind=kind))
    _serverless(stack)
    _stack_sets(stack)
    for module in stack.modules:
        reason = f"its resources are those of the module {module.type}, which is registered at AWS"
        action = "Check the template that `aws cloudformation get-template --template-stage Processed` returns."
        kind, place = UnknownKind.MODULE, module.place.key
        stack.root.gap(Gap(SOURCE, module.address, reason, action, place, incomplete=False, kind=kind))


def _stack_sets(stack: Stack) -> None:
    """Keep gaps for stack sets: what their stacks hold stands in another template, which may be among those read."""
    scan = stack.root.scan
    sets = [declared for declared in stack.resources.values() if declared.type == STACK_SET]
    read = {root.stack.document.real for root in scan.roots} if sets else ()
    for declared in sets:
        found = scan.nested(declared)
        if not isinstance(found, Path) or os.path.realpath(found) not in read:
            reason = "the template of its stacks is not read"
            action = "Scan that template too, and name it by its path."
            what, place, kind = declared.address, declared.place.key, UnknownKind.MODULE
            stack.root.gap(Gap(SOURCE, what, reason, action, place, incomplete=False, kind=kind))


def _serverless(stack: Stack) -> None:
    """Keep gaps for what AWS SAM makes of a template and is not written out."""
    left = [declared for declared in stack.resources.values() if declared.type.startswith(PREFIX)]
    if stack.expansion is None:
        for declared in left:
            message = f"{declared.name} has a type of AWS SAM, but the template has no Transform {SERVERLESS}"
            stack.root.remark("error", "missing-transform", message, declared.place.key)
        return
    for gap in stack.expansion.gaps:
        stack.root.gap(gap)
    told = {gap.location for gap in stack.expansion.gaps}
    for declared in left:
        if declared.place.key not in told:
            what, reason = f"{declared.address}: what AWS SAM makes of it", "its type is not written out in loops"
            action = "Check the template that `aws cloudformation get-template --template-stage Processed` returns."
            kind = UnknownKind.UNSUPPORTED
            stack.root.gap(Gap(SOURCE, what, reason, action, declared.place.key, incomplete=False, kind=kind))


def _unknown_names(scan: Scan, given: Mapping[str, Given]) -> None:
    """Say which of the parameters given no root template has."""
    known = {name for root in scan.roots for name in root.stack.parameters} | PSEUDO
    for name, value in given.items():
        if name not in known:
            message = f"no root template has a parameter {name}"
            scan.reader.diagnostics.append(Diagnostic("warning", "unknown-parameter", message, value.location))


def _told_apart(roots: Sequence[Root]) -> dict[tuple[str, str], str]:
    """Return what to put before the addresses that several root templates have, by root and address."""
    owners: dict[str, list[str]] = defaultdict(list)
    for root in roots if len(roots) > 1 else ():
        for stack in root.stacks():
            for declared in stack.resources.values():
                if declared.exists() is not False:
                    owners[declared.address].append(root.name)
    found: dict[tuple[str, str], str] = {}
    for address, names in owners.items():
        if len(names) > 1:
            short = Counter(name.rpartition("/")[2] for name in names)
            for name in names:
                base = name.rpartition("/")[2]
                found[name, address] = base if short[base] == 1 else name
    return found
