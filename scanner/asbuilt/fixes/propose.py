"""Propose changes: for each violation whose right value is known, the edit at the place its value comes from."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from asbuilt.fixes import samconfig, templates
from asbuilt.fixes.alignment import cells
from asbuilt.fixes.changes import Change, Target
from asbuilt.fixes.document import RefusedError
from asbuilt.fixes.literals import literal, same, written
from asbuilt.fixes.nested import Nested, text_of
from asbuilt.fixes.terraform import TerraformDocument
from asbuilt.model import Verdict
from asbuilt.records import dataclass
from asbuilt.sources.terraform.evaluation.blocks import META_ARGUMENTS
from asbuilt.sources.terraform.parsing import syntax

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from asbuilt.fixes.nested import Tree
    from asbuilt.fixes.opening import Documents
    from asbuilt.results import Finding, Rewrite

_INDEX = re.compile(r"\[\d+\]")
_DYNAMIC = frozenset({"dynamic", "content"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """A violation without an edit although the right value is known, and why."""

    target: Target
    reason: str


def propose(findings: Iterable[Finding], documents: Documents) -> tuple[list[Change], list[Refusal]]:
    """Return a change for each place to edit, and the violations for which there is none."""
    changes: list[Change] = []
    refused: list[Refusal] = []
    for target, rewrite in _rewrites(findings):
        try:
            changes.append(_change(target, rewrite, documents))
        except RefusedError as error:
            refused.append(Refusal(target, str(error)))
    kept, torn = _merged(changes)
    return kept, [*refused, *torn]


def _rewrites(findings: Iterable[Finding]) -> Iterator[tuple[Target, Rewrite]]:
    for finding in findings:
        if finding.verdict is Verdict.FAIL:
            for item in finding.evidence:
                if item.rewrite is not None:
                    yield Target(finding, item), item.rewrite


def _change(target: Target, rewrite: Rewrite, documents: Documents) -> Change:
    where = target.item.origin
    if where is None:
        raise RefusedError("it has no place in a file")
    document = documents.open(where.file)
    if isinstance(document, samconfig.SamConfiguration):
        return samconfig.change(target, rewrite, where, document)
    if not isinstance(document, TerraformDocument):
        return templates.change(target, rewrite, where, document)
    expr = document.value_at(where)
    if expr is not None:
        return _replaced(target, rewrite, document, expr)
    blocks = document.blocks_at(where)
    if blocks and target.item.absent and not target.item.via:
        return _added(target, rewrite, document, blocks)
    raise RefusedError(f"what is at {where} is no plain value")


def _replaced(target: Target, rewrite: Rewrite, document: TerraformDocument, expr: syntax.Expr) -> Change:
    value = literal(expr, document.text)
    where = document.location(expr.start, expr.end)
    if value is None:
        raise RefusedError(f"at {where} stands no plain number, truth value or text")
    if not same(rewrite.found, value[0]):
        raise RefusedError(f"the value at {where} is turned into another one on its way")
    text = written(rewrite.wanted, document.text[expr.start : expr.end])
    return Change(document, expr.start, expr.end, text, text, targets=[target])


def _added(target: Target, rewrite: Rewrite, document: TerraformDocument, blocks: tuple[syntax.Block, ...]) -> Change:
    names = _INDEX.sub("", target.item.native).split(".")
    block = blocks[-1]
    header = " ".join([block.type, *block.labels])
    if blocks[0].type != "resource":
        raise RefusedError(f"{header} is no resource")
    there = len(blocks) - 1
    if names[:-1][:there] != [inner.type for inner in blocks[1:]]:
        raise RefusedError(f"{header} is not the block that {'.'.join(names)} belongs to")
    name = names[there]
    if _DYNAMIC.intersection(inner.type for inner in blocks) or block.body.broken or not name.isidentifier():
        raise RefusedError(f"the block {header} is not written out")
    taken = {label for inner in block.body.blocks for label in (inner.type, *inner.labels)}
    if name in block.body.attributes or name in taken:
        raise RefusedError(f"the block {header} sets {name}, or parts of it, from something else")
    shown = written(rewrite.wanted)
    if names[there + 1 :]:
        at, write = _end_of(document, block)
        nested = Nested(blocks[0].labels[0], tuple(names), there, shown, write)
        return Change(document, at, at, "", shown, name, [target], nested)
    at, before = _insertion(document, block)
    return Change(document, at, at, f"{document.ending(at)}{_argument(before, name)} = {shown}", shown, name, [target])


def _insertion(document: TerraformDocument, block: syntax.Block) -> tuple[int, str]:
    """Return where to add an argument, the end of a line, and what a line there begins with: indent and a name.

    That is after the first adjacent arguments of one line each, meta-arguments aside; without such, behind the header.
    """
    text = document.text
    line_of = document.location
    brace = text.index("{", block.header_end)
    if "\n" not in text[brace : block.end]:
        raise RefusedError("the block is written on one line")
    own = sorted(block.body.attributes.values(), key=lambda attribute: attribute.start)
    last: syntax.Attribute | None = None
    for attribute in own:
        place = line_of(attribute.start, attribute.end)
        single = place.start_line == place.end_line
        if last is None:
            if attribute.name in META_ARGUMENTS:
                continue
            if not single:
                break
        elif not single or place.start_line != line_of(last.start, last.end).start_line + 1:
            break
        last = attribute
    column = document.location(block.start, block.start).start_column - 1
    indent = text[block.start - column : block.start] + "  "
    if last is None:
        return document.line_end(brace), indent
    start = text.rindex("\n", 0, last.start) + 1
    return document.line_end(last.end), text[start : document.line_end(last.end)]


def _end_of(document: TerraformDocument, block: syntax.Block) -> tuple[int, Callable[[str, Tree], str]]:
    """Return where to add a block, below everything that is in this one, and how to write it there."""
    text = document.text
    start = text.rfind("\n", 0, block.end) + 1
    indent = text[start : block.end - 1]
    if indent.strip() or start <= text.index("{", block.header_end):
        raise RefusedError("what is in the block does not end on a line of its own")
    at = document.line_end(start - 1)
    above = text[text.rfind("\n", 0, at) + 1 : at].strip()
    ending = document.ending(at)
    gap = ending if above and not above.endswith("{") else ""
    return at, lambda name, tree: gap + "".join(f"{ending}{line}" for line in _block(name, tree, f"{indent}  "))


def _block(name: str, tree: Tree, indent: str) -> Iterator[str]:
    wide = max(len(key) for key in tree)
    yield f"{indent}{name} {{"
    yield from (f"{indent}  {key.ljust(wide)} = {value}" for key, value in tree.items())
    yield f"{indent}}}"


def _argument(before: str, name: str) -> str:
    """Return indent and name, as wide as those of the line before where that one is wider."""
    indent = before[: len(before) - len(before.lstrip())]
    parts = cells(before)
    wide = before.index(parts.assign, len(parts.lead)) - 1 if parts is not None and parts.assign else 0
    return (indent + name).ljust(wide)


def _merged(changes: list[Change]) -> tuple[list[Change], list[Refusal]]:
    """Make one change of those at one place; where they differ there is none, and the reason names who wants what."""
    places: dict[tuple[str, int, int, str], list[Change]] = defaultdict(list)
    for change in changes:
        places[(change.document.real, change.start, change.end, change.name)].append(change)
    kept: list[Change] = []
    refused: list[Refusal] = []
    for same_place in places.values():
        first = same_place[0]
        targets = [target for change in same_place for target in change.targets]
        try:
            text = _text(same_place)
        except RefusedError as error:
            refused += [Refusal(target, str(error)) for target in targets]
            continue
        kept.append(replace(first, text=text, targets=targets))
    return kept, refused


def _text(changes: list[Change]) -> str:
    nested = [change.nested for change in changes if change.nested is not None]
    texts = {text_of(nested)} if nested else {change.text for change in changes}
    text = texts.pop()
    if text is None or texts:
        raise RefusedError(f"{changes[0].edit.location} serves several that need different values: {_wishes(changes)}")
    return text


def _wishes(changes: list[Change]) -> str:
    wishes: dict[str, str] = {}
    for change in changes:
        wishes.setdefault(change.shown, change.targets[0].finding.resource.address)
    return ", ".join(f"{value} for {address}" for value, address in sorted(wishes.items()))
