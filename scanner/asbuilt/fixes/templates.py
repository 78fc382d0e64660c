"""Edits in CloudFormation templates and files of parameters: a plain value for another, a property that is missing.

Text is edited, not data: quotes, comments and layout stay. Whatever is not plainly written out is refused.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from asbuilt.fixes.changes import Change
from asbuilt.fixes.document import Document, RefusedError
from asbuilt.fixes.literals import plain, same
from asbuilt.fixes.nested import Nested
from asbuilt.sources.cloudformation.reading.assemblies import MARKER
from asbuilt.sources.cloudformation.reading.document import TemplateError
from asbuilt.sources.cloudformation.reading.files import parse
from asbuilt.sources.cloudformation.reading.json_text import JsonPlaces
from asbuilt.sources.cloudformation.serverless import PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from asbuilt.fixes.changes import Target
    from asbuilt.fixes.nested import Tree
    from asbuilt.model import Location
    from asbuilt.model import Path as Steps
    from asbuilt.results import Rewrite
    from asbuilt.sources.cloudformation.reading.document import Span

_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")
_TRUTH: Final = re.compile(r"true|false", re.IGNORECASE)
# A text of YAML that needs no quotes, and is a text without them; and the words that are something else.
_BARE: Final = re.compile(r"[A-Za-z/][\w./@+-]*(?::[\w./@+-]+)*", re.ASCII)
_WORDS: Final = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
_OTHER_BREAKS: Final = re.compile("\r(?!\n)|[\x85\u2028\u2029]")


class TemplateDocument(Document):
    """A template, or a file of parameters."""

    def __init__(self, name: str, real: str, data: bytes) -> None:
        super().__init__(name, real, data)
        if _OTHER_BREAKS.search(self.text):
            raise RefusedError(f"{name} has breaks of lines that editors do not agree on")
        if (Path(real).parent / MARKER).is_file():
            raise RefusedError(f"{name} is synthesised by the CDK: change the construct")
        try:
            found = parse(data, name, real)
        except TemplateError as error:
            raise RefusedError(f"{name} cannot be read: {error.message}") from None
        self.tree = found.data
        self._places = found.places

    @property
    def json(self) -> bool:
        """Whether it is JSON."""
        return isinstance(self._places, JsonPlaces)

    def stretch(self, path: Steps, *, key: bool = False) -> tuple[int, int] | None:
        """Return the offsets of an entry, or of its key."""
        found = self._places.span(path, key=key)
        return None if found is None else (self.offset(*found[:2]), self.offset(*found[2:]))

    def path_at(self, where: Location) -> tuple[Steps, bool] | None:
        """Return the path of what stands at exactly this place, and whether the place is that of its key."""
        wanted = (where.start_line, where.start_column, where.end_line, where.end_column)
        path: Steps = ()
        node = self.tree
        while True:
            inner: Steps | None = None
            for part in _parts(node):
                below = (*path, part)
                span = self._places.span(below, key=False)
                if span is None or not _within(span, wanted):
                    continue
                if self._places.span(below, key=True) == wanted:
                    return below, True
                inner = below
                break
            if inner is None:
                return None
            node = node[inner[-1]]
            path = inner
            if self._places.span(path, key=False) == wanted and not _repeated(node, self._places.span, path, wanted):
                return path, False


def _parts(node: Any) -> Iterator[str | int]:
    if isinstance(node, dict):
        yield from node
    elif isinstance(node, list):
        yield from range(len(node))


def _within(span: Span, wanted: tuple[int, int, int, int]) -> bool:
    return span[:2] <= wanted[:2] and wanted[2:] <= span[2:]


def _repeated(node: Any, span: Any, path: Steps, wanted: Span) -> bool:
    """Whether the entry one step down has the same place: the argument of a function in its short form."""
    return any(span((*path, part), key=False) == wanted for part in _parts(node))


def change(target: Target, rewrite: Rewrite, where: Location, document: Document) -> Change:
    """Return the change that mends a violation. Raises RefusedError."""
    assert isinstance(document, TemplateDocument)  # noqa: S101 - there are two kinds of files
    found = document.path_at(where)
    if found is not None and not found[1] and not target.item.absent:
        return _replaced(target, rewrite, document, found[0])
    if found is not None and target.item.absent and not target.item.via:
        return _added(target, rewrite, document, *found)
    raise RefusedError(f"what is at {where} is no plain value")


def _replaced(target: Target, rewrite: Rewrite, document: TemplateDocument, path: Steps) -> Change:
    start, end = _value(document, path)
    where, old = document.location(start, end), document.text[start:end]
    value = _at(document.tree, path)
    if isinstance(value, dict | list) or value is None or not _is_plain(old, document):
        raise RefusedError(f"at {where} stands no plain number, truth value or text")
    if not same(rewrite.found, value):
        raise RefusedError(f"the value at {where} is turned into another one on its way")
    text = written(rewrite.wanted, old, json_=document.json)
    return Change(document, start, end, text, text, targets=[target])


def _value(document: TemplateDocument, path: Steps) -> tuple[int, int]:
    """Return the offsets of the value of an entry."""
    whole, label = document.stretch(path), document.stretch(path, key=True)
    if whole is None:
        raise RefusedError(f"{document.name} has its value from somewhere else")
    if label is None:
        return whole
    match = re.compile(r"[ \t]*:\s*").match(document.text, label[1], whole[1])
    if match is None:
        raise RefusedError(f"at {document.location(*whole)} stands no plain value")
    return match.end(), whole[1]


def _is_plain(old: str, document: TemplateDocument) -> bool:
    """Whether a value is written on one line, in quotes or without, and neither an anchor, a tag nor a block."""
    if not old or "\n" in old:
        return False
    if document.json or old[0] in "'\"":
        return len(old) > 1 or document.json
    return old[0] not in "&*!|>%@`#[{?-" or _NUMBER.fullmatch(old) is not None


def written(value: Any, instead_of: str, *, json_: bool) -> str:
    """Write a value in the place of another: what was in quotes stays so, what was without if it may.

    Raises RefusedError for a text that does not fit on one line.
    """
    text = plain(value)
    if not text.isprintable():
        raise RefusedError("the value holds characters that need another form")
    bare = _NUMBER.fullmatch(text) or text in ("true", "false")
    quote = instead_of[:1]
    if json_:
        kept = quote == '"' if instead_of else isinstance(value, str)
        return text if bare and not kept else json.dumps(text, ensure_ascii=False)
    if quote == '"':
        return json.dumps(text, ensure_ascii=False)
    if quote == "'":
        return _single(text)
    if bare:
        other = _NUMBER.fullmatch(instead_of) or _TRUTH.fullmatch(instead_of)
        return text if other or not isinstance(value, str) else _single(text)
    return text if _BARE.fullmatch(text) and text.lower() not in _WORDS else _single(text)


def _single(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _at(tree: Any, path: Steps) -> Any:
    for part in path:
        tree = tree[part]
    return tree


def _added(target: Target, rewrite: Rewrite, document: TemplateDocument, path: Steps, key: bool) -> Change:
    container = (*path, "Properties") if key else path
    around = next((at for at, part in enumerate(container) if part == "Properties" and at > 0), None)
    owner = _at(document.tree, container[:around]) if around is not None else None
    node = owner.get("Properties") if isinstance(owner, dict) else None
    if around is None or not isinstance(owner, dict) or not isinstance(owner.get("Type"), str):
        raise RefusedError(f"what is at {target.item.origin} is no resource with properties")
    if owner["Type"].startswith(PREFIX):
        raise RefusedError("the property belongs to what AWS SAM makes, and is named otherwise there")
    wanted = target.item.path.split(".")
    inside = [str(part) for part in container[around + 1 :]]
    node = _at(document.tree, container) if isinstance(node, dict) else None
    if wanted[: len(inside)] != inside or not isinstance(node, dict):
        raise RefusedError(f"what is at {target.item.origin} is not written out")
    if len(wanted) == len(inside):
        raise RefusedError(f"what is at {target.item.origin} decides whether there is a value")
    name, *more = wanted[len(inside) :]
    if not name.isalnum() or name in node or any(part == "Ref" or part.startswith("Fn::") for part in node):
        raise RefusedError(f"{'.'.join([*inside, name])} is set, or parts of it, from something else")
    at, before = _insertion(document, container, node)
    shown = written(rewrite.wanted, "", json_=document.json)
    if more:
        write = _writer(document, container, before)
        nested = Nested(owner["Type"], tuple(wanted), len(inside), shown, write)
        return Change(document, at, at, "", shown, name, [target], nested)
    return Change(document, at, at, f"{before}{_label(name, document)}: {shown}", shown, name, [target])


def _label(name: str, document: TemplateDocument) -> str:
    return json.dumps(name) if document.json else name


def _writer(document: TemplateDocument, container: Steps, before: str) -> Callable[[str, Tree], str]:
    """Return how to write an entry with entries of its own behind `before`: on one line, or as deep as others are."""
    head, line, indent = before.rpartition("\n")
    if not line:
        return lambda name, tree: f"{before}{_flow(name, tree, document)}"
    around = document.stretch(container, key=True)
    if around is None:
        raise RefusedError("the mapping has entries from somewhere else")
    step = " " * max(len(indent) + 1 - document.location(*around).start_column, 1)
    ending = "\r\n" if head.endswith("\r") else "\n"
    return lambda name, tree: f"{head}\n" + ending.join(_lines(name, tree, document, indent, step))


def _flow(name: str, tree: Tree | str, document: TemplateDocument) -> str:
    inner = tree if isinstance(tree, str) else f"{{{', '.join(_flow(*entry, document) for entry in tree.items())}}}"
    return f"{_label(name, document)}: {inner}"


def _lines(name: str, tree: Tree | str, document: TemplateDocument, indent: str, step: str) -> Iterator[str]:
    label = f"{indent}{_label(name, document)}:"
    if isinstance(tree, str):
        yield f"{label} {tree}"
        return
    yield f"{label} {{" if document.json else label
    for at, entry in enumerate(tree.items(), 1):
        *inner, last = _lines(*entry, document, indent + step, step)
        yield from inner
        yield f"{last}," if document.json and at < len(tree) else last
    if document.json:
        yield f"{indent}}}"


def _insertion(document: TemplateDocument, container: Steps, node: dict[str, Any]) -> tuple[int, str]:
    """Return where to add an entry, and what stands before it.

    That is below the first entries of one line each; in braces on one line, behind the last.
    """
    start, end = _value(document, container)
    text = document.text
    if text[start : start + 1] == "{" and "\n" not in text[start:end]:
        at = start + len(text[start : end - 1].rstrip())
        return at, {"{": "", ",": " "}.get(text[at - 1], ", ")
    if not document.json and text[start : start + 1] in ("{", "&", "*", "!"):
        raise RefusedError("the mapping is written in a form that is not edited")
    found = [(document.stretch((*container, name)), document.stretch((*container, name), key=True)) for name in node]
    spans = [entry for entry, label in found if entry is not None and label is not None]
    if not spans or len(spans) != len(node) or any(one < start or other > end for one, other in spans):
        raise RefusedError("the mapping has entries from somewhere else")
    first = spans[0][0]
    line = text.rfind("\n", 0, first) + 1
    last = None
    for one, other in spans:
        if "\n" in text[one:other].rstrip():
            break
        last = other
    if document.json:
        at, indent = last or spans[0][1], text[line:first]
        return at, ", " if indent.strip() else f",{document.ending(document.line_end(at))}{indent}"
    if last is None:  # above the first, that is, behind the line before it
        if text[line:first].strip() or not line:
            raise RefusedError("the mapping begins behind a dash with an entry of several lines")
        last = line - 1
        last -= text[last - 1 : last] == "\r"
    at = document.line_end(last)
    return at, f"{document.ending(at)}{' ' * (first - line)}"
