"""Find comments that speak to asbuilt (`# asbuilt:waive …`) and the blocks they stand in or above.

Comments are not in the syntax tree. Only a file whose text holds the marker is looked at, and parsed once more for the
extent of its blocks.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import fields, is_dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from asbuilt.graph import Comment
from asbuilt.patterns import when_used
from asbuilt.sources.terraform.parsing import parser
from asbuilt.sources.terraform.parsing.syntax import Literal, SourceFile, Template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.model import Location
    from asbuilt.sources.terraform.configuration.config import Module
    from asbuilt.sources.terraform.configuration.tree import ModuleNode
    from asbuilt.sources.terraform.load import Loaded
    from asbuilt.sources.terraform.parsing.syntax import Block, Body

MARKER: Final = "asbuilt:waive"
MOST: Final = 1000
_COMMENT = when_used(rf"(#+|//+|/\*)[ \t*]*{MARKER}(?![\w-])([^\n]*)")
_ONLY_COMMENTS = when_used(r"(?:[ \t]*(?:#|//)[^\n]*\n)*[ \t]*")


def comments(loaded: Loaded) -> list[Comment]:
    """Return the comments of everything that was loaded, in the order of the files."""
    found: list[Comment] = []
    for module in loaded.loader.modules.values():
        for file in module.files:
            if MARKER in file.text and not file.name.endswith(".json"):
                found += islice(_in_file(module, file, loaded), MOST - len(found) + 1)
    if len(found) > MOST:
        message = f"there are more than {MOST:,} such comments; this one and those after it are not read"
        found[MOST:] = [replace(found[MOST], problem=message)]
    return sorted(found, key=lambda comment: comment.location)


def _in_file(module: Module, file: SourceFile, loaded: Loaded) -> Iterator[Comment]:
    body, _ = parser.parse(SourceFile(file.name, file.text))
    blocks, strings = sorted(body.blocks, key=_start), sorted(_strings(body))
    for match in _COMMENT.finditer(file.text):
        start, end = match.span()
        before = bisect_right(strings, (start, len(file.text))) - 1
        if before >= 0 and start < strings[before][1]:
            continue  # what looks like a comment in a string is text
        block = _around(file, blocks, start) or _below(file, blocks, end)
        location = file.location(start, start + len(match.group().rstrip()))
        yield _comment(match, location, file, block, module, loaded)


def _comment(
    match: re.Match[str], location: Location, file: SourceFile, block: Block | None, module: Module, loaded: Loaded
) -> Comment:
    text = match.group(2).strip()
    if match.group(1) == "/*":
        return Comment(text, location, problem="it has to begin with # or //")
    if block is None:
        return Comment(text, location, problem="it stands neither inside a block nor on the line above one")
    if block.type == "module" and len(block.labels) == 1:
        below = tuple(_calls(module, block.labels[0], loaded))
        return Comment(text, location, (file.location(block.start, block.end),), below)
    if block.type == "resource" and len(block.labels) == 2:
        blocks = [file.location(block.start, block.end)]
        declared = module.resources.get(
            ("managed", block.labels[0], block.labels[1])
        )  # another block where this one overrides it
        if declared is not None:
            blocks.append(declared.block.body.file.location(declared.block.start, declared.block.end))
        return Comment(text, location, tuple(dict.fromkeys(blocks)))
    return Comment(text, location, problem=f"it stands at a {block.type} block, not at a resource or a module")


def _start(block: Block) -> int:
    return block.start


def _around(file: SourceFile, blocks: list[Block], offset: int) -> Block | None:
    """Return the top-level block around an offset, or the one that ends on its line."""
    index = bisect_right(blocks, offset, key=_start) - 1
    if index < 0:
        return None
    block = blocks[index]
    return block if offset < block.end or file.position(block.end)[0] == file.position(offset)[0] else None


def _below(file: SourceFile, blocks: list[Block], offset: int) -> Block | None:
    """Return the block right below a comment; only comments may stand between."""
    index = bisect_right(blocks, offset, key=_start)
    if index == len(blocks) or not _ONLY_COMMENTS.fullmatch(file.text, offset + 1, blocks[index].start):
        return None
    return blocks[index]


def _strings(body: Body) -> Iterator[tuple[int, int]]:
    """Yield the extent of every string and template."""
    waiting: list[Any] = [body]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Template) or (isinstance(value, Literal) and isinstance(value.value, str)):
            yield value.start, value.end
        elif isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        elif is_dataclass(value) and not isinstance(value, type):
            waiting.extend(getattr(value, item.name) for item in fields(value))


def _calls(module: Module, name: str, loaded: Loaded) -> Iterator[tuple[str, str]]:
    """Yield every place in the tree of modules that this call leads to, as root and module address."""
    for root in loaded.roots:
        waiting: list[ModuleNode] = [root.module.node]
        while waiting:
            node = waiting.pop()
            waiting.extend(node.children.values())
            if node.module is module:
                yield root.name, ".".join(f"module.{part}" for part in (*node.path, name))
